//! Users, sessions, the ledger and the purge, on any store.

use jot::error::Code;
use jot::json::Json;
use jot::revocation::{Revocation, Target};
use jot::session::{Ended, Refresh, Session};
use jot::store::{Filter, Minted, NewUser, Purged, Store};
use jot::user::{Subject, User};
use std::ops::ControlFlow;

pub(crate) fn new_user(username: &str) -> NewUser {
    NewUser {
        username: username.into(),
        password: Some("$hash$1".into()),
        superuser: false,
        permissions: vec!["app.view".into(), "app.\"add\"".into()],
        created: 100,
    }
}

pub(crate) fn nameless(username: &str) -> Subject {
    Subject { id: None, username: username.into() }
}

pub(crate) fn of(user: &User) -> Subject {
    Subject { id: Some(user.id), username: user.username.clone() }
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

pub(crate) fn users_are_added_once_and_listed_by_name(store: &dyn Store) {
    let bob = store.add_user(&new_user("bob")).unwrap();
    let alice = store.add_user(&NewUser { superuser: true, ..new_user("alice") }).unwrap();
    let taken = store.add_user(&new_user("bob")).unwrap_err();
    assert_eq!(taken.code(), Code::Exists);
    assert_eq!(taken.to_string(), "the user \"bob\" is there already");
    assert_ne!(bob.id, alice.id);
    assert_eq!(bob.attributes, Json::Object(Vec::new()));
    assert_eq!(bob.permissions, new_user("bob").permissions);
    assert!(bob.active && !bob.superuser && alice.superuser && bob.last_login.is_none());
    assert_eq!(store.user("bob").unwrap(), Some(bob.clone()));
    assert_eq!(store.user_by_id(alice.id).unwrap(), Some(alice.clone()));
    assert_eq!(store.user("Bob").unwrap(), None);
    assert_eq!(store.user_by_id(alice.id + bob.id).unwrap(), None);
    let mut all = Vec::new();
    let mut take = |user| {
        all.push(user);
        Ok(ControlFlow::Continue(()))
    };
    store.users(&mut take).unwrap();
    assert_eq!(all, [alice, bob]);
    let mut stop = |_| Err(jot::error::Error::new(Code::Failed, "enough"));
    assert_eq!(store.users(&mut stop).unwrap_err().to_string(), "enough");
}

pub(crate) fn a_login_is_noted_and_rehashes_only_what_it_saw(store: &dyn Store) {
    let id = store.add_user(&new_user("alice")).unwrap().id;
    let now = || {
        let user = store.user_by_id(id).unwrap().unwrap();
        (user.last_login, user.password.unwrap())
    };
    store.note_login(id, 200, None).unwrap();
    assert_eq!(now(), (Some(200), "$hash$1".into()));
    store.note_login(id, 300, Some(("$hash$2", "$hash$1"))).unwrap();
    assert_eq!(now(), (Some(300), "$hash$2".into()));
    store.note_login(id, 400, Some(("$hash$3", "$hash$1"))).unwrap();
    assert_eq!(now(), (Some(400), "$hash$2".into()));
    assert_eq!(store.note_login(id + 1, 1, None).unwrap_err().code(), Code::UnknownUser);
}

pub(crate) fn a_new_password_ends_all_sessions_of_its_user(store: &dyn Store) {
    let alice = store.add_user(&new_user("alice")).unwrap();
    let bob = store.add_user(&new_user("bob")).unwrap();
    let begun = [session("a", of(&alice), 100), session("b", of(&bob), 100)];
    store
        .record(&[], &[begun[0].clone(), begun[1].clone(), session("c", of(&alice), 999)])
        .unwrap();
    let watermark = refusal(Target::User(alice.id, 500), 500, 2000);
    store.set_password(alice.id, "$hash$2", &watermark).unwrap();
    assert_eq!(store.user("alice").unwrap().unwrap().password.as_deref(), Some("$hash$2"));
    assert_eq!(store.watermark(&of(&alice)).unwrap(), Some(500));
    let ended = |sid| store.session(sid).unwrap().unwrap().ended;
    assert_eq!(ended("a"), Some(Ended { at: 500, reason: "password changed".into() }));
    assert!(ended("c").is_some());
    assert_eq!(ended("b"), None);
    let foreign = store.set_password(bob.id, "$hash$3", &watermark).unwrap_err();
    assert_eq!(foreign.code(), Code::Failed);
    let nobody = bob.id + 1;
    let watermark = refusal(Target::User(nobody, 500), 500, 2000);
    let unknown = store.set_password(nobody, "$hash$3", &watermark).unwrap_err();
    assert_eq!(unknown.code(), Code::UnknownUser);
    assert!(store.find_revocations(&nobody.to_string()).unwrap().is_empty());
    assert_eq!(store.user("bob").unwrap(), Some(bob));
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
        ("ab", &["ab", "abc"]),
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
        ("", &["", "%"]),
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
    let purged = store.purge(1000).unwrap();
    assert_eq!(purged, Purged { revocations: 1002, sessions: 0, tokens: 940 });
    assert_eq!(store.purge(1000).unwrap(), Purged::default());
    assert_eq!(ledger(store, &Filter::default()).len(), 4060);
    assert!(store.find_tokens("939").unwrap().is_empty());
    assert_eq!(store.find_tokens("940").unwrap().len(), 1);
    assert_eq!(store.watermark(&nameless("bob")).unwrap(), Some(5));
    let purged = store.purge(30 * DAY + 1000).unwrap();
    assert_eq!(purged, Purged { revocations: 4002, sessions: 1, tokens: 4060 });
    assert!(store.session("kept").unwrap().is_some());
    assert_eq!(store.watermark(&nameless("bob")).unwrap(), None);
    assert_eq!(store.purge(i64::MIN).unwrap(), Purged::default());
    assert_eq!(store.latest_expiry().unwrap(), Some(5059));
}
