//! The token that a client shows: as Bearer in JSON mode, in a cookie otherwise, where the request
//! must also show that no foreign page made it.

use crate::authority::Bond;
use crate::authority::validate::Asked;
use crate::claims::Kind;
use crate::claims::report::{Check, Report};
use crate::server::State;
use crate::server::djwto::{PROFILE, words};
use crate::server::foreign::{self, Referer};
use crate::server::refused::Refused;
use crate::server::request::Request;

/// Whether a client must say in the field `jwt_type` which cookie it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Required,
    Optional,
}

/// A token that was shown.
pub(super) struct Shown {
    pub(super) token: String,
    /// Of which session the CSRF token is that came along.
    bond: Option<Bond>,
}

impl Shown {
    /// The token of that kind.
    pub(super) fn of(
        state: &State,
        request: &Request,
        (kind, said): (Kind, Said),
    ) -> Result<Self, Refused> {
        let Some(cookie) = state.doors.mode.cookie(kind) else {
            return Ok(Self { token: bearer(request)?, bond: None });
        };
        let posted = request.posted()?;
        let doors = (state.authority.as_ref(), state.doors.as_ref());
        let bond = foreign::judge(doors, request, (Some(&posted), Referer::Required))?;
        check_type((state, request), posted.text("jwt_type")?.as_deref(), (kind, said))?;
        Ok(Self { token: in_cookie(request, cookie)?, bond })
    }

    /// Goes on if the token passed its checks and the CSRF token is of the same session.
    pub(super) fn accepted(
        &self,
        report: &Report,
        words: impl Fn(&Check) -> String,
    ) -> Result<(), Refused> {
        if let Some(claims) = &report.claims {
            foreign::judge_bond(self.bond, claims.sid.as_deref())?;
        }
        report.failure().map_or(Ok(()), |failed| Err(Refused::Token(words(failed))))
    }

    /// The words for a refresh token that did not pass: in JSON mode another kind of token has its
    /// own.
    pub(super) fn refresh_words(&self, state: &State, failed: &Check) -> String {
        if failed.name == "type" && !state.doors.mode.has_cookies() {
            return "Refresh token was not sent in authorization header.".to_owned();
        }
        words(&self.token, failed, Kind::Refresh)
    }
}

/// The token that is shown as Bearer.
pub(in crate::server) fn bearer(request: &Request) -> Result<String, Refused> {
    let none = || Refused::Token("Token not found in \"HTTP_AUTHORIZATION\" header.".to_owned());
    request.bearer()?.map(str::to_owned).ok_or_else(none)
}

/// The token that is shown in a cookie.
pub(in crate::server) fn in_cookie(request: &Request, name: &str) -> Result<String, Refused> {
    let empty = || Refused::Token(format!("Cookie \"{name}\" cannot be empty."));
    request.cookie(name)?.map(str::to_owned).ok_or_else(empty)
}

/// The token of that kind, good or not, that a browser keeps and sent along.
pub(in crate::server) fn kept<'a>(
    state: &State,
    request: &'a Request,
    kind: Kind,
) -> Result<Option<&'a str>, Refused> {
    state.doors.mode.cookie(kind).map_or(Ok(None), |name| request.cookie(name))
}

/// Which cookie the client means must be the one that the path looks at.
fn check_type(
    (state, request): (&State, &Request),
    named: Option<&str>,
    (kind, said): (Kind, Said),
) -> Result<(), Refused> {
    let named = match named {
        None if said == Said::Optional => return Ok(()),
        None => None,
        Some(named) if named == kind.name() => return Ok(()),
        Some(named) => Some(named),
    };
    Err(Refused::Token(match (kind, named) {
        (Kind::Access, Some("refresh")) => format!(
            "Refresh cookie is only sent in path \"{}\". Requested path was: {}.",
            state.doors.refresh_path, request.path
        ),
        (_, Some(other)) if said == Said::Optional && Kind::from_name(other).is_none() => {
            let other: String = other.chars().take(100).collect();
            format!(
                "Input data \"jwt_type\" must be either \"access\" or \"refresh\". Got \"{other}\" instead."
            )
        }
        _ => "POST variable \"jwt_type\" must be equal to \"refresh\".".to_owned(),
    }))
}

/// What this door asks of a token of that kind.
pub(in crate::server) fn asked(state: &State, kind: Kind) -> Asked {
    Asked { profile: Some(PROFILE), ..state.authority.asked_of(kind) }
}
