//! `/account/`: the page of one's own account, and what its forms do.
//!
//! A form may be sent when the access cookie is over by itself. Then it is sent on, as it is, to the
//! same path below the refresh path, where the refresh cookie says whose it is.

use axum::http::StatusCode;

use crate::authority::Bond;
use crate::claims::{Claims, Kind};
use crate::server::State;
use crate::server::djwto::{PROFILE, kept, tokens};
use crate::server::foreign::{self, Referer};
use crate::server::people::next::{ACCOUNT, LOGIN};
use crate::server::people::said::Said;
use crate::server::people::view::account::{self, Account};
use crate::server::people::{DOOR, keeps_cookies, no_cookies, onward, proof, see, send, visitor};
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::{Posted, Request};

/// How many sessions are shown.
const SHOWN: usize = 50;

/// What the forms do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Ends this session.
    LogOut,
    /// Ends every session of the user.
    LogOutEverywhere,
    /// Ends the session that the form names.
    EndSession,
}

impl Act {
    pub(super) const ALL: [Self; 3] = [Self::LogOut, Self::LogOutEverywhere, Self::EndSession];

    /// Its path, without the last slash.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::LogOut => "/account/logout",
            Self::LogOutEverywhere => "/account/logout_everywhere",
            Self::EndSession => "/account/end_session",
        }
    }
}

/// The page; whoever has no good access cookie is sent to get one.
pub(super) fn show(state: &State, request: &Request) -> Result<Answer, Refused> {
    let Some(claims) = visitor(state, request, Kind::Access)? else {
        return see(&onward::path(state, ACCOUNT));
    };
    let own = state.authority.own(&claims, SHOWN)?;
    let sid = claims.sid.as_deref();
    let (csrf, cookie) = proof(state, request, |bond| bond == Bond::to(sid), sid)?;
    let heard = Said::heard(state, request)?;
    let page = account::page(&Account {
        csrf: &csrf,
        own: &own,
        sid: sid.unwrap_or_default(),
        ended: heard.as_ref().is_some_and(|(said, _)| *said == Said::SessionEnded),
    });
    let cookies = cookie.into_iter().chain(heard.map(|(_, forget)| forget)).collect();
    Ok(reply::set_cookies(page.answer(StatusCode::OK), cookies))
}

/// A form that comes with the access cookie; or it is sent on with all that it says (RFC 9110
/// 15.4.8).
pub(super) fn near(state: &State, request: &Request, act: Act) -> Result<Answer, Refused> {
    if let Some(claims) = visitor(state, request, Kind::Access)? {
        return carry_out(state, request, (act, Some(&claims)));
    }
    let path = format!("{}{}/", state.doors.refresh_path, act.path());
    send(StatusCode::TEMPORARY_REDIRECT, &path)
}

/// A form that was sent on. The refresh cookie may be over too; then nothing is left to end. To log
/// out, one that another window replaced will do.
pub(super) fn far(state: &State, request: &Request, act: Act) -> Result<Answer, Refused> {
    let claims = match (act, kept(state, request, Kind::Refresh)?) {
        (Act::LogOut, Some(token)) => state.authority.leaving(token, PROFILE)?,
        _ => visitor(state, request, Kind::Refresh)?,
    };
    carry_out(state, request, (act, claims.as_ref()))
}

fn carry_out(
    state: &State,
    request: &Request,
    (act, claims): (Act, Option<&Claims>),
) -> Result<Answer, Refused> {
    // First: a browser sends no cookies along with another site's form.
    foreign::judge_origin(&state.doors.site, request)?;
    if !keeps_cookies(request)? {
        return Ok(no_cookies(ACCOUNT));
    }
    let posted = request.posted()?;
    let shown = (Some(&posted), Referer::Required);
    let bond = foreign::judge((&state.authority, &state.doors), request, shown)?;
    let Some(claims) = claims else {
        return gone(state, if act == Act::LogOut { Said::LoggedOut } else { Said::NothingDone });
    };
    foreign::judge_bond(bond, claims.sid.as_deref())?;
    let source = request.source(DOOR);
    match act {
        Act::LogOut => {
            state.authority.log_out(claims, &source)?;
            gone(state, Said::LoggedOut)
        }
        Act::LogOutEverywhere => {
            state.authority.log_out_everywhere(claims, &source)?;
            gone(state, Said::LoggedOutEverywhere)
        }
        Act::EndSession => end_session(state, request, (claims, &posted)),
    }
}

/// To the page to log in, which says that one is logged out.
fn gone(state: &State, said: Said) -> Result<Answer, Refused> {
    let mut cookies = tokens::forgotten(&state.doors)?;
    cookies.push(said.tell(state)?);
    Ok(reply::set_cookies(see(LOGIN)?, cookies))
}

fn end_session(
    state: &State,
    request: &Request,
    (claims, posted): (&Claims, &Posted),
) -> Result<Answer, Refused> {
    let sid = posted.text("sid")?.unwrap_or_default();
    let ended = state.authority.end_own_session(claims, &sid, &request.source(DOOR))?;
    if ended && claims.sid.as_ref() == Some(&sid) {
        return gone(state, Said::LoggedOut);
    }
    let notice = ended.then(|| Said::SessionEnded.tell(state)).transpose()?;
    Ok(reply::set_cookies(see(ACCOUNT)?, notice.into_iter().collect()))
}
