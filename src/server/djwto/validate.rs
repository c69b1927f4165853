//! `/validate_access/` and `validate_refresh/`: whether a token is good. Nothing changes.

use crate::claims::Kind;
use crate::server::State;
use crate::server::djwto::shown::{Said, Shown, asked};
use crate::server::djwto::{DOOR, words};
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::Request;

pub(super) async fn validate(
    state: State,
    request: Request,
    kind: Kind,
) -> Result<Answer, Refused> {
    let shown = Shown::of(&state, &request, (kind, Said::Optional))?;
    let source = request.source(DOOR);
    let report = state.validate(&shown.token, asked(&state, kind), source).await?;
    shown.accepted(&report, |failed| words(&shown.token, failed, kind))?;
    Ok(reply::ok(&[("msg", "Token is valid")]))
}
