//! The operators' listener: what is counted, what the doors look like, how the server is. Nothing of
//! it can be reached where everybody comes.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE as PROMETHEUS;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinHandle;

use crate::error::{Code, Error, Result};
use crate::server::State;
use crate::server::accept::{self, Limits, Serving};
use crate::server::health::{self, DIALECT, LOOKS};
use crate::server::openapi;
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};

mod exposition;

/// The listener while it serves.
pub(super) struct Operators(Option<(oneshot::Sender<()>, JoinHandle<Result<()>>)>);

/// Serves the operators, if there is a listener for them.
pub(super) fn serve(listener: Option<TcpListener>, serving: watch::Receiver<Serving>) -> Operators {
    Operators(listener.map(|listener| {
        let (end, ended) = oneshot::channel();
        // What is asked here is not counted: it would only count the counting.
        let counted = (limits(), Arc::default());
        let until = async { ended.await.unwrap_or_default() };
        (end, tokio::spawn(accept::run(listener, serving, counted, until)))
    }))
}

impl Operators {
    /// Ends with the server: until then its operators see it finish.
    pub(super) async fn end(self) {
        let Some((end, serving)) = self.0 else { return };
        _ = end.send(());
        match serving.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the operators' listener failed"),
            Err(error) => tracing::warn!(%error, "the operators' listener broke off"),
        }
    }
}

/// Operators are few, and send nothing.
fn limits() -> Limits {
    Limits {
        body_bytes: 1024,
        connections: 64,
        connections_each: 32,
        shutdown: Duration::from_secs(1),
        ..Limits::default()
    }
}

/// What the operators are served with. Theirs is no TLS: they come from where nobody else does.
pub(super) fn serving(state: &State) -> Serving {
    Serving { app: app(state), tls: None }
}

fn app(state: &State) -> Router {
    let update = state.authority.rules().allow_update;
    let document: Arc<str> = Arc::from(openapi::of(&state.doors, update).to_string());
    let openapi = DIALECT.route(LOOKS, move |_, _| {
        let document = document.to_string();
        async move { Ok(reply::json(StatusCode::OK, document)) }
    });
    let one = Arc::new(Semaphore::new(1));
    let metrics = DIALECT.route(LOOKS, move |state, _| metrics(state, Arc::clone(&one)));
    let routes = health::routes().route("/metrics", metrics).route("/openapi.json", openapi);
    routes.into_parts().0.fallback(|| async { reply::not_found() }).with_state(state.clone())
}

/// Waits for nothing but another one: it is asked for above all when the lines are long.
async fn metrics(state: State, one: Arc<Semaphore>) -> Result<Answer, Refused> {
    let broke_off = || Error::new(Code::Failed, "the exposition of the metrics broke off");
    let turn = one.acquire_owned().await.map_err(|_| broke_off())?;
    let writing = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        exposition::of(&state)
    });
    let text = writing.await.map_err(|_| broke_off())??;
    Ok(reply::with(reply::of(StatusCode::OK, Body::from(text)), CONTENT_TYPE, PROMETHEUS))
}
