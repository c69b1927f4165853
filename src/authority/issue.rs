//! Issuing: from a grant, which says for whom and what, to a token whose ledger row is durable.

use crate::authority::rules::Sub;
use crate::authority::{Authority, Holder};
use crate::claims::compose::{self, Content};
use crate::claims::grammar::{self, Existing, Written};
use crate::claims::{Kind, Profile};
use crate::error::{Code, Error, Result};
use crate::json::Json;
use crate::jws;
use crate::session::{Refresh, Session};
use crate::store::Minted;
use crate::user;

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
    /// Its end.
    pub expires: i64,
    /// The key that signed it.
    pub kid: String,
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

/// A token about to be minted.
#[derive(Debug, Clone)]
pub(super) struct Draft<'a> {
    pub(super) holder: &'a Holder,
    pub(super) profile: Profile,
    pub(super) kind: Kind,
    pub(super) iss: Option<&'a str>,
    pub(super) aud: Option<&'a Json>,
    pub(super) client_id: &'a str,
    pub(super) permissions: &'a [String],
    pub(super) added: &'a [Written],
    pub(super) existing: Existing,
    pub(super) sid: Option<&'a str>,
    pub(super) refresh_iat: Option<i64>,
    pub(super) id: Refresh,
}

impl Authority {
    /// Issues one token or pair for each grant; what succeeded is recorded in one transaction
    /// before any of it is returned.
    pub fn issue(&self, grants: &[Grant]) -> Result<Vec<Result<Issued>>> {
        let (mut minted, mut begun) = (Vec::new(), Vec::new());
        let results = grants
            .iter()
            .map(|grant| {
                let holder = self.admit(&user::name(&grant.username)?)?;
                let (issued, session) = self.prepare(grant, &holder)?;
                let profile = grant.profile.unwrap_or(self.rules.profile);
                let tokens = issued.refresh.iter().chain(&issued.access);
                minted.extend(tokens.map(|token| ledger_row(token, profile, &holder)));
                begun.extend(session);
                Ok(issued)
            })
            .collect();
        if !minted.is_empty() {
            self.store.record(&minted, &begun)?;
        }
        Ok(results)
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
        let draft = Draft {
            holder,
            profile,
            kind: Kind::Access,
            iss: grant.iss.as_deref().or(self.rules.iss.as_deref()),
            aud: aud.as_ref(),
            client_id: grant.client_id.as_deref().unwrap_or(&self.rules.client_id),
            permissions: &permissions,
            added: &grant.claims,
            existing: Existing::Refuse,
            sid: sid.as_deref(),
            refresh_iat: None,
            id: Refresh { jti: String::new(), issued: holder.now, expires: 0 },
        };
        let own = |what| grant.lifetime.filter(|_| grant.what == what);
        let refresh = sid.as_ref().map(|_| {
            let lifetime =
                own(What::Refresh).unwrap_or_else(|| self.rules.refresh_lifetime(profile));
            let id = self.id(&draft, lifetime.min(self.rules.max_session));
            self.mint(Draft { kind: Kind::Refresh, id, ..draft.clone() })
        });
        let refresh = refresh.transpose()?;
        let access = (grant.what != What::Refresh).then(|| {
            let lifetime = grant.lifetime.unwrap_or_else(|| self.rules.access_lifetime(profile));
            // As at a refresh: the session's row outlives both.
            let most = refresh.as_ref().map(|refresh| refresh.expires.saturating_sub(holder.now));
            let lifetime = most.map_or(lifetime, |most| lifetime.min(most));
            let refresh_iat = refresh.as_ref().map(|_| holder.now);
            self.mint(Draft { id: self.id(&draft, lifetime), refresh_iat, ..draft.clone() })
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

    /// A fresh identity for a token that lives so long from now.
    pub(super) fn id(&self, draft: &Draft<'_>, lifetime: i64) -> Refresh {
        let issued = draft.holder.now;
        Refresh {
            jti: self.fresh_jti(draft.profile),
            issued,
            expires: issued.saturating_add(lifetime),
        }
    }

    /// A fresh `jti`, in the form that the profile's original has.
    pub(super) fn fresh_jti(&self, profile: Profile) -> String {
        let id = self.fresh_id();
        if profile == Profile::Ninja { id.replace('-', "") } else { id }
    }

    /// Composes the claims and signs them.
    pub(super) fn mint(&self, draft: Draft<'_>) -> Result<Token> {
        let claims = self.compose(&draft)?;
        let key = self.ring()?.signing(draft.holder.now)?;
        let text = jws::sign(draft.profile.typ(draft.kind), &claims, key)?;
        Ok(Token {
            text,
            kind: draft.kind,
            jti: draft.id.jti,
            sid: draft.sid.map(str::to_owned),
            expires: draft.id.expires,
            kid: key.kid().to_owned(),
        })
    }

    fn compose(&self, draft: &Draft<'_>) -> Result<Json> {
        let rules = &self.rules;
        if draft.profile == Profile::Rfc9068 && (draft.iss.is_none() || draft.aud.is_none()) {
            let seen = "the profile rfc9068 needs an issuer and an audience (RFC 9068 2.2)";
            return Err(Error::new(Code::Usage, seen)
                .hint("add --iss and --aud, or set token.iss and token.aud"));
        }
        let subject = &draft.holder.subject;
        let sub = match &rules.sub {
            Sub::Name => Some(subject.username.clone()),
            Sub::Id => subject.id.map(|id| id.to_string()),
            Sub::Constant(text) => Some(text.clone()),
            Sub::Absent => None,
        };
        let content = Content {
            profile: draft.profile,
            kind: draft.kind,
            subject,
            user: draft.holder.user.as_ref(),
            iss: draft.iss,
            sub: sub.as_deref(),
            aud: draft.aud,
            iat: rules.iat.then_some(draft.id.issued),
            exp: draft.id.expires,
            nbf: (rules.nbf > 0).then(|| draft.id.issued.saturating_add(rules.nbf)),
            jti: rules.jti.then_some(&draft.id.jti),
            sid: draft.sid,
            refresh_iat: draft.refresh_iat.filter(|_| rules.iat),
            client_id: draft.client_id,
            permissions: draft.permissions,
        };
        let mut claims = content.claims();
        if let Some(user) = &draft.holder.user {
            for rule in &rules.mapped {
                let written = Written {
                    path: grammar::path(&rule.claim)?,
                    value: grammar::mapped(rule, user),
                };
                grammar::set(&mut claims, written, Existing::Replace)?;
            }
        }
        let mut written = rules.constants.iter().chain(draft.added);
        written.try_for_each(|claim| compose::allow(draft.profile, claim))?;
        for constant in &rules.constants {
            grammar::set(&mut claims, constant.clone(), Existing::Replace)?;
        }
        for added in draft.added {
            grammar::set(&mut claims, added.clone(), draft.existing)?;
        }
        Ok(claims)
    }
}

/// The stored user's permissions, and then the others.
fn permissions(holder: &Holder, others: &[String]) -> Result<Vec<String>> {
    let mut all = holder.user.as_ref().map(|user| user.permissions.clone()).unwrap_or_default();
    for other in others {
        let other = user::permission(other)?;
        if !all.contains(&other) {
            all.push(other);
        }
    }
    Ok(all)
}

fn begin(sid: String, holder: &Holder, token: &Token) -> Session {
    let current = Refresh { jti: token.jti.clone(), issued: holder.now, expires: token.expires };
    Session {
        sid,
        subject: holder.subject.clone(),
        created: holder.now,
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
        issued: holder.now,
        expires: token.expires,
        kid: token.kid.clone(),
    }
}
