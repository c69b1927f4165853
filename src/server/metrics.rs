//! What is counted of a server, for its operators. Label values come from the program, its routes
//! and its settings, never from a request: nobody outside can make a series.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use crate::server::work::Failure;

/// A label and its value.
pub(super) type Label = [(&'static str, &'static str); 1];

/// From the look into the store to the wait for a turn, in seconds.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// What is purged.
const PURGED: [&str; 4] = ["revocations", "sessions", "tokens", "events"];

/// Histograms of seconds.
type Histograms<Labels> = Family<Labels, Histogram>;

/// Counts that begin with the server and go on as long as it runs.
pub struct Metrics {
    pub(super) requests: Family<Asked, Counter>,
    pub(super) durations: Histograms<Place>,
    /// How long a turn was waited for in each line.
    pub(super) waits: Histograms<Label>,
    pub(super) connections: Gauge,
    pub(super) refused: Counter,
    /// Connections that made room for others.
    pub(super) displaced: Counter,
    pub(super) bodies: Family<Status, Counter>,
    pub(super) failures: Family<Label, Counter>,
    /// Logins that were not judged.
    pub(super) throttled: Counter,
    pub(super) purges: Counter,
    pub(super) purged: Family<Label, Counter>,
}

/// What was asked, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Asked {
    pub(super) path: Arc<str>,
    pub(super) method: &'static str,
    pub(super) status: u16,
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Place {
    path: Arc<str>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Status {
    status: u16,
}

/// A connection that is open until this is dropped.
pub(super) struct Open(Gauge);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let seconds = || Histogram::new(SECONDS);
        let purged = Family::default();
        for kind in PURGED {
            drop(purged.get_or_create(&[("kind", kind)]));
        }
        Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(seconds),
            waits: Family::new_with_constructor(seconds),
            connections: Gauge::default(),
            refused: Counter::default(),
            displaced: Counter::default(),
            bodies: Family::default(),
            failures: Family::default(),
            throttled: Counter::default(),
            purges: Counter::default(),
            purged,
        }
    }
}

impl Metrics {
    /// A request was answered.
    pub(super) fn answered(&self, asked: &Asked, time: Duration) {
        self.requests.get_or_create(asked).inc();
        let place = Place { path: Arc::clone(&asked.path) };
        self.durations.get_or_create(&place).observe(time.as_secs_f64());
    }

    /// A connection begins.
    pub(super) fn connection(&self) -> Open {
        self.connections.inc();
        Open(self.connections.clone())
    }

    /// A request was refused for its body, before any route.
    pub(super) fn body_refused(&self, status: u16) {
        self.bodies.get_or_create(&Status { status }).inc();
    }

    /// A request, or work of our own, could not be done.
    pub(super) fn failed(&self, failure: &Failure) {
        let code = match failure {
            Failure::Busy => "busy",
            Failure::Broken(error) => error.code().name(),
        };
        self.failures.get_or_create(&[("code", code)]).inc();
    }

    /// What had run out was deleted: so many rows of each of [`PURGED`].
    pub(super) fn purged(&self, rows: [u64; 4]) {
        self.purges.inc();
        for (kind, rows) in PURGED.into_iter().zip(rows) {
            self.purged.get_or_create(&[("kind", kind)]).inc_by(rows);
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}
