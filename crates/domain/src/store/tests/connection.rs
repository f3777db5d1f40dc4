//! What a connection is opened by, and what it says.

use std::path::PathBuf;

use crate::store::connection::is_english;
use crate::store::{BadUrl, Target};

#[test]
fn a_url_names_its_database() {
    for url in ["sqlite://stock.db", "sqlite:stock.db"] {
        assert_eq!(Target::parse(url), Ok(Target::Sqlite(PathBuf::from("stock.db"))), "{url}");
    }
    for url in ["postgres://host/stock", "postgresql://host/stock"] {
        assert_eq!(Target::parse(url), Ok(Target::Postgres(url.to_owned())), "{url}");
    }
    for url in ["", "stock.db", "sqlite://", "sqlite://:memory:", "mysql://host/stock", "Postgres://host/stock"] {
        assert_eq!(Target::parse(url), Err(BadUrl), "{url}");
    }
}

#[test]
fn a_password_is_not_printed() {
    for url in ["postgres://clerk:hunter2@host/stock", "postgres://host/stock?password=hunter2"] {
        let printed = format!("{:?}", Target::parse(url).unwrap());
        assert!(!printed.contains("hunter2"), "{printed}");
    }
    assert_eq!(format!("{:?}", Target::parse("sqlite://stock.db").unwrap()), "Sqlite(\"stock.db\")");
}

#[test]
fn english_is_told_by_the_name_of_the_locale() {
    for locale in ["C", "C.UTF-8", "POSIX", "en_US.UTF-8", "en_GB", "English_United States.1252"] {
        assert!(is_english(locale), "{locale}");
    }
    for locale in ["", "cs_CZ.UTF-8", "Czech_Czechia.1250", "de_DE.UTF-8", "fr", "eo"] {
        assert!(!is_english(locale), "{locale}");
    }
}
