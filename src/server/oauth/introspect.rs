//! `/oauth/introspect` (RFC 7662): whether a token of ours is good, and what it says.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::authority::validate::Asked;
use crate::claims::report::Report;
use crate::claims::{Claims, Kind};
use crate::error::{Result, Stage};
use crate::server::State;
use crate::server::oauth::fault::Fault;
use crate::server::oauth::parameters::Parameters;
use crate::server::oauth::{DOOR, client, metadata, uncached};
use crate::server::reply::{self, Answer};
use crate::server::request::Request;

/// The permission with which a token of ours may ask.
const PERMISSION: &str = "oauth.introspect";

/// `token_type_hint` is not looked at: what a token is stands in the token.
pub(super) fn introspect(state: &State, request: &Request) -> Result<Answer, Fault> {
    let parameters = Parameters::of(request)?;
    if request.has_bearer() {
        judge_bearer(state, request)?;
    } else {
        client::known(state, request, &parameters)?;
    }
    // Whoever asks is told for whom it is meant, and is to judge that (RFC 7662 4).
    let asked = Asked { ignore_aud: true, ..Asked::default() };
    let report = judged(state, request, (parameters.token()?, &asked))?;
    let good = report.claims.as_ref().filter(|_| report.failure().is_none());
    let told = good.map_or_else(|| json!({"active": false}), told);
    Ok(uncached(reply::json(StatusCode::OK, told.to_string())))
}

/// Refuses a Bearer token that does not permit asking.
fn judge_bearer(state: &State, request: &Request) -> Result<(), Fault> {
    let token = request.bearer().ok().flatten().ok_or(Fault::Bearer)?;
    let permissions = vec![PERMISSION.to_owned()];
    let of_access = state.authority.asked_of(Kind::Access);
    // Where the rules do not say who we are, a client's own token is for whoever issued it.
    let by_issuer = state.authority.rules().aud.is_none();
    let asked = Asked { permissions, ignore_aud: by_issuer, ..of_access };
    let report = judged(state, request, (token, &asked))?;
    let aud = report.claims.as_ref().map_or(&[][..], |claims| &claims.aud);
    if by_issuer && !aud.is_empty() && !aud.contains(&metadata::issuer(state, request)) {
        return Err(Fault::Bearer);
    }
    match report.failure() {
        None => Ok(()),
        Some(failed) if failed.stage == Stage::Permission => Err(Fault::Permission),
        Some(_) => Err(Fault::Bearer),
    }
}

/// The judgement of every other door.
fn judged(state: &State, request: &Request, (token, asked): (&str, &Asked)) -> Result<Report> {
    let authority = &state.authority;
    match authority.recall(token, asked) {
        Some(report) => Ok(report),
        None => authority.learn(token, asked, &request.source(DOOR)),
    }
}

/// RFC 7662 2.2. A refresh token has no `token_type`: no resource may be had with it.
fn told(claims: &Claims) -> Value {
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let scope = claims.permissions.join(" ");
    let client = claims.json.get("client_id").and_then(|id| id.as_str()).map(Value::from);
    let mut told = Map::new();
    told.insert("active".to_owned(), true.into());
    for (name, value) in [
        ("scope", (!scope.is_empty()).then(|| scope.into())),
        ("client_id", client),
        ("username", text(&claims.username)),
        ("token_type", (claims.kind == Some(Kind::Access)).then(|| "Bearer".into())),
        ("exp", claims.exp.map(Value::from)),
        ("iat", claims.iat.map(Value::from)),
        ("nbf", claims.nbf.map(Value::from)),
        ("sub", text(&claims.sub)),
        ("aud", (!claims.aud.is_empty()).then(|| audience(&claims.aud))),
        ("iss", text(&claims.iss)),
        ("jti", text(&claims.jti)),
    ] {
        told.extend(value.map(|value| (name.to_owned(), value)));
    }
    told.into()
}

/// RFC 7519 4.1.3: one, or a list of several.
fn audience(names: &[String]) -> Value {
    match names {
        [one] => one.as_str().into(),
        several => several.into(),
    }
}
