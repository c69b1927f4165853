//! `jot events`

use std::ops::ControlFlow;
use std::time::Duration;

use anyhow::Result;
use jot::error::{Code, Error};
use jot::event::{Event, Kind};
use jot::store::sqlite::Missing;
use jot::store::{EventFilter, Store};
use jot::time;
use serde_json::{Value, json};

use crate::cli::EventsArgs;
use crate::command::list::row;
use crate::command::{Context, Ended};
use crate::output::{Lines, Outcome};

/// How long `--follow` waits before it looks again.
const PAUSE: Duration = Duration::from_millis(250);

pub(crate) fn run(args: &EventsArgs, context: &Context) -> Result<Ended> {
    let mut filter = filter(args, context.now())?;
    let settings = context.settings(&[])?;
    let authority = context.authority(&settings, Missing::Refuse)?;
    let store = authority.store();
    let only_new = args.follow && args.since.is_none();
    if only_new {
        filter.after = Some(store.last_event()?);
    }
    let mut is_first = !only_new;
    loop {
        let mut lines = context.output.lines();
        if std::mem::take(&mut is_first) {
            _ = lines.heading(&heading())?;
        }
        let told = tell(store, &mut filter, &mut lines)?;
        let sent = lines.finish()?;
        if !args.follow || told.is_break() || sent == Outcome::Closed {
            return Ok(Ended::Done);
        }
        std::thread::sleep(PAUSE);
    }
}

fn filter(args: &EventsArgs, now: i64) -> Result<EventFilter> {
    let kind = args.kind.as_deref().map(|name| {
        Kind::from_name(name).ok_or_else(|| {
            let seen = format!("\"{}\" is no kind of event", name.escape_debug());
            Error::new(Code::Usage, seen).hint(format!("one of {}", Kind::NAMES.join(", ")))
        })
    });
    let since = args.since.as_deref().map(|since| time::moment(since, now));
    let username = args.user.as_deref().map(jot::user::name);
    Ok(EventFilter {
        username: username.transpose()?,
        kind: kind.transpose()?,
        since: since.transpose()?,
        after: None,
    })
}

/// Prints what there is behind the filter's position, and moves that on, past what was not wanted
/// too.
fn tell(store: &dyn Store, filter: &mut EventFilter, lines: &mut Lines) -> Result<ControlFlow<()>> {
    let (mut last, mut flow) = (store.last_event()?, ControlFlow::Continue(()));
    store.events(filter, &mut |(position, event)| {
        last = last.max(position);
        flow = lines.answer(|| document(&event), || line(&event))?.into();
        Ok(flow)
    })?;
    filter.after = Some(last);
    Ok(flow)
}

fn heading() -> String {
    row(&[
        ("AT", 20),
        ("KIND", 17),
        ("USER", 12),
        ("FROM", 20),
        ("SESSION OR TOKEN", 36),
        ("DETAIL", 0),
    ])
}

fn line(event: &Event) -> String {
    let username = event.subject.as_ref().map(|subject| subject.username.as_str());
    let source = &event.source;
    let from = [Some(source.door.as_str()), source.address.as_deref()];
    let from: Vec<_> = from.into_iter().flatten().collect();
    row(&[
        (&time::text(event.at), 20),
        (event.kind.name(), 17),
        (username.unwrap_or_default(), 12),
        (&from.join(" "), 20),
        (event.sid.as_deref().or(event.jti.as_deref()).unwrap_or_default(), 36),
        (event.detail.as_deref().unwrap_or_default(), 0),
    ])
}

fn document(event: &Event) -> Value {
    let subject = event.subject.as_ref();
    json!({
        "at": event.at, "kind": event.kind.name(),
        "user": subject.map(|subject| &subject.username),
        "user_id": subject.and_then(|subject| subject.id), "sid": event.sid, "jti": event.jti,
        "door": event.source.door, "address": event.source.address, "detail": event.detail,
    })
}
