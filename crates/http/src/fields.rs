//! Fields of a body or query that take any value, so that all problems of a request can be told at once.
//! A struct of [`Field`]s under `#[serde(default)]` fails only on what is not JSON at all; [`crate::check`] judges it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::{RawValue, to_raw_value};

use crate::scalar::{FromScalar, Scalar};

/// What a request holds under one key.
///
/// Reads JSON texts and query strings. It cannot stand behind `#[serde(flatten)]`, which loses how numbers were
/// written; read a query into two structs instead.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Field<T> {
    /// The key is not there.
    #[default]
    Absent,
    /// The key is there and says `null`.
    Null,
    /// A value of the right kind.
    Value(T),
    /// Something else: the end of a sentence that begins with the field's name.
    Wrong(String),
}

/// An object inside a body: a struct of [`Field`]s again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Nested<T>(pub T);

/// A list inside a body. Each item is a field of its own, since each can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List<T>(pub Vec<Field<T>>);

/// What a [`Field`] can hold: every [`FromScalar`], [`Nested`] and [`List`].
pub trait FromField: Sized {
    /// Reads a field; a value of a wrong kind is [`Field::Wrong`].
    ///
    /// # Errors
    /// Only what the deserializer itself reports: malformed input.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Field<Self>, D::Error>;
}

impl<T> Field<T> {
    /// The value if there is one of the right kind; whatever else was sent counts as nothing.
    pub fn lenient(self) -> Option<T> {
        if let Self::Value(value) = self { Some(value) } else { None }
    }

    fn of(read: Result<Option<T>, String>) -> Self {
        match read {
            Ok(Some(value)) => Self::Value(value),
            Ok(None) => Self::Null,
            Err(message) => Self::Wrong(message),
        }
    }
}

impl<'de, T: FromField> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer)
    }
}

/// As a "newtype struct" a JSON deserializer hands itself on, so that the raw text can be taken from it; that of a
/// query string just says its text.
impl<T: FromScalar> FromField for T {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Field<Self>, D::Error> {
        deserializer.deserialize_newtype_struct("Field", ScalarVisitor(PhantomData))
    }
}

impl<T: DeserializeOwned> FromField for Nested<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Field<Self>, D::Error> {
        deserializer.deserialize_any(ShapeVisitor(PhantomData))
    }
}

impl<T: FromField> FromField for List<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Field<Self>, D::Error> {
        deserializer.deserialize_any(ShapeVisitor(PhantomData))
    }
}

struct ScalarVisitor<T>(PhantomData<T>);

impl<'de, T: FromScalar> Visitor<'de> for ScalarVisitor<T> {
    type Value = Field<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Field<T>, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        Ok(Field::of(Scalar::of_json(raw).and_then(|scalar| scalar.map(T::from_scalar).transpose())))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Field<T>, E> {
        Ok(Field::of(T::from_scalar(Scalar::Text(text.into())).map(Some)))
    }

    /// Only in a query: JSON hands over a list as it hands over everything.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Field<T>, A::Error> {
        let mut texts = Vec::<String>::new();
        while let Some(text) = list.next_element()? {
            texts.push(text);
        }
        let raw = to_raw_value(&texts).map_err(A::Error::custom)?;
        let read = T::from_scalar(Scalar::List(&raw));
        Ok(Field::of(read.map(Some).map_err(|_| "takes one value: send it once, without brackets".to_owned())))
    }
}

/// What [`Nested`] and [`List`] differ in: each takes one of the two, the other is drained and wrong.
trait Shape: Sized {
    const WRONG: &'static str;

    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Field<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::wrong())
    }

    fn from_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Field<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::wrong())
    }

    fn wrong() -> Field<Self> {
        Field::Wrong(Self::WRONG.to_owned())
    }
}

impl<T: DeserializeOwned> Shape for Nested<T> {
    const WRONG: &'static str = "must be an object";

    fn from_map<'de, A: MapAccess<'de>>(map: A) -> Result<Field<Self>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|inner| Field::Value(Self(inner)))
    }
}

impl<T: FromField> Shape for List<T> {
    const WRONG: &'static str = "must be a list";

    fn from_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Field<Self>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Field::Value(Self(items)))
    }
}

struct ShapeVisitor<S>(PhantomData<S>);

impl<'de, S: Shape> Visitor<'de> for ShapeVisitor<S> {
    type Value = Field<S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Field<S>, A::Error> {
        S::from_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Field<S>, A::Error> {
        S::from_list(list)
    }

    fn visit_unit<E: Error>(self) -> Result<Field<S>, E> {
        Ok(Field::Null)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Field<S>, E> {
        Ok(S::wrong())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Field<S>, E> {
        Ok(S::wrong())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Field<S>, E> {
        Ok(S::wrong())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Field<S>, E> {
        Ok(S::wrong())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Field<S>, E> {
        Ok(S::wrong())
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use stockbridge_domain::values::{Quantity, Text};

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Order {
        name: Field<Option<Text<20>>>,
        count: Field<i64>,
        open: Field<bool>,
        header: Field<Nested<Header>>,
        lines: Field<List<Nested<Line>>>,
        tags: Field<List<String>>,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Header {
        code: Field<String>,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Line {
        quantity: Field<Quantity>,
    }

    fn order(json: &str) -> Order {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_missing_key_and_null_are_told_apart() {
        let order = order(r#"{"count": null}"#);
        assert_eq!(order.name, Field::Absent);
        assert_eq!(order.count, Field::Null);
        assert!(matches!(order.header, Field::Absent));
    }

    #[test]
    fn values_are_read_whatever_surrounds_them() {
        let order = order("{ \"name\" :\t\"Bo\\u006ct\\n\" , \"count\" : 3.0\n, \"open\": \"True\", \"other\": [{}] }");
        assert_eq!(order.name.lenient().flatten().map(String::from), Some("Bolt".to_owned()));
        assert_eq!(order.count, Field::Value(3));
        assert_eq!(order.open, Field::Value(true));
    }

    #[test]
    fn a_wrong_value_never_stops_the_reading() {
        let wrong =
            r#"{"name": {"a": [1]}, "count": "x", "open": [true], "header": "h", "lines": {"a": {}}, "tags": 1e5}"#;
        let order = order(wrong);
        assert_eq!(order.name, Field::Wrong("must be text".to_owned()));
        assert_eq!(order.count, Field::Wrong("must be a whole number such as 12".to_owned()));
        assert_eq!(order.open, Field::Wrong("must be true or false".to_owned()));
        assert!(matches!(order.header, Field::Wrong(message) if message == "must be an object"));
        assert!(matches!(order.lines, Field::Wrong(message) if message == "must be a list"));
        assert!(matches!(order.tags, Field::Wrong(message) if message == "must be a list"));
    }

    #[test]
    fn objects_and_lists_hold_fields_again() {
        let order = order(r#"{"header": {"code": 5}, "lines": [{"quantity": 0.1}, 7, null, {}], "tags": ["a", 1]}"#);
        let Field::Value(Nested(header)) = order.header else { panic!("{:?}", order.header) };
        assert_eq!(header.code, Field::Wrong("must be text".to_owned()));
        let Field::Value(List(lines)) = order.lines else { panic!("{:?}", order.lines) };
        let tenth = Quantity::from_ten_thousandths(1_000);
        assert!(matches!(&lines[0], Field::Value(Nested(line)) if line.quantity == Field::Value(tenth)));
        assert!(matches!(&lines[1], Field::Wrong(message) if message == "must be an object"));
        assert!(matches!(&lines[2], Field::Null));
        assert!(matches!(&lines[3], Field::Value(Nested(line)) if line.quantity == Field::Absent));
        let tags = List(vec![Field::Value("a".to_owned()), Field::Wrong("must be text".to_owned())]);
        assert_eq!(order.tags, Field::Value(tags));
    }

    #[test]
    fn a_list_is_not_an_object_by_position() {
        let order = order(r#"{"header": ["X1"]}"#);
        assert!(matches!(order.header, Field::Wrong(_)));
    }

    #[test]
    fn malformed_json_is_still_refused() {
        for broken in
            [r#"{"count": 1,}"#, r#"{"count": 01}"#, r#"{"name": "a"#, r#"{"count": tru}"#, r#"{"tags": [1,]}"#]
        {
            assert!(serde_json::from_str::<Order>(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn depth_does_not_cost_stack() {
        let deep = format!(r#"{{"name": {}{}, "other": {0}{1}}}"#, "[".repeat(900_000), "]".repeat(900_000));
        assert_eq!(order(&deep).name, Field::Wrong("must be text".to_owned()));
    }
}
