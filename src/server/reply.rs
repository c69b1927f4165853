//! Answers, of which the doors' dialects are made: a status, headers and a body. Hints are for people
//! at a terminal and never leave by HTTP; what goes wrong inside is logged, not told.

use axum::body::Body;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};

use crate::error::Code;
use crate::server::seldom::Seldom;
use crate::server::work::Failure;

pub(super) type Answer = axum::http::Response<Body>;

/// 200 with these members.
pub(super) fn ok(members: &[(&str, &str)]) -> Answer {
    members_of(StatusCode::OK, members)
}

/// 404.
pub(super) fn not_found() -> Answer {
    members_of(StatusCode::NOT_FOUND, &[("error", "Not found.")])
}

/// 405, or for OPTIONS 200: these methods are there.
pub(super) fn methods(allowed: &'static str, asked: bool) -> Answer {
    let answer = if asked {
        ok(&[])
    } else {
        members_of(StatusCode::METHOD_NOT_ALLOWED, &[("error", "Method not allowed.")])
    };
    with(answer, ALLOW, allowed)
}

/// An object of texts, spaced as the original's clients have seen it.
pub(super) fn members_of(status: StatusCode, members: &[(&str, &str)]) -> Answer {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let members: Vec<_> =
        members.iter().map(|(name, text)| format!("{}: {}", quoted(name), quoted(text))).collect();
    json(status, format!("{{{}}}", members.join(", ")))
}

/// Any JSON.
pub(super) fn json(status: StatusCode, text: String) -> Answer {
    let answer = of(status, Body::from(text));
    with(answer, CONTENT_TYPE, "application/json")
}

/// Any answer, which no cache may keep: RFC 6749 5.1 for those with tokens; none is worth keeping.
pub(super) fn of(status: StatusCode, body: Body) -> Answer {
    let mut answer = Answer::new(body);
    *answer.status_mut() = status;
    with(answer, CACHE_CONTROL, "no-store")
}

/// What our own failure comes to: a status, words for anybody, and after how many seconds to try
/// again. 503 for overload and for a store, a clock, a key ring or a command that is away, 500
/// for anything else; the reason goes to the log.
pub(super) fn failed(failure: &Failure) -> (StatusCode, &'static str, Option<u32>) {
    log(failure);
    match failure {
        Failure::Busy => (StatusCode::SERVICE_UNAVAILABLE, "Too many requests at once.", Some(2)),
        Failure::Broken(error) if is_away(error.code()) => UNAVAILABLE,
        Failure::Broken(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "Failed to process request.", None)
        }
    }
}

const UNAVAILABLE: (StatusCode, &str, Option<u32>) =
    (StatusCode::SERVICE_UNAVAILABLE, "Service unavailable.", Some(5));

fn is_away(code: Code) -> bool {
    code == Code::CommandFailed
        || [Code::StoreAway, Code::KeyMissing].map(Code::exit).contains(&code.exit())
}

/// 503: whatever the reason, no requests should be sent here.
pub(super) fn unready(failure: &Failure) -> Answer {
    log(failure);
    let (status, why, after) = UNAVAILABLE;
    retry_after(members_of(status, &[("error", why)]), after)
}

/// After how many seconds it is worth to try again.
pub(super) fn retry_after(mut answer: Answer, seconds: Option<u32>) -> Answer {
    if let Some(seconds) = seconds {
        answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    answer
}

/// What a login that is not judged comes to (RFC 6585 4): a status, and words for anybody.
pub(super) fn throttled(seconds: u32) -> (StatusCode, String) {
    let why = format!("Too many attempts, wait {seconds} seconds.");
    (StatusCode::TOO_MANY_REQUESTS, why)
}

/// RFC 9110 11.6.1: how to come in.
pub(super) fn challenge(answer: Answer, how: &'static str) -> Answer {
    with(answer, WWW_AUTHENTICATE, how)
}

/// Sets cookies, in this order.
pub(super) fn set_cookies(mut answer: Answer, cookies: Vec<HeaderValue>) -> Answer {
    for cookie in cookies {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    answer
}

pub(super) fn with(mut answer: Answer, name: HeaderName, value: &'static str) -> Answer {
    answer.headers_mut().insert(name, HeaderValue::from_static(value));
    answer
}

fn log(failure: &Failure) {
    static BUSY: Seldom = Seldom::new();
    match failure {
        Failure::Busy => {
            if let Some(others) = BUSY.tell() {
                tracing::warn!(others, "a request waited too long or among too many");
            }
        }
        Failure::Broken(error) => {
            tracing::error!(code = error.code().name(), error = %error, "a request failed");
        }
    }
}
