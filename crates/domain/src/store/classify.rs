//! What a database error means. Diesel passes on neither SQLSTATE nor, for SQLite, a constraint name,
//! so this one place reads kinds and texts; connections set `lc_messages = C`, and tests provoke each case.

use diesel::result::{DatabaseErrorKind, Error as Diesel};

use crate::error::{Error, Fault, Unique};

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        classify(&error)
    }
}

/// Judges an error of either database.
pub(crate) fn classify(error: &Diesel) -> Error {
    match error {
        Diesel::DatabaseError(kind, info) => {
            let constraint = info.constraint_name().unwrap_or_default();
            database_error(*kind, info.message(), constraint)
        }
        Diesel::BrokenTransactionManager => Fault::Unavailable(error.to_string()).into(),
        _ => Fault::Internal(error.to_string()).into(),
    }
}

/// A sum over many rows at their limits: beyond 64 bits, or beyond what its table says it is within.
const OVERFLOW: &[&str] = &["integer overflow", "bigint out of range", "_within"];

fn database_error(kind: DatabaseErrorKind, message: &str, constraint: &str) -> Error {
    match kind {
        // Two first warehouses, or two first addresses, at once: run again, and see the other one.
        DatabaseErrorKind::UniqueViolation if constraint.ends_with("_one_default") => {
            Fault::Race(message.to_owned()).into()
        }
        DatabaseErrorKind::UniqueViolation => Error::Duplicate(unique(message, constraint)),
        DatabaseErrorKind::ForeignKeyViolation => Fault::ReferenceGone.into(),
        DatabaseErrorKind::SerializationFailure => Fault::Race(message.to_owned()).into(),
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::ReadOnlyTransaction => {
            Fault::Unavailable(message.to_owned()).into()
        }
        DatabaseErrorKind::UnableToSendCommand => {
            by_text(message).unwrap_or(Fault::Unavailable(message.to_owned())).into()
        }
        _ if OVERFLOW.iter().any(|text| message.contains(text)) => Error::OutOfRange,
        _ => by_text(message).unwrap_or_else(|| Fault::Internal(message.to_owned())).into(),
    }
}

fn by_text(message: &str) -> Option<Fault> {
    const RACES: &[&str] =
        &["deadlock detected", "could not serialize access", "restart read", "cached plan must not change"];
    const BUSY: &[&str] = &[
        "lock timeout",
        "statement timeout",
        "database is locked",
        "database table is locked",
        "too many clients",
        "remaining connection slots",
    ];
    const FULL: &[&str] = &["No space left on device", "database or disk is full", "could not extend file"];
    const GONE: &[&str] = &[
        "server closed the connection",
        "terminating connection",
        "connection to server",
        "no connection to the server",
        "could not receive data from server",
        "could not send data to server",
        "the database system is",
        "read-only transaction",
        "attempt to write a readonly database",
        "disk I/O error",
        "database disk image is malformed",
        "SSL connection has been closed",
    ];
    let says = |texts: &[&str]| texts.iter().any(|text| message.contains(text));
    if says(RACES) {
        Some(Fault::Race(message.to_owned()))
    } else if says(BUSY) {
        Some(Fault::Busy)
    } else if says(FULL) {
        Some(Fault::Full)
    } else if says(GONE) {
        Some(Fault::Unavailable(message.to_owned()))
    } else {
        None
    }
}

/// SQLite names the columns in its message, PostgreSQL the constraint; both hold the column's name.
fn unique(message: &str, constraint: &str) -> Unique {
    const COLUMNS: &[(&str, Unique)] = &[
        ("tenants_code_key", Unique::TenantCode),
        ("tenants.code_key", Unique::TenantCode),
        ("sku_key", Unique::Sku),
        ("barcode", Unique::Barcode),
        ("batch_key", Unique::Batch),
        ("serial_key", Unique::Serial),
        ("users.email_key", Unique::Login),
        ("users_email_key", Unique::Login),
        ("logins", Unique::Login),
        ("email_key", Unique::Email),
        ("code_key", Unique::Code),
        ("simbiz_uids.uid", Unique::Uid),
        ("simbiz_uids_pkey", Unique::Uid),
    ];
    let named = COLUMNS.iter().find(|(column, _)| message.contains(column) || constraint.contains(column));
    named.map_or(Unique::Other, |(_, unique)| *unique)
}
