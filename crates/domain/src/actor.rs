//! Who acts: what a credential claims, and what it turned out to be when it was read afresh.

use chrono::NaiveDateTime;
use chrono_tz::Tz;

use crate::store::portable::{bigint_value, text_value};

/// The number of a tenant: one company, which a SimBiz caller knows as its organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
pub struct TenantId(i64);

bigint_value!(TenantId);

impl TenantId {
    /// The tenant with this number, whether or not there is one.
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The number itself.
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// What a user may do, each role including the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Role {
    /// Reads everything of the tenant.
    Viewer,
    /// Writes what the reference does not reserve.
    Staff,
    /// Writes what the reference marks "Admin / Manager only".
    Manager,
    /// Writes what the reference marks "Admin only".
    Admin,
}

text_value!(Role { Viewer = "viewer", Staff = "staff", Manager = "manager", Admin = "admin" });

/// What a product costs once a purchase order for it is received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Costing {
    /// What its record says.
    Standard,
    /// The average of what was paid for what is on hand.
    Average,
}

text_value!(Costing { Standard = "standard", Average = "average" });

/// Who a verified credential says is asking. Nothing is believed of it but the names: state is read afresh.
#[derive(Debug, Clone)]
pub enum Claim {
    /// A user of the IOM dialect, by token.
    User {
        /// The tenant the token was made for.
        tenant: TenantId,
        /// The user's id.
        user: i64,
        /// The version of the user's tokens that the token was made in.
        version: i64,
    },
    /// A uid of the SimBiz dialect, by token.
    Uid {
        /// The integration's name.
        uid: String,
        /// The organization the token was made for.
        home: TenantId,
        /// The version of the uid's tokens that the token was made in.
        version: i64,
        /// The organization asked for in the call, where it names one.
        organization: Option<Organization>,
    },
    /// An integration of the IOM dialect, by API key.
    Key {
        /// The SHA-256 of the whole key, in hexadecimal: [`crate::access::keys::hash`].
        hash: String,
    },
}

/// How a call names an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Organization {
    /// By the tenant's number.
    Id(TenantId),
    /// By its code, in any case.
    Code(String),
    /// By something that cannot be an organization's id; never found.
    Unreadable(String),
}

/// What a call needs: who claims to ask, and the least role that may.
#[derive(Debug, Clone)]
pub struct Admission {
    /// Who claims to ask.
    pub claim: Claim,
    /// The least role that may do it.
    pub role: Role,
    /// The request in which it is asked.
    pub request_id: Option<String>,
}

/// Who acts, read afresh in the transaction of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A user of the tenant.
    User {
        /// The user's id.
        id: i64,
        /// The user's name, as it is shown beside what they did.
        name: String,
        /// What the user may do.
        role: Role,
    },
    /// A SimBiz integration.
    Uid {
        /// Its name.
        uid: String,
    },
    /// An integration of the IOM dialect.
    Key {
        /// The key's id.
        id: i64,
        /// The key's name, as it is shown beside what it did.
        name: String,
        /// Whether it may write; every key may read.
        can_write: bool,
    },
    /// The command line of the server itself.
    System,
}

impl Actor {
    /// What tells this actor from every other one, for the books.
    pub fn key(&self) -> String {
        match self {
            Self::User { id, .. } => format!("user {id}"),
            Self::Uid { uid } => format!("uid {uid}"),
            Self::Key { id, .. } => format!("key {id}"),
            Self::System => "system".to_owned(),
        }
    }

    /// The name under which writes of this actor are recorded.
    pub fn name(&self) -> &str {
        match self {
            Self::User { name, .. } | Self::Key { name, .. } => name,
            Self::Uid { uid } => uid,
            Self::System => "system",
        }
    }
}

/// The company whose data a transaction may touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its number.
    pub id: TenantId,
    /// Its short code, such as BHH.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The time zone in which its days begin.
    pub zone: Tz,
    /// When its subscription ends, in UTC; `None`: never.
    pub subscription_ends_at: Option<NaiveDateTime>,
    /// Whether its orders may promise more than is there.
    pub allow_backorder: bool,
    /// How its products get their costs.
    pub costing: Costing,
}

impl std::fmt::Display for Organization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{}", id.get()),
            Self::Code(text) | Self::Unreadable(text) => f.write_str(text),
        }
    }
}
