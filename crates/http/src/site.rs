//! What every dialect is given to work with: one per server, shared by its threads.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use stockbridge_domain::Store;
use stockbridge_domain::access::doorkeeper::Doorkeeper;

use crate::tokens::Signer;
use crate::trail::TrustedProxies;

/// What every dialect is given to work with.
pub struct Site {
    /// The way to the data.
    pub store: Store,
    /// Who checks passwords and secrets.
    pub doorkeeper: Doorkeeper,
    /// What signs tokens.
    pub signer: Signer,
    /// How long a token is good.
    pub token_lifetime: Duration,
    /// The proxies whose word on a caller's address is believed.
    pub proxies: TrustedProxies,
}

impl Site {
    /// Now, in seconds since 1970, for the dates in tokens.
    pub fn unix_now() -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }
}
