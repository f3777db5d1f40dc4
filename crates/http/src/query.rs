//! The query string of a request: `+` is a space, the last of equal keys counts, unknown keys are ignored.
//! Read into a struct of [`Field`](crate::fields::Field)s under `#[serde(default)]`, it has problems but no errors.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use form_urlencoded::Parse;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use stockbridge_domain::error::{Error, Problem};

/// The query of a request as an argument of its handler. Extracting it never fails.
#[derive(Debug, Clone)]
pub struct Query<T>(Result<T, Error>);

impl<T> Query<T> {
    /// The struct that was read.
    ///
    /// # Errors
    /// As for [`read`].
    pub fn read(self) -> Result<T, Error> {
        self.0
    }
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(read(request.query_string()))))
    }
}

/// Reads a query string, without its question mark.
///
/// # Errors
/// [`Error::Invalid`] where `T` has members that are not fields and something else was sent for them.
pub fn read<T: DeserializeOwned>(query: &str) -> Result<T, Error> {
    let read = T::deserialize(Pairs(form_urlencoded::parse(query.as_bytes())));
    read.map_err(|error| Error::Invalid(vec![Problem::new("query", error.to_string())]))
}

/// The pairs of a query, not yet knowing which keys are meant.
struct Pairs<'q>(Parse<'q>);

/// What a query says under one key.
enum Sent<'q> {
    One(Cow<'q, str>),
    Several(Vec<Cow<'q, str>>),
}

impl<'q> Pairs<'q> {
    /// What is said under each key. Of equal keys the last one counts; what names a field as an element of a list,
    /// `name[]` or `name[3]` as PHP writes them, is one of several values of it.
    fn under(self, fields: &[&str]) -> BTreeMap<String, Sent<'q>> {
        let mut sent = BTreeMap::new();
        for (key, value) in self.0 {
            let element_of = key.strip_suffix(']').and_then(|key| key.split_once('[')).map(|(name, _)| name);
            match element_of.filter(|name| fields.contains(name)) {
                None => drop(sent.insert(key.into_owned(), Sent::One(value))),
                Some(name) => match sent.get_mut(name) {
                    Some(Sent::Several(values)) => values.push(value),
                    _ => drop(sent.insert(name.to_owned(), Sent::Several(vec![value]))),
                },
            }
        }
        sent
    }
}

impl<'de> Deserializer<'de> for Pairs<'de> {
    type Error = serde::de::value::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_map(MapDeserializer::new(self.under(fields).into_iter()))
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.deserialize_struct("", &[], visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de> for Sent<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Sent<'de> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self {
            Self::One(text) => text.into_deserializer().deserialize_any(visitor),
            Self::Several(texts) => visitor.visit_seq(SeqDeserializer::new(texts.into_iter())),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use serde::Deserialize;
    use stockbridge_domain::values::Name;

    use super::*;
    use crate::fields::{Field, List, Nested};

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Listing {
        search: Field<Option<Name>>,
        page: Field<i64>,
        all: Field<bool>,
        inner: Field<Nested<Inner>>,
        list: Field<List<i64>>,
    }

    #[derive(Debug, Default, Deserialize)]
    struct Inner {}

    fn listing(query: &str) -> Listing {
        read(query).unwrap()
    }

    #[test]
    fn values_are_decoded() {
        let query = listing("search=a+b%2Bc%20%C3%A9&page=2&all=True");
        assert_eq!(query.search.lenient().flatten().map(String::from), Some("a b+c \u{e9}".to_owned()));
        assert_eq!((query.page, query.all), (Field::Value(2), Field::Value(true)));
    }

    #[test]
    fn the_last_of_equal_keys_counts_and_unknown_keys_do_not() {
        let query = listing("page=1&page=x&colour=red&page=3&&=&a");
        assert_eq!(query.page, Field::Value(3));
    }

    #[test]
    fn a_list_is_told_from_one_value() {
        let query = listing("page[]=1&search[x]=a&search[9]=b&all[=1&colour[]=red&all%5B%5D=1");
        let told = "takes one value: send it once, without brackets".to_owned();
        assert_eq!((query.page, query.search), (Field::Wrong(told.clone()), Field::Wrong(told.clone())));
        assert_eq!(query.all, Field::Wrong(told));
        let Field::Value(List(numbers)) = listing("list[]=7&list[]=x").list else { panic!("a list") };
        assert_eq!(numbers.len(), 2);
        // As in PHP, what comes last decides which it is.
        assert_eq!(listing("page[]=1&page=2").page, Field::Value(2));
        assert!(matches!(listing("page=2&page[]=1").page, Field::Wrong(_)));
    }

    #[test]
    fn wrong_values_are_told_later() {
        let query = listing("search=a%00b&page=many&all=&inner=1&list=2");
        assert_eq!(query.search, Field::Wrong("must not contain NUL characters".to_owned()));
        assert_eq!(query.page, Field::Wrong("must be a whole number such as 12".to_owned()));
        assert_eq!(query.all, Field::Wrong("must be true or false".to_owned()));
        assert!(matches!((query.inner, query.list), (Field::Wrong(_), Field::Wrong(_))));
    }

    #[test]
    fn nothing_and_nonsense_are_read() {
        assert_eq!(listing("").page, Field::Absent);
        assert_eq!(listing("search=").search, Field::Value(None));
        assert!(matches!(listing("search=%FF%zz%").search, Field::Value(Some(_))));
    }

    #[test]
    fn a_member_that_is_no_field_is_refused_as_invalid() {
        assert!(matches!(read::<BTreeMap<String, i64>>("a=x"), Err(Error::Invalid(_))));
    }

    #[actix_web::test]
    async fn a_handler_takes_it_as_an_argument() {
        let request = TestRequest::with_uri("/things?page=4").to_http_request();
        let Ok(query) = Query::<Listing>::extract(&request).await;
        assert_eq!(query.read().unwrap().page, Field::Value(4));
    }
}
