//! Users, sessions, the ledger and the purge, on any store.

use std::ops::ControlFlow;

use jot::error::Code;
use jot::event::{Event, Kind, Source};
use jot::json::Json;
use jot::revocation::{Revocation, Target};
use jot::session::{Refresh, Session};
use jot::store::{Change, EventFilter, Filter, Horizon, Minted, NewUser, Purged, Store};
use jot::user::{Subject, User};

use crate::acts::Acts as _;

pub(crate) fn new_user(username: &str) -> NewUser {
    NewUser {
        id: None,
        username: username.into(),
        password: Some("$hash$1".into()),
        active: true,
        superuser: false,
        permissions: vec!["app.view".into(), "app.\"add\"".into()],
        groups: Vec::new(),
        attributes: Json::Object(Vec::new()),
        last_login: None,
        created: 100,
    }
}

pub(crate) fn nameless(username: &str) -> Subject {
    Subject { id: None, username: username.into() }
}

pub(crate) fn of(user: &User) -> Subject {
    user.subject()
}

pub(crate) fn session(sid: &str, subject: Subject, created: i64) -> Session {
    Session {
        sid: sid.into(),
        subject,
        created,
        generation: 0,
        current: Refresh { jti: format!("{sid}-r0"), issued: created, expires: created + 1000 },
        previous: None,
        rotated: None,
        recovered: None,
        ended: None,
    }
}

pub(crate) fn minted(jti: &str, username: &str, issued: i64) -> Minted {
    Minted {
        jti: jti.into(),
        sid: None,
        subject: nameless(username),
        kind: "access".into(),
        profile: "djwto".into(),
        issued,
        expires: issued + 60,
        kid: "k".into(),
    }
}

pub(crate) fn refusal(target: Target, at: i64, until: i64) -> Revocation {
    Revocation { target, username: None, until, at, reason: None, by: Some("root".into()) }
}

fn ledger(store: &dyn Store, filter: &Filter) -> Vec<String> {
    let mut jtis = Vec::new();
    let mut take = |minted: Minted| {
        jtis.push(minted.jti);
        Ok(ControlFlow::Continue(()))
    };
    store.tokens(filter, &mut take).unwrap();
    jtis
}

pub(crate) fn what_is_recorded_is_found_and_all_or_nothing(store: &dyn Store) {
    assert_eq!(store.latest_expiry().unwrap(), None);
    let token = minted("t1", "alice", 100);
    store.record(std::slice::from_ref(&token), &[]).unwrap();
    assert_eq!(store.latest_expiry().unwrap(), Some(160));
    let begun = session("s1", nameless("alice"), 100);
    store.record(&[minted("t2", "alice", 50)], std::slice::from_ref(&begun)).unwrap();
    assert_eq!(store.latest_expiry().unwrap(), Some(1100));
    store.record(&[], &[]).unwrap();
    assert_eq!(store.find_tokens("t1").unwrap(), [token]);
    assert_eq!(store.session("s1").unwrap(), Some(begun.clone()));
    assert_eq!(store.session("s").unwrap(), None);
    let twice = store.record(&[minted("t3", "bob", 5000)], &[begun]).unwrap_err();
    assert_eq!(twice.code(), Code::Exists);
    let twice = store.record(&[minted("t3", "bob", 5000), minted("t1", "bob", 1)], &[]);
    assert_eq!(twice.unwrap_err().to_string(), "the token \"t1\" is there already");
    let stranger = session("s2", Subject { id: Some(99), username: "eve".into() }, 100);
    let stranger = store.record(&[minted("t3", "eve", 5000)], &[stranger]).unwrap_err();
    assert_eq!(stranger.code(), Code::UnknownUser);
    assert_eq!(store.find_tokens("t3").unwrap(), []);
    assert_eq!(store.latest_expiry().unwrap(), Some(1100));
}

pub(crate) fn the_ledger_is_listed_latest_first(store: &dyn Store) {
    let tokens = ["a", "b", "c", "d"].map(|jti| minted(jti, "alice", i64::from(jti.as_bytes()[0])));
    store.record(&tokens, &[]).unwrap();
    store.record(&[minted("e", "bob", 101)], &[]).unwrap();
    assert_eq!(ledger(store, &Filter::default()), ["e", "d", "c", "b", "a"]);
    let alice = Filter { username: Some("alice".into()), ..Filter::default() };
    assert_eq!(ledger(store, &alice), ["d", "c", "b", "a"]);
    let between = Filter { since: Some(98), until: Some(99), ..Filter::default() };
    assert_eq!(ledger(store, &between), ["c", "b"]);
    assert_eq!(ledger(store, &Filter { limit: Some(2), ..alice }), ["d", "c"]);
    assert_eq!(ledger(store, &Filter { limit: Some(u64::MAX), ..between }), ["c", "b"]);
    assert_eq!(ledger(store, &Filter { limit: Some(0), ..Filter::default() }).len(), 0);
}

pub(crate) fn a_prefix_is_taken_literally(store: &dyn Store) {
    let jtis =
        ["%", "_", "a*b", "ab", "abc", "abd", "a\0b", "A", "é", "e\u{301}", "\u{10ffff}x", ""];
    store.record(&jtis.map(|jti| minted(jti, "alice", 1)), &[]).unwrap();
    let find = |prefix: &str| -> Vec<String> {
        store.find_tokens(prefix).unwrap().into_iter().map(|minted| minted.jti).collect()
    };
    for (prefix, found) in [
        ("%", &["%"][..]),
        ("_", &["_"]),
        ("a*", &["a*b"]),
        ("ab", &["ab"]),
        ("a", &["a\0b", "a*b"]),
        ("abc", &["abc"]),
        ("abcd", &[]),
        ("a\0", &["a\0b"]),
        ("\0", &[]),
        ("A", &["A"]),
        ("é", &["é"]),
        ("e", &["e\u{301}"]),
        ("\u{10ffff}", &["\u{10ffff}x"]),
        ("\u{10ffff}y", &[]),
        ("' OR 1 --", &[]),
        ("", &[""]),
    ] {
        assert_eq!(find(prefix), found, "{prefix:?}");
    }
}

pub(crate) fn a_purge_takes_only_what_is_over(store: &dyn Store) {
    const DAY: i64 = 24 * 60 * 60;
    let kept = session("kept", nameless("alice"), 0);
    let old = session("old", nameless("alice"), -1);
    store.record(&[], &[kept, old]).unwrap();
    let many: Vec<Minted> = (0..5000).map(|n| minted(&format!("{n}"), "alice", n)).collect();
    store.record(&many, &[]).unwrap();
    let token = |n: i64| refusal(Target::Token(format!("{n}")), 0, n);
    let mut refusals: Vec<Revocation> = (0..5000).map(token).collect();
    refusals.push(refusal(Target::Session(String::new()), 0, 999));
    refusals.push(refusal(Target::User(1, 5), 0, 1000));
    refusals.push(refusal(Target::Name("bob".into(), 5), 0, 999));
    refusals.push(refusal(Target::Everybody(5), 0, 1000));
    store.revoke(&refusals).unwrap();
    let purged = store.purge_at(1000).unwrap();
    assert_eq!(purged, Purged { revocations: 1002, sessions: 0, tokens: 940, events: 0 });
    assert_eq!(store.purge_at(1000).unwrap(), Purged::default());
    assert_eq!(ledger(store, &Filter::default()).len(), 4060);
    assert!(store.find_tokens("939").unwrap().is_empty());
    assert_eq!(store.find_tokens("940").unwrap().len(), 1);
    assert_eq!(store.watermark(&nameless("bob")).unwrap(), Some(5));
    let purged = store.purge_at(30 * DAY + 1000).unwrap();
    assert_eq!(purged, Purged { revocations: 4002, sessions: 1, tokens: 4060, events: 0 });
    assert!(store.session("kept").unwrap().is_some());
    assert_eq!(store.watermark(&nameless("bob")).unwrap(), None);
    assert_eq!(store.purge_at(i64::MIN).unwrap(), Purged::default());
    assert_eq!(store.latest_expiry().unwrap(), Some(5059));
}

pub(crate) fn events_are_told_in_their_order(store: &dyn Store) {
    let source = Source { door: "djwto".into(), address: Some("::1".into()) };
    let event = |kind, at| Event::new(kind, at, &source);
    let events = [
        event(Kind::LoggedIn, 10).about(&nameless("alice")),
        event(Kind::LoginFailed, 20).detail("an unknown name"),
        Event { sid: Some("s".into()), jti: Some("t".into()), ..event(Kind::LoggedOut, 15) },
    ];
    store.write(&events.each_ref().map(Change::Note)).unwrap().unwrap();
    let seen = |filter: &EventFilter| {
        let mut seen = Vec::new();
        let mut take = |row| {
            seen.push(row);
            Ok(ControlFlow::Continue(()))
        };
        store.events(filter, &mut take).unwrap();
        seen
    };
    let all = seen(&EventFilter::default());
    assert_eq!(all.iter().map(|(_, event)| event.clone()).collect::<Vec<_>>(), events);
    let ats = |filter| seen(&filter).iter().map(|(_, event)| event.at).collect::<Vec<_>>();
    let after = Some(all[0].0);
    assert_eq!(ats(EventFilter { after, ..EventFilter::default() }), [20, 15]);
    assert_eq!(ats(EventFilter { since: Some(15), ..EventFilter::default() }), [20, 15]);
    let kind = Some(Kind::LoginFailed);
    assert_eq!(ats(EventFilter { kind, ..EventFilter::default() }), [20]);
    let username = Some("alice".to_owned());
    assert_eq!(ats(EventFilter { username, ..EventFilter::default() }), [10]);
    store.purge(&Horizon { over: 0, events: 100 }).unwrap();
    assert!(ats(EventFilter::default()).is_empty());
    store.write(&[Change::Note(&events[0])]).unwrap();
    assert!(seen(&EventFilter::default())[0].0 > all[2].0, "no position is given twice");
}
