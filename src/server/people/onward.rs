//! `continue`, below the refresh path: where somebody is sent who comes without a good access cookie,
//! and from where they go on with a new one, or to the page to log in.
//!
//! It is a GET that changes something, so that only a visit may ask for it: what somebody opens in a
//! window, be it by a link from another site. Links, pictures and frames of other pages could only
//! bring about a refresh, whose cookies the browser keeps and nobody else sees. It never goes round
//! in circles: after a refresh it comes back to itself once, to see whether the cookies were kept.

use axum::http::StatusCode;

use crate::authority::refresh::Wish;
use crate::claims::Kind;
use crate::error::Code;
use crate::server::djwto::kept;
use crate::server::djwto::tokens::{self, Handed};
use crate::server::people::next::{LOGIN, safe_next, with_next};
use crate::server::people::view::refusal::{self, Refusal};
use crate::server::people::{asked_next, no_cookies, see, visitor};
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::Request;
use crate::server::{State, djwto};

/// What the query begins with of whoever was just given cookies.
const KEPT: &str = "kept=1&";

/// What browsers, today's and older ones, say of a page that is fetched before anybody asked for it.
const PREFETCH: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

/// The path, for whoever wants to go on to `next`.
pub(super) fn path(state: &State, next: &str) -> String {
    with_next(&format!("{}/continue", state.doors.refresh_path), next)
}

/// Goes on.
pub(super) fn go_on(state: &State, request: &Request) -> Result<Answer, Refused> {
    let next = asked_next(request);
    let next = safe_next(next.as_deref(), &state.doors.refresh_path);
    if !is_visit(request) {
        return Ok(refusal::page(Refusal::NoVisit, next).answer(StatusCode::FORBIDDEN));
    }
    if visitor(state, request, Kind::Access)?.is_some() {
        return see(next);
    }
    if request.query.starts_with(KEPT) {
        return Ok(no_cookies(next));
    }
    let login = with_next(LOGIN, next);
    let Some(token) = kept(state, request, Kind::Refresh)? else { return see(&login) };
    match djwto::refresh::renew(state, (token, Wish::Renewal), request) {
        Ok(pair) => {
            let handed = Handed { pair: &pair, csrf: None };
            let cookies = tokens::set(&state.doors, &handed, state.authority.now())?;
            let again = path(state, next).replacen('?', &format!("?{KEPT}"), 1);
            Ok(reply::set_cookies(see(&again)?, cookies))
        }
        // The cookies stay: another window may have been faster, and what it got must not be lost.
        Err(error) => match error.code() {
            Code::Refused(_) | Code::UserRefused => see(&login),
            _ => Err(error.into()),
        },
    }
}

/// Whether somebody opens the page in a window, as far as the browser says (Fetch Metadata), and not
/// only in case they might.
fn is_visit(request: &Request) -> bool {
    let says = |name: &str, wanted: &str| match request.header(name) {
        Ok(Some(said)) => said.eq_ignore_ascii_case(wanted),
        Ok(None) => true,
        Err(()) => false,
    };
    says("sec-fetch-mode", "navigate")
        && says("sec-fetch-dest", "document")
        && !PREFETCH.iter().any(|name| request.headers.contains_key(*name))
}
