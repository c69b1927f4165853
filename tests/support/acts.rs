//! One change at a time, by its name: what the store does in lists, as tests say it.

use jot::error::Result;
use jot::revocation::{Revocation, Target};
use jot::session::Session;
use jot::store::{Change, Done, Horizon, Minted, NewUser, Purged, Store, Whose};
use jot::user::{Subject, User};

/// Single acts on any store.
pub(crate) trait Acts: Store {
    fn add_user(&self, new: &NewUser) -> Result<User> {
        Ok(self.write(&[Change::AddUser(new)])?.unwrap().users.remove(0))
    }

    fn record(&self, minted: &[Minted], begun: &[Session]) -> Result<()> {
        let begun = begun.iter().map(Change::Begin);
        let changes: Vec<_> = minted.iter().map(Change::Mint).chain(begun).collect();
        self.write(&changes).map(|written| assert!(written.is_some()))
    }

    fn replace_user(&self, was: &User, becomes: &User) -> Result<bool> {
        Ok(self.write(&[Change::ReplaceUser { was, becomes }])?.is_some())
    }

    fn replace_session(&self, was: &Session, becomes: &Session) -> Result<bool> {
        Ok(self.write(&[Change::ReplaceSession { was, becomes }])?.is_some())
    }

    fn revoke(&self, refusals: &[Revocation]) -> Result<Vec<Done>> {
        let changes: Vec<_> = refusals.iter().map(Change::Revoke).collect();
        Ok(self.write(&changes)?.unwrap().revoked)
    }

    fn watermark(&self, subject: &Subject) -> Result<Option<i64>> {
        let whose = subject.id.map_or(Whose::Name(&subject.username), Whose::Id);
        Ok(self.account(whose)?.1)
    }

    /// Takes away what was over at `now`, and no event.
    fn purge_at(&self, now: i64) -> Result<Purged> {
        self.purge(&Horizon { over: now, events: i64::MIN })
    }

    fn forget(&self, target: &Target) -> Result<bool> {
        let Some(stored) = self.revocation(target)? else { return Ok(false) };
        Ok(self.write(&[Change::Forget(&stored)])?.is_some())
    }
}

impl<S: Store + ?Sized> Acts for S {}
