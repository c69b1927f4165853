//! The login server: a function of a listener, its state and a shutdown future, so that a test owns
//! all three.
//!
//! [`accept`] carries bytes: connections, their limits and their end; [`tls`] encrypts them. The doors turn requests into
//! calls of the authority and its answers into replies; no rule about tokens, passwords or sessions
//! lives here. axum and hyper are used in this module and nowhere else.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State as Extract;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;
use axum::routing::any;
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
mod intake;
mod ninja;
mod people;
mod refused;
mod reply;
mod request;
mod route;
mod slots;
mod socket;
pub mod tls;
mod work;

use accept::{Limits, Serving};
use doors::{Doors, Site};
use refused::Refused;
use tls::Tls;
pub use work::THREADS;
use work::{Failure, Work};

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
}

impl State {
    /// The judgement of a token. One that was found good before waits in no line.
    async fn validate(&self, token: &str, asked: Asked, source: Source) -> Result<Report, Refused> {
        if let Some(report) = self.authority.recall(token, &asked) {
            return Ok(report);
        }
        let (authority, token) = (Arc::clone(&self.authority), token.to_owned());
        self.work.looking(move || Ok(authority.learn(&token, &asked, &source)?)).await
    }
}

/// A server, whose parts can be exchanged while it runs.
pub struct Server {
    state: watch::Sender<State>,
    serving: watch::Sender<Serving>,
}

impl Server {
    /// A server of these parts.
    pub fn new(parts: Parts) -> Self {
        let (state, serving) = made(parts, Arc::default());
        Self { state: watch::Sender::new(state), serving: watch::Sender::new(serving) }
    }

    /// Goes on with other parts, all at once. A request sees the old ones or the new ones; the lines
    /// in which requests wait stay what they are.
    pub fn exchange(&self, parts: Parts) {
        let work = Arc::clone(&self.state.borrow().work);
        let (state, serving) = made(parts, work);
        self.serving.send_replace(serving);
        self.state.send_replace(state);
    }

    /// Serves until `shutdown` is done, then finishes what runs.
    pub async fn run(
        &self,
        listener: TcpListener,
        limits: Limits,
        shutdown: impl Future<Output = ()>,
    ) -> Result<()> {
        let purging = tokio::spawn(purge(self.state.subscribe()));
        let served = accept::run(listener, self.serving.subscribe(), limits, shutdown).await;
        purging.abort();
        served
    }
}

fn made(parts: Parts, work: Arc<Work>) -> (State, Serving) {
    let state = State { authority: parts.authority, work, doors: Arc::new(parts.doors) };
    let serving = Serving { app: app(state.clone()), tls: parts.tls };
    (state, serving)
}

fn app(state: State) -> Router {
    let router = Router::new()
        .merge(djwto::routes(&state.doors, state.authority.rules().allow_update))
        .merge(people::routes(&state.doors))
        .merge(ninja::routes())
        .route("/livez", any(live))
        .route("/readyz", any(ready))
        .fallback(|| async { reply::not_found() });
    let router = match cors(&state.doors.site) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    // Proxies ask forward-auth, no pages: the yes to a preflight must not be one to a request.
    router.merge(forward::routes()).with_state(state)
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

async fn live(method: Method) -> Response {
    asked(&method).unwrap_or_else(|| reply::ok(&[("status", "live")]))
}

/// Ready is who can sign and reach the store.
async fn ready(Extract(state): Extract<State>, method: Method) -> Response {
    if let Some(answer) = asked(&method) {
        return answer;
    }
    let authority = Arc::clone(&state.authority);
    let look = move || -> Result<(), Failure> {
        authority.ring()?.signing(authority.now())?;
        authority.store().latest_expiry()?;
        Ok(())
    };
    match state.work.looking(look).await {
        Ok(()) => reply::ok(&[("status", "ready")]),
        Err(failure) => reply::unready(&failure),
    }
}

/// The answer to any method that does not ask how the server is.
fn asked(method: &Method) -> Option<Response> {
    let asks = [Method::GET, Method::HEAD].contains(method);
    (!asks).then(|| reply::methods("GET, HEAD, OPTIONS", *method == Method::OPTIONS))
}

async fn purge(states: watch::Receiver<State>) {
    let mut every = tokio::time::interval(PURGE_EVERY);
    loop {
        every.tick().await;
        let state = states.borrow().clone();
        let authority = Arc::clone(&state.authority);
        match state.work.looking(move || Ok(authority.purge().map(drop)?)).await {
            Ok(()) => {}
            Err(Failure::Busy) => tracing::warn!("nothing was purged: there was no time for it"),
            Err(Failure::Broken(error)) => tracing::warn!(error = %error, "nothing was purged"),
        }
    }
}
