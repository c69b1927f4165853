//! What bringing a backup back means for tokens: whatever was revoked, logged out, disabled or
//! removed since it was made stays so.
//!
//! The store keeps every refusal and every end that either side knows
//! ([`Restored`]). Besides, everybody logs in again: a watermark at the moment of the restore
//! refuses all that was issued up to it, also what neither side has heard of.

use std::cell::Cell;
use std::path::Path;

use crate::authority::Authority;
use crate::error::{Code, Error, Result};
use crate::event::{Event, Kind, Source};
use crate::revocation::{Revocation, Target};
use crate::store::{Change, Meaning, Merged, Restored};

/// What becomes of the tokens that were issued up to a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    /// All of them are refused, and all sessions are over.
    Refused,
    /// Those that nothing speaks against stay good.
    Kept,
}

/// Why they are refused.
const RESTORED: &str = "restored from a backup";

impl Authority {
    /// Brings users and groups back from the checked backup in `from`. Durable when it returns.
    pub fn restore(&self, from: &Path, tokens: Tokens, source: &Source) -> Result<Restored> {
        let told = Cell::new(None);
        let restored = self.store.restore(from, &|merged: &Merged| {
            if tokens == Tokens::Kept && !merged.of_this_store {
                return Err(of_another_store());
            }
            let meaning = self.meaning(tokens, merged.latest_expiry, source);
            let message = self.audit.message(&meaning.event);
            let letter = message.as_ref().and_then(|message| message.letter.clone());
            told.set(Some((meaning.event.clone(), message)));
            Ok(Meaning { letter, ..meaning })
        })?;
        if let Some((event, message)) = told.take() {
            self.audit.tell(&event, message);
        }
        Ok(restored)
    }

    /// What [`restore`](Authority::restore) stores, for an authority over the backup itself: where
    /// there is no other store, that one takes the place.
    pub fn restored_alone(&self, tokens: Tokens, source: &Source) -> Result<()> {
        let Meaning { refusal, event, .. } =
            self.meaning(tokens, self.store.latest_expiry()?, source);
        let refusal = refusal.iter().map(Change::Revoke);
        self.write(&refusal.chain([Change::Note(&event)]).collect::<Vec<_>>())?;
        Ok(())
    }

    /// The moment is taken here, when nobody else can issue a token of before any more.
    fn meaning(&self, tokens: Tokens, latest_expiry: Option<i64>, source: &Source) -> Meaning {
        let now = self.now();
        if tokens == Tokens::Kept {
            let event = Event::new(Kind::UserChanged, now, source);
            return Meaning { refusal: None, event: event.detail(RESTORED), letter: None };
        }
        let refusal = Revocation {
            target: Target::Everybody(now),
            username: None,
            until: self.rules.last_expiry(now, latest_expiry),
            at: now,
            reason: Some(RESTORED.to_owned()),
            by: Some(source.door.clone()),
        };
        let detail = format!("{}: {RESTORED}", refusal.target.kind());
        let event = Event::new(Kind::Blacklisted, now, source).detail(detail);
        Meaning { refusal: Some(refusal), event, letter: None }
    }
}

fn of_another_store() -> Error {
    let seen = "the backup is of another store: its ids may be other users' here, whose tokens cannot be kept";
    Error::new(Code::Failed, seen).hint("leave --keep-sessions out")
}
