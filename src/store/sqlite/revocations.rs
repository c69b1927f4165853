//! Refusals, and the question whether one speaks against a token.

use rusqlite::{Connection, OptionalExtension, params};

use super::row::{self, REVOCATION};
use super::trouble::Outcome;
use super::{clients, ledger, sessions, users};
use crate::revocation::{Revocation, Target};
use crate::store::{Account, Done, Each, Filter, Question, Standing, Whose};

/// Stores a refusal and ends the sessions it covers.
pub(super) fn revoke(connection: &Connection, new: &Revocation) -> Outcome<Done> {
    let done = keep(connection, new)?;
    sessions::end(connection, new)?;
    refuse_later(connection, new)?;
    Ok(done)
}

/// Stores a refusal, and no more.
pub(super) fn keep(connection: &Connection, new: &Revocation) -> Outcome<Done> {
    let (revocation, already) = match get(connection, &new.target)? {
        Some(stored) => merge(&stored, new),
        None => (new.clone(), false),
    };
    let sql = format!(
        "INSERT OR REPLACE INTO revocations ({REVOCATION}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
    );
    connection.prepare_cached(&sql)?.execute(params![
        row::kind(&revocation.target),
        revocation.target.id(),
        revocation.target.watermark(),
        revocation.username,
        revocation.until,
        revocation.at,
        revocation.reason,
        revocation.by,
    ])?;
    Ok(Done { revocation, already })
}

/// A watermark up to now is meant for all there are. Tokens of the ledger that a clock which ran
/// ahead has dated later are refused one by one.
fn refuse_later(connection: &Connection, new: &Revocation) -> Outcome<()> {
    let Some(moment) = new.target.watermark().filter(|moment| *moment >= new.at) else {
        return Ok(());
    };
    // Hardly ever is there one, and to look for it takes a walk through all of the ledger.
    if ledger::number(connection, ledger::LATEST_ISSUED)?.is_none_or(|latest| latest <= moment) {
        return Ok(());
    }
    let whose = match &new.target {
        Target::User(..) => "user_id = ?6",
        Target::Name(..) => "user_id IS NULL AND username = ?6",
        _ => "?6 = '*'",
    };
    let sql = format!(
        "INSERT OR IGNORE INTO revocations ({REVOCATION}) \
        SELECT ?1, jti, NULL, username, expires, ?2, ?3, ?4 FROM minted \
        WHERE issued > ?5 AND {whose}"
    );
    let kind = row::kind(&Target::Token(String::new()));
    let id = new.target.id();
    connection
        .prepare_cached(&sql)?
        .execute(params![kind, new.at, new.reason, new.by, moment, id])?;
    Ok(())
}

/// What is stored when `new` meets what is stored already, and whether that had refused it all.
/// Only a later watermark is news; otherwise who, when and why stay those of the first.
fn merge(stored: &Revocation, new: &Revocation) -> (Revocation, bool) {
    let already = stored.covers(&new.target);
    let (kept, other) = if already { (stored, new) } else { (new, stored) };
    let merged = Revocation {
        until: stored.until.max(new.until),
        username: kept.username.clone().or_else(|| other.username.clone()),
        ..kept.clone()
    };
    (merged, already)
}

pub(super) fn get(connection: &Connection, target: &Target) -> Outcome<Option<Revocation>> {
    stored(connection, row::kind(target), &target.id())
}

fn stored(connection: &Connection, kind: i64, id: &str) -> Outcome<Option<Revocation>> {
    let sql = format!("SELECT {REVOCATION} FROM revocations WHERE kind = ?1 AND id = ?2");
    let mut select = connection.prepare_cached(&sql)?;
    Ok(select.query_row(params![kind, id], row::revocation).optional()?)
}

/// What bears on a token.
pub(super) fn standing(connection: &Connection, question: &Question<'_>) -> Outcome<Standing> {
    let session = question.sid.map(|sid| sessions::get(connection, sid)).transpose()?;
    let account = match (question.client, question.user_id, question.username) {
        (Some(client), ..) => clients::account(connection, client)?,
        (_, Some(id), _) => users::account(connection, Whose::Id(id))?,
        (_, None, Some(name)) => users::account(connection, Whose::Name(name))?,
        (_, None, None) => Account::Unknown,
    };
    let (revocation, watermark) = against(connection, question)?;
    Ok(Standing { revocation, session: session.flatten(), account, watermark })
}

/// The first that refuses the token: by its own name, its session's, or a watermark; and the latest
/// watermark that binds its user's new tokens, where nothing refuses it by name.
fn against(
    connection: &Connection,
    question: &Question<'_>,
) -> Outcome<(Option<Revocation>, Option<i64>)> {
    // One small statement, run for each name, costs a command less than one that takes them all.
    for (kind, id) in [(row::TOKEN, question.jti), (row::SESSION_ID, question.sid)] {
        if let Some(id) = id
            && let Some(found) = stored(connection, kind, id)?
        {
            return Ok((Some(found), None));
        }
    }
    let bound = watermarks(connection, question.user_id, question.username)?;
    let latest = latest(&bound);
    let refuses = |found: &Revocation| found.target.watermark() >= Some(question.issued);
    Ok((bound.into_iter().find(refuses), latest))
}

fn latest(bound: &[Revocation]) -> Option<i64> {
    bound.iter().filter_map(|found| found.target.watermark()).max()
}

/// The latest watermark that binds a user's tokens.
pub(super) fn watermark(
    connection: &Connection,
    id: Option<i64>,
    username: Option<&str>,
) -> Outcome<Option<i64>> {
    Ok(latest(&watermarks(connection, id, username)?))
}

/// The watermarks that bind a user's tokens; where there is an id, the name may be another's by
/// now and says nothing.
fn watermarks(
    connection: &Connection,
    id: Option<i64>,
    username: Option<&str>,
) -> Outcome<Vec<Revocation>> {
    let own = match (id, username) {
        (Some(id), _) => stored(connection, row::USER_ID, &id.to_string())?,
        (None, Some(username)) => stored(connection, row::NAME, username)?,
        (None, None) => None,
    };
    let all = get(connection, &Target::Everybody(0))?;
    Ok(own.into_iter().chain(all).collect())
}

pub(super) fn list(
    connection: &Connection,
    filter: &Filter,
    take: Each<'_, Revocation>,
) -> Outcome<()> {
    // SQLite sorts in a temporary file, not in memory.
    let sql = format!(
        "SELECT {REVOCATION} FROM revocations WHERE {} ORDER BY at DESC, kind, id{}",
        matching("at"),
        limited(filter)
    );
    let mut select = connection.prepare(&sql)?;
    let rows = select.query(params![filter.username, filter.since, filter.until])?;
    row::each(rows, row::revocation, take)
}

/// The condition that a filter's name, first and last moment are to be bound to.
pub(super) fn matching(moment: &str) -> String {
    format!(
        "(?1 IS NULL OR username = ?1) AND (?2 IS NULL OR {moment} >= ?2) \
         AND (?3 IS NULL OR {moment} <= ?3)"
    )
}

/// The end of a statement that keeps the filter's limit. Without one there must be no LIMIT at all,
/// or SQLite sorts in a slower way.
pub(super) fn limited(filter: &Filter) -> String {
    filter.limit.map_or_else(String::new, |limit| {
        format!(" LIMIT {}", i64::try_from(limit).unwrap_or(i64::MAX))
    })
}

/// The refusals with such an id, of whatever kind, at most two: those with this very id, else those
/// that it is the beginning of.
pub(super) fn find(connection: &Connection, prefix: &str) -> Outcome<Vec<Revocation>> {
    let mut found = Vec::new();
    for kind in 0..=4 {
        let sql = format!(
            "SELECT {REVOCATION} FROM revocations WHERE kind = {kind} AND id >= ?1 \
             ORDER BY id LIMIT 2"
        );
        let mut select = connection.prepare_cached(&sql)?;
        for revocation in select.query_map([prefix], row::revocation)? {
            found.push(revocation?);
        }
    }
    row::prefer(&mut found, |revocation: &Revocation| revocation.target.id() == prefix);
    found.retain(|revocation| revocation.target.id().starts_with(prefix));
    found.truncate(2);
    Ok(found)
}

pub(super) fn forget(connection: &Connection, was: &Revocation) -> Outcome<bool> {
    if get(connection, &was.target)?.as_ref() != Some(was) {
        return Ok(false);
    }
    let sql = "DELETE FROM revocations WHERE kind = ?1 AND id = ?2";
    let mut delete = connection.prepare_cached(sql)?;
    Ok(delete.execute(params![row::kind(&was.target), was.target.id()])? == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(target: Target, until: i64, reason: &str) -> Revocation {
        let reason = Some(reason.to_owned());
        Revocation { target, username: None, until, at: until - 10, reason, by: None }
    }

    #[test]
    fn the_first_refusal_stays_and_the_longer_until_counts() {
        let token = || Target::Token("t".into());
        let (first, second) = (refusal(token(), 20, "first"), refusal(token(), 30, "second"));
        let (merged, already) = merge(&first, &second);
        assert!(already);
        assert_eq!(merged, Revocation { until: 30, ..first.clone() });
        assert_eq!(merge(&second, &first), (second, true));
    }

    #[test]
    fn only_a_later_watermark_is_news() {
        let (early, late) =
            (refusal(Target::User(7, 5), 40, "early"), refusal(Target::User(7, 6), 30, "late"));
        assert_eq!(merge(&early, &late), (Revocation { until: 40, ..late.clone() }, false));
        assert_eq!(merge(&late, &early), (Revocation { until: 40, ..late.clone() }, true));
        let named = Revocation { username: Some("alice".into()), ..early };
        assert_eq!(merge(&named, &late).0.username.as_deref(), Some("alice"));
    }
}
