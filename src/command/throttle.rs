//! `jot throttle`

use anyhow::Result;
use jot::authority::Authority;
use jot::authority::throttle::Shown;
use jot::error::{Code, Error};
use jot::store::sqlite::Missing;
use jot::throttle::network;
use jot::time;
use serde_json::{Value, json};

use crate::cli::{ThrottleAction, ThrottleLiftArgs, ThrottleVerb};
use crate::command::list::row;
use crate::command::{Context, Ended, input};

pub(crate) fn run(args: &ThrottleAction, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let authority = context.authority(&settings, Missing::Refuse)?;
    if !settings.throttle.enabled {
        context.output.warn("nothing is throttled: throttle.enabled is false");
    }
    match &args.action {
        None | Some(ThrottleVerb::List) => list(&authority, context),
        Some(ThrottleVerb::Lift(args)) => lift(args, &authority, context),
    }
}

fn list(authority: &Authority, context: &Context) -> Result<Ended> {
    let now = context.now();
    let mut lines = context.output.lines();
    _ = lines.heading(&row(&[
        ("CLASS", 9),
        ("USER", 12),
        ("NETWORK", 18),
        ("FAILURES", 8),
        ("WAITS UNTIL", 20),
        ("FORGOTTEN", 0),
    ]))?;
    for shown in authority.throttled()? {
        _ = lines.answer(|| document(&shown, now), || line(&shown, now))?;
    }
    Ok(lines.finish()?.into())
}

fn lift(args: &ThrottleLiftArgs, authority: &Authority, context: &Context) -> Result<Ended> {
    let lifted = if let Some(name) = &args.whose.user {
        authority.lift_from_user(&authority.known(name)?, &context.source)?
    } else if let Some(typed) = &args.whose.network {
        authority.lift_from(Some(meant(typed)?), &context.source)?
    } else {
        if !input::confirm("Forget every wrong password that was counted?", args.yes)? {
            return Err(Error::new(Code::Failed, "nothing was changed").into());
        }
        authority.lift_from(None, &context.source)?
    };
    let told = || format!("lifted {lifted} {}", if lifted == 1 { "counter" } else { "counters" });
    Ok(context.output.answer(|| json!({ "lifted": lifted }), told)?.into())
}

/// The network that is listed for what somebody typed.
fn meant(typed: &str) -> Result<String, Error> {
    let address = typed.split_once('/').map_or(typed, |(address, _)| address);
    let meant = network(address).filter(|network| address == typed || network == typed);
    meant.ok_or_else(|| {
        let seen = typed.escape_debug();
        let seen =
            format!("\"{seen}\" is neither an address nor a network of those that are counted");
        Error::new(Code::Usage, seen).hint("jot throttle list")
    })
}

/// When the next guess is judged, if that is not now.
fn waits_until(shown: &Shown, now: i64) -> Option<i64> {
    (shown.wait > 0).then(|| now.saturating_add(shown.wait))
}

/// The user, or that it is a name of nobody's.
fn user(shown: &Shown) -> &str {
    match (&shown.user, &shown.counter.account) {
        (Some(name), _) => name,
        (None, Some(_)) => "(unknown)",
        (None, None) => "",
    }
}

fn line(shown: &Shown, now: i64) -> String {
    row(&[
        (shown.counter.class.name(), 9),
        (user(shown), 12),
        (shown.counter.network.as_deref().unwrap_or_default(), 18),
        (&shown.failures.to_string(), 8),
        (&waits_until(shown, now).map(time::text).unwrap_or_default(), 20),
        (&time::text(shown.counter.until), 0),
    ])
}

fn document(shown: &Shown, now: i64) -> Value {
    json!({
        "class": shown.counter.class.name(), "user": shown.user,
        "account": shown.counter.account, "network": shown.counter.network,
        "failures": shown.failures, "waits_until": waits_until(shown, now),
        "forgotten": shown.counter.until,
    })
}
