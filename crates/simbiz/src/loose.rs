//! Values as old clients send them: numbers where text is meant, `true` where "1" is, `[]` where `{}` is.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use stockbridge_domain::values::Text;
use stockbridge_http::scalar::{FromScalar, Scalar};

/// A trimmed text of at most `MAX` characters, which may also come as a number or as `true` and `false`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loose<const MAX: usize>(pub Text<MAX>);

impl<const MAX: usize> FromScalar for Loose<MAX> {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        Text::from_scalar(as_text(scalar)).map(Self)
    }
}

/// A trimmed text of any length, never stored and never sent to the database: how something is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word(pub String);

impl FromScalar for Word {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        match as_text(scalar) {
            Scalar::Text(text) => Ok(Self(text.trim().to_owned())),
            _ => Err("must be text".to_owned()),
        }
    }
}

/// A text kept as it is, not trimmed, which may also come as a number: secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl FromScalar for Secret {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        String::from_scalar(as_text(scalar)).map(Self)
    }
}

/// "1" or "0", which may also come as a number or as `true` and `false`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag(pub bool);

impl FromScalar for Flag {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        bool::from_scalar(scalar).map(Self).map_err(|_| "must be 1 or 0".to_owned())
    }
}

/// An object inside a body. An empty list is an empty one: PHP writes both as `[]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part<T>(pub T);

impl<T: DeserializeOwned + Default> FromScalar for Part<T> {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        match scalar {
            // All but a repeated field was found good when the body around it was read.
            Scalar::Object(raw) => serde_json::from_str(raw.get())
                .map(Self)
                .map_err(|_| "must be an object that names each field once".to_owned()),
            Scalar::List(raw) if is_empty(raw) => Ok(Self::default()),
            _ => Err("must be an object".to_owned()),
        }
    }
}

fn is_empty(list: &RawValue) -> bool {
    list.get().trim_matches(['[', ']']).trim().is_empty() && list.get().matches('[').count() == 1
}

/// A flag as it is written.
pub const fn flag(is: bool) -> &'static str {
    if is { "1" } else { "0" }
}

fn as_text(scalar: Scalar<'_>) -> Scalar<'_> {
    match scalar {
        Scalar::Number(digits) => Scalar::Text(Cow::Borrowed(digits)),
        Scalar::Bool(is) => Scalar::Text(Cow::Borrowed(flag(is))),
        scalar => scalar,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use stockbridge_http::fields::Field;

    use super::*;

    fn read<T: FromScalar>(json: &str) -> Field<T> {
        Field::deserialize(&mut serde_json::Deserializer::from_str(json)).unwrap()
    }

    #[test]
    fn numbers_and_booleans_are_text_as_they_were_written() {
        for (json, text) in [("12", "12"), ("1.50", "1.50"), ("true", "1"), ("false", "0"), ("\" a \"", "a")] {
            assert_eq!(read(json), Field::Value(Word(text.to_owned())), "{json}");
            let read: Field<Loose<9>> = read(json);
            assert_eq!(read.lenient().unwrap().0.as_str(), text, "{json}");
        }
    }

    #[test]
    fn an_empty_list_is_an_empty_object() {
        type Object = Part<std::collections::BTreeMap<String, i64>>;
        for empty in ["{}", "[]", "[ \n ]"] {
            assert_eq!(read::<Object>(empty), Field::Value(Part::default()), "{empty}");
        }
        for odd in ["[1]", "[[]]", "[{}]", "[\"\"]", "7", "\"\""] {
            assert_eq!(read::<Object>(odd), Field::Wrong("must be an object".to_owned()), "{odd}");
        }
        assert_eq!(read::<Object>("{\"a\":1}"), Field::Value(Part([("a".to_owned(), 1)].into())));
    }

    #[test]
    fn a_blank_is_nothing_and_a_list_is_wrong() {
        assert_eq!(read::<Option<Loose<9>>>("\" \""), Field::Value(None));
        assert_eq!(read::<Option<Word>>("null"), Field::Null);
        assert_eq!(read::<Word>("[]"), Field::Wrong("must be text".to_owned()));
        assert_eq!(read::<Flag>("\"yes\""), Field::Wrong("must be 1 or 0".to_owned()));
    }
}
