//! `/oauth/token`: tokens for a refresh token (RFC 6749 6), or for a client itself (RFC 6749 4.4).

use axum::http::StatusCode;
use serde_json::json;

use crate::authority::issue::Token;
use crate::authority::refresh::Wish;
use crate::claims::Kind;
use crate::client::within;
use crate::error::Code;
use crate::server::State;
use crate::server::oauth::fault::Fault;
use crate::server::oauth::parameters::Parameters;
use crate::server::oauth::{DOOR, client, metadata, uncached};
use crate::server::reply::{self, Answer};
use crate::server::request::Request;

pub(super) fn token(state: &State, request: &Request) -> Result<Answer, Fault> {
    let parameters = Parameters::of(request)?;
    match parameters.get("grant_type") {
        Some("refresh_token") => refreshed(state, request, &parameters),
        Some("client_credentials") => of_client(state, request, &parameters),
        Some(_) => Err(Fault::GrantType),
        None => Err(Fault::Request("The parameter grant_type is missing.")),
    }
}

/// A refresh token of ours is its holder's, whose client is a public one: what it proves is enough.
/// A client that says who it is must be that one all the same.
fn refreshed(
    state: &State,
    request: &Request,
    parameters: &Parameters<'_>,
) -> Result<Answer, Fault> {
    client::shown(state, request, parameters)?;
    let missing = Fault::Request("The parameter refresh_token is missing.");
    let shown = parameters.get("refresh_token").ok_or(missing)?;
    if let Some(scope) = parameters.get("scope") {
        // Before anything is rotated. What is given is all that was given first, and told.
        let report = state.authority.look(shown, &state.authority.asked_of(Kind::Refresh))?;
        let first = report.claims.as_ref().filter(|_| report.failure().is_none());
        // What is wrong with the token itself, the refresh says.
        if first.is_some_and(|first| within(scope, &first.permissions).is_none()) {
            return Err(Fault::Scope);
        }
    }
    let source = request.source(DOOR);
    let refreshed = state.authority.refresh(shown, Wish::Renewal, &source);
    let refreshed = refreshed.map_err(|error| match error.code() {
        Code::Refused(_) | Code::UserRefused => Fault::Grant("The refresh token was refused."),
        _ => error.into(),
    })?;
    Ok(given(&refreshed.access, Some(&refreshed.refresh)))
}

fn of_client(
    state: &State,
    request: &Request,
    parameters: &Parameters<'_>,
) -> Result<Answer, Fault> {
    let client = client::known(state, request, parameters)?;
    let scope = match parameters.get("scope") {
        None => client.permissions.clone(),
        Some(scope) => within(scope, &client.permissions).ok_or(Fault::Scope)?,
    };
    let (issuer, source) = (metadata::issuer(state, request), request.source(DOOR));
    let token = state.authority.issue_to_client(&client, &scope, (&issuer, &source));
    let token = token.map_err(|error| match error.code() {
        // It was removed since it was known.
        Code::UserRefused => Fault::UNKNOWN,
        _ => error.into(),
    })?;
    Ok(given(&token, None))
}

/// RFC 6749 5.1.
fn given(access: &Token, refresh: Option<&Token>) -> Answer {
    let mut members = json!({
        "access_token": access.text, "token_type": "Bearer",
        "expires_in": access.expires - access.issued,
    });
    if let Some(refresh) = refresh {
        members["refresh_token"] = refresh.text.as_str().into();
    }
    if !access.permissions.is_empty() {
        members["scope"] = access.permissions.join(" ").into();
    }
    uncached(reply::json(StatusCode::OK, members.to_string()))
}
