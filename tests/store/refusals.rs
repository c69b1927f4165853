//! Refusals, and what they mean for tokens and sessions, on any store.

use crate::acts::Acts as _;
use jot::revocation::{Revocation, Target};
use jot::session::{Ended, Session};
use jot::store::{Account, Filter, Question, Standing, Store};
use jot::user::Subject;
use std::ops::ControlFlow;

use crate::suite::{minted, nameless, new_user, of, refusal, session};

const NOTHING: Question<'static> =
    Question { jti: None, sid: None, user_id: None, username: None, client: None, issued: 0 };

fn token(jti: &str) -> Target {
    Target::Token(jti.into())
}

fn name(username: &str, moment: i64) -> Target {
    Target::Name(username.into(), moment)
}

fn against(store: &dyn Store, question: &Question<'_>) -> Option<Target> {
    store.standing(question).unwrap().revocation.map(|revocation| revocation.target)
}

fn listed(store: &dyn Store, filter: &Filter) -> Vec<String> {
    let mut ids = Vec::new();
    let mut take = |revocation: Revocation| {
        ids.push(revocation.target.id());
        Ok(ControlFlow::Continue(()))
    };
    store.revocations(filter, &mut take).unwrap();
    ids
}

pub(crate) fn a_refusal_is_stored_once(store: &dyn Store) {
    let first = Revocation {
        username: Some("alice".into()),
        reason: Some("lost".into()),
        ..refusal(token("t"), 100, 200)
    };
    let done = store.revoke(&[first.clone(), refusal(Target::User(7, 90), 100, 200)]).unwrap();
    assert_eq!(done[0].revocation, first);
    assert!(!done[0].already && !done[1].already);
    let again = refusal(token("t"), 150, 300);
    let later = refusal(Target::User(7, 120), 150, 180);
    let earlier = refusal(Target::User(7, 90), 160, 170);
    let done = store.revoke(&[again, later.clone(), earlier]).unwrap();
    let merged = Revocation { until: 300, ..first };
    assert_eq!((done[0].already, &done[0].revocation), (true, &merged));
    let merged_user = Revocation { until: 200, ..later };
    assert_eq!((done[1].already, &done[1].revocation), (false, &merged_user));
    assert_eq!((done[2].already, &done[2].revocation), (true, &merged_user));
    assert_eq!(store.find_revocations("t").unwrap(), [merged]);
    assert_eq!(store.find_revocations("7").unwrap(), [merged_user]);
    assert!(store.revoke(&[]).unwrap().is_empty());
}

pub(crate) fn a_watermark_binds_its_subject_only(store: &dyn Store) {
    let subject = |id, username: &str| Subject { id, username: username.into() };
    assert_eq!(store.watermark(&subject(Some(7), "alice")).unwrap(), None);
    let targets = [Target::User(7, 100), name("alice", 200), name("7", 300)];
    store.revoke(&targets.map(|target| refusal(target, 300, 900))).unwrap();
    let bound = |id, username| store.watermark(&subject(id, username)).unwrap();
    assert_eq!(bound(Some(7), "alice"), Some(100));
    assert_eq!(bound(None, "alice"), Some(200));
    assert_eq!(bound(None, "7"), Some(300));
    assert_eq!(bound(Some(70), "alice"), None);
    assert_eq!(bound(None, "Alice"), None);
    store.revoke(&[refusal(Target::Everybody(250), 300, 900)]).unwrap();
    assert_eq!(bound(Some(7), "alice"), Some(250));
    assert_eq!(bound(None, "7"), Some(300));
    assert_eq!(bound(None, "*"), Some(250));
}

pub(crate) fn a_token_is_refused_by_its_name_first(store: &dyn Store) {
    let targets = [
        token("t"),
        Target::Session("s".into()),
        Target::User(7, 100),
        name("alice", 100),
        Target::Everybody(50),
    ];
    store.revoke(&targets.clone().map(|target| refusal(target, 300, 900))).unwrap();
    let [token, session, user, alice, everybody] = targets.map(Some);
    let late = Question { issued: 101, ..NOTHING };
    let all = Question { jti: Some("t"), sid: Some("s"), user_id: Some(7), ..late };
    assert_eq!(against(store, &all), token);
    assert_eq!(against(store, &Question { jti: Some("u"), ..all }), session);
    assert_eq!(against(store, &Question { jti: Some("s"), sid: Some("t"), ..late }), None);
    let seven = Question { user_id: Some(7), username: Some("alice"), ..NOTHING };
    assert_eq!(against(store, &Question { issued: 100, ..seven }), user);
    assert_eq!(against(store, &Question { issued: 101, ..seven }), None);
    let eight = Question { user_id: Some(8), username: Some("alice"), ..NOTHING };
    assert_eq!(against(store, &Question { issued: 51, ..eight }), None);
    assert_eq!(against(store, &Question { issued: 50, ..eight }), everybody);
    let named = Question { username: Some("alice"), ..NOTHING };
    assert_eq!(against(store, &Question { issued: 100, ..named }), alice);
    assert_eq!(against(store, &Question { issued: 101, ..named }), None);
    assert_eq!(against(store, &Question { issued: 50, ..NOTHING }), everybody);
    assert_eq!(against(store, &Question { issued: 51, ..NOTHING }), None);
}

pub(crate) fn a_watermark_ends_the_sessions_it_covers(store: &dyn Store) {
    let alice = store.add_user(&new_user("alice")).unwrap();
    let mut slid = session("slid", of(&alice), 100);
    slid.current.issued = 500;
    let ended = Some(Ended { at: 1, reason: "logout".into() });
    store
        .record(
            &[],
            &[
                session("early", of(&alice), 100),
                slid,
                session("late", of(&alice), 101),
                Session { ended: ended.clone(), ..session("over", of(&alice), 100) },
                session("named", nameless("alice"), 100),
                session("other", nameless("bob"), 100),
            ],
        )
        .unwrap();
    let end = |sid| store.session(sid).unwrap().unwrap().ended;
    let why = Revocation {
        reason: Some("stolen".into()),
        ..refusal(Target::User(alice.id, 100), 700, 900)
    };
    store.revoke(&[why]).unwrap();
    let stolen = Some(Ended { at: 700, reason: "stolen".into() });
    assert_eq!((end("early"), end("slid"), end("late")), (stolen.clone(), stolen.clone(), None));
    assert_eq!((end("over"), end("named"), end("other")), (ended.clone(), None, None));
    store.revoke(&[refusal(name("alice", 100), 710, 900)]).unwrap();
    let revoked = |at| Some(Ended { at, reason: "revoked".into() });
    assert_eq!((end("named"), end("other"), end("late")), (revoked(710), None, None));
    store.revoke(&[refusal(Target::Everybody(101), 720, 900)]).unwrap();
    assert_eq!((end("other"), end("late"), end("early")), (revoked(720), revoked(720), stolen));
    assert_eq!(end("over"), ended);
}

pub(crate) fn a_session_is_ended_by_its_refusal(store: &dyn Store) {
    let begun = session("s", nameless("alice"), 100);
    store.record(&[], &[begun.clone(), session("t", nameless("alice"), 100)]).unwrap();
    let target = || Target::Session("s".into());
    store.revoke(&[refusal(token("s"), 200, 900)]).unwrap();
    assert_eq!(store.session("s").unwrap(), Some(begun.clone()));
    let unknown = refusal(Target::Session("u".into()), 200, 900);
    let done = store.revoke(&[refusal(target(), 200, 900), unknown]).unwrap();
    assert!(!done[0].already && !done[1].already);
    assert!(store.revoke(&[refusal(target(), 300, 900)]).unwrap()[0].already);
    let over = store.session("s").unwrap().unwrap();
    assert_eq!(over.ended, Some(Ended { at: 200, reason: "revoked".into() }));
    assert_eq!(store.session("t").unwrap().unwrap().ended, None);
    assert!(!store.replace_session(&begun, &Session { generation: 1, ..begun.clone() }).unwrap());
    assert!(store.forget(&target()).unwrap());
    assert_eq!(store.session("s").unwrap(), Some(over));
}

pub(crate) fn a_refusal_can_be_taken_back(store: &dyn Store) {
    store.revoke(&[refusal(token("t"), 1, 9), refusal(name("t", 5), 1, 9)]).unwrap();
    assert!(!store.forget(&Target::Session("t".into())).unwrap());
    assert!(store.forget(&token("t")).unwrap());
    assert!(!store.forget(&token("t")).unwrap());
    assert_eq!(against(store, &Question { jti: Some("t"), ..NOTHING }), None);
    assert!(store.forget(&name("t", 0)).unwrap(), "whatever its moment");
    assert!(store.find_revocations("").unwrap().is_empty());
}

pub(crate) fn refusals_are_listed_latest_first(store: &dyn Store) {
    let alice = Revocation { username: Some("alice".into()), ..refusal(token("b"), 200, 900) };
    let rows = [refusal(token("a"), 100, 900), alice, refusal(token("c"), 300, 900)];
    store.revoke(&rows).unwrap();
    store.revoke(&[refusal(Target::Everybody(50), 250, 900)]).unwrap();
    assert_eq!(listed(store, &Filter::default()), ["c", "*", "b", "a"]);
    let two = Filter { limit: Some(2), ..Filter::default() };
    assert_eq!(listed(store, &two), ["c", "*"]);
    let between = Filter { since: Some(100), until: Some(200), ..Filter::default() };
    assert_eq!(listed(store, &between), ["b", "a"]);
    let alice = Filter { username: Some("alice".into()), ..Filter::default() };
    assert_eq!(listed(store, &alice), ["b"]);
    let mut all = Vec::new();
    let mut take = |revocation| {
        all.push(revocation);
        Ok(ControlFlow::Continue(()))
    };
    store.revocations(&Filter::default(), &mut take).unwrap();
    assert_eq!((&all[0], &all[2], &all[3]), (&rows[2], &rows[1], &rows[0]));
}

pub(crate) fn refusals_are_found_by_prefix(store: &dyn Store) {
    let targets = [
        token("ab%1"),
        token("ab%2"),
        token("ab%3"),
        token("abc"),
        Target::Session("x1".into()),
        name("x2", 5),
        Target::User(42, 5),
        Target::Everybody(5),
        token("421"),
        token("422"),
    ];
    store.revoke(&targets.clone().map(|target| refusal(target, 1, 9))).unwrap();
    let find = |prefix: &str| -> Vec<Target> {
        store.find_revocations(prefix).unwrap().into_iter().map(|found| found.target).collect()
    };
    assert_eq!(find("ab%"), targets[..2]);
    assert_eq!(find("abc"), targets[3..4]);
    assert_eq!(find("x"), targets[4..6]);
    assert_eq!(find("42"), targets[6..7], "a whole id is no beginning");
    assert_eq!(find("*"), targets[7..8]);
    assert_eq!(find("").len(), 2);
    assert!(find("ab_").is_empty());
    let stored = |target| store.revocation(&target).unwrap().map(|found| found.target);
    assert_eq!(stored(Target::User(42, 9)), Some(Target::User(42, 5)));
    assert_eq!(stored(token("42")), None);
}

pub(crate) fn what_stands_about_a_token_is_told_in_one_answer(store: &dyn Store) {
    let alice = store.add_user(&new_user("alice")).unwrap();
    let bob = store.add_user(&new_user("bob")).unwrap();
    let begun = session("s", of(&alice), 100);
    store.record(&[minted("t", "alice", 100)], std::slice::from_ref(&begun)).unwrap();
    assert_eq!(store.standing(&NOTHING).unwrap(), Standing::default());
    let question = Question { sid: Some("s"), user_id: Some(alice.id), ..NOTHING };
    let standing = store.standing(&Question { username: Some("bob"), ..question }).unwrap();
    let expected =
        Standing { session: Some(begun), account: Account::Stored(alice), ..Standing::default() };
    assert_eq!(standing, expected);
    let named = store.standing(&Question { username: Some("bob"), ..NOTHING }).unwrap();
    assert_eq!(named, Standing { account: Account::Stored(bob), ..Standing::default() });
    let gone = Question { sid: Some("x"), user_id: Some(99), username: Some("bob"), ..NOTHING };
    assert_eq!(store.standing(&gone).unwrap(), Standing::default());
}
