//! The users of the store.

use crate::error::Error;
use crate::finding::{Finding, server as rules};
use crate::store::sqlite::inspect::Facts;
use crate::user::User;

/// How many names a finding lists.
const LISTED: usize = 5;

/// What is to be said of them.
pub fn of(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let [first, ..] = facts.disabled.as_slice() {
        let seen = format!("disabled, and logged in: {}", listed(&facts.disabled));
        let remedy = format!("jot revoke --user {}", first.escape_debug());
        findings.push(rules::DISABLED.seen(seen).remedy(remedy));
    }
    if facts.superusers > 0 {
        let seen = format!("{} of {} users", facts.superusers, facts.users);
        findings.push(rules::SUPERUSERS.seen(seen));
    }
    if facts.outdated > 0 {
        let seen = format!("those of {} users", facts.outdated);
        findings.push(rules::HASHES.seen(seen));
    }
    if facts.users > 0 && facts.with_password == 0 {
        let seen = format!("{} users, none with a password", facts.users);
        findings.push(rules::NO_PASSWORD.seen(seen));
    }
    findings
}

/// The tokens of this user have outgrown their way.
pub fn outgrown(user: &User, error: &Error) -> Finding {
    let name = user.username.escape_debug();
    rules::OUTGROWN.seen(format!("{name} cannot log in any more: {error}"))
}

fn listed(names: &[String]) -> String {
    let quoted = names.iter().take(LISTED).map(|name| format!("\"{}\"", name.escape_debug()));
    let listed = quoted.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}
