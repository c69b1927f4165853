//! `jot refresh`

use anyhow::Result;
use jot::authority::refresh::Wish;
use jot::store::sqlite::Missing;
use serde_json::json;

use crate::cli::RefreshArgs;
use crate::command::{Context, Ended, input, issue};

pub(crate) fn run(args: &RefreshArgs, context: &Context) -> Result<Ended> {
    let token = input::word(&args.token, "refresh token")?;
    let settings = context.settings(&[])?;
    let authority = context.authority(&settings, Missing::Refuse)?;
    let wish = match (args.update, args.access_only) {
        (true, _) => Wish::Update,
        (false, true) => Wish::AccessOnly,
        (false, false) => Wish::Access,
    };
    let refreshed = authority.refresh(&token, wish, &context.source)?;
    let outcome = match (wish, context.json()) {
        (Wish::AccessOnly, true) => context.output.json(&issue::one(&refreshed.access)),
        (Wish::AccessOnly, false) => context.output.result(&refreshed.access.text),
        _ => context
            .output
            .json(&json!({"refresh": refreshed.refresh.text, "access": refreshed.access.text})),
    };
    Ok(outcome?.into())
}
