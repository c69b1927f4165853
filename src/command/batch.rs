//! `jot issue --batch`: one grant a line.

use anyhow::Result;
use clap::ValueEnum;
use jot::authority::issue::Grant;
use jot::authority::{Authority, Rules};
use jot::claims::grammar::{self, Written};
use jot::error::{Code, Error};
use jot::json::Json;
use jot::user;
use serde::Deserialize;

use crate::cli::{IssueArgs, IssueType, ProfileName};
use crate::command::issue::{document, lifetime, plain, profile, what, written};
use crate::command::{Context, Ended};
use crate::output::Outcome;

/// How many lines are recorded in one transaction.
const AT_ONCE: usize = 256;

/// One line. What it leaves out, the flags say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    user: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    ttl: Option<String>,
    aud: Option<OneOrMany>,
    iss: Option<String>,
    client_id: Option<String>,
    perms: Option<Vec<String>>,
    profile: Option<String>,
    claims: Option<Json>,
}

/// A text, or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

pub(super) fn run(
    text: &str,
    args: &IssueArgs,
    authority: &Authority,
    context: &Context,
) -> Result<Ended> {
    let lines: Vec<_> =
        text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).collect();
    let claims = written(&args.claims)?;
    let mut output = context.output.lines();
    let mut codes = Vec::new();
    for lines in lines.chunks(AT_ONCE) {
        let read: Vec<_> =
            lines.iter().map(|(_, line)| grant(line, args, &claims, authority.rules())).collect();
        let grants: Vec<_> = read.iter().filter_map(|grant| grant.as_ref().ok().cloned()).collect();
        let mut issued = authority.issue(&grants)?.into_iter();
        for ((index, _), grant) in lines.iter().zip(read) {
            let missing = || Err(Error::new(Code::Failed, "nothing was issued"));
            let outcome = match grant.and_then(|_| issued.next().unwrap_or_else(missing)) {
                Ok(issued) if context.json() => output.json(&document(&issued))?,
                Ok(issued) => output.text(&plain(&issued))?,
                Err(error) => {
                    codes.push(error.code().exit());
                    context.output.failed_line(&mut output, index + 1, &error)?
                }
            };
            if outcome == Outcome::Closed {
                return Ok(Ended::Done);
            }
        }
    }
    _ = output.finish()?;
    Ok(Ended::of_all(&codes))
}

fn grant(line: &str, args: &IssueArgs, claims: &[Written], rules: &Rules) -> Result<Grant, Error> {
    let refuse = |fault: &str| Error::new(Code::Usage, format!("not a grant: {fault}"));
    if !line.trim_start().starts_with('{') {
        return Err(refuse("an object was expected"));
    }
    let line: Line = serde_json::from_str(line).map_err(|fault| {
        let fault = fault.to_string();
        refuse(fault.split(" at line ").next().unwrap_or_default())
    })?;
    let kind: Option<IssueType> =
        line.kind.as_deref().map(|word| choice("type", word)).transpose()?;
    let shape: Option<ProfileName> =
        line.profile.as_deref().map(|word| choice("profile", word)).transpose()?;
    let profile = profile(shape.or(args.profile));
    let permissions = line.perms.unwrap_or_else(|| args.perm.clone());
    let ttl = line.ttl.as_ref().or(args.ttl.as_ref());
    Ok(Grant {
        username: line.user,
        what: what(kind.unwrap_or(args.kind)),
        lifetime: ttl.map(|ttl| lifetime(ttl, rules, profile)).transpose()?,
        iss: line.iss.or_else(|| args.iss.clone()),
        aud: match line.aud {
            Some(OneOrMany::One(one)) => vec![one],
            Some(OneOrMany::Many(many)) => many,
            None => args.aud.clone(),
        },
        permissions: permissions.iter().map(|p| user::permission(p)).collect::<Result<_, _>>()?,
        claims: match &line.claims {
            Some(own) => grammar::from_object(own, "claims")?,
            None => claims.to_vec(),
        },
        profile,
        carried: Vec::new(),
        client_id: line.client_id.or_else(|| args.client_id.clone()),
    })
}

/// A word that must be one of those that the flag takes.
fn choice<T: ValueEnum>(name: &str, word: &str) -> Result<T, Error> {
    T::from_str(word, false).map_err(|_| {
        let words = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let words: Vec<_> = words.map(|value| value.get_name().to_owned()).collect();
        let seen = word.escape_debug();
        Error::new(
            Code::Usage,
            format!("{name} is \"{seen}\", one of {} was expected", words.join(", ")),
        )
    })
}
