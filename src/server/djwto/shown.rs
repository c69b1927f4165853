//! The token that a client shows: as Bearer in JSON mode, in a cookie otherwise, where the request
//! must also show that no foreign page made it.

use crate::authority::Bond;
use crate::authority::validate::Asked;
use crate::claims::Kind;
use crate::claims::report::Report;
use crate::server::State;
use crate::server::djwto::{PROFILE, words};
use crate::server::foreign::{self, Referer};
use crate::server::refused::Refused;
use crate::server::request::{Posted, Request};

/// The refresh token's cookie.
pub(in crate::server) const REFRESH: &str = "jwt_refresh";

/// A token that was shown.
pub(in crate::server) struct Shown {
    pub(in crate::server) token: String,
    /// Of which session the CSRF token is that came along.
    bond: Option<Bond>,
}

impl Shown {
    /// The token of that kind.
    pub(in crate::server) fn of(
        state: &State,
        request: &Request,
        (kind, posted): (Kind, Option<&Posted>),
    ) -> Result<Self, Refused> {
        let Some(access) = state.doors.mode.access_cookie() else {
            let none = "Token not found in \"HTTP_AUTHORIZATION\" header.";
            let token = request.bearer()?.ok_or_else(|| Refused::Token(none.to_owned()))?;
            return Ok(Self { token: token.to_owned(), bond: None });
        };
        let bond =
            foreign::judge((&state.authority, &state.doors), request, (posted, Referer::Required))?;
        let name = if kind == Kind::Refresh { REFRESH } else { access };
        let token = request.cookie(name)?;
        let token =
            token.ok_or_else(|| Refused::Token(format!("Cookie \"{name}\" cannot be empty.")))?;
        Ok(Self { token: token.to_owned(), bond })
    }

    /// The refresh token, where the original asks for the field `jwt_type` as well.
    pub(in crate::server) fn refresh(state: &State, request: &Request) -> Result<Self, Refused> {
        let posted = request.posted()?;
        let shown = Self::of(state, request, (Kind::Refresh, Some(&posted)));
        let cookies = state.doors.mode.access_cookie().is_some();
        let said = posted.text("jwt_type")?;
        match shown {
            // A foreign request is told nothing else.
            Err(Refused::Foreign(why)) => Err(Refused::Foreign(why)),
            _ if cookies && said.as_deref() != Some("refresh") => {
                let why = "POST variable \"jwt_type\" must be equal to \"refresh\".";
                Err(Refused::Token(why.to_owned()))
            }
            other => other,
        }
    }

    /// Goes on if the token passed its checks and the CSRF token is of the same session.
    pub(in crate::server) fn accepted(
        &self,
        report: &Report,
        words: impl Fn(&crate::claims::report::Check) -> String,
    ) -> Result<(), Refused> {
        if let Some(claims) = &report.claims {
            foreign::judge_bond(self.bond, claims.sid.as_deref())?;
        }
        match report.failure() {
            Some(failed) => Err(Refused::Token(words(failed))),
            None => Ok(()),
        }
    }

    /// The words for a refresh token that did not pass: in JSON mode another kind of token has its
    /// own.
    pub(in crate::server) fn refresh_words(
        &self,
        state: &State,
        failed: &crate::claims::report::Check,
    ) -> String {
        if failed.name == "type" && state.doors.mode.access_cookie().is_none() {
            return "Refresh token was not sent in authorization header.".to_owned();
        }
        words(&self.token, failed, Some(Kind::Refresh))
    }
}

/// What this door asks of a token of that kind.
pub(in crate::server) fn asked(state: &State, kind: Kind) -> Asked {
    let asked = match kind {
        Kind::Refresh => state.authority.asked_of_refresh(),
        Kind::Access => Asked { kind: Some(kind), ..Asked::default() },
    };
    Asked { profile: Some(PROFILE), ..asked }
}
