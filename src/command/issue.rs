//! `jot issue`

use anyhow::Result;
use jot::authority::issue::{Grant, Issued, Token, What};
use jot::authority::validate::Asked;
use jot::authority::{Authority, Rules};
use jot::claims::check::Times;
use jot::claims::grammar::{self, Written};
use jot::claims::report::Status;
use jot::claims::{Kind, Profile, compose};
use jot::error::{Code, Error, Stage};
use jot::event::Source;
use jot::json::{Json, MAX_DEPTH};
use jot::store::sqlite::Missing;
use jot::{time, user};
use serde_json::json;

use crate::cli::{IssueArgs, IssueType, ProfileName};
use crate::command::{Context, Ended, batch, input};

pub(crate) fn run(args: &IssueArgs, context: &Context) -> Result<Ended> {
    let flags = if args.allow_open_key { &[("keys.allow_open", "true")][..] } else { &[] };
    let settings = context.settings(flags)?;
    let authority = context.authority(&settings, Missing::Create)?;
    if let Some(path) = &args.batch {
        return batch::run(&input::text(path)?, args, &authority, context);
    }
    let grant = grant(args, &authority)?;
    let mut results = authority.issue(std::slice::from_ref(&grant))?;
    let issued =
        results.pop().unwrap_or_else(|| Err(Error::new(Code::Failed, "nothing was issued")))?;
    say(&issued, &grant, context);
    Ok(context.output.answer(|| document(&issued), || plain(&issued))?.into())
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
    grant.profile = profile(args.profile).or(grant.profile);
    let ttl = args.ttl.as_deref();
    grant.lifetime = ttl.map(|ttl| lifetime(ttl, authority.rules(), grant.profile)).transpose()?;
    grant.iss = args.iss.clone().or(grant.iss);
    if !args.aud.is_empty() {
        grant.aud.clone_from(&args.aud);
    }
    grant.client_id.clone_from(&args.client_id);
    grant
        .permissions
        .extend(args.perm.iter().map(|p| user::permission(p)).collect::<Result<Vec<_>, _>>()?);
    grant.claims = written(&args.claims)?;
    // One that is written takes the place of a copied one.
    grant.carried.retain(|copied| grant.claims.iter().all(|claim| claim.path != copied.path));
    Ok(grant)
}

/// The claims that the flags name.
pub(super) fn written(flags: &[String]) -> Result<Vec<Written>, Error> {
    let mut claims = Vec::new();
    for flag in flags {
        let Some(path) = flag.strip_prefix('@') else {
            claims.push(grammar::parse(flag)?);
            continue;
        };
        let name = format!("\"{}\"", path.escape_debug());
        let text = input::text(path.as_ref())?;
        let json = Json::read(text.trim(), MAX_DEPTH)
            .map_err(|fault| Error::new(Code::Usage, format!("{name} is {fault}")))?;
        claims.extend(grammar::from_object(&json, &name)?);
    }
    Ok(claims)
}

/// What a token of ours says of user, audience and claims. It may have expired.
fn copied(token: &str, authority: &Authority) -> Result<Grant> {
    let asked = Asked { times: Times::Beginning, ignore_aud: true, ..Asked::default() };
    let report = authority.validate(token, &asked, &Source::command_line())?;
    let known = report.checks.iter().any(|c| c.name == "revoked" && c.status != Status::Skipped);
    let is_known = known || report.failure().is_some();
    let claims = report.accepted()?;
    if !is_known {
        let seen = "the token ended more than a day ago, it may have been revoked and forgotten";
        return Err(Error::new(Code::Refused(Stage::Expired), seen).into());
    }
    let profile = claims.profile.unwrap_or(authority.rules().profile);
    Ok(Grant {
        username: claims.username.clone().unwrap_or_default(),
        iss: claims.iss.clone(),
        aud: claims.aud.clone(),
        permissions: claims.permissions.clone(),
        carried: compose::added(profile, &claims.json),
        profile: Some(profile),
        ..Grant::default()
    })
}

/// "never" ends where an access token that never ends would: with the refresh token.
pub(super) fn lifetime(text: &str, rules: &Rules, profile: Option<Profile>) -> Result<i64, Error> {
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

pub(super) fn what(kind: IssueType) -> What {
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
pub(super) fn plain(issued: &Issued) -> String {
    match (&issued.refresh, &issued.access) {
        (Some(refresh), Some(access)) => {
            json!({"refresh": refresh.text, "access": access.text}).to_string()
        }
        (Some(token), None) | (None, Some(token)) => token.text.clone(),
        (None, None) => String::new(),
    }
}

pub(super) fn document(issued: &Issued) -> serde_json::Value {
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
    let shortened = issued.access.as_ref().or(issued.refresh.as_ref()).filter(|token| {
        grant.lifetime.is_some_and(|asked| token.expires.saturating_sub(token.issued) < asked)
    });
    if let Some(token) = shortened {
        let limit = if token.kind == Kind::Access {
            "its refresh token"
        } else {
            "the session (refresh.max_session)"
        };
        let expires = time::text(token.expires);
        context.output.note(&format!("the {} token ends with {limit}: {expires}", token.kind));
    }
    if issued.stored && issued.refresh.is_some() && !grant.permissions.is_empty() {
        context.output.note(
            "the permissions given here end with the first refresh; `jot user add NAME --perm PERMISSION` keeps them",
        );
    }
}
