//! `logout/`: POST refuses the session's tokens from now on, DELETE makes the browser forget them
//! too. Each ends the session that it can name; the original needed both for that.

use axum::body::Body;
use axum::http::StatusCode;

use crate::authority::validate::Asked;
use crate::claims::check::Times;
use crate::claims::{Claims, Kind};
use crate::server::State;
use crate::server::djwto::shown::{Said, Shown, asked, kept};
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
    let asked = Asked { times: Times::Beginning, ..asked(state, Kind::Refresh) };
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

/// Whatever the client shows, good, dead or nothing: afterwards it has no tokens. What may be a
/// neighbour's doing, such as a cookie that came twice, is refused, and nothing ends.
fn delete(state: &State, request: &Request) -> Result<Answer, Refused> {
    if !state.doors.mode.has_cookies() {
        if let Ok(Some(token)) = request.bearer() {
            end(state, request, state.authority.leaving(token, PROFILE)?.as_slice())?;
        }
        return Ok(reply::of(StatusCode::NO_CONTENT, Body::empty()));
    }
    let posted = request.posted()?;
    let doors = (state.authority.as_ref(), state.doors.as_ref());
    let bond = foreign::judge(doors, request, (Some(&posted), Referer::Required))?;
    // All of them are looked at before one is ended: the answer must be true of each.
    let mut leaving = Vec::new();
    for kind in [Kind::Refresh, Kind::Access] {
        if let Some(token) = kept(state, request, kind)?
            && let Some(claims) = state.authority.leaving(token, PROFILE)?
        {
            foreign::judge_bond(bond, claims.sid.as_deref())?;
            if leaving.iter().all(|other: &Claims| other.sid != claims.sid) {
                leaving.push(claims);
            }
        }
    }
    end(state, request, &leaving)?;
    let answer = reply::ok(&[("msg", "Tokens successfully deleted.")]);
    Ok(reply::set_cookies(answer, tokens::forgotten(&state.doors)?))
}

fn end(state: &State, request: &Request, leaving: &[Claims]) -> Result<(), Refused> {
    let source = request.source(DOOR);
    leaving.iter().try_for_each(|claims| state.authority.log_out(claims, &source).map(drop))?;
    Ok(())
}
