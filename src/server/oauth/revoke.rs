//! `/oauth/revoke` (RFC 7009): a token is given up by whoever holds it.

use axum::body::Body;
use axum::http::StatusCode;

use crate::claims::Claims;
use crate::client::Client;
use crate::server::State;
use crate::server::oauth::fault::Fault;
use crate::server::oauth::parameters::Parameters;
use crate::server::oauth::{DOOR, client, uncached};
use crate::server::reply::{self, Answer};
use crate::server::request::Request;

/// 200 as well for what is no token, or none of ours: nobody has to give it up any more (RFC 7009
/// 2.2). `token_type_hint` is not looked at.
pub(super) fn revoke(state: &State, request: &Request) -> Result<Answer, Fault> {
    let parameters = Parameters::of(request)?;
    let client = client::shown(state, request, &parameters)?;
    let token = parameters.token()?;
    if let Some(claims) = state.authority.leaving(token, None)? {
        judge_owner(&claims, client.as_ref())?;
        let given_up = state.authority.give_up(token, &claims, &request.source(DOOR))?;
        given_up.ok_or(Fault::TokenType)?;
    }
    Ok(uncached(reply::of(StatusCode::OK, Body::empty())))
}

/// RFC 7009 2.1: a client's own token is revoked by that client alone. What a person logged in for
/// was given to a public client, which has it and nothing else to show.
fn judge_owner(claims: &Claims, client: Option<&Client>) -> Result<(), Fault> {
    match (&claims.client, client) {
        (None, _) => Ok(()),
        (Some(owner), Some(client)) if *owner == client.id => Ok(()),
        (Some(_), Some(_)) => Err(Fault::Unauthorized("The token is another client's.")),
        (Some(_), None) => Err(Fault::Client("The client must authenticate itself.")),
    }
}
