//! Issuing: from a grant, which says for whom and what, to a token whose ledger row is durable.

use crate::authority::mint::{Draft, Own};
use crate::authority::{ATTEMPTS, Authority, Holder, people};
use crate::claims::grammar::Written;
use crate::claims::{Kind, Profile};
use crate::error::{Code, Error, Result};
use crate::json::Json;
use crate::session::{Refresh, Session};
use crate::store::{Change, Minted, Whose};
use crate::user::{self, User};

/// What is to be issued. What is left out comes from the rules and the stored user.
#[derive(Debug, Clone, Default)]
pub struct Grant {
    /// For whom.
    pub username: String,
    /// Which token, or both.
    pub what: What,
    /// The lifetime in seconds; of a pair, the access token's.
    pub lifetime: Option<i64>,
    /// `iss`
    pub iss: Option<String>,
    /// `aud`; empty: the rules'.
    pub aud: Vec<String>,
    /// Permissions besides the stored user's.
    pub permissions: Vec<String>,
    /// Further claims.
    pub claims: Vec<Written>,
    /// Claims of another token, which give way to all others.
    pub carried: Vec<Written>,
    /// The profile.
    pub profile: Option<Profile>,
    /// `client_id`
    pub client_id: Option<String>,
}

/// Which tokens a grant is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum What {
    /// An access token without a session.
    #[default]
    Access,
    /// A refresh token, which begins a session.
    Refresh,
    /// A refresh token and an access token of one session.
    Pair,
}

/// A token that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The token itself.
    pub text: String,
    /// Its kind.
    pub kind: Kind,
    /// Its `jti`.
    pub jti: String,
    /// Its session.
    pub sid: Option<String>,
    /// When it was issued.
    pub issued: i64,
    /// Its end.
    pub expires: i64,
    /// The key that signed it.
    pub kid: String,
    /// The permissions that it carries.
    pub permissions: Vec<String>,
    /// What it says.
    pub claims: Json,
}

/// What a grant came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The refresh token, if one was asked for.
    pub refresh: Option<Token>,
    /// The access token, if one was asked for.
    pub access: Option<Token>,
    /// The name is that of a stored user.
    pub stored: bool,
}

/// The tokens of a session, as they are after a login or a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The refresh token that counts now.
    pub refresh: Token,
    /// A new access token.
    pub access: Token,
}

impl Issued {
    /// Both tokens, of a grant that was for both.
    pub(super) fn pair(self) -> Result<Pair> {
        let pair = self.refresh.zip(self.access);
        let lacking = || Error::new(Code::Failed, "a grant of two tokens gave one");
        pair.map(|(refresh, access)| Pair { refresh, access }).ok_or_else(lacking)
    }
}

impl Authority {
    /// Issues one token or pair for each grant; what succeeded is recorded in one transaction
    /// before any of it is returned.
    pub fn issue(&self, grants: &[Grant]) -> Result<Vec<Result<Issued>>> {
        for _ in 0..ATTEMPTS {
            if let Some(results) = self.attempt_issue(grants)? {
                return Ok(results);
            }
        }
        Err(Error::new(Code::StoreLocked, "users change faster than tokens can be issued"))
    }

    /// One attempt; none if a user was changed after the gate let that user through.
    fn attempt_issue(&self, grants: &[Grant]) -> Result<Option<Vec<Result<Issued>>>> {
        let (mut minted, mut begun, mut users) = (Vec::new(), Vec::new(), Vec::new());
        let results = grants
            .iter()
            .map(|grant| {
                let holder = self.admit(Whose::Name(&user::name(&grant.username)?))?;
                let (issued, session) = self.prepare(grant, &holder)?;
                let profile = grant.profile.unwrap_or(self.rules.profile);
                let tokens = issued.refresh.iter().chain(&issued.access);
                minted.extend(tokens.map(|token| ledger_row(token, profile, &holder)));
                begun.extend(session);
                users.extend(holder.user);
                Ok(issued)
            })
            .collect();
        let begun = begun.iter().map(Change::Begin);
        let changes = users.iter().map(Change::Still).chain(minted.iter().map(Change::Mint));
        let changes: Vec<_> = changes.chain(begun).collect();
        if changes.is_empty() || self.write(&changes)?.is_some() {
            return Ok(Some(results));
        }
        Ok(None)
    }

    /// The tokens that a login of this user at the djwto door would give now. Nothing of it is stored:
    /// whoever had them could do nothing with them.
    pub fn sample(&self, user: &User) -> Result<Issued> {
        let holder = Holder { subject: user.subject(), user: Some(user.clone()), now: self.now() };
        let grant = Grant { what: What::Pair, profile: Some(Profile::Djwto), ..Grant::default() };
        Ok(self.prepare(&grant, &holder)?.0)
    }

    /// Mints what a grant asks for, and the row of the session that it begins. Nothing is stored.
    pub(super) fn prepare(
        &self,
        grant: &Grant,
        holder: &Holder,
    ) -> Result<(Issued, Option<Session>)> {
        let profile = grant.profile.unwrap_or(self.rules.profile);
        let sid = (grant.what != What::Access).then(|| self.fresh_id());
        if sid.is_none() {
            self.check_reach(grant, profile)?;
        }
        let aud = match grant.aud.as_slice() {
            [] => self.rules.aud.clone(),
            [one] => Some(Json::string(one)),
            several => Some(Json::strings(several)),
        };
        let permissions = permissions(holder, &grant.permissions)?;
        let further = self.further_claims(holder, profile, &permissions)?;
        let draft = Draft {
            holder,
            profile,
            iss: grant.iss.as_deref().or(self.rules.iss.as_deref()),
            aud: aud.as_ref(),
            client_id: grant.client_id.as_deref().unwrap_or(&self.rules.client_id),
            permissions: &permissions,
            further: &further,
            carried: &grant.carried,
            added: &grant.claims,
            sid: sid.as_deref(),
        };
        let now = holder.now;
        let refresh = sid.as_ref().map(|_| {
            let asked = grant.lifetime.filter(|_| grant.what == What::Refresh);
            let lifetime = asked.unwrap_or_else(|| self.rules.refresh_lifetime(profile));
            let expires = now.saturating_add(lifetime.min(self.rules.max_session));
            let row = Refresh { jti: self.fresh_jti(profile), issued: now, expires };
            self.mint(&draft, Own::refresh(&row))
        });
        let refresh = refresh.transpose()?;
        let access = (grant.what != What::Refresh).then(|| {
            let lifetime = grant.lifetime.unwrap_or_else(|| self.rules.access_lifetime(profile));
            let expires = now.saturating_add(lifetime);
            // As at a refresh: the session's row outlives both.
            let expires = refresh.as_ref().map_or(expires, |token| expires.min(token.expires));
            let refresh_iat = refresh.as_ref().map(|token| token.issued);
            let jti = &self.fresh_jti(profile);
            let own = Own { kind: Kind::Access, jti, issued: now, expires, refresh_iat };
            self.mint(&draft, own)
        });
        let access = access.transpose()?;
        let session = refresh.as_ref().zip(sid).map(|(token, sid)| begin(sid, holder, token));
        Ok((Issued { refresh, access, stored: holder.user.is_some() }, session))
    }

    /// Without `iat` a token counts as issued the usual lifetime before its end. With a longer one it
    /// would look younger than it is, and no watermark of its user's would reach it.
    fn check_reach(&self, grant: &Grant, profile: Profile) -> Result<()> {
        let usual = self.rules.access_lifetime(profile);
        if self.rules.iat || grant.lifetime.is_none_or(|lifetime| lifetime <= usual) {
            return Ok(());
        }
        let seen = format!("without iat a token lives {} at most", crate::time::span(usual));
        Err(Error::new(Code::Usage, seen).hint("shorten --ttl, or set token.iat = true"))
    }
}

/// The stored user's permissions, and then the others.
fn permissions(holder: &Holder, others: &[String]) -> Result<Vec<String>> {
    let own = holder.user.as_ref().map(User::granted).unwrap_or_default();
    let others = people::permissions(others)?;
    Ok(user::merged(own.iter().chain(&others)))
}

fn begin(sid: String, holder: &Holder, token: &Token) -> Session {
    let current = Refresh { jti: token.jti.clone(), issued: token.issued, expires: token.expires };
    Session {
        sid,
        subject: holder.subject.clone(),
        created: token.issued,
        generation: 0,
        current,
        previous: None,
        rotated: None,
        recovered: None,
        ended: None,
    }
}

fn ledger_row(token: &Token, profile: Profile, holder: &Holder) -> Minted {
    Minted {
        jti: token.jti.clone(),
        sid: token.sid.clone(),
        subject: holder.subject.clone(),
        kind: token.kind.name().to_owned(),
        profile: profile.name().to_owned(),
        issued: token.issued,
        expires: token.expires,
        kid: token.kid.clone(),
    }
}
