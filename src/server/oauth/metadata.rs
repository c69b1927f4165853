//! `/.well-known/oauth-authorization-server` (RFC 8414): what there is here, and nothing else.

use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use serde_json::json;

use crate::server::State;
use crate::server::oauth::{INTROSPECT, KEYS, REVOKE, TOKEN, shared};
use crate::server::reply::{self, Answer};
use crate::server::request::Request;

/// Who we are: what our tokens say, or else where we were asked.
pub(super) fn issuer(state: &State, request: &Request) -> String {
    state.authority.rules().iss.clone().unwrap_or_else(|| origin(state, request).to_owned())
}

/// The origin of ours at which we were asked; for another host, which anybody could name, the first.
fn origin<'a>(state: &'a State, request: &Request) -> &'a str {
    let host = request.header("host").ok().flatten();
    let is_asked = |origin: &&String| origin.split_once("://").map(|(_, own)| own) == host;
    let origins = &state.doors.site.origins;
    origins.iter().find(is_asked).or(origins.first()).map_or("", String::as_str)
}

/// There is no authorization endpoint, and so no type of response (RFC 8414 2).
pub(super) fn metadata(state: &State, request: &Request) -> Answer {
    let origin = origin(state, request);
    let at = |path: &str| format!("{origin}{path}");
    let clients = ["client_secret_basic", "client_secret_post"];
    let (anybody, askers) =
        ([&clients[..], &["none"]].concat(), [&clients[..], &["Bearer"]].concat());
    let document = json!({
        "issuer": issuer(state, request),
        "jwks_uri": at(KEYS),
        "token_endpoint": at(TOKEN),
        "token_endpoint_auth_methods_supported": anybody,
        "grant_types_supported": ["refresh_token", "client_credentials"],
        "response_types_supported": [],
        "introspection_endpoint": at(INTROSPECT),
        "introspection_endpoint_auth_methods_supported": askers,
        "revocation_endpoint": at(REVOKE),
        "revocation_endpoint_auth_methods_supported": anybody,
    });
    let answer = shared(reply::json(StatusCode::OK, document.to_string()));
    reply::with(answer, CACHE_CONTROL, "public, max-age=300")
}
