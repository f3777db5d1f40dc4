//! Every way to be refused, in the warehouse's language. Each dialect translates this once, in its `error.rs`.

use std::time::Duration;

use crate::actor::Role;
use crate::stock::sync::Skipped;
use crate::values::Quantity;

/// The result of everything the domain does.
pub type Result<T> = std::result::Result<T, Error>;

/// A refusal. A refused command has changed nothing; only of [`Fault::Uncertain`] nobody can tell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The command itself is wrong; all its problems at once, never empty.
    #[error("{}", first(.0))]
    Invalid(Vec<Problem>),
    /// What the call is about does not exist for this tenant.
    #[error("there is no {thing} {key}")]
    NotFound {
        /// What was looked for.
        thing: Thing,
        /// The id, code or barcode it was looked for by.
        key: String,
    },
    /// The command refers to something that does not exist for this tenant.
    #[error("{field} refers to {thing} {key}, which does not exist")]
    UnknownReference {
        /// The field that refers to it, as the caller named it.
        field: String,
        /// What was looked for.
        thing: Thing,
        /// The id or code it was looked for by.
        key: String,
    },
    /// Something that must be unique is taken.
    #[error("{0} is taken")]
    Duplicate(Unique),
    /// Serial numbers that the product has already, with where they stand in the command; never empty.
    #[error("serial number {} is taken", .0.first().map(|(_, number)| number.as_str()).unwrap_or_default())]
    SerialsTaken(Vec<(usize, String)>),
    /// How a product is tracked cannot change while there is stock of it, or an open order for it.
    #[error("the tracking of {sku} cannot change while {by}")]
    TrackingInUse {
        /// The product.
        sku: String,
        /// What stands in the way and what to do about it, in plain words.
        by: String,
    },
    /// Less is there than is asked for; every product that falls short.
    #[error("insufficient stock of {}", list(.0))]
    InsufficientStock(Vec<Shortage>),
    /// What is on hand is not what the caller expected.
    #[error("{current} are on hand")]
    Unexpected {
        /// What is on hand.
        current: Quantity,
    },
    /// Rows of a sync that was to be done as a whole cannot be done; all of them.
    #[error("{} rows cannot be synced", .0.len())]
    NotSynced(Vec<Skipped>),
    /// A figure would lie beyond what can be recorded.
    #[error("a figure would be out of range")]
    OutOfRange,
    /// No warehouse is named, and the tenant has no default one.
    #[error("there is no default warehouse")]
    NoDefaultWarehouse,
    /// A document cannot go from one status to another.
    #[error("a document that is {from} cannot become {to}")]
    IllegalStatus {
        /// What it is, by its word.
        from: &'static str,
        /// What it was to become.
        to: &'static str,
        /// What it can become.
        allowed: Vec<&'static str>,
    },
    /// More is to be received for a line than is outstanding.
    #[error("line {line} has {outstanding} outstanding, not {requested}")]
    OverReceipt {
        /// The line of the purchase order.
        line: i64,
        /// What was to be received.
        requested: Quantity,
        /// What is outstanding.
        outstanding: Quantity,
    },
    /// More is to leave for a line than is outstanding.
    #[error("line {line} has {outstanding} outstanding, not {requested}")]
    OverFulfilment {
        /// The order line.
        line: i64,
        /// What was to leave.
        requested: Quantity,
        /// What is outstanding.
        outstanding: Quantity,
    },
    /// More is to come back for a line than left.
    #[error("line {line} can take back {returnable}, not {requested}")]
    OverReturn {
        /// The order line.
        line: i64,
        /// What was to come back.
        requested: Quantity,
        /// What left and has not come back.
        returnable: Quantity,
    },
    /// The tenant would be left without an admin who is not banned.
    #[error("the last admin must stay admin")]
    LastAdmin,
    /// It cannot be removed while something refers to it.
    #[error("{thing} {key} cannot be removed while {by}")]
    InUse {
        /// What was to be removed.
        thing: Thing,
        /// Its id.
        key: String,
        /// What refers to it and what to do about it, in plain words.
        by: String,
    },
    /// A product has as many of these as it can have.
    #[error("a product holds at most {most} {thing}s")]
    TooMany {
        /// What was to be added.
        thing: Thing,
        /// How many there can be.
        most: usize,
    },

    /// Wrong e-mail or password, wrong uid or secret: which of them is not said.
    #[error("wrong credentials")]
    WrongCredentials,
    /// A token that was good once: its account is gone, or the uid is disabled.
    #[error("the account behind the token is gone")]
    AccountGone,
    /// A token that was good once: the account's password was changed since.
    #[error("the password was changed after the token was made")]
    TokenRevoked,
    /// The account was banned.
    #[error("the account is banned")]
    Banned,
    /// The tenant's subscription has ended.
    #[error("the subscription has ended")]
    SubscriptionExpired,
    /// The account's role does not reach.
    #[error("needs the role {needed}")]
    RoleLacking {
        /// The least role that may.
        needed: Role,
    },
    /// An API key that opens nothing.
    #[error("the API key is {0}")]
    ApiKeyRefused(KeyFault),
    /// The API key's permissions do not reach.
    #[error("needs an API key with the permission {scope}")]
    ScopeLacking {
        /// The permission that it lacks, by its word.
        scope: &'static str,
    },
    /// The uid was granted this organization for reading only.
    #[error("the uid may only read")]
    ReadOnlyGrant,
    /// Unknown organization, or not granted to the uid: which of them is not said.
    #[error("organization {0} is not granted")]
    OrganizationForbidden(String),
    /// The idempotency key came with another request before.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The request that first came with the idempotency key is still being carried out.
    #[error("the request with this idempotency key is still being carried out")]
    KeyInFlight,
    /// The request that first came with the idempotency key was carried out, and its reply is shown only once.
    #[error("the reply to this idempotency key was shown already")]
    ShownOnce,
    /// Too many failed attempts to log in.
    #[error("too many failed attempts")]
    TooManyFailures {
        /// How long to wait before the next attempt can count.
        retry_after: Duration,
    },

    /// The machinery below did not carry it out.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Error {
    /// The same complaint about a field of one item in a list.
    #[must_use]
    pub(crate) fn of_item(self, at: Option<usize>) -> Self {
        let Some(at) = at else { return self };
        let placed = |field: String| format!("items[{at}].{field}");
        match self {
            Self::Invalid(problems) => {
                let problem = |Problem { field, message }| Problem { field: placed(field), message };
                Self::Invalid(problems.into_iter().map(problem).collect())
            }
            Self::UnknownReference { field, thing, key } => Self::UnknownReference { field: placed(field), thing, key },
            other => other,
        }
    }
}

/// One thing wrong with a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field, as the caller named it.
    pub field: String,
    /// What is wrong with it and what would be right, as the end of a sentence that begins with the field.
    pub message: String,
}

impl Problem {
    /// One problem.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// A product of which there is less than is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortage {
    /// The product's SKU.
    pub sku: String,
    /// What is asked for: in all lines together, or, where its batches or serial numbers fall short, in the line that
    /// finds too little.
    pub requested: Quantity,
    /// What is there for it.
    pub available: Quantity,
}

/// Why an API key opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// There is none like it.
    #[error("unknown")]
    Unknown,
    /// It was taken back.
    #[error("revoked")]
    Revoked,
    /// Its last day is over.
    #[error("expired")]
    Expired,
}

/// What a command can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Thing {
    /// A product, which a SimBiz caller knows as an item.
    Item,
    /// A picture of a product.
    Image,
    /// A variant of a product.
    Variant,
    /// A product category.
    Category,
    /// A brand.
    Brand,
    /// An item type.
    ItemType,
    /// A unit of measure.
    Uom,
    /// A warehouse, which a SimBiz caller knows as a location.
    Warehouse,
    /// A batch.
    Batch,
    /// An order.
    Order,
    /// A line of an order.
    OrderLine,
    /// A customer.
    Customer,
    /// An address of a customer.
    Address,
    /// A supplier.
    Supplier,
    /// A purchase order.
    PurchaseOrder,
    /// A line of a purchase order.
    PurchaseLine,
    /// A company.
    Tenant,
    /// A user.
    User,
    /// A SimBiz integration.
    Uid,
    /// An API key.
    ApiKey,
}

impl Thing {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Item => "product",
            Self::Image => "image",
            Self::Variant => "variant",
            Self::Category => "category",
            Self::Brand => "brand",
            Self::ItemType => "type",
            Self::Uom => "unit of measure",
            Self::Warehouse => "warehouse",
            Self::Batch => "batch",
            Self::Order => "order",
            Self::OrderLine => "order line",
            Self::Customer => "customer",
            Self::Address => "address",
            Self::Supplier => "supplier",
            Self::PurchaseOrder => "purchase order",
            Self::PurchaseLine => "purchase order line",
            Self::Tenant => "tenant",
            Self::User => "user",
            Self::Uid => "uid",
            Self::ApiKey => "API key",
        }
    }
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// What must be unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unique {
    /// A product's SKU within its tenant.
    #[error("SKU")]
    Sku,
    /// A product's barcode within its tenant.
    #[error("barcode")]
    Barcode,
    /// A batch's number within its product.
    #[error("batch number")]
    Batch,
    /// A serial number within its product.
    #[error("serial number")]
    Serial,
    /// A customer's e-mail within its tenant.
    #[error("e-mail")]
    Email,
    /// The e-mail that a user logs in with, server-wide.
    #[error("e-mail")]
    Login,
    /// A code within its kind and tenant.
    #[error("code")]
    Code,
    /// A tenant's code.
    #[error("tenant code")]
    TenantCode,
    /// A SimBiz uid.
    #[error("uid")]
    Uid,
    /// Anything else, such as two commands that create the same row at once.
    #[error("row")]
    Other,
}

/// What went wrong below the rules. Callers learn whether to try again, and nothing of the inside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// More work than the server can queue, or a lock held too long: try again soon.
    #[error("busy")]
    Busy,
    /// The transaction lost a race that a new attempt can win. Retried inside; seen outside only when that was in vain.
    #[error("lost a race: {0}")]
    Race(String),
    /// The database cannot be reached, or does not take writes.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// The connection was lost while the commit was on its way: whether it was carried out, nobody here can tell.
    #[error("lost the connection during the commit: {0}")]
    Uncertain(String),
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// Something the command refers to was removed meanwhile.
    #[error("a row that was referred to is gone")]
    ReferenceGone,
    /// A mistake in the server itself; the text is for its log only.
    #[error("internal: {0}")]
    Internal(String),
}

fn list(shortages: &[Shortage]) -> String {
    shortages.iter().map(|shortage| shortage.sku.as_str()).collect::<Vec<_>>().join(", ")
}

fn first(problems: &[Problem]) -> String {
    problems.first().map(|p| format!("{} {}", p.field, p.message)).unwrap_or_default()
}
