//! What happens to every request before and around the routes: its body is read, within the limits,
//! and a panic becomes an answer.

use std::convert::Infallible;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use axum::Router;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, Response, StatusCode, Version, header};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;

use super::connection::{Client, Shared};

type Refused = (StatusCode, &'static str);
const TOO_LARGE: Refused = (StatusCode::PAYLOAD_TOO_LARGE, "the request body is too large");
const TOO_SLOW: Refused = (StatusCode::REQUEST_TIMEOUT, "the request body took too long");
const HOSTS: Refused =
    (StatusCode::BAD_REQUEST, "the request must name the host that it is for, once");
const BROKEN: Refused = (StatusCode::BAD_REQUEST, "the request body is broken");

/// Answers one request. The routes see it with its whole body and its [`Peer`](super::accept::Peer).
/// Until it is whole its connection can lose its place, and then it does not reach them.
pub(super) async fn answer(
    request: Request<Incoming>,
    client: Arc<Client>,
    shared: Arc<Shared>,
) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let limits = &shared.limits;
    let reading = tokio::time::timeout(limits.body_time, read(body, limits.body_bytes));
    let body = match check_host(&parts) {
        Ok(()) => reading.await.unwrap_or(Err(TOO_SLOW)),
        Err(refused) => Err(refused),
    };
    let body = match body {
        Ok(body) => body,
        Err((status, detail)) => {
            shared.metrics.body_refused(status.as_u16());
            tracing::debug!(peer = %client.peer.address, status = status.as_u16(), detail);
            return refusal(status, detail);
        }
    };
    client.settled.set(true);
    let Some(_answering) = client.slot.answers() else { return displaced() };
    parts.extensions.insert(client.peer);
    let app = shared.serving.borrow().app.clone();
    route(app, Request::from_parts(parts, Body::from(body))).await
}

/// RFC 9112 3.2: whoever reads another one of two hosts than we do would send it elsewhere.
fn check_host(parts: &Parts) -> Result<(), Refused> {
    let hosts = parts.headers.get_all(header::HOST).iter().count();
    let may_lack = parts.version < Version::HTTP_11;
    if hosts == 1 || hosts == 0 && may_lack { Ok(()) } else { Err(HOSTS) }
}

/// A body of at most `limit` bytes; one that states more is not waited for. Each piece is copied
/// and let go: hyper's pieces keep the whole buffer they were read into, so that a body sent byte
/// by byte would hold hundreds of times its length.
async fn read(mut body: Incoming, limit: usize) -> Result<Vec<u8>, Refused> {
    if body.size_hint().lower() > limit as u64 {
        return Err(TOO_LARGE);
    }
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        if let Ok(piece) = frame.map_err(|_| BROKEN)?.into_data() {
            if piece.len() > limit - bytes.len() {
                return Err(TOO_LARGE);
            }
            bytes.extend_from_slice(&piece);
        }
    }
    Ok(bytes)
}

/// The routes' answer; 500 for a panic.
async fn route(app: Router, request: Request<Body>) -> Response<Body> {
    let mut answer = pin!(async { TowerToHyperService::new(app).call(request).await });
    poll_fn(|cx| {
        catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(cx))).unwrap_or_else(|_| {
            tracing::error!("a route panicked");
            Poll::Ready(Ok(refusal(StatusCode::INTERNAL_SERVER_ERROR, "internal error")))
        })
    })
    .await
    .unwrap_or_else(|never: Infallible| match never {})
}

/// What is said to a client that has lost its place.
fn displaced() -> Response<Body> {
    let mut response = refusal(StatusCode::SERVICE_UNAVAILABLE, "too many connections, try again");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// An answer that also ends the connection, whose next bytes may belong to this request.
fn refusal(status: StatusCode, detail: &str) -> Response<Body> {
    let error = status.canonical_reason().unwrap_or_default().to_ascii_lowercase();
    let body = serde_json::json!({ "error": error, "detail": detail });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
