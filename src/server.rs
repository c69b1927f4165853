//! The login server: a function of a listener, its state and a shutdown future, so that a test owns
//! all three.
//!
//! [`accept`] carries bytes: connections, their limits and their end. The doors turn requests into
//! calls of the authority and its answers into replies; no rule about tokens, passwords or sessions
//! lives here. axum and hyper are used in this module and nowhere else.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tower_http::cors::CorsLayer;

use crate::authority::Authority;
use crate::error::Result;

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
mod observe;
mod openapi;
mod operators;
mod refused;
mod reply;
mod request;
mod route;
mod slots;
mod socket;
mod work;

use accept::Limits;
use doors::{Doors, Site};
use metrics::Metrics;
use observe::Observer;
use route::Routes;
pub use work::THREADS;
use work::{Failure, Work};

/// How often what has run out is deleted.
const PURGE_EVERY: Duration = Duration::from_secs(600);

/// How long a browser need not ask again which foreign pages may ask.
const PREFLIGHT: Duration = Duration::from_secs(600);

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

/// Serves until `shutdown` is done, then finishes what runs.
pub async fn run(
    listeners: Listeners,
    (authority, doors): (Arc<Authority>, Doors),
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> Result<()> {
    let metrics = Arc::new(Metrics::default());
    let work = Arc::new(Work::new(&metrics));
    let state = State { authority, work, doors: Arc::new(doors), metrics };
    let purging = tokio::spawn(purge(state.clone()));
    let operators = operators::serve(listeners.operators, &state);
    let counted = (limits, Arc::clone(&state.metrics));
    let served = accept::run(listeners.doors, app(state), counted, shutdown).await;
    purging.abort();
    operators.end().await;
    served
}

/// Every route that everybody can reach.
fn routes(doors: &Doors, update: bool) -> Routes {
    djwto::routes(doors, update)
        .merge(ninja::routes())
        .merge(forward::routes())
        .merge(health::routes())
}

fn app(state: State) -> Router {
    let (router, places) = routes(&state.doors, state.authority.rules().allow_update).into_parts();
    let observer = Arc::new(Observer::new(&state, &places));
    let router = router.fallback(|| async { reply::not_found() });
    let router = match cors(&state.doors.site) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    router.layer(from_fn_with_state(observer, observe::observe)).with_state(state)
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

async fn purge(state: State) {
    let mut every = tokio::time::interval(PURGE_EVERY);
    loop {
        every.tick().await;
        let authority = Arc::clone(&state.authority);
        match state.work.looking(move || Ok(authority.purge()?)).await {
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
