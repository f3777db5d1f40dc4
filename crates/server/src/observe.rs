//! What the server tells of itself: one log line and a few counts for every request.

use std::time::Instant;

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Version};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, text};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use stockbridge_domain::Store;
use stockbridge_domain::access::journal::Journal;
use stockbridge_http::prefer::{PREFERENCE_APPLIED, STRICT};
use stockbridge_http::site::Site;
use stockbridge_http::trail::{REQUEST_ID, Trail, peer_address};
use tracing_subscriber::EnvFilter;

use crate::cli::LogFormat;

/// What is counted, for Prometheus.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Routed, Histogram>,
    waiting: Family<Queue, Gauge>,
    store: Store,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Routed {
    method: String,
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Queue {
    queue: &'static str,
}

impl Metrics {
    /// Counts from zero.
    pub fn new(store: Store, journal: Journal) -> Self {
        let mut registry = Registry::with_prefix("stockbridge");
        let requests = Family::<Answered, Counter>::default();
        let durations = Family::<Routed, Histogram>::new_with_constructor(|| {
            Histogram::new([0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0])
        });
        let waiting = Family::<Queue, Gauge>::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_duration_seconds", "Time until the answer began", durations.clone());
        registry.register("store_waiting", "Commands that wait for a database thread", waiting.clone());
        registry.register_collector(Box::new(StoreCounts(store.clone())));
        registry.register_collector(Box::new(Unlogged(journal)));
        Self { registry, requests, durations, waiting, store }
    }

    /// The counts in the text format of `OpenMetrics`.
    pub(crate) fn text(&self) -> Result<String, std::fmt::Error> {
        let (reading, writing) = self.store.waiting();
        for (queue, length) in [("read", reading), ("write", writing)] {
            self.waiting.get_or_create(&Queue { queue }).set(i64::try_from(length).unwrap_or(i64::MAX));
        }
        let mut encoded = String::new();
        text::encode(&mut encoded, &self.registry)?;
        Ok(encoded)
    }
}

/// What the store counts of itself.
struct StoreCounts(Store);

impl std::fmt::Debug for StoreCounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreCounts")
    }
}

impl Collector for StoreCounts {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let counts = self.0.tallies();
        for (name, help, tally) in [
            ("store_retries", "Runs of a command after its first", &counts.retries),
            ("store_connections_retired", "Database connections given up", &counts.retired),
            ("store_group_commits", "Commits that several commands shared", &counts.groups),
            ("store_grouped_commands", "Commands in those commits", &counts.grouped),
            ("store_failed_groups", "Groups that could not be committed together", &counts.failed_groups),
            ("store_busy_queue_full", "Commands refused because the queue was full", &counts.busy_full),
            ("store_busy_waited", "Commands refused because they waited too long", &counts.busy_late),
            ("store_busy_locked", "Commands refused because of a lock or a lost race", &counts.busy_locked),
        ] {
            let counter = ConstCounter::new(tally.get());
            counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)?;
        }
        Ok(())
    }
}

/// What the request log lacks.
#[derive(Debug)]
struct Unlogged(Journal);

impl Collector for Unlogged {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let (name, help) = ("request_log_lost", "Requests with API keys that are missing from the log");
        let counter = ConstCounter::new(self.0.lost());
        counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)
    }
}

/// Asked every few seconds by programs: counted, but not worth a line each.
const PROBES: &[&str] = &["/healthz", "/readyz", "/metrics"];

/// Begins the trail of a request, and writes it down when the answer begins.
pub(crate) async fn record(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let begun = Instant::now();
    let trail = Trail::of(request.request());
    let metrics = request.app_data::<web::Data<Metrics>>().cloned();
    let site = request.app_data::<web::Data<Site>>();
    let peer = site.and_then(|site| peer_address(request.request(), &site.proxies));
    let mut response = next.call(request).await?;
    if let Ok(id) = HeaderValue::from_str(trail.request_id()) {
        response.headers_mut().insert(HeaderName::from_static(REQUEST_ID), id);
    }
    if trail.is_strict() {
        let strict = HeaderValue::from_static(STRICT);
        response.headers_mut().insert(HeaderName::from_static(PREFERENCE_APPLIED), strict);
    }
    frame_for_old_clients(&mut response);
    let request = response.request();
    let (method, status, took) = (request.method().as_str(), response.status().as_u16(), begun.elapsed());
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    if !PROBES.contains(&route.as_str()) {
        tracing::info!(
            target: "stockbridge::request",
            method,
            route,
            status,
            duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            request_id = trail.request_id(),
            tenant = trail.tenant(),
            caller = trail.caller(),
            peer = peer.map(tracing::field::display),
        );
    }
    if let Some(metrics) = metrics {
        let routed = Routed { method: known(method), route: route.clone() };
        metrics.durations.get_or_create(&routed).observe(took.as_secs_f64());
        metrics.requests.get_or_create(&Answered { method: routed.method, route, status }).inc();
    }
    Ok(response)
}

/// HTTP/1.0 knows no chunks: there a streamed answer ends where the connection does.
fn frame_for_old_clients(response: &mut ServiceResponse<impl MessageBody>) {
    let is_streamed = matches!(response.response().body().size(), BodySize::Stream);
    if response.request().version() < Version::HTTP_11 && is_streamed {
        let head = response.response_mut().head_mut();
        head.no_chunking(true);
        head.set_connection_type(ConnectionType::Close);
    }
}

/// Methods that nobody has heard of must not each make a time series.
fn known(method: &str) -> String {
    match method {
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" => method.to_owned(),
        _ => "other".to_owned(),
    }
}

/// Writes log lines to standard error from here on.
///
/// # Errors
/// A sentence when the filter cannot be read or logging was started before.
pub(crate) fn start_logging(format: LogFormat, filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| format!("--log: {error}"))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init(),
    };
    started.map_err(|error| format!("cannot start logging: {error}"))
}
