//! Logging out: the session that a token names ends, also for a token that is over by itself.

use crate::authority::Authority;
use crate::authority::revoke::Note;
use crate::claims::Claims;
use crate::error::Result;
use crate::event::{Kind, Source};
use crate::store::Change;

impl Authority {
    /// Ends what a token stands for: its session, or the token where it has none. Whether that was
    /// so before; none: the token names neither.
    pub fn log_out(&self, claims: &Claims, source: &Source) -> Result<Option<bool>> {
        let note = Note { source: Some(source.clone()), ..Note::default() };
        let Some(plan) = self.plan_log_out(claims, &note)? else { return Ok(None) };
        let revoked = self.revoked(&plan, &note);
        let mut left = self.event_of(Kind::LoggedOut, claims, source);
        left.jti = None;
        let changes = [Change::Revoke(&plan.revocation), Change::Note(&revoked), Change::Note(&left)];
        let done = self.store.write(&changes)?.unwrap_or_default().revoked;
        Ok(Some(done.iter().all(|done| done.already)))
    }
}
