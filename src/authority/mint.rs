//! Minting: from a draft, which says everything that a token will say, to the signed token.

use crate::authority::issue::Token;
use crate::authority::rules::Sub;
use crate::authority::{Authority, Holder};
use crate::claims::compose::{self, Content};
use crate::claims::grammar::{self, Existing, Written};
use crate::claims::{Kind, Profile};
use crate::error::{Code, Error, Result};
use crate::event::Given;
use crate::json::Json;
use crate::jws;
use crate::key::ring::Entry;
use crate::session::Refresh;

/// What the tokens of one answer have in common.
#[derive(Clone, Copy)]
pub(super) struct Draft<'a> {
    pub(super) holder: &'a Holder,
    pub(super) profile: Profile,
    pub(super) iss: Option<&'a str>,
    pub(super) aud: Option<&'a Json>,
    pub(super) client_id: &'a str,
    pub(super) permissions: &'a [String],
    /// Claims that somebody else knows.
    pub(super) further: &'a [Written],
    /// Claims of another token, which give way to all others.
    pub(super) carried: &'a [Written],
    pub(super) added: &'a [Written],
    pub(super) sid: Option<&'a str>,
}

/// What is a token's own.
#[derive(Clone, Copy)]
pub(super) struct Own<'a> {
    pub(super) kind: Kind,
    pub(super) jti: &'a str,
    pub(super) issued: i64,
    pub(super) expires: i64,
    pub(super) refresh_iat: Option<i64>,
}

impl<'a> Own<'a> {
    /// A refresh token, as its session's row has it.
    pub(super) fn refresh(row: &'a Refresh) -> Self {
        let Refresh { jti, issued, expires } = row;
        Self { kind: Kind::Refresh, jti, issued: *issued, expires: *expires, refresh_iat: None }
    }
}

impl Draft<'_> {
    /// A token of this draft whose text is there, and what it says.
    pub(super) fn signed(&self, (text, claims): (String, Json), own: Own<'_>, kid: &str) -> Token {
        Token {
            text,
            kind: own.kind,
            jti: own.jti.to_owned(),
            sid: self.sid.map(str::to_owned),
            issued: own.issued,
            expires: own.expires,
            kid: kid.to_owned(),
            permissions: self.permissions.to_vec(),
            claims,
        }
    }
}

impl Authority {
    /// A fresh `jti`, in the form that the profile's original has.
    pub(super) fn fresh_jti(&self, profile: Profile) -> String {
        let id = self.fresh_id();
        if profile == Profile::Ninja { id.replace('-', "") } else { id }
    }

    /// Composes the claims and signs them.
    pub(super) fn mint(&self, draft: &Draft<'_>, own: Own<'_>) -> Result<Token> {
        let claims = self.compose(draft, own)?;
        let typ = draft.profile.typ(own.kind);
        let (text, kid) = match self.sign((typ, &claims), (draft.holder.now, own.expires)) {
            Err(error) if error.code() == Code::TokenTooLarge => {
                return Err(self.too_large(draft, own, &error));
            }
            signed => signed?,
        };
        Ok(draft.signed((text, claims), own, &kid))
    }

    /// Signs claims that end at `expires`: the token, and the id of the key.
    pub(super) fn sign(
        &self,
        (typ, claims): (&str, &Json),
        (now, expires): (i64, i64),
    ) -> Result<(String, String)> {
        let ring = self.ring()?;
        let signer = ring.signer(now)?;
        check_end(signer, expires)?;
        let text = jws::sign(typ, claims, &signer.key)?;
        Ok((text, signer.key.kid().to_owned()))
    }

    /// Who is to blame for a token that nobody would read: whoever said the claims without which it
    /// fits, or else those who give the user permissions and claims.
    fn too_large(&self, draft: &Draft<'_>, own: Own<'_>, error: &Error) -> Error {
        let without = Draft { further: &[], ..*draft };
        if !draft.further.is_empty() && self.mint(&without, own).is_ok() {
            let seen = format!("with what claims.command printed, {error}");
            return Error::new(Code::CommandFailed, seen);
        }
        let seen = format!(
            "{error}: give the user fewer permissions, or let claims.constants and claims.map put \
            less into tokens"
        );
        Error::new(Code::TokenTooLarge, seen).hint("leave claims or permissions out")
    }

    fn compose(&self, draft: &Draft<'_>, own: Own<'_>) -> Result<Json> {
        let rules = &self.rules;
        let subject = &draft.holder.subject;
        let sub = match &rules.sub {
            Sub::Name => Some(subject.username.clone()),
            Sub::Id => subject.id.map(|id| id.to_string()),
            Sub::Constant(text) => Some(text.clone()),
            Sub::Absent => None,
        };
        if draft.profile == Profile::Rfc9068 {
            self.check_rfc9068(draft, sub.as_deref())?;
        }
        let content = Content {
            profile: draft.profile,
            kind: own.kind,
            subject,
            user: draft.holder.user.as_ref(),
            iss: draft.iss,
            sub: sub.as_deref(),
            aud: draft.aud,
            iat: rules.iat.then_some(own.issued),
            exp: own.expires,
            nbf: (rules.nbf > 0).then(|| own.issued.saturating_add(rules.nbf)),
            jti: rules.jti.then_some(own.jti),
            sid: draft.sid,
            refresh_iat: own.refresh_iat.filter(|_| rules.iat),
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
        self.add(&mut claims, draft)?;
        Ok(claims)
    }

    /// Adds to the profile's claims what others say: what stands everywhere and what is asked for
    /// counts more than what is carried over.
    fn add(&self, claims: &mut Json, draft: &Draft<'_>) -> Result<()> {
        let fixed = self.rules.constants.iter().chain(draft.further);
        let mut written = fixed.chain(draft.carried).chain(draft.added);
        written.try_for_each(|claim| compose::allow(draft.profile, claim))?;
        for constant in &self.rules.constants {
            grammar::set(claims, constant.clone(), Existing::Replace)?;
        }
        for further in draft.further {
            let set = grammar::set(claims, further.clone(), Existing::Replace);
            set.map_err(|error| Error::new(Code::CommandFailed, error.to_string()))?;
        }
        for carried in draft.carried {
            grammar::set(claims, carried.clone(), Existing::Keep)?;
        }
        for added in draft.added {
            grammar::set(claims, added.clone(), Existing::Refuse)?;
        }
        Ok(())
    }

    /// What RFC 9068 2.2 asks of every token.
    fn check_rfc9068(&self, draft: &Draft<'_>, sub: Option<&str>) -> Result<()> {
        let lacks = |seen: &str, hint: &str| Err(Error::new(Code::Usage, seen).hint(hint));
        if draft.iss.is_none() || draft.aud.is_none() {
            let seen = "the profile rfc9068 needs an issuer and an audience (RFC 9068 2.2)";
            return lacks(seen, "add --iss and --aud, or set token.iss and token.aud");
        }
        if sub.is_none() || !self.rules.iat || !self.rules.jti {
            let seen = "the profile rfc9068 needs sub, iat and jti (RFC 9068 2.2)";
            return lacks(seen, "set token.sub to name, and token.iat and token.jti to true");
        }
        Ok(())
    }
}

/// What the tokens of one answer say, for whoever is told of it.
pub(super) fn given(refresh: &Token, access: &Token) -> Given {
    Given { refresh: refresh.claims.clone(), access: access.claims.clone() }
}

/// A key that is about to retire verifies nothing after its end: a token that lives longer would
/// be refused before it has expired.
fn check_end(signer: &Entry, expires: i64) -> Result<()> {
    match signer.times.until.filter(|until| *until < expires) {
        None => Ok(()),
        Some(until) => {
            let (expires, until) = (crate::time::text(expires), crate::time::text(until));
            let seen = format!(
                "the token would end at {expires}, and the key that signs now verifies until {until}"
            );
            Err(Error::new(Code::Usage, seen)
                .hint("shorten the lifetime, or let the next key sign: jot key rotate --now"))
        }
    }
}
