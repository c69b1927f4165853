//! Validating: the checks of [`examine`](crate::claims::check::examine) with our keys and rules,
//! and then what the store knows. Validating changes nothing.

use crate::alg::Algorithm;
use crate::authority::Authority;
use crate::authority::revoke::KEEP;
use crate::claims::check::{self, Expected, Times};
use crate::claims::report::{Fault, Report};
use crate::claims::{Claims, Kind as TokenKind, Profile};
use crate::error::{Result, Stage};
use crate::event::{Kind, Source};
use crate::jws::Candidates;
use crate::revocation::{Revocation, Target};
use crate::session::{self, Ended};
use crate::store::{Account, Question, Standing};

/// What is asked of a token of ours. What is left out comes from the rules.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The moment to judge it at; none: now.
    pub at: Option<i64>,
    /// The algorithms allowed; empty: whatever the ring's keys are for.
    pub algs: Vec<Algorithm>,
    /// The kind of token; none: any.
    pub kind: Option<TokenKind>,
    /// The profile; none: any of ours.
    pub profile: Option<Profile>,
    /// The issuer.
    pub iss: Option<String>,
    /// The audiences that the caller is.
    pub aud: Vec<String>,
    /// Take a token for whomever it is meant.
    pub ignore_aud: bool,
    /// Claims that must be there, besides `exp` and `jti`.
    pub require: Vec<String>,
    /// Permissions that it must carry.
    pub permissions: Vec<String>,
    /// How far clocks may be apart, in seconds.
    pub leeway: Option<i64>,
    /// Which of its times count.
    pub times: Times,
}

impl Authority {
    /// Judges a token of ours. The error is for what keeps it from being judged, such as a store
    /// that is away; a token that is refused is a report.
    pub fn validate(&self, token: &str, asked: &Asked, source: &Source) -> Result<Report> {
        self.judge(token, asked, source).map(|(report, _)| report)
    }

    /// The same, and what the store knows of the token.
    pub(super) fn judge(
        &self,
        token: &str,
        asked: &Asked,
        source: &Source,
    ) -> Result<(Report, Option<Standing>)> {
        let mut report = self.look(token, asked)?;
        let Some(claims) = report.claims.clone() else {
            report.skip("revoked", Stage::Revoked);
            return Ok((report, None));
        };
        let standing = self.standing(&claims)?;
        self.hold_against(&claims, &standing, &mut report);
        if report.failure().is_none() {
            self.note(&self.event_of(Kind::TokenValidated, &claims, source))?;
        }
        Ok((report, Some(standing)))
    }

    /// Judges what the store knows of a token.
    pub(super) fn hold_against(&self, claims: &Claims, standing: &Standing, report: &mut Report) {
        match self.against(claims, standing) {
            // What ended so long ago may have been revoked and forgotten: nobody can say.
            None if claims.exp.is_some_and(|exp| exp < self.now() - KEEP) => {
                report.skip("revoked", Stage::Revoked);
            }
            None => report.pass("revoked", Stage::Revoked),
            Some(reason) => report.fail("revoked", Stage::Revoked, Fault::Other, reason),
        }
    }

    /// The same judgement as far as the token alone can tell; the store is not asked.
    pub fn look(&self, token: &str, asked: &Asked) -> Result<Report> {
        self.examine(token, &self.expected(asked))
    }

    /// What is asked of a token of that kind. A refresh token is for whoever issued it: the audience
    /// that it carries is that of its access tokens, and is judged only where the rules say who we
    /// are.
    pub fn asked_of(&self, kind: TokenKind) -> Asked {
        let ignore_aud = kind == TokenKind::Refresh && self.rules.aud.is_none();
        Asked { kind: Some(kind), ignore_aud, ..Asked::default() }
    }

    /// Judges a token by our keys; the store is not asked.
    pub(super) fn examine(&self, token: &str, expected: &Expected) -> Result<Report> {
        let ring = self.keys.verifying()?;
        let keys = ring.verifying(self.now());
        Ok(check::examine(token, &Candidates { keys, set_aside: &[], exact: true }, expected))
    }

    /// What the rules expect of a token of ours, with what the caller asked for.
    pub(super) fn expected(&self, asked: &Asked) -> Expected {
        let rules = &self.rules;
        let mut require: Vec<String> = asked.require.clone();
        require.push("exp".to_owned());
        require.extend(rules.jti.then(|| "jti".to_owned()));
        require.extend(rules.iat.then(|| "iat".to_owned()));
        let sub = match &rules.sub {
            crate::authority::rules::Sub::Constant(text) => Some(text.clone()),
            _ => None,
        };
        Expected {
            now: asked.at.unwrap_or_else(|| self.now()),
            algs: asked.algs.clone(),
            kind: asked.kind,
            profile: asked.profile,
            iss: asked.iss.clone().or_else(|| rules.iss.clone()),
            sub,
            ignore_aud: asked.ignore_aud,
            aud: if asked.aud.is_empty() { rules.audiences() } else { asked.aud.clone() },
            require,
            permissions: asked.permissions.clone(),
            leeway: asked.leeway.unwrap_or(rules.leeway),
            times: asked.times,
            ours: true,
        }
    }

    /// What the store knows that bears on a token.
    pub(super) fn standing(&self, claims: &Claims) -> Result<Standing> {
        let profile = claims.profile.unwrap_or(self.rules.profile);
        let lifetime = match claims.kind {
            Some(TokenKind::Refresh) => self.rules.refresh_lifetime(profile),
            _ => self.rules.access_lifetime(profile),
        };
        self.store.standing(&Question {
            jti: claims.jti.as_deref(),
            sid: claims.sid.as_deref(),
            user_id: claims.user_id,
            username: claims.username.as_deref(),
            client: claims.client.as_deref(),
            issued: claims.issued(lifetime),
        })
    }

    /// The first thing that the store holds against a token.
    pub(super) fn against(&self, claims: &Claims, standing: &Standing) -> Option<String> {
        if let Some(revocation) = &standing.revocation {
            return Some(refused_by(revocation));
        }
        if let Some(sid) = &claims.sid {
            match &standing.session {
                None => return Some("its session is not known".to_owned()),
                Some(session) => {
                    if let Some(ended) = &session.ended {
                        return Some(over(ended));
                    }
                    let limits = self.rules.limits(claims.profile.unwrap_or(self.rules.profile));
                    let shown = claims.jti.as_deref().unwrap_or(&session.current.jti);
                    if claims.kind == Some(TokenKind::Refresh)
                        && !session::counts(session, shown, self.now(), &limits)
                    {
                        return Some(format!(
                            "a newer refresh token of the session {sid} has replaced it"
                        ));
                    }
                }
            }
        } else if claims.kind == Some(TokenKind::Refresh) {
            return Some("a refresh token needs a session, and it names none".to_owned());
        }
        against_holder(claims, standing)
    }
}

/// What a stored refusal says of the token that it refuses.
pub(super) fn refused_by(revocation: &Revocation) -> String {
    let what = match revocation.target {
        Target::Token(_) => "the token was",
        Target::Session(_) => "its session was",
        Target::User(..) | Target::Name(..) => "its user's tokens up to its time were",
        Target::Everybody(_) => "all tokens up to its time were",
    };
    let when = crate::time::text(revocation.at);
    let why = revocation.reason.as_ref().map(|reason| format!(": {}", reason.escape_debug()));
    format!("{what} revoked {when}{}", why.unwrap_or_default())
}

/// What the end of a session says of its tokens.
pub(super) fn over(ended: &Ended) -> String {
    let when = crate::time::text(ended.at);
    format!("its session ended {when}: {}", ended.reason.escape_debug())
}

fn against_holder(claims: &Claims, standing: &Standing) -> Option<String> {
    if claims.client.is_some() {
        return match &standing.account {
            // Of an id that was removed and added again, only the tokens since are good.
            Account::Client(client) if claims.iat > Some(client.created) => None,
            _ => Some("its client is not known any more".to_owned()),
        };
    }
    match (&standing.account, claims.user_id) {
        (Account::Stored(user), Some(_)) if !user.active => Some("its user is disabled".to_owned()),
        (Account::Removed | Account::Unknown | Account::Client(_), Some(_)) => {
            Some("its user is not stored any more".to_owned())
        }
        (Account::Stored(_) | Account::Removed, None) => {
            Some("its name has become that of a stored user since".to_owned())
        }
        (Account::Stored(_), Some(_)) | (Account::Unknown | Account::Client(_), None) => None,
    }
}
