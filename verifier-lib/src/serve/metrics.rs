//! What is counted, in the text format of Prometheus.
//!
//! Labels have fixed values, or are the DIDs of the anchors: nobody can make them grow by sending requests.

use core::time::Duration;

use identity_core::{
    trust::TrustSet,
    verify::{CredentialCheck, Finding, Outcome, PresentationCheck, Report},
};
use jiff::Timestamp;
use prometheus_client::{
    encoding::prometheus_text,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::routes::Route;

/// The media type of [`Metrics::text`].
pub(super) const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

type Labels<const N: usize> = [(&'static str, &'static str); N];
type OfAnchor = [(&'static str, String); 1];

/// Upper bounds of the latency histogram, in seconds.
const BOUNDS: [f64; 11] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0,
];

/// The counters of one sidecar.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Labels<2>, Counter>,
    seconds: Family<Labels<1>, Histogram, fn() -> Histogram>,
    verdicts: Family<Labels<2>, Counter>,
    limits: Family<Labels<1>, Counter>,
    faults: Counter,
    reloads: Family<Labels<1>, Counter>,
    /// Requests that are being answered.
    pub(super) in_flight: Gauge,
    /// Open connections.
    pub(super) connections: Gauge,
    bundle_age: Family<OfAnchor, Gauge>,
    bundle_seq: Family<OfAnchor, Gauge>,
    bundle_fresh: Family<OfAnchor, Gauge>,
}

/// Counts one up until it is dropped.
#[derive(Debug)]
pub(super) struct Counted(Gauge);

impl Counted {
    pub(super) fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// Makes the counters, all at zero.
    pub(super) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("mandate"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            verdicts: Family::default(),
            limits: Family::default(),
            faults: Counter::default(),
            reloads: Family::default(),
            in_flight: Gauge::default(),
            connections: Gauge::default(),
            bundle_age: Family::default(),
            bundle_seq: Family::default(),
            bundle_fresh: Family::default(),
        };
        let registry = &mut metrics.registry;
        registry.register(
            "requests",
            "Requests by route and outcome",
            metrics.requests.clone(),
        );
        registry.register(
            "request_seconds",
            "Time from the last header to the answer",
            metrics.seconds.clone(),
        );
        registry.register(
            "verdicts",
            "Verdicts with the code that decided",
            metrics.verdicts.clone(),
        );
        registry.register(
            "limits",
            "Requests and connections that met a limit",
            metrics.limits.clone(),
        );
        registry.register(
            "faults",
            "Faults of the sidecar's own",
            metrics.faults.clone(),
        );
        registry.register(
            "reloads",
            "Times the evidence was read again",
            metrics.reloads.clone(),
        );
        registry.register(
            "in_flight",
            "Requests that are being answered",
            metrics.in_flight.clone(),
        );
        registry.register(
            "connections",
            "Open connections",
            metrics.connections.clone(),
        );
        registry.register(
            "bundle_age_seconds",
            "Age of the newest bundle",
            metrics.bundle_age.clone(),
        );
        registry.register(
            "bundle_seq",
            "Number of the newest bundle",
            metrics.bundle_seq.clone(),
        );
        registry.register(
            "bundle_fresh",
            "Whether the newest bundle can carry a valid verdict",
            metrics.bundle_fresh.clone(),
        );
        metrics
    }

    /// Counts an answer.
    pub(super) fn answered(&self, route: Route, outcome: &'static str, after: Duration) {
        let labels = [("route", route.as_str()), ("outcome", outcome)];
        self.requests.get_or_create(&labels).inc();
        let labels = [("route", route.as_str())];
        self.seconds
            .get_or_create(&labels)
            .observe(after.as_secs_f64());
    }

    /// Counts a request or a connection that met a limit.
    pub(super) fn limited(&self, code: &'static str) {
        self.limits.get_or_create(&[("code", code)]).inc();
    }

    /// Counts a verdict.
    pub(super) fn verdict(&self, report: &Report) {
        let code = deciding(report).unwrap_or("none");
        let labels = [("verdict", report.verdict().as_str()), ("code", code)];
        self.verdicts.get_or_create(&labels).inc();
    }

    /// Counts a fault.
    pub(super) fn fault(&self) {
        self.faults.inc();
    }

    /// Counts a reading of the evidence.
    pub(super) fn reloaded(&self, outcome: &'static str) {
        self.reloads.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// Returns everything as text, with how the anchors stand now.
    pub(super) fn text(&self, trust: Option<&TrustSet>, now: Timestamp) -> String {
        for standing in trust.into_iter().flat_map(|trust| trust.standing(now)) {
            let anchor = [("anchor", standing.anchor.did().as_str().to_owned())];
            let fresh = i64::from(standing.code.is_none());
            self.bundle_fresh.get_or_create(&anchor).set(fresh);
            if let (Some(times), Some(seq)) = (standing.times(), standing.number()) {
                let age = now.as_second() - times.issued_at.timestamp().as_second();
                self.bundle_age.get_or_create(&anchor).set(age);
                let seq = i64::try_from(seq).unwrap_or(i64::MAX);
                self.bundle_seq.get_or_create(&anchor).set(seq);
            }
        }
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = prometheus_text::encode(&mut text, &self.registry);
        text
    }
}

/// Returns the code of the first check that failed, or could not be made where none failed.
pub(super) fn deciding(report: &Report) -> Option<&'static str> {
    let of_presentation = PresentationCheck::ALL.map(|check| report.finding(check));
    let of_credentials = report.credentials.iter();
    let of_credentials = of_credentials
        .flat_map(|credential| CredentialCheck::ALL.map(|check| credential.finding(check)));
    let findings: Vec<&Finding> = of_presentation.into_iter().chain(of_credentials).collect();
    let of = |outcome| findings.iter().find(|finding| finding.outcome == outcome);
    let found = of(Outcome::Fail).or_else(|| of(Outcome::Unknown))?;
    found.code.map(identity_core::Code::as_str)
}
