//! What a writer acknowledged, and what a store must then hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jot::revocation::Target;
use jot::store::{Account, Store, Whose};
use rusqlite::Connection;

use crate::world::open;

/// Changes that have returned, by their kind: what each was done to, and what it became.
#[derive(Default)]
pub(crate) struct Acknowledged(BTreeMap<String, BTreeSet<(String, String)>>);

impl Acknowledged {
    /// Reads whole lines; a last one that is cut off says nothing.
    pub(crate) fn read(&mut self, said: &str, mark: &str) {
        let whole = said.rfind('\n').map_or("", |end| &said[..end]);
        for line in whole.lines().filter_map(|line| line.strip_prefix(mark)) {
            let mut words = line.split(' ').map(str::to_owned);
            let mut word = || words.next().unwrap_or_default();
            let (kind, what, became) = (word(), word(), word());
            self.0.entry(kind).or_default().insert((what, became));
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.0.values().map(BTreeSet::len).sum()
    }

    fn of(&self, kind: &str) -> impl Iterator<Item = (&str, &str)> {
        let all = self.0.get(kind).into_iter().flatten();
        all.map(|(what, became)| (what.as_str(), became.as_str()))
    }

    fn has(&self, kind: &str, what: &str) -> bool {
        self.of(kind).any(|(done, _)| done == what)
    }
}

/// Every acknowledged change is in the store, the store is sound, and what belongs together is
/// there together.
pub(crate) fn check(path: &Path, known: &Acknowledged) {
    let raw = Connection::open(path).unwrap();
    let told: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(told, "ok");
    let store = open(path);
    for (jti, _) in known.of("minted") {
        assert_eq!(store.find_tokens(jti).unwrap().len(), 1, "minted {jti}");
    }
    for (jti, _) in known.of("revoked") {
        assert!(store.revocation(&Target::Token(jti.into())).unwrap().is_some(), "revoked {jti}");
    }
    for (sid, _) in known.of("begun") {
        assert!(store.session(sid).unwrap().is_some(), "begun {sid}");
    }
    for (sid, jti) in known.of("refreshed") {
        assert_eq!(store.session(sid).unwrap().unwrap().current.jti, jti, "refreshed {sid}");
    }
    for (sid, _) in known.of("ended") {
        assert!(store.session(sid).unwrap().unwrap().ended.is_some(), "ended {sid}");
        assert!(store.revocation(&Target::Session(sid.into())).unwrap().is_some(), "ended {sid}");
    }
    for (name, _) in known.of("added") {
        let (account, watermark) = store.account(Whose::Name(name)).unwrap();
        match account {
            Account::Stored(user) => {
                assert!(!known.has("removed", name), "removed {name}");
                assert!(!known.has("disabled", name) || !user.active, "disabled {name}");
                assert_eq!(user.active, watermark.is_none(), "half disabled: {name}");
            }
            Account::Removed => {}
            Account::Unknown | Account::Client(_) => panic!("added {name}"),
        }
    }
    assert_whole(&raw);
}

/// No row without those that were written with it.
fn assert_whole(raw: &Connection) {
    for (what, sql) in [
        (
            "a user added without an event",
            "SELECT count(*) FROM users u WHERE NOT EXISTS (SELECT 1 FROM events e \
             WHERE e.username = u.username AND e.detail = 'added')",
        ),
        (
            "a user disabled without an event, or the other way round",
            "SELECT count(*) FROM users u WHERE u.active = EXISTS (SELECT 1 FROM events e \
             WHERE e.user_id = u.id AND e.detail = 'disabled')",
        ),
        (
            "a user disabled without a watermark, or the other way round",
            "SELECT count(*) FROM users u WHERE u.active = EXISTS (SELECT 1 FROM revocations r \
             WHERE r.kind = 2 AND r.id = CAST(u.id AS TEXT))",
        ),
        (
            "a user removed without a tombstone or an event, or the other way round",
            "SELECT count(*) FROM users u WHERE (u.removed IS NULL) = EXISTS (SELECT 1 FROM \
             tombstones t WHERE t.username = u.username) OR (u.removed IS NULL) = EXISTS (SELECT 1 \
             FROM events e WHERE e.user_id = u.id AND e.detail = 'removed')",
        ),
        (
            "a session without both of its minted tokens",
            "SELECT count(*) FROM sessions s WHERE \
             (SELECT count(*) FROM minted m WHERE m.sid = s.sid) <> 2",
        ),
        (
            "minted tokens without their session",
            "SELECT count(sid) FROM minted WHERE sid NOT IN (SELECT sid FROM sessions)",
        ),
        (
            "a session ended without a refusal, or the other way round",
            "SELECT count(*) FROM sessions s WHERE (s.ended IS NULL) = EXISTS (SELECT 1 FROM \
             revocations r WHERE r.kind = 1 AND r.id = s.sid)",
        ),
        (
            "a refusal without an event, or the other way round",
            "SELECT (SELECT count(*) FROM revocations WHERE kind IN (0, 1) AND id NOT LIKE 'dust%') \
             <> (SELECT count(*) FROM events WHERE kind = 'blacklisted')",
        ),
        (
            "a session refreshed without an event, or the other way round",
            "SELECT (SELECT sum(generation) FROM sessions) <> \
             (SELECT count(*) FROM events WHERE kind = 'refresh_updated')",
        ),
    ] {
        let wrong: Option<i64> = raw.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(wrong.unwrap_or(0), 0, "{what}");
    }
}
