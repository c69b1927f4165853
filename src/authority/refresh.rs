//! Refreshing: what the session says of the refresh token that is shown, carried out.

use crate::authority::issue::Pair;
use crate::authority::mint::{Draft, Own, given};
use crate::authority::rules::Rotation;
use crate::authority::validate::{Asked, over, refused_by};
use crate::authority::{ATTEMPTS, Authority, Caller, Holder, admitted};
use crate::claims::compose;
use crate::claims::{Claims, Kind as TokenKind};
use crate::error::{Code, Error, Result, Stage};
use crate::event::Kind;
use crate::json::Json;
use crate::session::{self, Session, Turn, Verdict};
use crate::store::{Change, Standing, Whose};
use crate::user::Subject;

/// What a client asks for when it shows a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// A new access token, at a door whose client keeps the refresh token that it has.
    Access,
    /// A new access token, where the answer has no room for another refresh token.
    AccessOnly,
    /// A new access token, at a door whose client is sure to take a new refresh token too.
    Renewal,
    /// A new access token and a refresh token that ends later.
    Update,
}

/// A refresh token that is shown: what it says, and what is asked for it.
struct Shown<'a> {
    token: &'a str,
    claims: &'a Claims,
    wish: Wish,
    caller: Caller<'a>,
}

impl Authority {
    /// Shows a refresh token. The same for every door and for the command line.
    pub fn refresh<'a>(
        &self,
        token: &str,
        wish: Wish,
        caller: impl Into<Caller<'a>>,
    ) -> Result<Pair> {
        let caller = caller.into();
        if wish == Wish::Update && !self.rules.allow_update {
            return Err(Error::new(
                Code::Usage,
                "refresh tokens are not renewed here (refresh.allow_update)",
            ));
        }
        let asked = Asked { profile: caller.profile, ..self.asked_of(TokenKind::Refresh) };
        // Whoever refreshes signs: the private keys verify too, and are read once.
        self.ring()?;
        let claims = self.look(token, &asked)?.accepted()?;
        let shown = Shown { token, claims: &claims, wish, caller };
        for _ in 0..ATTEMPTS {
            if let Some(refreshed) = self.attempt(&shown)? {
                return Ok(refreshed);
            }
        }
        Err(Error::new(Code::StoreLocked, "the session changes faster than it can be refreshed"))
    }

    /// One attempt; none if somebody else changed the session meanwhile.
    fn attempt(&self, shown: &Shown<'_>) -> Result<Option<Pair>> {
        let Shown { claims, .. } = shown;
        let now = self.clock.now();
        let Standing { revocation, session, account, watermark } = self.standing(claims)?;
        let name = claims.username.as_deref().unwrap_or_default();
        let whose = claims.user_id.map_or(Whose::Name(name), Whose::Id);
        let who = admitted(whose, account);
        if let Some(revocation) = &revocation {
            // Whoever may not be issued a token is told so, also where that revoked the token.
            let refusal = who.err().unwrap_or_else(|| revoked(refused_by(revocation)));
            return self.refuse(shown, refusal);
        }
        let Some(session) = session else {
            return self.refuse(shown, revoked("its session is not known".to_owned()));
        };
        let passed = match who.and_then(|who| same(&who.0, &session).map(|()| who)) {
            Ok(who) => self.pass(who, watermark, now)?,
            Err(error) if session.ended.is_some() => return self.refuse(shown, error),
            Err(error) => {
                let ended = session::end(&session, now, "the user may not be issued a token");
                return self.end(shown, (&session, &ended), Kind::RefreshRefused, error);
            }
        };
        let Some(holder) = passed else { return Ok(None) };
        let profile = claims.profile.unwrap_or(self.rules.profile);
        let jti = claims.jti.clone().unwrap_or_else(|| session.current.jti.clone());
        let limits = self.rules.limits(profile);
        let fresh = self.fresh_jti(profile);
        let turn = self.turn(shown.wish);
        match session::present(&session, &jti, turn, holder.now, (&limits, &fresh)) {
            Verdict::Same | Verdict::Current => {
                let same = jti == session.current.jti;
                let refreshed = self.give(shown, &holder, &session, same)?;
                let event = self.event_of(Kind::AccessRefreshed, claims, shown.caller.source);
                self.note(&event.given(given(&refreshed.refresh, &refreshed.access)))?;
                Ok(Some(refreshed))
            }
            Verdict::Successor(next) => {
                let slid = turn == Turn::Slide;
                let kind = if slid { Kind::RefreshUpdated } else { Kind::AccessRefreshed };
                self.advance(shown, &holder, (&session, &next), kind)
            }
            Verdict::Recovered(next) => {
                self.advance(shown, &holder, (&session, &next), Kind::RefreshRecovered)
            }
            Verdict::Theft(ended) => {
                let seen = "an old refresh token was used again, its session has been ended";
                let refusal = revoked(seen.to_owned());
                self.end(shown, (&session, &ended), Kind::TheftDetected, refusal)
            }
            Verdict::Dead => self.refuse(shown, revoked(dead(&session))),
        }
    }

    /// The session's row becomes its successor, and the tokens are what that says. They are minted
    /// first: a successor that cannot be given must not take its place.
    fn advance(
        &self,
        shown: &Shown<'_>,
        holder: &Holder,
        (was, becomes): (&Session, &Session),
        kind: Kind,
    ) -> Result<Option<Pair>> {
        let refreshed = self.give(shown, holder, becomes, false)?;
        let event = self.event_of(kind, shown.claims, shown.caller.source);
        let event = event.given(given(&refreshed.refresh, &refreshed.access));
        let changes = [Change::ReplaceSession { was, becomes }, Change::Note(&event)];
        Ok(self.write(&changes)?.map(|_| refreshed))
    }

    /// The session ends, and the token that ended it is refused. None: somebody was faster, and
    /// the next attempt meets what they left.
    fn end(
        &self,
        shown: &Shown<'_>,
        (was, becomes): (&Session, &Session),
        kind: Kind,
        refusal: Error,
    ) -> Result<Option<Pair>> {
        let event =
            self.event_of(kind, shown.claims, shown.caller.source).detail(refusal.to_string());
        let changes = [Change::ReplaceSession { was, becomes }, Change::Note(&event)];
        if self.write(&changes)?.is_none() { Ok(None) } else { Err(refusal) }
    }

    /// The token is refused, and everything stays as it is.
    fn refuse(&self, shown: &Shown<'_>, refusal: Error) -> Result<Option<Pair>> {
        let event = self.event_of(Kind::RefreshRefused, shown.claims, shown.caller.source);
        // It is refused whether or not the log can be written.
        _ = self.note_within(&self.audit.refusals, event.detail(refusal.to_string()));
        Err(refusal)
    }

    /// Whether this wish, under the rules, replaces the refresh token.
    fn turn(&self, wish: Wish) -> Turn {
        match (wish, self.rules.rotation) {
            (Wish::Update, _) => Turn::Slide,
            (Wish::Renewal, Rotation::Auto | Rotation::Always)
            | (Wish::Access, Rotation::Always) => Turn::Rotate,
            _ => Turn::Keep,
        }
    }

    /// A new access token, and the session's refresh token: the one that was shown, byte for byte,
    /// or the current one, minted (again) from what the row says.
    fn give(
        &self,
        Shown { token, claims, caller, .. }: &Shown<'_>,
        holder: &Holder,
        session: &Session,
        same: bool,
    ) -> Result<Pair> {
        let profile = claims.profile.unwrap_or(self.rules.profile);
        let aud = claims.json.get("aud").cloned();
        let carried = compose::added(profile, &claims.json);
        let permissions = match &holder.user {
            Some(user) => user.granted(),
            None => claims.permissions.clone(),
        };
        let further = self.further_claims(holder, profile, &permissions)?;
        let draft = Draft {
            holder,
            profile,
            iss: claims.iss.as_deref(),
            aud: aud.as_ref(),
            client_id: claims
                .json
                .get("client_id")
                .and_then(Json::as_str)
                .unwrap_or(&self.rules.client_id),
            permissions: &permissions,
            further: &further,
            carried: &carried,
            added: &[],
            sid: Some(&session.sid),
        };
        let lifetime = self.rules.lifetimes(profile).access;
        // An access token ends with its refresh token at the latest, so that the session's row
        // outlives both.
        let end = session.current.expires;
        let expires = lifetime.map_or(end, |seconds| holder.now.saturating_add(seconds).min(end));
        let own = Own {
            kind: TokenKind::Access,
            jti: &self.fresh_jti(profile),
            issued: holder.now,
            expires,
            refresh_iat: Some(session.current.issued),
        };
        let access = self.mint(&draft, own)?;
        let own = Own::refresh(&session.current);
        let refresh = if same {
            draft.signed(((*token).to_owned(), claims.json.clone()), own, &access.kid)
        } else {
            self.mint(&draft, own)?
        };
        (caller.carries)(&refresh).and_then(|()| (caller.carries)(&access))?;
        Ok(Pair { refresh, access })
    }
}

/// Refuses whoever is not the one that the session began with: a name that was unknown then must be
/// unknown still.
fn same(subject: &Subject, session: &Session) -> Result<()> {
    if subject.id == session.subject.id {
        return Ok(());
    }
    let name = session.subject.username.escape_debug();
    let seen = format!("the user \"{name}\" is not the one the session began with");
    Err(Error::new(Code::UserRefused, seen))
}

fn revoked(reason: String) -> Error {
    Error::new(Code::Refused(Stage::Revoked), reason)
}

fn dead(session: &Session) -> String {
    match &session.ended {
        Some(ended) => over(ended),
        None => format!("its session ended {}", crate::time::text(session.current.expires)),
    }
}
