//! `/.well-known/jwks.json` (RFC 7517 5): the public keys, of which a new one is here before it signs.

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, StatusCode};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::server::State;
use crate::server::oauth::shared;
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::Request;

pub(super) fn jwks(state: &State, request: &Request) -> Result<Answer, Refused> {
    let (ring, now) = (state.authority.ring()?, state.authority.now());
    let keys = ring.jwks(now)?.to_string();
    let tag = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, keys.as_bytes()));
    let tag = format!("\"{tag}\"");
    let mut answer = if is_known(request, &tag) {
        reply::of(StatusCode::NOT_MODIFIED, Body::empty())
    } else {
        let answer = reply::of(StatusCode::OK, Body::from(keys));
        reply::with(answer, CONTENT_TYPE, "application/jwk-set+json")
    };
    for (name, value) in
        [(ETAG, tag), (CACHE_CONTROL, format!("public, max-age={}", ring.max_age(now)))]
    {
        if let Ok(value) = HeaderValue::try_from(value) {
            answer.headers_mut().insert(name, value);
        }
    }
    Ok(shared(answer))
}

/// RFC 9110 13.1.2: whether the client has these keys; what a cache made weak is as good.
fn is_known(request: &Request, tag: &str) -> bool {
    let lines = request.headers.get_all(IF_NONE_MATCH).iter();
    let mut known = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    known.any(|one| {
        let one = one.trim();
        one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag
    })
}
