//! Which events are stored, and how many.

use std::sync::{Mutex, PoisonError};

use crate::authority::Authority;
use crate::claims::Claims;
use crate::error::Result;
use crate::event::{Event, Kind, Source};
use crate::store::Change;

/// How many refused refreshes are stored in a minute. Whoever has one dead token can ask as often
/// as they like, and must not fill the disk.
const REFUSALS: u64 = 60;

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

    /// Whether the rules want events of this kind stored.
    pub(super) fn records(&self, kind: Kind) -> bool {
        !kind.is_frequent() || self.rules.recorded.contains(&kind)
    }

    /// Stores an event that stands by itself, if the rules want it.
    pub(super) fn note(&self, event: &Event) -> Result<()> {
        if self.records(event.kind) {
            self.store.write(&[Change::Note(event)])?;
        }
        Ok(())
    }

    /// Stores that the settings were read again, of which `what` changed. Whoever has the rules that
    /// they made says so, in the store that they name.
    pub fn note_reload(&self, what: &str, source: &Source) -> Result<()> {
        self.note(&self.event(Kind::SettingsReloaded, source).detail(what))
    }

    /// Stores that a refresh was refused, unless there were too many lately; the next one that is
    /// stored says how many were left out.
    pub(super) fn note_refusal(&self, event: Event) -> Result<()> {
        let Some(untold) = self.refusals.spend(event.at) else { return Ok(()) };
        if untold == 0 {
            return self.note(&event);
        }
        let detail = event.detail.clone().unwrap_or_default();
        self.note(&event.detail(format!("{detail} ({untold} others were not kept)")))
    }
}

/// So many a minute.
#[derive(Debug, Default)]
pub(super) struct Budget(Mutex<Spent>);

#[derive(Debug, Default)]
struct Spent {
    minute: i64,
    stored: u64,
    untold: u64,
}

impl Budget {
    /// How many were left out since the last one, if this one is to be stored.
    fn spend(&self, now: i64) -> Option<u64> {
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.div_euclid(60);
        if spent.minute != minute {
            (spent.minute, spent.stored) = (minute, 0);
        }
        if spent.stored == REFUSALS {
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
        let budget = Budget::default();
        let stored = (0..100).filter(|_| budget.spend(600).is_some()).count();
        assert_eq!(stored as u64, REFUSALS);
        assert_eq!(budget.spend(659), None);
        assert_eq!(budget.spend(660), Some(41));
        assert_eq!(budget.spend(660), Some(0));
    }
}
