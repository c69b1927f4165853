//! `logout/`: POST refuses the session's tokens from now on, DELETE makes the browser forget them
//! too. Each ends the session that it can name; the original needed both for that.

use axum::body::Body;
use axum::http::StatusCode;

use crate::authority::validate::Asked;
use crate::claims::Kind;
use crate::server::State;
use crate::server::djwto::shown::{REFRESH, Said, Shown, asked};
use crate::server::djwto::{DOOR, PROFILE, tokens};
use crate::server::foreign::{self, Referer};
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::Request;

pub(super) fn logout(state: &State, request: &Request) -> Result<Answer, Refused> {
    if request.method == axum::http::Method::DELETE {
        return delete(state, request);
    }
    let shown = Shown::of(state, request, (Kind::Refresh, Said::Required))?;
    let asked = Asked { ignore_exp: true, ..asked(state, Kind::Refresh) };
    let report = state.authority.look(&shown.token, &asked)?;
    shown.accepted(&report, |failed| shown.refresh_words(state, failed))?;
    let claims = report.accepted()?;
    let answer = match state.authority.log_out(&claims, &request.source(DOOR))? {
        Some(true) => reply::members_of(
            StatusCode::CONFLICT,
            &[("error", "Input jti token is already blacklisted.")],
        ),
        _ => reply::ok(&[("msg", "Token successfully blacklisted.")]),
    };
    Ok(reply::set_cookies(answer, tokens::forgotten(&state.doors)?))
}

/// Whatever the client shows, good, dead or nothing: afterwards it has no tokens.
fn delete(state: &State, request: &Request) -> Result<Answer, Refused> {
    let Some(access) = state.doors.mode.access_cookie() else {
        if let Ok(Some(token)) = request.bearer() {
            end(state, request, (token, None))?;
        }
        return Ok(reply::of(StatusCode::NO_CONTENT, Body::empty()));
    };
    let posted = request.posted()?;
    let doors = (state.authority.as_ref(), state.doors.as_ref());
    let bond = foreign::judge(doors, request, (Some(&posted), Referer::Required))?;
    for name in [REFRESH, access] {
        if let Ok(Some(token)) = request.cookie(name) {
            end(state, request, (token, bond))?;
        }
    }
    let answer = reply::ok(&[("msg", "Tokens successfully deleted.")]);
    Ok(reply::set_cookies(answer, tokens::forgotten(&state.doors)?))
}

/// Ends what a token names, if it is one of ours.
fn end(
    state: &State,
    request: &Request,
    (token, bond): (&str, Option<crate::authority::Bond>),
) -> Result<(), Refused> {
    let any =
        Asked { profile: Some(PROFILE), ignore_aud: true, ignore_exp: true, ..Asked::default() };
    let report = state.authority.look(token, &any)?;
    if report.failure().is_none()
        && let Some(claims) = &report.claims
    {
        foreign::judge_bond(bond, claims.sid.as_deref())?;
        state.authority.log_out(claims, &request.source(DOOR))?;
    }
    Ok(())
}
