//! Answers: the one place where an outcome becomes a status, headers and a body. Hints are for
//! people at a terminal and never leave by HTTP; what goes wrong inside is logged, not told.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::body::Body;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::error::Code;
use crate::server::work::Failure;

type Answer = Response<Body>;

/// 200 with these members.
pub(super) fn ok(members: &[(&str, &str)]) -> Answer {
    json(StatusCode::OK, members)
}

/// 400: the body cannot be read.
pub(super) fn unreadable(why: &str) -> Answer {
    json(StatusCode::BAD_REQUEST, &[("error", why)])
}

/// 401: the login was refused.
pub(super) fn login_refused(why: &str) -> Answer {
    challenge(json(StatusCode::UNAUTHORIZED, &[("error", why)]))
}

/// 403: the token was refused, which djwto has always answered so.
pub(super) fn token_refused(why: &str) -> Answer {
    challenge(json(StatusCode::FORBIDDEN, &[("error", why)]))
}

/// 404.
pub(super) fn not_found() -> Answer {
    json(StatusCode::NOT_FOUND, &[("error", "Not found.")])
}

/// 405, or for OPTIONS 200: these methods are there.
pub(super) fn methods(allowed: &'static str, asked: bool) -> Answer {
    let status = if asked { StatusCode::OK } else { StatusCode::METHOD_NOT_ALLOWED };
    let answer =
        if asked { json(status, &[]) } else { json(status, &[("error", "Method not allowed.")]) };
    with(answer, ALLOW, allowed)
}

/// 503 for overload and for a store, a clock, a key ring or a command that is away, 500 for anything else; the
/// reason goes to the log.
pub(super) fn failed(failure: &Failure) -> Answer {
    log(failure);
    match failure {
        Failure::Busy => unavailable("Too many requests at once.", "2"),
        Failure::Broken(error)
            if error.code() == Code::CommandFailed
                || [Code::StoreAway, Code::KeyMissing]
                    .map(Code::exit)
                    .contains(&error.code().exit()) =>
        {
            unavailable("Service unavailable.", "5")
        }
        Failure::Broken(_) => {
            json(StatusCode::INTERNAL_SERVER_ERROR, &[("error", "Failed to process request.")])
        }
    }
}

/// 503: whatever the reason, no requests should be sent here.
pub(super) fn unready(failure: &Failure) -> Answer {
    log(failure);
    unavailable("Service unavailable.", "5")
}

fn log(failure: &Failure) {
    match failure {
        Failure::Busy => {
            if let Some(others) = BUSY.tell(seconds()) {
                tracing::warn!(others, "a request waited too long or among too many");
            }
        }
        Failure::Broken(error) => {
            tracing::error!(code = error.code().name(), error = %error, "a request failed");
        }
    }
}

/// Tells a thing once a second: whoever floods the server must not fill the disk with its log.
struct Seldom {
    last: AtomicU64,
    untold: AtomicU64,
}

static BUSY: Seldom = Seldom { last: AtomicU64::new(0), untold: AtomicU64::new(0) };

impl Seldom {
    /// How many went untold since, if this one is to be told.
    fn tell(&self, second: u64) -> Option<u64> {
        if self.last.swap(second, Ordering::Relaxed) == second {
            self.untold.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        Some(self.untold.swap(0, Ordering::Relaxed))
    }
}

/// Seconds since the first question, from one on.
fn seconds() -> u64 {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    BEGAN.get_or_init(Instant::now).elapsed().as_secs() + 1
}

fn unavailable(why: &str, seconds: &'static str) -> Answer {
    with(json(StatusCode::SERVICE_UNAVAILABLE, &[("error", why)]), RETRY_AFTER, seconds)
}

/// An object of texts, spaced as the original's clients have seen it.
fn json(status: StatusCode, members: &[(&str, &str)]) -> Answer {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let members: Vec<_> =
        members.iter().map(|(name, text)| format!("{}: {}", quoted(name), quoted(text))).collect();
    let mut answer = Response::new(Body::from(format!("{{{}}}", members.join(", "))));
    *answer.status_mut() = status;
    let answer = with(answer, CONTENT_TYPE, "application/json");
    // RFC 6749 5.1: no cache may keep an answer with tokens; none here is worth keeping.
    with(answer, CACHE_CONTROL, "no-store")
}

/// RFC 9110 11.6.1: how to come in.
fn challenge(answer: Answer) -> Answer {
    with(answer, WWW_AUTHENTICATE, "Bearer realm=api")
}

fn with(mut answer: Answer, name: HeaderName, value: &'static str) -> Answer {
    answer.headers_mut().insert(name, HeaderValue::from_static(value));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_told_once_a_second() {
        let seldom = Seldom { last: AtomicU64::new(0), untold: AtomicU64::new(0) };
        let told: Vec<_> = [1, 1, 1, 1, 2, 2, 5].map(|second| seldom.tell(second)).into();
        assert_eq!(told, [Some(0), None, None, None, Some(3), None, Some(1)]);
    }
}
