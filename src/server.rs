//! The login server: a function of a listener, its state and a shutdown future, so that a test owns
//! all three.
//!
//! [`accept`] carries bytes: connections, their limits and their end; [`tls`] encrypts them. The
//! doors turn requests into calls of the authority and its answers into replies; no rule about
//! tokens, passwords or sessions lives here. axum and hyper are used in this module and nowhere else.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State as Extract;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_http::cors::CorsLayer;

use crate::authority::Authority;
use crate::authority::validate::Asked;
use crate::claims::report::Report;
use crate::error::Result;
use crate::event::Source;

pub mod accept;
mod connection;
mod cookies;
mod djwto;
pub mod doors;
mod foreign;
mod forward;
mod health;
mod intake;
pub mod metrics;
mod ninja;
mod oauth;
mod observe;
mod openapi;
mod operators;
mod people;
mod refused;
mod reply;
mod request;
mod route;
mod seldom;
mod slots;
mod socket;
pub mod tls;
mod work;

use accept::{Limits, Serving};
use doors::{Doors, Site};
use metrics::Metrics;
use observe::Observer;
use refused::Refused;
use reply::Answer;
use route::Routes;
use tls::Tls;
pub use work::THREADS;
use work::{Failure, What, Work};

/// How often what has run out is deleted.
const PURGE_EVERY: Duration = Duration::from_secs(600);

/// How long a browser need not ask again which foreign pages may ask.
const PREFLIGHT: Duration = Duration::from_secs(600);

/// What settings make of a server.
pub struct Parts {
    /// What the doors call.
    pub authority: Arc<Authority>,
    /// How the doors are set up.
    pub doors: Doors,
    /// What encrypts connections, if anything does.
    pub tls: Option<Arc<Tls>>,
}

/// What every route works with.
#[derive(Clone)]
struct State {
    authority: Arc<Authority>,
    work: Arc<Work>,
    doors: Arc<Doors>,
    metrics: Arc<Metrics>,
}

/// Where a server listens.
#[derive(Debug)]
pub struct Listeners {
    /// For everybody.
    pub doors: TcpListener,
    /// For its operators.
    pub operators: Option<TcpListener>,
}

impl State {
    fn of(parts: &Parts, work: Arc<Work>, metrics: Arc<Metrics>) -> Self {
        let (authority, doors) = (Arc::clone(&parts.authority), Arc::new(parts.doors.clone()));
        Self { authority, work, doors, metrics }
    }

    /// The judgement of a token. One that was found good before waits in no line.
    async fn validate(&self, token: &str, asked: Asked, source: Source) -> Result<Report, Refused> {
        if let Some(report) = self.authority.recall(token, &asked) {
            return Ok(report);
        }
        let (authority, token) = (Arc::clone(&self.authority), token.to_owned());
        self.work.doing(What::Looking, move || Ok(authority.learn(&token, &asked, &source)?)).await
    }
}

/// A server, whose parts can be exchanged while it runs.
pub struct Server {
    state: watch::Sender<State>,
    serving: watch::Sender<Serving>,
    operators: watch::Sender<Serving>,
}

impl Server {
    /// A server of these parts.
    pub fn new(parts: Parts) -> Self {
        let metrics = Arc::new(Metrics::default());
        let work = Arc::new(Work::new(&metrics));
        let state = State::of(&parts, work, metrics);
        Self {
            serving: watch::Sender::new(Serving { app: app(&state), tls: parts.tls }),
            operators: watch::Sender::new(operators::serving(&state)),
            state: watch::Sender::new(state),
        }
    }

    /// Goes on with other parts, all at once. A request sees the old ones or the new ones; the lines
    /// in which requests wait, and what is counted of requests, stay what they are. Events are
    /// counted by the authority, old and new in one place
    /// ([`counting`](Authority::counting)), so that those of a request that still runs are not lost.
    pub fn exchange(&self, parts: Parts) {
        let before = self.state.borrow().clone();
        let state = State::of(&parts, before.work, before.metrics);
        self.serving.send_replace(Serving { app: app(&state), tls: parts.tls });
        self.operators.send_replace(operators::serving(&state));
        self.state.send_replace(state);
    }

    /// Serves until `shutdown` is done, then finishes what runs.
    pub async fn run(
        &self,
        listeners: Listeners,
        limits: Limits,
        shutdown: impl Future<Output = ()>,
    ) -> Result<()> {
        let purging = tokio::spawn(purge(self.state.subscribe()));
        let operators = operators::serve(listeners.operators, self.operators.subscribe());
        let counted = (limits, Arc::clone(&self.state.borrow().metrics));
        let serving = self.serving.subscribe();
        let served = accept::run(listeners.doors, serving, counted, shutdown).await;
        purging.abort();
        operators.end().await;
        served
    }
}

/// Those that foreign pages may be allowed to ask.
fn for_pages(doors: &Doors, update: bool) -> Routes {
    let djwto = djwto::routes(doors, update).merge(people::routes(doors));
    djwto.merge(ninja::routes()).merge(oauth::routes()).merge(health::routes())
}

/// Those that say themselves who may ask: proxies ask forward-auth, for whom the yes to a preflight
/// must not be one to a request; public keys are for everybody.
fn for_others() -> Routes {
    forward::routes().merge(oauth::public())
}

/// What is not there.
async fn absent(Extract(state): Extract<State>, uri: Uri, headers: HeaderMap) -> Answer {
    if oauth::has(uri.path()) { oauth::absent() } else { people::absent(&state, &headers) }
}

fn app(state: &State) -> Router {
    let update = state.authority.rules().allow_update;
    let (router, mut places) = for_pages(&state.doors, update).into_parts();
    let (others, more) = for_others().into_parts();
    places.extend(more);
    let observer = Arc::new(Observer::new(state, places));
    let router = router.fallback(absent);
    let router = match cors(&state.doors.site) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    let router = router.merge(others);
    router.layer(from_fn_with_state(observer, observe::observe)).with_state(state.clone())
}

/// The foreign origins whose scripts may ask us, with their cookies (Fetch standard, CORS protocol).
fn cors(site: &Site) -> Option<CorsLayer> {
    let allowed: Vec<_> =
        site.allowed.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    let headers = [AUTHORIZATION, CONTENT_TYPE, HeaderName::from_static("x-csrftoken")];
    (!allowed.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods([Method::GET, Method::POST, Method::DELETE])
            .allow_headers(headers)
            .allow_credentials(true)
            .max_age(PREFLIGHT)
    })
}

async fn purge(states: watch::Receiver<State>) {
    let mut every = tokio::time::interval(PURGE_EVERY);
    loop {
        every.tick().await;
        let state = states.borrow().clone();
        let authority = Arc::clone(&state.authority);
        match state.work.doing(What::Changing, move || Ok(authority.purge()?)).await {
            Ok(purged) => state.metrics.purged([
                purged.revocations,
                purged.sessions,
                purged.tokens,
                purged.events,
            ]),
            Err(failure) => {
                state.metrics.failed(&failure);
                match failure {
                    Failure::Busy => {
                        tracing::warn!("nothing was purged: there was no time for it");
                    }
                    Failure::Broken(error) => tracing::warn!(%error, "nothing was purged"),
                }
            }
        }
    }
}
