//! The query string of a request: `+` is a space, the last of equal keys counts, unknown keys are ignored.
//! Read into a struct of [`Field`](crate::fields::Field)s under `#[serde(default)]`, it has problems but no errors.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
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
    let pairs: BTreeMap<Cow<'_, str>, Cow<'_, str>> = form_urlencoded::parse(query.as_bytes()).collect();
    let pairs = MapDeserializer::<_, serde::de::value::Error>::new(pairs.into_iter());
    T::deserialize(pairs).map_err(|error| Error::Invalid(vec![Problem::new("query", error.to_string())]))
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
