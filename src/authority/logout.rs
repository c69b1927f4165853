//! Logging out: the session that a token names ends, also for a token that is over by itself.

use crate::authority::Authority;
use crate::authority::plan::Plan;
use crate::authority::revoke::{Note, What};
use crate::authority::validate::Asked;
use crate::claims::check::Times;
use crate::claims::{Claims, Kind as TokenKind, Profile};
use crate::error::Result;
use crate::event::{Event, Kind, Source};
use crate::revocation::Target;
use crate::store::Change;

impl Authority {
    /// What a token of ours says whose holder wants to leave, whatever its time, and also if it was
    /// replaced or refused since. Without a profile, one of any. None: it is no token of ours.
    pub fn leaving(
        &self,
        token: &str,
        profile: impl Into<Option<Profile>>,
    ) -> Result<Option<Claims>> {
        let any = Asked {
            profile: profile.into(),
            ignore_aud: true,
            times: Times::None,
            ..Asked::default()
        };
        let report = self.look(token, &any)?;
        Ok(report.claims.clone().filter(|_| report.failure().is_none()))
    }

    /// Ends what a token stands for: its session, or the token where it has none. Whether that was
    /// so before; none: the token names neither.
    pub fn log_out(&self, claims: &Claims, source: &Source) -> Result<Option<bool>> {
        let note = noted(source);
        let Some(plan) = self.plan_log_out(claims, &note)? else { return Ok(None) };
        // Whoever has one dead token can ask as often as they like, and must not fill the log.
        if self.store.revocation(&plan.revocation.target)?.is_some() {
            return Ok(Some(true));
        }
        self.leave(&plan, (claims, claims.sid.as_deref()), (source, &note)).map(Some)
    }

    /// Gives a token up (RFC 7009 2.1): an access token alone, a refresh token with its session.
    /// Whether that was so before; none: it names neither itself nor a session.
    pub fn give_up(&self, token: &str, claims: &Claims, source: &Source) -> Result<Option<bool>> {
        let (Some(TokenKind::Access), Some(jti)) = (claims.kind, &claims.jti) else {
            return self.log_out(claims, source);
        };
        if self.store.revocation(&Target::Token(jti.clone()))?.is_some() {
            return Ok(Some(true));
        }
        self.revoke(&[What::Token(token.to_owned())], &noted(source)).map(|_| Some(false))
    }

    /// Refuses what is planned, and writes down who left which session. Whether all of it was so
    /// before.
    pub(super) fn leave(
        &self,
        plan: &Plan,
        (claims, sid): (&Claims, Option<&str>),
        (source, note): (&Source, &Note),
    ) -> Result<bool> {
        let mut revoked = self.revoked(plan, note);
        // The token that was shown is no part of another session, nor of all of them.
        if sid.is_some() && sid == claims.sid.as_deref() {
            revoked.jti.clone_from(&claims.jti);
        }
        let left = self.event_of(Kind::LoggedOut, claims, source);
        let left = Event { sid: sid.map(str::to_owned), jti: None, ..left };
        let changes =
            [Change::Revoke(&plan.revocation), Change::Note(&revoked), Change::Note(&left)];
        let done = self.write(&changes)?.unwrap_or_default().revoked;
        Ok(done.iter().all(|done| done.already))
    }
}

/// What a log-out is stored with.
pub(super) fn noted(source: &Source) -> Note {
    Note { source: Some(source.clone()), ..Note::default() }
}
