//! `/validate_access/` and `validate_refresh/`: whether a token is good. Nothing changes.

use crate::claims::Kind;
use crate::server::State;
use crate::server::djwto::{DOOR, Shown, asked, words};
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::{Posted, Request};

pub(super) fn validate(state: &State, request: &Request, kind: Kind) -> Result<Answer, Refused> {
    let posted = request.posted()?;
    let shown = Shown::of(state, request, (kind, Some(&posted)));
    if state.doors.mode.access_cookie().is_some() && !matches!(shown, Err(Refused::Foreign(_))) {
        check_type((state, request), &posted, kind)?;
    }
    let shown = shown?;
    let source = request.source(DOOR);
    let report = state.authority.validate(&shown.token, &asked(state, kind), &source)?;
    shown.accepted(&report, |failed| words(&shown.token, failed, Some(kind)))?;
    Ok(reply::ok(&[("msg", "Token is valid")]))
}

/// Which cookie the client means must be the one that this path looks at.
fn check_type(
    (state, request): (&State, &Request),
    posted: &Posted,
    kind: Kind,
) -> Result<(), Refused> {
    let said = posted.text("jwt_type")?;
    let why = match said.as_deref() {
        None => return Ok(()),
        Some(said) => match (Kind::from_name(said), kind) {
            (Some(said), kind) if said == kind => return Ok(()),
            (Some(_), Kind::Access) => format!(
                "Refresh cookie is only sent in path \"{}\". Requested path was: {}.",
                state.doors.refresh_path, request.path
            ),
            (Some(_), Kind::Refresh) => {
                "POST variable \"jwt_type\" must be equal to \"refresh\".".to_owned()
            }
            (None, _) => {
                let said: String = said.chars().take(100).collect();
                format!(
                    "Input data \"jwt_type\" must be either \"access\" or \"refresh\". Got \"{said}\" instead."
                )
            }
        },
    };
    Err(Refused::Token(why))
}
