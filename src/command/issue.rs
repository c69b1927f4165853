//! `jot issue`

use anyhow::Result;
use jot::authority::issue::{Grant, Issued, Token, What};
use jot::authority::validate::Asked;
use jot::authority::{Authority, Rules};
use jot::claims::grammar::{self, Written};
use jot::claims::{Profile, check, compose};
use jot::error::{Code, Error};
use jot::json::{Json, MAX_DEPTH};
use jot::store::sqlite::Missing;
use jot::{time, user};
use serde_json::json;

use crate::cli::{IssueArgs, IssueType, ProfileName};
use crate::command::{Context, Ended, input};
use crate::output::Outcome;

/// How many lines of a batch are recorded in one transaction.
const AT_ONCE: usize = 256;

pub(crate) fn run(args: &IssueArgs, context: &Context) -> Result<Ended> {
    let flags = if args.allow_open_key { &[("keys.allow_open", "true")][..] } else { &[] };
    let settings = context.settings(flags)?;
    let authority = context.authority(&settings, Missing::Create)?;
    if let Some(path) = &args.batch {
        return batch(&input::text(path)?, args, &authority, context);
    }
    let grant = grant(args, &authority)?;
    let mut results = authority.issue(std::slice::from_ref(&grant))?;
    let issued =
        results.pop().unwrap_or_else(|| Err(Error::new(Code::Failed, "nothing was issued")))?;
    say(&issued, &grant, context);
    Ok(if context.json() {
        context.output.json(&document(&issued))
    } else {
        context.output.result(&plain(&issued))
    }?
    .into())
}

/// What the arguments ask for.
fn grant(args: &IssueArgs, authority: &Authority) -> Result<Grant> {
    let mut grant = match &args.from {
        Some(token) => copied(&input::word(token, "token")?, authority)?,
        None => Grant::default(),
    };
    if let Some(name) = &args.user {
        grant.username.clone_from(name);
    }
    grant.what = what(args.kind);
    grant.lifetime = args
        .ttl
        .as_deref()
        .map(|ttl| lifetime(ttl, authority.rules(), profile(args.profile)))
        .transpose()?;
    grant.iss = args.iss.clone().or(grant.iss);
    if !args.aud.is_empty() {
        grant.aud.clone_from(&args.aud);
    }
    grant.client_id.clone_from(&args.client_id);
    grant
        .permissions
        .extend(args.perm.iter().map(|p| user::permission(p)).collect::<Result<Vec<_>, _>>()?);
    grant.profile = profile(args.profile).or(grant.profile);
    for claim in &args.claims {
        match claim.strip_prefix('@') {
            Some(path) => {
                let text = input::text(path.as_ref())?;
                let read = Json::read(text.trim(), MAX_DEPTH);
                let json = read.map_err(|fault| {
                    Error::new(Code::Usage, format!("\"{}\" is {fault}", path.escape_debug()))
                })?;
                grant
                    .claims
                    .extend(grammar::from_object(&json, &format!("\"{}\"", path.escape_debug()))?);
            }
            None => replace(&mut grant.claims, grammar::parse(claim)?, args.from.is_some()),
        }
    }
    Ok(grant)
}

/// A claim that is written takes the place of a copied one; two written ones are for the
/// authority to refuse.
fn replace(claims: &mut Vec<Written>, claim: Written, copied: bool) {
    if copied {
        claims.retain(|other| other.path != claim.path);
    }
    claims.push(claim);
}

/// What a token of ours says of user, audience and claims. It may have expired.
fn copied(token: &str, authority: &Authority) -> Result<Grant> {
    let asked = Asked { ignore_exp: true, ..Asked::default() };
    let mut report = authority.validate(token, &asked)?;
    // An audience or a permission that nobody asked for is no reason against copying it.
    report
        .checks
        .retain(|check| check.name != "aud" || check.fault == Some(check::Fault::Mistyped));
    let claims = report.accepted()?;
    let profile = claims.profile.unwrap_or(authority.rules().profile);
    Ok(Grant {
        username: claims.username.clone().unwrap_or_default(),
        iss: claims.iss.clone(),
        aud: claims.aud.clone(),
        permissions: claims.permissions.clone(),
        claims: compose::added(profile, &claims.json),
        profile: Some(profile),
        ..Grant::default()
    })
}

fn batch(text: &str, args: &IssueArgs, authority: &Authority, context: &Context) -> Result<Ended> {
    let lines: Vec<_> =
        text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).collect();
    let mut output = context.output.lines();
    let mut codes = Vec::new();
    for lines in lines.chunks(AT_ONCE) {
        let read = lines.iter().map(|(number, line)| {
            from_line(line, args, authority.rules()).map_err(|error| (*number + 1, error))
        });
        let read: Vec<_> = read.collect();
        let grants: Vec<_> = read.iter().filter_map(|line| line.as_ref().ok().cloned()).collect();
        let mut issued = authority.issue(&grants)?.into_iter();
        for (line, (number, _)) in read.into_iter().zip(lines) {
            let result = line.and_then(|_| match issued.next() {
                Some(result) => result.map_err(|error| (number + 1, error)),
                None => Err((number + 1, Error::new(Code::Failed, "nothing was issued"))),
            });
            let outcome = match result {
                Ok(issued) if context.json() => output.json(&document(&issued))?,
                Ok(issued) => output.text(&plain(&issued))?,
                Err((number, error)) => {
                    codes.push(error.code().exit());
                    context.output.failed_line(&mut output, number, &error)?
                }
            };
            if outcome == Outcome::Closed {
                return Ok(Ended::Done);
            }
        }
    }
    let ended = Ended::of_all(&codes);
    _ = output.finish()?;
    Ok(ended)
}

/// One line of a batch: an object with user, and perhaps type, ttl, aud, iss, perms, claims,
/// profile and `client_id`; what it leaves out, the flags say.
fn from_line(line: &str, args: &IssueArgs, rules: &Rules) -> Result<Grant, Error> {
    let usage = |seen: String| Error::new(Code::Usage, seen);
    let json = Json::read(line.trim(), MAX_DEPTH)
        .map_err(|fault| usage(format!("the line is {fault}")))?;
    let members = json
        .members()
        .ok_or_else(|| usage(format!("the line is {}, an object was expected", json.kind())))?;
    if let Some(twice) = json.duplicates().first() {
        return Err(usage(format!("\"{}\" stands twice", twice.escape_debug())));
    }
    let mut grant = Grant {
        what: what(args.kind),
        iss: args.iss.clone(),
        aud: args.aud.clone(),
        permissions: args.perm.clone(),
        client_id: args.client_id.clone(),
        profile: profile(args.profile),
        ..Grant::default()
    };
    let mut ttl = args.ttl.clone();
    for (name, value) in members {
        let text = || {
            value
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| usage(format!("{name} is {}, a string was expected", value.kind())))
        };
        let texts = || {
            let one = value.as_str().map(|one| vec![one]);
            let all = one.or_else(|| value.as_strings());
            let all = all.ok_or_else(|| {
                usage(format!("{name} is {}, strings were expected", value.kind()))
            })?;
            Ok::<Vec<String>, Error>(all.into_iter().map(str::to_owned).collect())
        };
        match name.as_str() {
            "user" => grant.username = text()?,
            "type" => {
                grant.what = match text()?.as_str() {
                    "access" => What::Access,
                    "refresh" => What::Refresh,
                    "pair" => What::Pair,
                    other => {
                        return Err(usage(format!(
                            "type is \"{}\", access, refresh or pair was expected",
                            other.escape_debug()
                        )));
                    }
                }
            }
            "ttl" => ttl = Some(text()?),
            "aud" => grant.aud = texts()?,
            "iss" => grant.iss = Some(text()?),
            "client_id" => grant.client_id = Some(text()?),
            "perms" => grant.permissions = texts()?,
            "profile" => {
                let name = text()?;
                let known = Profile::from_name(&name);
                grant.profile = Some(known.ok_or_else(|| {
                    usage(format!(
                        "profile is \"{}\", djwto, ninja or rfc9068 was expected",
                        name.escape_debug()
                    ))
                })?);
            }
            "claims" => grant.claims = grammar::from_object(value, "claims")?,
            other => {
                return Err(usage(format!("\"{}\" is not known here", other.escape_debug()))
                    .hint("user, type, ttl, aud, iss, client_id, perms, profile, claims"));
            }
        }
    }
    if grant.username.is_empty() {
        return Err(usage("the line names no user".to_owned()));
    }
    grant.permissions.iter().try_for_each(|p| user::permission(p).map(drop))?;
    grant.lifetime = ttl.map(|ttl| lifetime(&ttl, rules, grant.profile)).transpose()?;
    Ok(grant)
}

/// "never" ends where an access token that never ends would: with the refresh token.
fn lifetime(text: &str, rules: &Rules, profile: Option<Profile>) -> Result<i64, Error> {
    let seconds = time::duration_or_never(text)?;
    let seconds =
        seconds.unwrap_or_else(|| rules.refresh_lifetime(profile.unwrap_or(rules.profile)));
    if seconds == 0 {
        return Err(Error::new(
            Code::Usage,
            "a lifetime of 0s makes a token that is expired at once",
        ));
    }
    Ok(seconds)
}

fn what(kind: IssueType) -> What {
    match kind {
        IssueType::Access => What::Access,
        IssueType::Refresh => What::Refresh,
        IssueType::Pair => What::Pair,
    }
}

pub(super) fn profile(name: Option<ProfileName>) -> Option<Profile> {
    name.map(|name| match name {
        ProfileName::Djwto => Profile::Djwto,
        ProfileName::Ninja => Profile::Ninja,
        ProfileName::Rfc9068 => Profile::Rfc9068,
    })
}

/// The token alone, or the pair as the seeds answer it.
fn plain(issued: &Issued) -> String {
    match (&issued.refresh, &issued.access) {
        (Some(refresh), Some(access)) => {
            json!({"refresh": refresh.text, "access": access.text}).to_string()
        }
        (Some(token), None) | (None, Some(token)) => token.text.clone(),
        (None, None) => String::new(),
    }
}

fn document(issued: &Issued) -> serde_json::Value {
    match (&issued.refresh, &issued.access) {
        (Some(refresh), Some(access)) => json!({"refresh": one(refresh), "access": one(access)}),
        (Some(token), None) | (None, Some(token)) => one(token),
        (None, None) => serde_json::Value::Null,
    }
}

pub(super) fn one(token: &Token) -> serde_json::Value {
    json!({
        "token": token.text, "type": token.kind.name(), "jti": token.jti, "sid": token.sid,
        "exp": token.expires, "kid": token.kid,
    })
}

/// What a person at a terminal wants to know besides the token.
fn say(issued: &Issued, grant: &Grant, context: &Context) {
    if !issued.stored {
        context.output.note(&format!(
            "no stored user is named \"{}\": the token carries the name alone",
            grant.username
        ));
    }
    if context.output.terminals.stderr {
        for token in issued.refresh.iter().chain(&issued.access) {
            let expires = time::text(token.expires);
            context
                .output
                .note(&format!("{} token, jti {}, expires {expires}", token.kind, token.jti));
        }
    }
    if issued.stored && issued.refresh.is_some() && !grant.permissions.is_empty() {
        context.output.note(
            "the permissions given here end with the first refresh; `jot user add NAME --perm PERMISSION` keeps them",
        );
    }
}
