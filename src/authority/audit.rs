//! Events: which of them are stored, how many, and how they are told once they are durable. Whoever
//! writes one writes it here.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::Level;

use crate::authority::Authority;
use crate::claims::Claims;
use crate::error::Result;
use crate::event::{Event, Kind, Source, Tally};
use crate::store::{Change, Letter, Store, Written};
use crate::user;

/// How many refused refreshes are stored in a minute, how many wrong secrets of clients, and how many
/// of clients that there are not. Whoever has one dead token, or none, can ask as often as they
/// like, and must neither fill the disk nor keep anybody else's refusals out of the log.
const REFUSALS: u64 = 60;

/// The mark of events among what the process logs.
const TARGET: &str = "jot::event";

/// How often a minute it is told that letters were lost.
const LOSSES: u64 = 1;

/// Where events are told besides the audit log.
pub trait Outlet: Send + Sync {
    /// Whether anybody wants to know of that kind of event.
    fn listens(&self, kind: Kind) -> bool;

    /// What is to be told of an event; none where nobody listens to its kind.
    fn message(&self, event: &Event) -> Option<Message>;

    /// The event has happened, and is durable. This must not hold up whoever calls.
    fn tell(&self, message: Message);
}

/// What is told of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The kind of event.
    pub kind: Kind,
    /// What is said.
    pub body: String,
    /// What is to be sent, stored in one transaction with the event.
    pub letter: Option<Letter>,
}

/// The audit log, and whoever else is told.
pub struct Audit {
    recorded: Vec<Kind>,
    outlet: Option<Arc<dyn Outlet>>,
    pub(super) refusals: Budget,
    pub(super) clients: Budget,
    pub(super) strangers: Budget,
    losses: Budget,
    tally: Arc<Tally>,
}

impl Audit {
    /// A log that stores the frequent events among `recorded` too.
    pub fn new(recorded: &[Kind], outlet: Option<Arc<dyn Outlet>>) -> Self {
        let [refusals, clients, strangers] = [(); 3].map(|()| Budget::new(REFUSALS));
        let losses = Budget::new(LOSSES);
        let tally = Arc::default();
        Self { recorded: recorded.to_vec(), outlet, refusals, clients, strangers, losses, tally }
    }

    /// The same log, which goes on with these counts.
    #[must_use]
    pub(super) fn counting(self, tally: Arc<Tally>) -> Self {
        Self { tally, ..self }
    }

    /// The same log, whose events are told there too.
    #[must_use]
    pub(super) fn telling(self, outlet: Arc<dyn Outlet>) -> Self {
        Self { outlet: Some(outlet), ..self }
    }

    /// How often what has happened, whoever was told.
    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Writes changes, and then tells the events among them. None: a row was not any more what it
    /// was, and nothing has happened.
    pub fn write(&self, store: &dyn Store, changes: &[Change<'_>]) -> Result<Option<Written>> {
        let events = changes.iter().filter_map(|change| match change {
            Change::Note(event) => Some(*event),
            _ => None,
        });
        let told: Vec<_> = events.map(|event| (event, self.message(event))).collect();
        let stored = self.stored(changes, &told);
        let written = match stored.as_slice() {
            [] => Some(Written::default()),
            stored => store.write(stored)?,
        };
        let Some(written) = written else { return Ok(None) };
        if let Some((event, _)) = told.first() {
            self.say_lost(written.lost, event.at);
        }
        for (event, message) in told {
            self.tell(event, message);
        }
        Ok(Some(written))
    }

    /// What is to be told of an event, and stored with it.
    pub(super) fn message(&self, event: &Event) -> Option<Message> {
        let mut message = self.outlet.as_ref()?.message(event)?;
        if let Some(letter) = &mut message.letter {
            letter.noted = self.records(event.kind);
        }
        Some(message)
    }

    /// Tells an event that is durable.
    pub(super) fn tell(&self, event: &Event, message: Option<Message>) {
        self.tally.count(event.kind);
        log(event);
        if let (Some(outlet), Some(message)) = (&self.outlet, message) {
            outlet.tell(message);
        }
    }

    /// The changes, without the events that are not to be stored, and each letter behind its event.
    fn stored<'a>(
        &self,
        changes: &[Change<'a>],
        told: &'a [(&Event, Option<Message>)],
    ) -> Vec<Change<'a>> {
        let mut stored = Vec::with_capacity(changes.len() + told.len());
        let mut messages = told.iter().map(|(_, message)| message);
        for change in changes {
            let Change::Note(event) = change else {
                stored.push(*change);
                continue;
            };
            stored.extend(self.records(event.kind).then_some(*change));
            let message = messages.next().and_then(Option::as_ref);
            stored.extend(message.and_then(|message| message.letter.as_ref()).map(Change::Send));
        }
        stored
    }

    /// Whether anybody would notice such an event: the log, somebody outside, or whoever reads what
    /// the process logs.
    pub(super) fn hears(&self, kind: Kind) -> bool {
        self.records(kind)
            || self.outlet.as_ref().is_some_and(|outlet| outlet.listens(kind))
            || tracing::enabled!(target: TARGET, Level::DEBUG)
    }

    fn records(&self, kind: Kind) -> bool {
        !kind.is_frequent() || self.recorded.contains(&kind)
    }

    fn say_lost(&self, lost: u64, now: i64) {
        if lost == 0 {
            return;
        }
        if let Some(others) = self.losses.spend(now) {
            tracing::error!(others, "the outbox is full: an old letter was thrown away");
        }
    }
}

/// One line of the log.
fn log(event: &Event) {
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                target: TARGET,
                kind = event.kind.name(),
                at = event.at,
                user = event.subject.as_ref().map(|subject| subject.username.as_str()),
                user_id = event.subject.as_ref().and_then(|subject| subject.id),
                sid = event.sid.as_deref(),
                jti = event.jti.as_deref(),
                door = event.source.door.as_str(),
                address = event.source.address.as_deref(),
                detail = event.detail.as_deref().map(plain).as_deref(),
            )
        };
    }
    if event.kind.is_frequent() { line!(debug) } else { line!(info) }
}

/// A text without what moves a cursor or reorders a line: JSON leaves some of that as it is.
fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(user::is_control) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if user::is_control(c) {
            // Writing to a String cannot fail.
            _ = write!(plain, "{}", c.escape_unicode());
        } else {
            plain.push(c);
        }
    }
    Cow::Owned(plain)
}

impl Authority {
    /// An event of now.
    pub(super) fn event(&self, kind: Kind, source: &Source) -> Event {
        Event::new(kind, self.now(), source)
    }

    /// An event of now about a token.
    pub(super) fn event_of(&self, kind: Kind, claims: &Claims, source: &Source) -> Event {
        let event = self.event(kind, source);
        let (sid, jti) = (claims.sid.clone(), claims.jti.clone());
        Event { subject: claims.subject(), sid, jti, ..event }
    }

    /// Writes changes and tells the events among them: see [`Audit::write`].
    pub(super) fn write(&self, changes: &[Change<'_>]) -> Result<Option<Written>> {
        self.audit.write(self.store.as_ref(), changes)
    }

    /// An event that stands by itself.
    pub(super) fn note(&self, event: &Event) -> Result<()> {
        self.write(&[Change::Note(event)]).map(drop)
    }

    /// The settings were read again, and `what` changed. Whoever has the rules that they made says so,
    /// in the store that they name.
    pub fn note_reload(&self, what: &str, source: &Source) -> Result<()> {
        self.note(&self.event(Kind::SettingsReloaded, source).detail(what))
    }

    /// Something that anybody can cause. It is not told if there was too much of it lately; the next
    /// one that is told says how many were left out.
    pub(super) fn note_within(&self, budget: &Budget, event: Event) -> Result<()> {
        let Some(untold) = budget.spend(event.at) else { return Ok(()) };
        if untold == 0 {
            return self.note(&event);
        }
        let detail = event.detail.clone().unwrap_or_default();
        self.note(&event.detail(format!("{detail} ({untold} others were not kept)")))
    }
}

/// So many a minute.
#[derive(Debug)]
pub(super) struct Budget {
    most: u64,
    spent: Mutex<Spent>,
}

#[derive(Debug, Default)]
struct Spent {
    minute: i64,
    stored: u64,
    untold: u64,
}

impl Budget {
    fn new(most: u64) -> Self {
        Self { most, spent: Mutex::default() }
    }

    /// How many were left out since the last one, if this one is to be told.
    fn spend(&self, now: i64) -> Option<u64> {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.div_euclid(60);
        if spent.minute != minute {
            (spent.minute, spent.stored) = (minute, 0);
        }
        if spent.stored == self.most {
            spent.untold += 1;
            return None;
        }
        spent.stored += 1;
        Some(std::mem::take(&mut spent.untold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_the_next_minute_says_so() {
        let budget = Budget::new(REFUSALS);
        let stored = (0..100).filter(|_| budget.spend(600).is_some()).count();
        assert_eq!(stored as u64, REFUSALS);
        assert_eq!(budget.spend(659), None);
        assert_eq!(budget.spend(660), Some(41));
        assert_eq!(budget.spend(660), Some(0));
    }
}
