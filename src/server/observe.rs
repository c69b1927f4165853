//! Around every route: each request is counted, timed, and logged where the log is a detailed one.
//! Of what a client sends, only what is bounded gets there: the route's path and never the
//! request's, which may hold what is nobody's business.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State as Extract};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument, Span};

use crate::server::State;
use crate::server::doors::Doors;
use crate::server::metrics::{Asked, Metrics};
use crate::server::request::{client, peer};
use crate::server::route::Place;

/// The path of what no route is for.
const OTHER: &str = "other";

/// The longest request id that is taken from a proxy.
const LONGEST_ID: usize = 128;

/// The status that stands for a client who went away before the answer.
const GONE: u16 = 499;

/// Sees every request.
pub(super) struct Observer {
    metrics: Arc<Metrics>,
    doors: Arc<Doors>,
    /// What the path of a route is called: both ways to write it alike.
    paths: HashMap<String, Arc<str>>,
    other: Arc<str>,
    ids: Ids,
}

/// Ids of requests: one beginning for this server, and a number.
struct Ids {
    beginning: String,
    next: AtomicU64,
}

impl Observer {
    /// One for these routes.
    pub(super) fn new(state: &State, places: Vec<Place>) -> Self {
        let named = |place: Place| {
            let name = Arc::from(place.path.trim_end_matches('/'));
            (place.path, name)
        };
        let beginning = state.authority.fresh_id().chars().take(8).collect();
        Self {
            metrics: Arc::clone(&state.metrics),
            doors: Arc::clone(&state.doors),
            paths: places.into_iter().map(named).collect(),
            other: Arc::from(OTHER),
            ids: Ids { beginning, next: AtomicU64::new(1) },
        }
    }

    fn path(&self, request: &Request) -> Arc<str> {
        let matched = request.extensions().get::<MatchedPath>();
        let found = matched.and_then(|matched| self.paths.get(matched.as_str()));
        Arc::clone(found.unwrap_or(&self.other))
    }

    /// What every line of the log says that is written while the request runs.
    fn span(&self, request: &Request, asked: &Asked) -> Span {
        let site = &self.doors.site;
        let (peer, headers) = (peer(request.extensions()), request.headers());
        tracing::debug_span!(
            target: "jot::request",
            "request",
            id = self.ids.of(headers, site.is_proxy(peer)),
            method = asked.method,
            path = &*asked.path,
            client = %client(site, peer, headers)
        )
    }
}

impl Ids {
    /// The id that a proxy of ours gave, or a new one.
    fn of(&self, headers: &HeaderMap, proxied: bool) -> String {
        let given = headers.get("x-request-id").filter(|_| proxied);
        let given = given.and_then(|id| id.to_str().ok()).filter(|id| is_id(id));
        let next = || {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            format!("{}-{number}", self.beginning)
        };
        given.map_or_else(next, str::to_owned)
    }
}

/// Whether a text looks like an id and like nothing else.
fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:+/=".contains(&byte);
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(fits)
}

/// A request that is counted and logged when this is dropped: also when its route panics, or when
/// its client goes away.
struct Seen {
    metrics: Arc<Metrics>,
    asked: Asked,
    span: Span,
    begun: Instant,
}

impl Drop for Seen {
    fn drop(&mut self) {
        if self.asked.status == GONE && std::thread::panicking() {
            self.asked.status = 500;
        }
        let time = self.begun.elapsed();
        self.metrics.answered(&self.asked, time);
        let (status, seconds) = (self.asked.status, time.as_secs_f64());
        tracing::debug!(target: "jot::request", parent: &self.span, status, seconds, "answered");
    }
}

/// Lets the routes answer.
pub(super) async fn observe(
    Extract(observer): Extract<Arc<Observer>>,
    request: Request,
    next: Next,
) -> Response {
    let (path, method) = (observer.path(&request), method(request.method()));
    let asked = Asked { path, method, status: GONE };
    let span = observer.span(&request, &asked);
    let metrics = Arc::clone(&observer.metrics);
    let mut seen = Seen { metrics, asked, span, begun: Instant::now() };
    let answer = next.run(request).instrument(seen.span.clone()).await;
    seen.asked.status = answer.status().as_u16();
    answer
}

/// The name of a method that there is (RFC 9110 9.1, RFC 5789); clients may send any.
fn method(method: &Method) -> &'static str {
    const NAMES: [&str; 9] =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
    NAMES.into_iter().find(|name| method.as_str() == *name).unwrap_or(OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_only_from_a_proxy_and_only_if_it_is_one() {
        let ids = Ids { beginning: "b".to_owned(), next: AtomicU64::new(1) };
        let of = |id: &str, proxied| {
            let headers = [("x-request-id".parse().unwrap(), id.parse().unwrap())];
            ids.of(&HeaderMap::from_iter(headers), proxied)
        };
        assert_eq!(of("7f/a=", true), "7f/a=");
        assert_eq!(of("7f/a=", false), "b-1");
        assert_eq!(of("", true), "b-2");
        assert_eq!(of("a b", true), "b-3");
        assert_eq!(of("a\"b", true), "b-4");
        assert_eq!(of(&"a".repeat(LONGEST_ID), true).len(), LONGEST_ID);
        assert_eq!(of(&"a".repeat(LONGEST_ID + 1), true), "b-5");
        assert_eq!(ids.of(&HeaderMap::new(), true), "b-6");
    }

    #[test]
    fn who_goes_away_and_what_panics_are_counted_too() {
        let metrics = Arc::new(Metrics::default());
        let asked = |status| Asked { path: Arc::from("/login"), method: "POST", status };
        let seen = || Seen {
            metrics: Arc::clone(&metrics),
            asked: asked(GONE),
            span: Span::none(),
            begun: Instant::now(),
        };
        drop(seen());
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _seen = seen();
            panic!("as a test does");
        }));
        assert!(panicked.is_err());
        let count = |status| metrics.requests.get(&asked(status)).map(|count| count.get());
        assert_eq!([count(GONE), count(500), count(200)], [Some(1), Some(1), None]);
    }

    #[test]
    fn a_method_that_there_is_not_is_another() {
        assert_eq!(method(&Method::PATCH), "PATCH");
        assert_eq!(method(&Method::from_bytes(b"BREW").unwrap()), "other");
    }
}
