//! Sessions, replaced only by who saw them as they are, on any store.

use crate::acts::Acts as _;
use std::thread;

use jot::session::{Ended, Refresh, Session};
use jot::store::Store;

use crate::suite::{nameless, session};

pub(crate) fn a_session_is_replaced_only_while_it_is_what_it_was(store: &dyn Store) {
    let was = session("s", nameless("alice"), 100);
    store.record(&[], std::slice::from_ref(&was)).unwrap();
    let becomes = Session {
        generation: 1,
        current: Refresh { jti: "r1".into(), issued: 200, expires: 1200 },
        previous: Some("s-r0".into()),
        rotated: Some(200),
        ..was.clone()
    };
    let differs = |change: fn(&mut Session)| {
        let mut other = was.clone();
        change(&mut other);
        assert!(!store.replace_session(&other, &becomes).unwrap(), "{other:?}");
    };
    differs(|s| s.sid = "t".into());
    differs(|s| s.subject.id = Some(1));
    differs(|s| s.subject.username = "bob".into());
    differs(|s| s.created += 1);
    differs(|s| s.generation += 1);
    differs(|s| s.current.jti.push('x'));
    differs(|s| s.current.issued += 1);
    differs(|s| s.current.expires += 1);
    differs(|s| s.previous = Some(String::new()));
    differs(|s| s.rotated = Some(0));
    differs(|s| s.recovered = Some(0));
    differs(|s| s.ended = Some(Ended { at: 0, reason: String::new() }));
    assert_eq!(store.session("s").unwrap(), Some(was.clone()));
    assert!(store.replace_session(&was, &becomes).unwrap());
    assert!(!store.replace_session(&was, &becomes).unwrap());
    assert_eq!(store.session("s").unwrap(), Some(becomes.clone()));
    assert_eq!(store.latest_expiry().unwrap(), Some(1200));
    let ended = Session {
        recovered: Some(1),
        ended: Some(Ended { at: 300, reason: "theft_detected".into() }),
        ..becomes.clone()
    };
    assert!(store.replace_session(&becomes, &ended).unwrap());
    assert_eq!(store.session("s").unwrap(), Some(ended));
}

pub(crate) fn of_many_rotations_at_once_one_wins(store: &dyn Store) {
    let was = session("s", nameless("alice"), 100);
    store.record(&[], std::slice::from_ref(&was)).unwrap();
    let rotate = |n: i64| {
        let current = Refresh { jti: format!("r{n}"), ..was.current.clone() };
        store.replace_session(&was, &Session { generation: 1, current, ..was.clone() }).unwrap()
    };
    let winners: Vec<i64> = thread::scope(|scope| {
        let racing: Vec<_> = (0..64).map(|n| (n, scope.spawn(move || rotate(n)))).collect();
        racing.into_iter().filter_map(|(n, race)| race.join().unwrap().then_some(n)).collect()
    });
    assert_eq!(winners.len(), 1, "{winners:?}");
    let stored = store.session("s").unwrap().unwrap();
    assert_eq!(stored.current.jti, format!("r{}", winners[0]));
}

pub(crate) fn sessions_are_found_by_any_of_their_ids(store: &dyn Store) {
    let with = |sid: &str, jti: &str, previous: Option<&str>| {
        let mut session = session(sid, nameless("alice"), 100);
        session.current.jti = jti.into();
        Session { previous: previous.map(str::to_owned), ..session }
    };
    let all = [
        with("s1", "x1", Some("p1")),
        with("s2", "x2", Some("p2")),
        with("s3", "s1-like", Some("x1-like")),
        with("s4", "q", None),
    ];
    store.record(&[], &all).unwrap();
    let find = |prefix: &str| -> Vec<String> {
        store.find_sessions(prefix).unwrap().into_iter().map(|session| session.sid).collect()
    };
    assert_eq!(find("s2"), ["s2"]);
    assert_eq!(find("x2"), ["s2"]);
    assert_eq!(find("p2"), ["s2"]);
    assert_eq!(find("s1"), ["s1"], "a whole id, and the beginning of another");
    assert_eq!(find("x1"), ["s1"]);
    assert_eq!(find("s1-"), ["s3"]);
    assert_eq!(find("x"), ["s1", "s2"]);
    assert_eq!(find("p").len(), 2);
    assert_eq!(find("").len(), 2);
    assert_eq!(find("q"), ["s4"]);
    assert!(find("z").is_empty());
}
