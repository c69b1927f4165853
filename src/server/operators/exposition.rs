//! What is counted, in the Prometheus text format. The registry is put together at each scrape from
//! what is counted elsewhere, so that nothing is counted twice and nothing is stale.

use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::error::{Code, Error, Result};
use crate::server::State;
use crate::server::metrics::Label;

/// All of it.
pub(super) fn of(state: &State) -> Result<String> {
    let mut registry = Registry::with_prefix("jot");
    requests(&mut registry, state);
    work(&mut registry, state);
    happenings(&mut registry, state);
    registry.register_with_unit(
        "key_next_change",
        "Seconds until a key of the ring enters the key set, signs, retires or ends; \
         +Inf: none will, NaN: the ring cannot be read",
        Unit::Seconds,
        ConstGauge::new(next_change(state)),
    );
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    registry.register("build", "The program", Info::new(version));
    let mut text = String::new();
    encode(&mut text, &registry)
        .map_err(|_| Error::new(Code::Failed, "the metrics cannot be written"))?;
    Ok(text)
}

fn requests(registry: &mut Registry, state: &State) {
    let metrics = &state.metrics;
    registry.register(
        "http_requests",
        "Requests answered, by route, method and status; 499: the client went away before",
        metrics.requests.clone(),
    );
    registry.register_with_unit(
        "http_request_duration",
        "How long an answer took once its request had been read, by route",
        Unit::Seconds,
        metrics.durations.clone(),
    );
    registry.register(
        "http_bodies_refused",
        "Requests refused for their body or host before any route, by status",
        metrics.bodies.clone(),
    );
    registry.register("connections", "Connections that are open", metrics.connections.clone());
    registry.register(
        "connections_refused",
        "Connections refused because there were too many, in all or of one network",
        metrics.refused.clone(),
    );
    registry.register(
        "connections_displaced",
        "Connections that waited for their client and made room for another",
        metrics.displaced.clone(),
    );
}

fn work(registry: &mut Registry, state: &State) {
    let running = Family::<Label, Gauge>::default();
    let waiting = Family::<Label, Gauge>::default();
    for load in state.work.loads() {
        let label = [("line", load.name)];
        running.get_or_create(&label).set(as_gauge(load.running));
        waiting.get_or_create(&label).set(as_gauge(load.waiting));
    }
    registry.register(
        "work_running",
        "Work in hand: passwords that are hashed for a login (hashing), what changes the store (changing), all else (looking)",
        running,
    );
    registry.register("work_waiting", "Work that waits for its turn", waiting);
    registry.register_with_unit(
        "work_wait",
        "How long work waited for its turn",
        Unit::Seconds,
        state.metrics.waits.clone(),
    );
    registry.register(
        "failures",
        "Requests, and purges, that could not be done, by the error's code; \
         busy: too many others were waiting",
        state.metrics.failures.clone(),
    );
    registry.register(
        "logins_throttled",
        "Logins that were refused unread, because too many passwords had been wrong",
        state.metrics.throttled.clone(),
    );
}

/// What happened, and what was deleted.
fn happenings(registry: &mut Registry, state: &State) {
    let events = Family::<Label, Counter>::default();
    for (kind, count) in state.authority.tally().counts() {
        events.get_or_create(&[("kind", kind.name())]).inc_by(count);
    }
    registry.register("events", "Events of this process, stored or not, by kind", events);
    registry.register("purges", "Purges of what has run out", state.metrics.purges.clone());
    registry.register(
        "purged_rows",
        "Rows that purges have deleted, by kind",
        state.metrics.purged.clone(),
    );
}

fn as_gauge(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn next_change(state: &State) -> f64 {
    let now = state.authority.now();
    match state.authority.ring() {
        Ok(ring) => match ring.next_turn(now).map(|moment| u32::try_from(moment - now)) {
            Some(Ok(seconds)) => f64::from(seconds),
            _ => f64::INFINITY,
        },
        Err(_) => f64::NAN,
    }
}
