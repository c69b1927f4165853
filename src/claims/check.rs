//! Whether a token is the one expected: every check, in one order, for tokens of ours and of
//! others. Nothing here reads a store or a clock; the moment and the keys are given.

use std::cmp::Ordering;

use crate::alg::Algorithm;
use crate::claims::{Claims, Kind, Profile};
use crate::error::{Code, Error, Stage};
use crate::json::Json;
use crate::jws::{Candidates, Parsed, Refusal, Verified};

/// What is asked of a token.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// The moment to judge it at.
    pub now: i64,
    /// The algorithms allowed; empty: whatever the keys are for.
    pub algs: Vec<Algorithm>,
    /// The kind of token; none: any.
    pub kind: Option<Kind>,
    /// The profile; none: any of ours.
    pub profile: Option<Profile>,
    /// The issuer.
    pub iss: Option<String>,
    /// The subject, where it is the same for every token.
    pub sub: Option<String>,
    /// The audiences that we are; the token must name one.
    pub aud: Vec<String>,
    /// Claims that must be there.
    pub require: Vec<String>,
    /// Permissions that it must carry, all of them.
    pub permissions: Vec<String>,
    /// How far clocks may be apart, in seconds.
    pub leeway: i64,
    /// Take an expired token too.
    pub ignore_exp: bool,
    /// The token claims to be one of ours: it must have a kind, and an audience only if we are it.
    pub ours: bool,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is as expected.
    Pass,
    /// It is not.
    Fail,
    /// It was not asked for, or could not be reached.
    Skipped,
}

impl Status {
    /// The word that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
    }
}

/// In what way a claim failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not there.
    Missing,
    /// It is of the wrong type.
    Mistyped,
    /// It is there and not what was expected.
    Other,
}

/// One check and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked: a stage's name, or a claim's.
    pub name: String,
    /// The stage it belongs to.
    pub stage: Stage,
    /// How it ended.
    pub status: Status,
    /// In what way it failed.
    pub fault: Option<Fault>,
    /// Why, if it failed.
    pub reason: String,
}

/// All checks of one token.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// In the order in which they were made.
    pub checks: Vec<Check>,
    /// The header, as soon as it could be read.
    pub header: Option<Json>,
    /// The claims, only if the signature is good.
    pub claims: Option<Claims>,
    /// The id of the key that signed.
    pub kid: Option<String>,
}

impl Report {
    /// The failure of the earliest stage; none: the token is valid.
    pub fn failure(&self) -> Option<&Check> {
        self.checks.iter().filter(|c| c.status == Status::Fail).min_by_key(|c| c.stage)
    }

    /// The claims of a token that passed every check, or why it did not.
    pub fn accepted(self) -> Result<Claims, Error> {
        if let Some(failed) = self.failure() {
            return Err(Error::new(Code::Refused(failed.stage), failed.reason.clone()));
        }
        self.claims.ok_or_else(|| Error::new(Code::Failed, "the token was not read"))
    }

    /// Notes a check that passed.
    pub fn pass(&mut self, name: &str, stage: Stage) {
        self.note(name, stage, Status::Pass, None);
    }

    /// Notes a check that failed.
    pub fn fail(&mut self, name: &str, stage: Stage, fault: Fault, reason: impl Into<String>) {
        self.note(name, stage, Status::Fail, Some((fault, reason.into())));
    }

    /// Notes a check that was not made.
    pub fn skip(&mut self, name: &str, stage: Stage) {
        self.note(name, stage, Status::Skipped, None);
    }

    fn note(&mut self, name: &str, stage: Stage, status: Status, why: Option<(Fault, String)>) {
        let (fault, reason) = why.unzip();
        let reason = reason.unwrap_or_default();
        self.checks.push(Check { name: name.to_owned(), stage, status, fault, reason });
    }

    /// Notes that `claim` is as it should be, or how it is not.
    fn judge(&mut self, claim: &str, stage: Stage, problem: Option<(Fault, String)>) {
        match problem {
            None => self.pass(claim, stage),
            Some((fault, reason)) => self.fail(claim, stage, fault, reason),
        }
    }
}

/// Reads `token`, verifies it and judges its claims. What a store may know is not asked.
pub fn examine(token: &str, candidates: &Candidates<'_>, expected: &Expected) -> Report {
    let mut report = Report::default();
    let parsed = match Parsed::read(token) {
        Ok(parsed) => parsed,
        Err(refusal) => {
            report.fail("parse", Stage::Parse, Fault::Other, refusal.reason);
            return report;
        }
    };
    report.pass("parse", Stage::Parse);
    report.header = Some(parsed.header().clone());
    match parsed.verify(candidates, &expected.algs) {
        Ok(verified) => {
            for stage in [Stage::Key, Stage::Alg, Stage::Signature] {
                report.pass(stage.name(), stage);
            }
            report.kid = Some(verified.key.kid().to_owned());
            judge_claims(&verified, expected, &mut report);
        }
        Err(refusal) => note_refusal(&refusal, &mut report),
    }
    report
}

/// A refusal before the claims: the stages up to it passed, unless the token names an algorithm
/// that nobody here knows, for which no key is looked at.
fn note_refusal(refusal: &Refusal, report: &mut Report) {
    for stage in [Stage::Key, Stage::Alg, Stage::Signature] {
        match stage.cmp(&refusal.stage) {
            Ordering::Less if !refusal.unsupported => report.pass(stage.name(), stage),
            Ordering::Equal => report.fail(stage.name(), stage, Fault::Other, &refusal.reason),
            _ => report.skip(stage.name(), stage),
        }
    }
}

fn judge_claims(verified: &Verified<'_>, expected: &Expected, report: &mut Report) {
    let typ = verified.header.get("typ").and_then(Json::as_str);
    let claims = match Claims::read(typ, verified.payload) {
        Ok(claims) => claims,
        Err(reason) => return report.fail("claims", Stage::Claims, Fault::Other, reason),
    };
    judge_kind(&claims, expected, report);
    judge_parties(&claims, expected, report);
    judge_times(&claims, expected, report);
    judge_required(&claims, expected, report);
    judge_permissions(&claims, expected, report);
    report.claims = Some(claims);
}

fn judge_kind(claims: &Claims, expected: &Expected, report: &mut Report) {
    let asked = expected.ours || expected.kind.is_some() || expected.profile.is_some();
    if !asked {
        return report.skip("type", Stage::Claims);
    }
    let seen = claims.kind.map_or("none", Kind::name);
    let problem = if let Some(mistyped) =
        mistyped(claims, "type").or_else(|| mistyped(claims, "token_type"))
    {
        Some((Fault::Mistyped, mistyped))
    } else if let Some(profile) = expected.profile.filter(|p| claims.profile != Some(*p)) {
        let seen = claims.profile.map_or("none of ours", Profile::name);
        Some((
            Fault::Other,
            format!("the token's profile is {seen}, {} was expected", profile.name()),
        ))
    } else {
        match (claims.kind, expected.kind) {
            (None, _) => {
                Some((Fault::Missing, "the token does not say which type it is".to_owned()))
            }
            (Some(_), Some(kind)) if claims.kind != expected.kind => {
                Some((Fault::Other, format!("the token's type is {seen}, {kind} was expected")))
            }
            _ => None,
        }
    };
    report.judge("type", Stage::Claims, problem);
}

fn judge_parties(claims: &Claims, expected: &Expected, report: &mut Report) {
    for (name, seen, wanted) in
        [("iss", &claims.iss, &expected.iss), ("sub", &claims.sub, &expected.sub)]
    {
        let problem = match (mistyped(claims, name), seen, wanted) {
            (Some(reason), ..) => Some((Fault::Mistyped, reason)),
            (None, _, None) => {
                report.skip(name, Stage::Claims);
                continue;
            }
            (None, None, Some(wanted)) => {
                Some((Fault::Missing, format!("{name} is missing, \"{wanted}\" was expected")))
            }
            (None, Some(seen), Some(wanted)) => (seen != wanted).then(|| {
                (
                    Fault::Other,
                    format!("{name} is \"{}\", \"{wanted}\" was expected", seen.escape_debug()),
                )
            }),
        };
        report.judge(name, Stage::Claims, problem);
    }
    let listed = |names: &[String]| {
        names.iter().map(|n| format!("\"{}\"", n.escape_debug())).collect::<Vec<_>>().join(", ")
    };
    let problem = if let Some(reason) = mistyped(claims, "aud") {
        Some((Fault::Mistyped, reason))
    } else if expected.aud.is_empty() {
        if claims.aud.is_empty() || !expected.ours {
            return report.skip("aud", Stage::Claims);
        }
        // RFC 7519 4.1.3: who is not named in aud must refuse the token.
        Some((
            Fault::Other,
            format!(
                "the token is meant for {}, and no audience was asked for",
                listed(&claims.aud)
            ),
        ))
    } else if claims.aud.is_empty() {
        Some((Fault::Missing, format!("aud is missing, {} was expected", listed(&expected.aud))))
    } else {
        let meant = claims.aud.iter().any(|aud| expected.aud.contains(aud));
        (!meant).then(|| {
            (
                Fault::Other,
                format!(
                    "the token is meant for {}, {} was expected",
                    listed(&claims.aud),
                    listed(&expected.aud)
                ),
            )
        })
    };
    report.judge("aud", Stage::Claims, problem);
}

/// `jti`, `sid` and `iat` are never mistyped, and what is required is there.
fn judge_required(claims: &Claims, expected: &Expected, report: &mut Report) {
    for name in ["jti", "sid", "iat"] {
        if let Some(reason) = mistyped(claims, name) {
            report.fail(name, Stage::Claims, Fault::Mistyped, reason);
        }
    }
    for name in &expected.require {
        if claims.json.get(name).is_none() {
            report.checks.retain(|check| check.name != *name || check.status != Status::Skipped);
            let reason = format!("the claim \"{}\" is missing", name.escape_debug());
            report.fail(name, Stage::Claims, Fault::Missing, reason);
        } else if !report.checks.iter().any(|check| check.name == *name) {
            report.pass(name, Stage::Claims);
        }
    }
}

fn judge_times(claims: &Claims, expected: &Expected, report: &mut Report) {
    let Expected { now, leeway, .. } = *expected;
    let early = claims.nbf.map(|nbf| {
        let early = nbf > now.saturating_add(leeway);
        early.then(|| format!("the token is not valid before {}", moment(nbf, now)))
    });
    let late = claims.exp.filter(|_| !expected.ignore_exp).map(|exp| {
        let late = exp.saturating_add(leeway) <= now;
        late.then(|| format!("the token expired {}", moment(exp, now)))
    });
    for (name, stage, outcome) in
        [("nbf", Stage::NotYetValid, early), ("exp", Stage::Expired, late)]
    {
        match (mistyped(claims, name), outcome) {
            (Some(reason), _) => report.fail(name, Stage::Claims, Fault::Mistyped, reason),
            (None, None) => report.skip(name, stage),
            (None, Some(problem)) => {
                report.judge(name, stage, problem.map(|reason| (Fault::Other, reason)))
            }
        }
    }
}

fn judge_permissions(claims: &Claims, expected: &Expected, report: &mut Report) {
    if expected.permissions.is_empty() {
        return report.skip("permission", Stage::Permission);
    }
    let lacking: Vec<_> =
        expected.permissions.iter().filter(|wanted| !claims.permissions.contains(wanted)).collect();
    let problem = (!claims.superuser && !lacking.is_empty()).then(|| {
        let names: Vec<_> = lacking.iter().map(|p| format!("\"{}\"", p.escape_debug())).collect();
        (Fault::Missing, format!("the token lacks the permission {}", names.join(", ")))
    });
    report.judge("permission", Stage::Permission, problem);
}

fn mistyped(claims: &Claims, name: &str) -> Option<String> {
    claims.mistyped.iter().find(|m| m.claim == name).map(|m| m.reason.clone())
}

/// A moment as messages tell it: in UTC, with how far it lies from now.
fn moment(at: i64, now: i64) -> String {
    format!("{} ({})", crate::time::text(at), crate::time::relative(at, now))
}
