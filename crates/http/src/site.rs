//! What every dialect is given to work with: one per server, shared by its threads.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::{HttpRequest, web};
use stockbridge_domain::access::doorkeeper::Doorkeeper;
use stockbridge_domain::access::journal::Journal;
use stockbridge_domain::{Fault, Result, Store, TenantId};

use crate::tokens::{Claims, Signer};
use crate::trail::TrustedProxies;
use crate::uploads::Uploads;

/// What every dialect is given to work with.
pub struct Site {
    /// The way to the data.
    pub store: Store,
    /// Who checks passwords and secrets.
    pub doorkeeper: Doorkeeper,
    /// What signs tokens.
    pub signer: Signer,
    /// How long a user's token is good.
    pub token_lifetime: Duration,
    /// How long a uid's token is good.
    pub uid_token_lifetime: Duration,
    /// Where requests that show an API key are noted.
    pub journal: Journal,
    /// The proxies whose word on a caller's address is believed.
    pub proxies: TrustedProxies,
    /// The files that callers handed in.
    pub uploads: Uploads,
}

/// Whom a token is for.
pub struct Holder {
    /// The kind of token.
    pub kind: &'static str,
    /// The id of a user, the name of an integration.
    pub sub: String,
    /// The tenant it is made for.
    pub tenant: TenantId,
    /// The role, for display only.
    pub role: Option<String>,
    /// Which tokens of the same holder still count: it is one of these.
    pub version: i64,
}

/// A token that was just made.
pub struct Issued {
    /// The token.
    pub token: String,
    /// How many seconds it is good for.
    pub lifetime: i64,
    /// From when on it is worth nothing, in Unix seconds.
    pub expires_at: i64,
}

impl Site {
    /// The site that a request is served from.
    ///
    /// # Errors
    /// A fault of ours: the app was put together without one.
    pub fn of(request: &HttpRequest) -> Result<web::Data<Self>> {
        let site = request.app_data::<web::Data<Self>>().cloned();
        Ok(site.ok_or_else(|| Fault::Internal("the app holds no site".to_owned()))?)
    }

    /// Makes a token that is good for so long from now on.
    ///
    /// # Errors
    /// None that is known: see [`Signer::sign`].
    pub fn issue(&self, holder: Holder, lifetime: Duration) -> Result<Issued> {
        let Holder { kind, sub, tenant, role, version } = holder;
        let lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        let iat = Self::unix_now();
        let expires_at = iat.saturating_add(lifetime);
        let claims = Claims {
            sub,
            tenant: tenant.get(),
            kind: kind.to_owned(),
            role,
            version: Some(version),
            iat,
            exp: expires_at,
        };
        let token = self.signer.sign(&claims).map_err(|error| Fault::Internal(format!("no token: {error}")))?;
        Ok(Issued { token, lifetime, expires_at })
    }

    /// Now, in seconds since 1970, for the dates in tokens.
    pub fn unix_now() -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }
}
