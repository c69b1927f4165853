//! Whether a token is the one expected: every check, in one order, for tokens of ours and of
//! others. Nothing here reads a store or a clock; the moment and the keys are given.

use std::cmp::Ordering;

use crate::alg::Algorithm;
use crate::claims::report::{Fault, Report, Status};
use crate::claims::{Claims, Kind, Profile};
use crate::error::Stage;
use crate::json::Json;
use crate::jws::{Candidates, Parsed, Refusal};

/// Which times of a token count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Times {
    /// It must have begun and not ended.
    #[default]
    Both,
    /// It must have begun; an expired one is as good.
    Beginning,
    /// Neither counts.
    None,
}

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
    /// Take a token for whomever it is meant.
    pub ignore_aud: bool,
    /// Claims that must be there.
    pub require: Vec<String>,
    /// Permissions that it must carry, all of them.
    pub permissions: Vec<String>,
    /// How far clocks may be apart, in seconds.
    pub leeway: i64,
    /// Which of its times count.
    pub times: Times,
    /// The token claims to be one of ours: it must have a kind, and an audience only if we are it.
    pub ours: bool,
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
    report.header = Some(parsed.header().clone());
    match parsed.verify(candidates, &expected.algs) {
        Ok(verified) => {
            pass_signature(&mut report);
            report.kid = Some(verified.key.kid().to_owned());
            let typ = verified.header.get("typ").and_then(Json::as_str);
            match Claims::read(typ, verified.payload) {
                Ok(claims) => judge_claims(claims, expected, &mut report),
                Err(reason) => report.fail("claims", Stage::Claims, Fault::Other, reason),
            }
        }
        Err(refusal) => {
            report.pass("parse", Stage::Parse);
            note_refusal(&refusal, &mut report);
        }
    }
    report
}

/// A token whose signature was verified before.
#[derive(Debug, Clone)]
pub struct Verdict {
    header: Option<Json>,
    kid: Option<String>,
    claims: Claims,
}

impl Verdict {
    /// What a report knows of a token whose signature is good.
    pub fn of(report: &Report) -> Option<Self> {
        let claims = report.claims.clone()?;
        Some(Self { header: report.header.clone(), kid: report.kid.clone(), claims })
    }

    /// The key that signed it.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Judges its claims once more.
    pub fn examine(&self, expected: &Expected) -> Report {
        let mut report =
            Report { header: self.header.clone(), kid: self.kid.clone(), ..Report::default() };
        pass_signature(&mut report);
        judge_claims(self.claims.clone(), expected, &mut report);
        report
    }
}

fn pass_signature(report: &mut Report) {
    for stage in [Stage::Parse, Stage::Key, Stage::Alg, Stage::Signature] {
        report.pass(stage.name(), stage);
    }
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

fn judge_claims(claims: Claims, expected: &Expected, report: &mut Report) {
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
    // Ninja's tokens have no subject, and that of a client's is the client.
    let fixed = claims.profile != Some(Profile::Ninja) && claims.client.is_none();
    let sub = expected.sub.as_ref().filter(|_| fixed);
    for (name, seen, wanted) in
        [("iss", &claims.iss, expected.iss.as_ref()), ("sub", &claims.sub, sub)]
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
            (None, Some(seen), Some(wanted)) if seen != wanted => {
                let seen = seen.escape_debug();
                Some((Fault::Other, format!("{name} is \"{seen}\", \"{wanted}\" was expected")))
            }
            _ => None,
        };
        report.judge(name, Stage::Claims, problem);
    }
    let unasked = expected.aud.is_empty() && (claims.aud.is_empty() || !expected.ours);
    if mistyped(claims, "aud").is_none() && (expected.ignore_aud || unasked) {
        return report.skip("aud", Stage::Claims);
    }
    report.judge("aud", Stage::Claims, audience_problem(claims, expected));
}

/// RFC 7519 4.1.3: who is not named in `aud` must refuse the token.
fn audience_problem(claims: &Claims, expected: &Expected) -> Option<(Fault, String)> {
    let listed = |names: &[String]| {
        names.iter().map(|n| format!("\"{}\"", n.escape_debug())).collect::<Vec<_>>().join(", ")
    };
    if let Some(reason) = mistyped(claims, "aud") {
        return Some((Fault::Mistyped, reason));
    }
    let (meant, wanted) = (listed(&claims.aud), listed(&expected.aud));
    if expected.aud.is_empty() {
        return Some((
            Fault::Unasked,
            format!("the token is meant for {meant}, and no audience was asked for"),
        ));
    }
    if claims.aud.is_empty() {
        return Some((Fault::Missing, format!("aud is missing, {wanted} was expected")));
    }
    let named = claims.aud.iter().any(|aud| expected.aud.contains(aud));
    (!named)
        .then(|| (Fault::Other, format!("the token is meant for {meant}, {wanted} was expected")))
}

/// `jti`, `sid` and `iat` are never mistyped, and what is required is there.
fn judge_required(claims: &Claims, expected: &Expected, report: &mut Report) {
    let user = expected.ours.then_some("user");
    for name in ["jti", "sid", "iat"].into_iter().chain(user) {
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
    let early = claims.nbf.filter(|_| expected.times != Times::None).map(|nbf| {
        let early = nbf > now.saturating_add(leeway);
        early.then(|| format!("the token is not valid before {}", moment(nbf, now)))
    });
    let late = claims.exp.filter(|_| expected.times == Times::Both).map(|exp| {
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
                report.judge(name, stage, problem.map(|reason| (Fault::Other, reason)));
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
