//! Settings that hold together, and yet let somebody in or keep somebody in for too long.

use super::{ALL, WRITE, broken, too_open};
use crate::finding::{Finding, setup as rules};
use crate::settings::Settings;
use crate::time;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// What is to be said of them.
pub fn of(settings: &Settings) -> Vec<Finding> {
    let mut findings = files(settings);
    let refused = |command| settings.may_run(command).err();
    findings.extend(settings.commands().filter_map(refused).map(|error| broken(&error)));
    tokens(settings, &mut findings);
    sessions(settings, &mut findings);
    findings
}

/// Who can change the settings, and read the secrets that lie beside them.
fn files(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(file) = settings.file() {
        let by_all = too_open(file, WRITE, (&rules::WRITABLE, "go-w"));
        let by_group = || too_open(file, 0o020, (&rules::GROUP_WRITABLE, "g-w"));
        findings.extend(by_all.or_else(by_group));
    }
    let secrets = [&settings.keys.passphrase_file, &settings.hooks.webhook_secret_file];
    let open = |path| too_open(path, ALL, (&rules::SECRET_FILE, "600"));
    findings.extend(secrets.into_iter().flatten().filter_map(|path| open(path)));
    findings
}

fn tokens(settings: &Settings, findings: &mut Vec<Finding>) {
    let (token, ninja) = (&settings.token, &settings.ninja);
    if !token.iat {
        findings.push(rules::NO_IAT.seen("token.iat is false"));
    }
    if !token.jti {
        findings.push(rules::NO_JTI.seen("token.jti is false"));
    }
    for (name, lifetime) in [
        ("token.access_lifetime", token.access_lifetime),
        ("ninja.access_lifetime", ninja.access_lifetime),
    ] {
        let said = |lifetime| format!("{name} is {}", time::span(lifetime));
        match lifetime {
            None => findings.push(rules::ACCESS_NEVER.seen(format!("{name} is never"))),
            Some(long) if long > DAY => findings.push(rules::ACCESS_DAY.seen(said(long))),
            Some(long) if long > HOUR => findings.push(rules::ACCESS_LONG.seen(said(long))),
            Some(_) => {}
        }
    }
    if token.leeway > 60 {
        let leeway = time::span(token.leeway);
        findings.push(rules::LEEWAY.seen(format!("token.leeway is {leeway}")));
    }
}

fn sessions(settings: &Settings, findings: &mut Vec<Finding>) {
    for (name, lifetime) in [
        ("token.refresh_lifetime", settings.token.refresh_lifetime),
        ("ninja.refresh_lifetime", settings.ninja.refresh_lifetime),
    ] {
        if lifetime.is_none() {
            findings.push(rules::REFRESH_NEVER.seen(format!("{name} is never")));
        }
    }
    let longest = settings.refresh.max_session;
    if longest > 90 * DAY {
        let seen = format!("refresh.max_session is {}", time::span(longest));
        findings.push(rules::SESSION_LONG.seen(seen));
    }
    if settings.refresh.rotation == "update" {
        findings.push(rules::ROTATION.seen("refresh.rotation is \"update\""));
    }
}
