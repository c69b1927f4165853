//! `refresh_access/` and `update_refresh/`.

use crate::authority::Caller;
use crate::authority::issue::Pair;
use crate::authority::refresh::Wish;
use crate::claims::Kind;
use crate::error::{Code, Error};
use crate::server::State;
use crate::server::djwto::shown::{Said, Shown, asked};
use crate::server::djwto::tokens::{self, Handed};
use crate::server::djwto::{DOOR, PROFILE};
use crate::server::refused::Refused;
use crate::server::reply::Answer;
use crate::server::request::Request;

pub(super) fn refresh_access(state: &State, request: &Request) -> Result<Answer, Refused> {
    // A client in JSON mode keeps the refresh token it has; a browser takes every cookie.
    let wish = if state.doors.mode.has_cookies() { Wish::Renewal } else { Wish::Access };
    let said = ("Access token successfully refreshed.", "Can't update access token.");
    refresh((state, request), wish, said)
}

pub(super) fn update_refresh(state: &State, request: &Request) -> Result<Answer, Refused> {
    let said = ("Refresh token successfully updated.", "Can't update refresh token.");
    refresh((state, request), Wish::Update, said)
}

fn refresh(
    (state, request): (&State, &Request),
    wish: Wish,
    (done, refused): (&'static str, &'static str),
) -> Result<Answer, Refused> {
    let shown = Shown::of(state, request, (Kind::Refresh, Said::Required))?;
    let report = state.authority.look(&shown.token, &asked(state, Kind::Refresh))?;
    shown.accepted(&report, |failed| shown.refresh_words(state, failed))?;
    let pair = renew(state, (&shown.token, wish), request).map_err(|error| match error.code() {
        Code::Refused(_) | Code::UserRefused => Refused::Revoked(refused),
        _ => error.into(),
    })?;
    tokens::hand(state, done, &Handed { pair: &pair, csrf: None })
}

/// The session's next tokens, if the way back can carry them.
pub(in crate::server) fn renew(
    state: &State,
    (token, wish): (&str, Wish),
    request: &Request,
) -> Result<Pair, Error> {
    let source = request.source(DOOR);
    let carries = |token: &_| state.doors.carry(token);
    let caller = Caller { source: &source, profile: Some(PROFILE), carries: &carries };
    state.authority.refresh(token, wish, caller)
}
