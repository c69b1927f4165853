//! `jot validate`

use std::path::Path;

use anyhow::Result;
use jot::alg::{self, Algorithm};
use jot::authority::validate::Asked;
use jot::claims::Kind;
use jot::claims::check::{self, Expected, Times};
use jot::claims::report::{Check, Report};
use jot::error::Stage;
use jot::json::Json;
use jot::jws::Candidates;
use jot::key::{self, KeySet, TooOpen, Wanted};
use jot::store::sqlite::Missing;
use jot::time;
use serde::Serialize;

use crate::cli::{TokenType, ValidateArgs};
use crate::command::{Context, Ended, input, issue};
use crate::output::{Ink, Outcome, Output};

pub(crate) fn run(args: &ValidateArgs, context: &Context) -> Result<Ended> {
    let asked = asked(args, context.now())?;
    let tokens = input::words(&args.tokens, "token")?;
    let foreign = args.key.as_deref().or(args.jwks.as_deref());
    if let Some(path) = foreign {
        let keys = foreign_keys(path, args, &asked.algs)?;
        let expected = foreign_expected(asked, context.now());
        return report_all(&tokens, context, |token| {
            let candidates = Candidates {
                keys: keys.keys.iter().collect(),
                set_aside: &keys.set_aside,
                exact: false,
            };
            let mut report = check::examine(token, &candidates, &expected);
            report.skip("revoked", Stage::Revoked);
            Ok(report)
        });
    }
    let flags = if args.allow_open_key { &[("keys.allow_open", "true")][..] } else { &[] };
    let settings = context.settings(flags)?;
    let authority = context.authority(&settings, Missing::Refuse)?;
    let kind = args.kind.map_or(Some(Kind::Access), |_| asked.kind);
    let asked = Asked { kind, ..asked };
    report_all(&tokens, context, |token| Ok(authority.validate(token, &asked, &context.source)?))
}

fn asked(args: &ValidateArgs, now: i64) -> Result<Asked> {
    Ok(Asked {
        at: args.at.as_deref().map(|at| time::moment(at, now)).transpose()?,
        algs: args.alg.iter().map(|name| alg::parse(name)).collect::<Result<_, _>>()?,
        kind: match args.kind {
            Some(TokenType::Access) => Some(Kind::Access),
            Some(TokenType::Refresh) => Some(Kind::Refresh),
            Some(TokenType::Any) | None => None,
        },
        profile: issue::profile(args.profile),
        iss: args.iss.clone(),
        aud: args.aud.clone(),
        ignore_aud: false,
        require: args.require.clone(),
        permissions: args.perm.clone(),
        leeway: args.leeway.as_deref().map(time::duration).transpose()?,
        times: if args.ignore_exp { Times::Beginning } else { Times::Both },
    })
}

/// Of a foreign token nothing is required that was not asked for.
fn foreign_expected(asked: Asked, now: i64) -> Expected {
    Expected {
        now: asked.at.unwrap_or(now),
        algs: asked.algs,
        kind: asked.kind,
        profile: asked.profile,
        iss: asked.iss,
        sub: None,
        aud: asked.aud,
        ignore_aud: asked.ignore_aud,
        require: asked.require,
        permissions: asked.permissions,
        leeway: asked.leeway.unwrap_or_default(),
        times: asked.times,
        ours: false,
    }
}

fn foreign_keys(path: &Path, args: &ValidateArgs, allowed: &[Algorithm]) -> Result<KeySet> {
    let passphrase = || match &args.passphrase_file {
        Some(file) => input::secret_file(file, "passphrase"),
        None => input::passphrase("Passphrase"),
    };
    let open = if args.allow_open_key { TooOpen::Accept } else { TooOpen::Refuse };
    Ok(key::read_file(path, &Wanted { algs: allowed, passphrase: Some(&passphrase) }, open)?)
}

/// Judges each token and says how it came out, as it comes.
fn report_all(
    tokens: &[String],
    context: &Context,
    judge: impl Fn(&str) -> Result<Report>,
) -> Result<Ended> {
    let mut codes = Vec::new();
    let mut lines = context.output.lines();
    let words = if tokens.len() > 1 { Words::Few } else { Words::All };
    for token in tokens {
        let report = judge(token)?;
        codes.extend(report.failure().map(|failed| failed.stage.exit()));
        let outcome =
            lines.answer(|| Document::of(&report), || told(&report, words, &context.output))?;
        if outcome == Outcome::Closed {
            break;
        }
    }
    _ = lines.finish()?;
    Ok(Ended::of_all(&codes))
}

/// How much is said of one token.
#[derive(Clone, Copy)]
enum Words {
    /// Every check.
    All,
    /// One line.
    Few,
}

fn told(report: &Report, words: Words, output: &Output) -> String {
    let mut text = match report.failure() {
        None => output.paint(Ink::Title, "valid"),
        Some(failed) => {
            let stage = failed.stage.name();
            let reason = crate::output::escape(&failed.reason).into_owned();
            format!("{}: {stage}: {reason}", output.paint(Ink::Alert, "invalid"))
        }
    };
    if let (Words::All, true) = (words, report.header.is_some()) {
        for check in &report.checks {
            let reason = if check.reason.is_empty() {
                String::new()
            } else {
                format!("  {}", crate::output::escape(&check.reason))
            };
            let name = crate::output::escape(&check.name);
            text = format!("{text}\n  {:<8}{name}{reason}", check.status.name());
        }
    }
    text
}

/// A report as programs read it.
#[derive(Serialize)]
struct Document<'a> {
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    checks: Vec<Line<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<&'a Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<&'a Json>,
}

#[derive(Serialize)]
struct Line<'a> {
    check: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'a str,
}

impl<'a> Document<'a> {
    fn of(report: &'a Report) -> Self {
        let failed = report.failure();
        let line = |check: &'a Check| Line {
            check: &check.name,
            status: check.status.name(),
            reason: &check.reason,
        };
        Self {
            valid: failed.is_none(),
            stage: failed.map(|check| check.stage.name()),
            reason: failed.map(|check| check.reason.as_str()),
            checks: report.checks.iter().map(line).collect(),
            header: report.header.as_ref(),
            claims: report.claims.as_ref().map(|claims| &claims.json),
        }
    }
}
