//! The standard doors: what any client of OAuth 2.0 (RFC 6749) knows how to ask, and the public keys
//! with which anybody verifies our tokens.
//!
//! There is no authorization endpoint: people log in at the other doors, and what those give them is
//! refreshed, looked at and revoked here. What OAuth has a word for is said in its words
//! ([`fault`]); what it has none for is a problem document (RFC 9457).

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CONTENT_TYPE, PRAGMA};

use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::route::{Dialect, Routes};

mod client;
mod described;
mod fault;
mod introspect;
mod jwks;
mod metadata;
mod parameters;
mod revoke;
mod token;

pub(super) use described::{described, schemas};
use fault::telling;

/// The door's name in the audit log.
const DOOR: &str = "oauth";

const DIALECT: Dialect = Dialect { refuse, methods };

/// Where the doors lie.
const TOKEN: &str = "/oauth/token";
const INTROSPECT: &str = "/oauth/introspect";
const REVOKE: &str = "/oauth/revoke";
const KEYS: &str = "/.well-known/jwks.json";
const METADATA: &str = "/.well-known/oauth-authorization-server";

/// What clients ask. They authenticate themselves in each request and bring no cookies: a foreign
/// page can do no more by a browser than by itself.
pub(super) fn routes() -> Routes {
    Routes::default()
        .route(TOKEN, DIALECT.changing("POST", telling(token::token)))
        .route(INTROSPECT, DIALECT.looking("POST", telling(introspect::introspect)))
        .route(REVOKE, DIALECT.changing("POST", telling(revoke::revoke)))
}

/// What anybody may know, and scripts of any page may read.
pub(super) fn public() -> Routes {
    let metadata = |state, request| async move { Ok(metadata::metadata(&state, &request)) };
    Routes::default()
        .route(KEYS, DIALECT.looking("GET, HEAD", jwks::jwks))
        .route(METADATA, DIALECT.route("GET, HEAD", metadata))
}

/// Whether a path is below those of these doors, so that what is not there is said in their way.
pub(super) fn has(path: &str) -> bool {
    path.starts_with("/oauth/")
}

/// 404.
pub(super) fn absent() -> Answer {
    problem(StatusCode::NOT_FOUND, "There is nothing at this address.", None)
}

/// RFC 9457: what is wrong, where OAuth has no word for it.
fn problem(status: StatusCode, detail: &str, error: Option<&str>) -> Answer {
    let mut document = serde_json::json!({
        "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(),
        "detail": detail,
    });
    if let Some(error) = error {
        document["error"] = error.into();
    }
    let answer = reply::of(status, Body::from(document.to_string()));
    reply::with(answer, CONTENT_TYPE, "application/problem+json")
}

fn methods(allowed: &'static str, _: bool) -> Answer {
    let why = "This address has another method.";
    reply::with(problem(StatusCode::METHOD_NOT_ALLOWED, why, None), ALLOW, allowed)
}

/// What is ours to answer for; all else is a [`fault`]. The words are those that RFC 6749 4.1.2.1 has
/// for the same at the door that we do not have.
fn refuse(refused: Refused) -> Answer {
    let failure = match refused {
        Refused::Failed(failure) => failure,
        Refused::Unreadable(_)
        | Refused::Login(_)
        | Refused::Token(_)
        | Refused::Revoked(_)
        | Refused::Permission(_)
        | Refused::Foreign(_)
        | Refused::Unlisted(_)
        | Refused::Throttled(_)
        | Refused::Absent => return absent(),
        Refused::TooLarge(why) => {
            return problem(StatusCode::FORBIDDEN, &why, Some("access_denied"));
        }
    };
    let (status, why, after) = reply::failed(&failure);
    let away = status == StatusCode::SERVICE_UNAVAILABLE;
    let error = if away { "temporarily_unavailable" } else { "server_error" };
    reply::retry_after(problem(status, why, Some(error)), after)
}

/// RFC 6749 5.1 asks for both headers that keep caches away.
fn uncached(answer: Answer) -> Answer {
    reply::with(answer, PRAGMA, "no-cache")
}

/// Scripts of any page may read it: nothing in it depends on who asks.
fn shared(answer: Answer) -> Answer {
    reply::with(answer, ACCESS_CONTROL_ALLOW_ORIGIN, "*")
}
