//! The door of djwto: six endpoints in three modes, with the original's words.

use axum::http::StatusCode;

use crate::claims::{Kind, Profile};
use crate::server::State;
use crate::server::doors::Doors;
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::Request;
use crate::server::route::{Dialect, Routes};

mod described;
pub(super) mod login;
mod logout;
mod payload;
pub(super) mod refresh;
mod shown;
pub(super) mod tokens;
mod validate;
mod words;

pub(super) use described::described;
pub(super) use shown::{asked, bearer, in_cookie, kept};
pub(super) use words::words;

/// The door's name in the audit log.
const DOOR: &str = "djwto";

/// The profile of its tokens.
pub(super) const PROFILE: Profile = Profile::Djwto;

pub(super) const BEARER: &str = "Bearer realm=api";

pub(super) const DIALECT: Dialect = Dialect { refuse, methods: reply::methods };

/// `/login/`, which people have as well.
pub(super) async fn login(state: State, request: Request) -> Answer {
    DIALECT.answer("POST, OPTIONS", (state, request), login::login).await
}

/// The door's other paths, each with and without the last slash.
pub(super) fn routes(doors: &Doors, update: bool) -> Routes {
    let under = |name: &str| format!("{}/{name}", doors.refresh_path);
    let post = "POST, OPTIONS";
    let validate =
        |kind| DIALECT.route(post, move |state, request| validate::validate(state, request, kind));
    let update = if update { refresh::update_refresh } else { |_: &_, _: &_| Err(Refused::Absent) };
    Routes::default()
        .both("/validate_access", validate(Kind::Access))
        .both(&under("validate_refresh"), validate(Kind::Refresh))
        .both(&under("refresh_access"), DIALECT.changing(post, refresh::refresh_access))
        .both(&under("update_refresh"), DIALECT.changing(post, update))
        .both(&under("logout"), DIALECT.changing("POST, DELETE, OPTIONS", logout::logout))
}

/// A refusal as djwto's clients know it: 403 for a token, 401 for a login.
fn refuse(refused: Refused) -> Answer {
    let error = |status, why: &str| reply::members_of(status, &[("error", why)]);
    match refused {
        Refused::Unreadable(why) => error(StatusCode::BAD_REQUEST, &why),
        Refused::Login(why) => reply::challenge(error(StatusCode::UNAUTHORIZED, &why), BEARER),
        Refused::Revoked(why) => reply::challenge(error(StatusCode::UNAUTHORIZED, why), BEARER),
        Refused::Token(why) => reply::challenge(error(StatusCode::FORBIDDEN, &why), BEARER),
        Refused::Permission(why)
        | Refused::Foreign(why)
        | Refused::Unlisted(why)
        | Refused::TooLarge(why) => error(StatusCode::FORBIDDEN, &why),
        Refused::Throttled(seconds) => {
            let (status, why) = reply::throttled(seconds);
            reply::retry_after(error(status, &why), Some(seconds))
        }
        Refused::Absent => reply::not_found(),
        Refused::Failed(failure) => {
            let (status, why, after) = reply::failed(&failure);
            reply::retry_after(error(status, why), after)
        }
    }
}
