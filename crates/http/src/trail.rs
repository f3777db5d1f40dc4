//! What one request leaves behind for logs: its id, whose it is, where it came from.

use std::cell::{Cell, RefCell};
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;

use actix_web::http::header::HeaderMap;
use actix_web::{HttpMessage, HttpRequest};
use stockbridge_domain::idempotency::Once;
use stockbridge_domain::{Error, Fault};

use crate::form::Part;
use crate::once::{BodyDigest, Label};

/// The header that carries a request's id, in and out.
pub const REQUEST_ID: &str = "x-request-id";

/// The traces of one request. It is kept with the request; whoever learns something notes it here.
#[derive(Debug)]
pub struct Trail {
    request_id: String,
    tenant: Cell<Option<i64>>,
    caller: RefCell<Option<String>>,
    label: Label,
    body: Cell<BodyDigest>,
    is_strict: Cell<bool>,
}

impl Trail {
    /// The trail of a request; the first who asks begins it.
    ///
    /// Not to be called while a guard from `request.extensions()` is held.
    pub fn of(request: &HttpRequest) -> Rc<Self> {
        if let Some(trail) = request.extensions().get::<Rc<Self>>() {
            return Rc::clone(trail);
        }
        let request_id = request_id(request.headers());
        let (tenant, caller, body, is_strict) = (Cell::new(None), RefCell::new(None), Cell::default(), Cell::default());
        let trail = Rc::new(Self { request_id, tenant, caller, label: Label::of(request), body, is_strict });
        request.extensions_mut().insert(Rc::clone(&trail));
        trail
    }

    /// The request's id: the caller's own if it sent a usable one. 1 to 128 visible ASCII characters.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The number of the tenant the request is about, once known.
    pub fn tenant(&self) -> Option<i64> {
        self.tenant.get()
    }

    /// Notes whose data the request is about.
    pub fn note_tenant(&self, tenant: i64) {
        self.tenant.set(Some(tenant));
    }

    /// Who asks, in a form fit for logs, once known.
    pub fn caller(&self) -> Option<String> {
        self.caller.borrow().clone()
    }

    /// Notes who asks. Never a credential.
    pub fn note_caller(&self, caller: impl Into<String>) {
        self.caller.replace(Some(caller.into()));
    }

    /// Notes what the body is, where that will be asked for.
    pub fn note_body(&self, body: &[u8]) {
        if self.label.is_there() {
            self.body.set(BodyDigest::of(body));
        }
    }

    /// Whether the body was read strictly because the request asked for it, which the answer says.
    pub fn is_strict(&self) -> bool {
        self.is_strict.get()
    }

    /// Notes that the body was read strictly.
    pub fn note_strict(&self) {
        self.is_strict.set(true);
    }

    /// Notes what the parts of a form are. Not what is between them: clients choose another boundary each time.
    pub fn note_parts(&self, parts: &[Part]) {
        if self.label.is_there() {
            self.body.set(BodyDigest::of_parts(parts.iter().map(|part| (part.name.as_str(), &*part.content))));
        }
    }

    /// How the request is told from others, where it is to be carried out only once.
    ///
    /// # Errors
    /// As [`Label::once`].
    pub fn once(&self) -> Result<Option<Once>, Error> {
        self.label.once(self.body.get())
    }

    /// Writes down why the request was not carried out, where that is not the caller's doing.
    pub fn log(&self, fault: &Fault) {
        let (request_id, tenant) = (self.request_id(), self.tenant());
        match fault {
            Fault::Internal(_) | Fault::Unavailable(_) | Fault::Uncertain(_) | Fault::Full => {
                tracing::error!(request_id, tenant, %fault, "a request failed");
            }
            Fault::Busy | Fault::Race(_) => tracing::warn!(request_id, tenant, %fault, "a request found no time"),
            Fault::ReferenceGone => {}
        }
    }
}

fn request_id(headers: &HeaderMap) -> String {
    let sent = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let usable = |id: &&str| (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
    sent.filter(usable).map_or_else(made_up_id, str::to_owned)
}

/// 32 hex digits that no other server makes: hashes under a key that each thread takes from the system's random source
/// once, and counts up for every state after it. Unique, not secret.
fn made_up_id() -> String {
    let random = || RandomState::new().hash_one(0);
    format!("{:016x}{:016x}", random(), random())
}

/// The proxies whose word on a caller's address is believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

/// An address and how many of its leading bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u32,
}

impl TrustedProxies {
    /// Reads addresses and networks, separated by commas: `10.0.0.0/8, ::1`. Nothing means nobody is trusted.
    ///
    /// # Errors
    /// The entry that is neither.
    pub fn parse(list: &str) -> Result<Self, String> {
        let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let networks = entries.map(|entry| Network::parse(entry).ok_or_else(|| entry.to_owned()));
        networks.collect::<Result<_, _>>().map(Self)
    }

    fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(width), |bits| bits.parse().ok().filter(|bits| *bits <= width))?;
        Some(Self { address, bits })
    }

    fn contains(&self, other: IpAddr) -> bool {
        let differing = match (self.address, other) {
            (IpAddr::V4(own), IpAddr::V4(other)) => (own.to_bits() ^ other.to_bits()).leading_zeros(),
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits() ^ other.to_bits()).leading_zeros(),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => return false,
        };
        differing >= self.bits
    }
}

/// Where a request came from: the socket's peer, or, where that is a trusted proxy, the last address in
/// `X-Forwarded-For` that is not one itself. `None` without a socket, as in tests.
pub fn peer_address(request: &HttpRequest, trusted: &TrustedProxies) -> Option<IpAddr> {
    let mut nearest = request.peer_addr()?.ip().to_canonical();
    let headers = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = headers.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        if !trusted.contain(nearest) {
            break;
        }
        // Beyond something unreadable nothing can be believed.
        let Some(address) = hop_address(hop) else { break };
        nearest = address;
    }
    Some(nearest)
}

/// An address with or without a port, IPv6 with or without brackets.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_usable_id_is_kept() {
        for id in ["a", "req-1/2:3", &"x".repeat(128)] {
            let request = TestRequest::default().insert_header((REQUEST_ID, id)).to_http_request();
            assert_eq!(Trail::of(&request).request_id(), id);
        }
    }

    #[test]
    fn an_unusable_id_is_replaced_by_one_of_ours() {
        for id in [&b""[..], b"a b", b"\xff", &[b'x'; 129]] {
            let header = (REQUEST_ID, HeaderValue::from_bytes(id).unwrap());
            let request = TestRequest::default().insert_header(header).to_http_request();
            let made = Trail::of(&request).request_id().to_owned();
            assert!(made.len() == 32 && made.bytes().all(|b| b.is_ascii_hexdigit()), "{made}");
        }
    }

    #[test]
    fn made_ids_differ() {
        let ids: std::collections::HashSet<_> = (0..1000).map(|_| made_up_id()).collect();
        assert_eq!(ids.len(), 1000);
    }

    #[test]
    fn everybody_sees_the_same_trail() {
        let request = TestRequest::default().to_http_request();
        Trail::of(&request).note_tenant(7);
        Trail::of(&request).note_caller("someone");
        let trail = Trail::of(&request);
        assert_eq!((trail.tenant(), trail.caller().as_deref()), (Some(7), Some("someone")));
        assert_eq!(trail.request_id(), Trail::of(&request).request_id());
    }

    fn seen(peer: &str, forwarded: &[&str], trusted: &str) -> String {
        let request = TestRequest::default().peer_addr(peer.parse().unwrap());
        let request = forwarded.iter().fold(request, |r, hops| r.append_header(("x-forwarded-for", *hops)));
        let trusted = TrustedProxies::parse(trusted).unwrap();
        peer_address(&request.to_http_request(), &trusted).unwrap().to_string()
    }

    #[test]
    fn only_a_trusted_peer_is_believed() {
        assert_eq!(seen("9.9.9.9:1", &["1.2.3.4"], ""), "9.9.9.9");
        assert_eq!(seen("9.9.9.9:1", &["1.2.3.4"], "10.0.0.0/8"), "9.9.9.9");
        assert_eq!(seen("10.1.1.1:1", &["1.2.3.4"], "10.0.0.0/8"), "1.2.3.4");
        assert_eq!(seen("[::1]:1", &["2001:db8::7"], "::1"), "2001:db8::7");
        assert_eq!(seen("[::ffff:10.1.1.1]:1", &["1.2.3.4"], "10.0.0.0/8"), "1.2.3.4");
    }

    #[test]
    fn the_last_address_that_is_not_ours_counts() {
        assert_eq!(seen("10.0.0.1:1", &["6.6.6.6, 1.2.3.4", "10.0.0.2"], "10.0.0.0/8"), "1.2.3.4");
        assert_eq!(seen("10.0.0.1:1", &["10.0.0.3,10.0.0.2"], "10.0.0.0/8"), "10.0.0.3");
        assert_eq!(seen("10.0.0.1:1", &[], "10.0.0.0/8"), "10.0.0.1");
    }

    #[test]
    fn ports_and_brackets_are_tolerated_and_nonsense_ends_the_chain() {
        assert_eq!(seen("10.0.0.1:1", &["1.2.3.4:555"], "10.0.0.1"), "1.2.3.4");
        assert_eq!(seen("10.0.0.1:1", &["[2001:db8::7]:80"], "10.0.0.1"), "2001:db8::7");
        assert_eq!(seen("10.0.0.1:1", &["[2001:db8::7]"], "10.0.0.1"), "2001:db8::7");
        assert_eq!(seen("10.0.0.1:1", &["1.2.3.4, unknown"], "10.0.0.1"), "10.0.0.1");
    }

    #[test]
    fn a_list_of_proxies_is_read_strictly() {
        assert_eq!(TrustedProxies::parse(" , "), Ok(TrustedProxies::default()));
        assert!(TrustedProxies::parse("0.0.0.0/0, fd00::/8,127.0.0.1").is_ok());
        for odd in ["10.0.0.0/33", "proxy.local", "10.0.0", "::/129", "10.0.0.0/x"] {
            assert_eq!(TrustedProxies::parse(odd), Err(odd.to_owned()));
        }
    }

    #[test]
    fn no_socket_no_address() {
        assert_eq!(peer_address(&TestRequest::default().to_http_request(), &TrustedProxies::default()), None);
    }
}
