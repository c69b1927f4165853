//! The djwto door in JSON mode: `/login/` and `/validate_access/`, with the original's words.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Extension, State as Extract};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use axum::routing::any;

use crate::authority::Hasher;
use crate::authority::login::{Credentials, REFUSED};
use crate::authority::validate::Asked;
use crate::claims::report::{Check, Fault, Report};
use crate::claims::{Kind, Profile};
use crate::error::Stage;
use crate::event::Source;
use crate::json::{Json, MAX_DEPTH};
use crate::server::accept::Peer;
use crate::server::work::Failure;
use crate::server::{State, reply};

const REQUIRED: &str = "This field is required.";
const NO_NUL: &str = "Null characters are not allowed.";

/// The door's paths, each with and without the last slash.
pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/login/", any(login))
        .route("/login", any(login))
        .route("/validate_access/", any(validate_access))
        .route("/validate_access", any(validate_access))
}

async fn login(
    Extract(state): Extract<State>,
    Extension(peer): Extension<Peer>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if method != Method::POST {
        return reply::methods("POST, OPTIONS", method == Method::OPTIONS);
    }
    let (username, password) = match credentials(&headers, &body) {
        Ok(Posted { username: None, password: None }) => {
            return without_credentials(&state, &peer, &headers).await;
        }
        Ok(Posted { username, password }) => {
            (username.unwrap_or_default(), password.unwrap_or_default())
        }
        Err(why) => return reply::unreadable(why),
    };
    if let Some(why) = incomplete(&username, &password) {
        return reply::login_refused(&why);
    }
    let authority = Arc::clone(&state.authority);
    let source = source(&peer);
    let login = move |hasher: &mut Hasher| {
        let typed = Credentials { username: &username, password: &password };
        authority.login(typed, hasher, &source)
    };
    match state.work.hashing(peer.address.ip(), login).await {
        Err(failure) => reply::failed(&failure),
        Ok(None) => reply::login_refused(REFUSED),
        Ok(Some(issued)) => {
            let text = |token: &Option<crate::authority::issue::Token>| {
                token.as_ref().map(|t| t.text.clone()).unwrap_or_default()
            };
            reply::ok(&[("refresh", &text(&issued.refresh)), ("access", &text(&issued.access))])
        }
    }
}

/// Somebody who posts no name and no password may be somebody who is logged in.
async fn without_credentials(state: &State, peer: &Peer, headers: &HeaderMap) -> Response {
    if let Ok(token) = bearer(headers) {
        match judge(state, peer, token).await {
            Ok(report) if report.failure().is_none() => {
                return reply::ok(&[("msg", "User already authenticated.")]);
            }
            Ok(_) => {}
            Err(failure) => return reply::failed(&failure),
        }
    }
    reply::login_refused(&incomplete("", "").unwrap_or_default())
}

async fn validate_access(
    Extract(state): Extract<State>,
    Extension(peer): Extension<Peer>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    if method != Method::POST {
        return reply::methods("POST, OPTIONS", method == Method::OPTIONS);
    }
    let token = match bearer(&headers) {
        Ok(token) => token,
        Err(why) => return reply::token_refused(why),
    };
    let few = token.split('.').count() < 3;
    match judge(&state, &peer, token).await {
        Err(failure) => reply::failed(&failure),
        Ok(report) => match report.failure() {
            None => reply::ok(&[("msg", "Token is valid")]),
            Some(failed) if few && failed.stage == Stage::Parse => {
                reply::token_refused("Not enough segments")
            }
            Some(failed) => reply::token_refused(&words(failed)),
        },
    }
}

/// From where a request came.
fn source(peer: &Peer) -> Source {
    Source { door: "djwto".to_owned(), address: Some(peer.address.ip().to_string()) }
}

async fn judge(state: &State, peer: &Peer, token: String) -> Result<Report, Failure> {
    let (authority, source) = (Arc::clone(&state.authority), source(peer));
    let asked =
        Asked { kind: Some(Kind::Access), profile: Some(Profile::Djwto), ..Asked::default() };
    state.work.looking(move || authority.validate(&token, &asked, &source)).await
}

/// The name and the password as they were posted.
struct Posted {
    username: Option<String>,
    password: Option<String>,
}

/// A form, as the original takes it, or JSON.
fn credentials(headers: &HeaderMap, body: &[u8]) -> Result<Posted, &'static str> {
    let kind =
        headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        let field = |wanted: &str| {
            form_urlencoded::parse(body)
                .filter(|(name, _)| name == wanted)
                .last()
                .map(|(_, value)| value.into_owned())
        };
        return Ok(Posted { username: field("username"), password: field("password") });
    }
    let text = std::str::from_utf8(body).map_err(|_| "The body is not UTF-8.")?;
    let json = Json::read(text, MAX_DEPTH).map_err(|_| "The body is not JSON.")?;
    if json.members().is_none() || !json.duplicates().is_empty() {
        return Err("The body must be a JSON object whose members are distinct.");
    }
    let field = |name: &str| match json.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(value) => value
            .as_str()
            .map(|text| Some(text.to_owned()))
            .ok_or("username and password must be strings."),
    };
    Ok(Posted { username: field("username")?, password: field("password")? })
}

/// What is lacking, as the original's form says it: JSON in a string.
fn incomplete(username: &str, password: &str) -> Option<String> {
    let of_field = |value: &str| match value {
        "" => Some(REQUIRED),
        value if value.contains('\0') => Some(NO_NUL),
        _ => None,
    };
    let faults: Vec<_> = [("username", username), ("password", password)]
        .into_iter()
        .filter_map(|(name, value)| {
            of_field(value).map(|fault| format!("\"{name}\": [\"{fault}\"]"))
        })
        .collect();
    (!faults.is_empty()).then(|| format!("{{{}}}", faults.join(", ")))
}

/// The token of the Authorization header (RFC 6750 2.1).
fn bearer(headers: &HeaderMap) -> Result<String, &'static str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or("Token not found in \"HTTP_AUTHORIZATION\" header.")?;
    let wrong = "Value in HTTP_AUTHORIZATION header is not valid.";
    let text = value.to_str().map_err(|_| wrong)?;
    let (scheme, token) = text.split_once(' ').ok_or(wrong)?;
    let token = token.trim();
    if values.next().is_some()
        || token.is_empty()
        || token.contains(' ')
        || !scheme.eq_ignore_ascii_case("bearer")
    {
        return Err(wrong);
    }
    Ok(token.to_owned())
}

/// A refusal in the original's words.
fn words(failed: &Check) -> String {
    let word = match (failed.stage, failed.name.as_str(), failed.fault) {
        (Stage::Parse, ..) => "Invalid header string",
        (Stage::Alg, ..) => "The specified alg value is not allowed",
        (Stage::Key | Stage::Signature, ..) => "Signature verification failed",
        (Stage::NotYetValid, ..) => "The token is not yet valid (nbf)",
        (Stage::Expired, ..) => "Signature has expired",
        (Stage::Revoked, ..) => "Token was revoked.",
        (Stage::Permission, ..) => "Insufficient Permissions.",
        (Stage::Claims, "type", _) => "Token type must be \"access\".",
        (Stage::Claims, "exp", Some(Fault::Mistyped)) => {
            "Expiration Time claim (exp) must be an integer."
        }
        (Stage::Claims, "jti", Some(Fault::Mistyped)) => "JWT ID must be a string",
        (Stage::Claims, "claims", _) => "Invalid payload string",
        (Stage::Claims, name, Some(Fault::Missing)) => {
            return format!("Token is missing the \"{name}\" claim");
        }
        (Stage::Claims, "iss", _) => "Invalid issuer",
        (Stage::Claims, "sub", _) => "Invalid subject",
        (Stage::Claims, "aud", Some(Fault::Unasked)) => "Invalid audience",
        (Stage::Claims, "aud", _) => "Audience doesn't match",
        (Stage::Claims, ..) => "Failed to validate token.",
    };
    word.to_owned()
}
