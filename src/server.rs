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
use axum::extract::State as Extract;
use axum::response::Response;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::authority::Authority;
use crate::error::{Code, Error, Result};

pub mod accept;
mod connection;
mod djwto;
mod intake;
mod reply;
mod slots;
mod socket;
mod work;

use accept::Limits;
use work::Work;

/// How often what has run out is deleted.
const PURGE_EVERY: Duration = Duration::from_secs(600);

/// What every route works with.
#[derive(Clone)]
struct State {
    authority: Arc<Authority>,
    work: Arc<Work>,
}

/// Serves until `shutdown` is done, then finishes what runs.
pub async fn run(
    listener: TcpListener,
    authority: Arc<Authority>,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> Result<()> {
    let purging = tokio::spawn(purge(Arc::clone(&authority)));
    let state = State { authority, work: Arc::new(Work::default()) };
    let served = accept::run(listener, app(state), limits, shutdown).await;
    purging.abort();
    served
}

fn app(state: State) -> Router {
    Router::new()
        .merge(djwto::routes())
        .route("/livez", get(|| async { reply::ok(&[("status", "live")]) }))
        .route("/readyz", get(ready))
        .fallback(|| async { reply::not_found() })
        .with_state(state)
}

/// Ready is who can sign and reach the store.
async fn ready(Extract(state): Extract<State>) -> Response {
    let authority = Arc::clone(&state.authority);
    let asked = move || {
        authority.ring()?.signing(authority.now())?;
        authority.store().latest_expiry().map(drop)
    };
    match work::aside(asked).await {
        Ok(()) => reply::ok(&[("status", "ready")]),
        Err(error) => reply::away(&error),
    }
}

async fn purge(authority: Arc<Authority>) {
    let mut every = tokio::time::interval(PURGE_EVERY);
    loop {
        every.tick().await;
        let authority = Arc::clone(&authority);
        if let Err(error) = work::aside(move || authority.purge().map(drop)).await {
            tracing::warn!(error = %error, "nothing was purged");
        }
    }
}

/// The error of work that did not come to an end.
fn broken() -> Error {
    Error::new(Code::Failed, "the work for a request broke off")
}
