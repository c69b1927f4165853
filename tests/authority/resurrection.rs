//! What was revoked never comes back: not by a purge at any second, not by a clock set back, not by
//! whoever names it however.

use std::ops::ControlFlow;
use std::sync::Barrier;

use jot::authority::Rules;
use jot::authority::issue::Grant;
use jot::authority::refresh::Wish;
use jot::authority::revoke::{Note, What};
use jot::authority::rules::{Lifetimes, Rotation};
use jot::chance;
use jot::clock::{self, Clock};
use jot::error::{Code, Stage};
use jot::revocation::Target;
use jot::session::{Refresh, Session};
use jot::store::sqlite::Sqlite;
use jot::store::{Filter, Minted};
use jot::user::Subject;

use super::acts::Acts as _;
use super::world::*;

/// For how long everything is kept beyond its end.
const KEPT: i64 = DAY;

fn revoke(world: &World, what: What) -> Result<bool, Code> {
    let done = world.authority.revoke(&[what], &Note::default());
    done.map(|done| done[0].done.already).map_err(|error| error.code())
}

fn token(text: &str) -> What {
    What::Token(text.to_owned())
}

/// A list that refused one token until its own end let its successor live again when the list was
/// tidied: it had a later end.
#[test]
fn a_newer_token_stays_dead_when_a_log_out_with_an_older_one_is_purged_at_its_end() {
    let lifetimes = Lifetimes { access: Some(2), refresh: Some(6) };
    let world = world(Rules { lifetimes, ..rules() });
    world.add("alice");
    let (older, _) = world.login("alice");
    world.pass(3);
    let newer = world.refresh(&older, Wish::Update);
    let done = world.authority.revoke(&[token(&older)], &Note::default()).unwrap();
    assert_eq!(world.refused(&newer.refresh, Wish::Access), REVOKED);
    let (end, last) = (claims(&older).exp.unwrap(), claims(&newer.refresh).exp.unwrap());
    assert!(done[0].done.revocation.until >= last, "kept for the last of the line");
    for at in end - 2..=last {
        world.clock.set(at);
        world.authority.purge().unwrap();
        for wish in [Wish::Access, Wish::Update] {
            let expected = if at < last { REVOKED } else { Code::Refused(Stage::Expired) };
            assert_eq!(world.refused(&newer.refresh, wish), expected, "at {at}");
        }
        assert_ne!(world.judged(&newer.refresh, &REFRESH_ONLY), None, "at {at}");
    }
}

/// Every second that is the end of something, and the seconds beside it.
fn edges(ends: &[i64], from: i64) -> Vec<i64> {
    let near = |end: &i64| [0, 1, KEPT, 30 * DAY, 31 * DAY].map(|after| end + after);
    let mut edges: Vec<_> = ends
        .iter()
        .flat_map(near)
        .flat_map(|edge| edge - 2..=edge + 2)
        .filter(|edge| *edge >= from)
        .collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}

#[test]
fn a_purge_at_any_second_around_any_end_brings_nothing_back() {
    let ways: [fn([&str; 3]) -> What; 5] = [
        |[older, ..]| token(older),
        |[_, newer, _]| token(newer),
        |[.., lone]| token(lone),
        |_| What::User("alice".into()),
        |_| What::Everybody,
    ];
    for way in ways {
        let world = world(rules());
        world.add("alice");
        let (older, first) = world.login("alice");
        world.pass(6 * DAY);
        let newer = world.refresh(&older, Wish::Update);
        let lone = world.access("alice");
        let what = way([&older, &newer.refresh, &lone]);
        let of_the_session = what != token(&lone);
        let of_all = matches!(what, What::User(_) | What::Everybody) || !of_the_session;
        let revocation = world.authority.revoke(&[what], &Note::default()).unwrap().remove(0);
        let refreshes = [older, newer.refresh].map(|token| of_the_session.then_some(token));
        let refreshes: Vec<_> = refreshes.into_iter().flatten().collect();
        let mut dead = refreshes.clone();
        dead.extend(of_the_session.then_some([first, newer.access.text]).into_iter().flatten());
        dead.extend(of_all.then_some(lone));
        let mut ends: Vec<_> = dead.iter().map(|token| claims(token).exp.unwrap()).collect();
        ends.push(revocation.done.revocation.until);
        for at in edges(&ends, world.now()) {
            world.clock.set(at);
            world.authority.purge().unwrap();
            // As a clock may say after it was put right.
            for seen in [at, at - 3600] {
                world.clock.set(seen);
                for token in &dead {
                    assert_ne!(world.stage(token), None, "at {at}, seen at {seen}");
                }
                for refresh in &refreshes {
                    world.try_refresh(refresh, Wish::Update).unwrap_err();
                }
            }
        }
        assert!(!of_the_session || world.session_count() == 0, "in the end nothing is kept");
    }
}

impl World {
    fn session_count(&self) -> usize {
        let (mut count, store) = (0, self.authority.store());
        let mut each = |_| {
            count += 1;
            Ok(ControlFlow::Continue(()))
        };
        store.sessions(&Filter::default(), &mut each).unwrap();
        count
    }
}

#[test]
fn a_clock_set_back_an_hour_brings_nothing_back() {
    let world = world(Rules { rotation: Rotation::Always, ..rules() });
    world.add("alice");
    let (first, access) = world.login("alice");
    world.pass(7200);
    let second = world.refresh(&first, Wish::Update);
    world.clock.set(NOW + 3600);
    // In the middle of a refresh: the retry is one, the line goes on, and what it had is not lost.
    assert_eq!(jti(&world.refresh(&first, Wish::Update).refresh), jti(&second.refresh));
    let third = world.refresh(&second.refresh, Wish::Update);
    assert_eq!(claims(&third.refresh).exp, Some(NOW + 3600 + REFRESH), "by the clock that is");
    // Of a revocation: what the faster clock has issued is refused too.
    revoke(&world, token(&first)).unwrap();
    let dead = [first, access, second.refresh, second.access.text, third.refresh];
    for at in [NOW, NOW + 3600, NOW + 7201, NOW + 2 * DAY, NOW + 9 * DAY] {
        world.clock.set(at);
        world.authority.purge().unwrap();
        world.clock.set(at - 3600);
        world.authority.purge().unwrap();
        assert!(dead.iter().all(|token| world.stage(token).is_some()), "at {at}");
    }
    // Of logins: one before the watermark is not possible, whoever set the clock.
    let watermark = world.now();
    revoke(&world, What::User("alice".into())).unwrap();
    world.clock.set(watermark - 3600);
    assert_eq!(world.try_login("alice", PASSWORD).unwrap_err().code(), Code::ClockBehind);
    world.clock.set(watermark + 1);
    let (alive, _) = world.login("alice");
    world.clock.set(watermark - 3599);
    assert_eq!(world.refused(&alive, Wish::Access), Code::ClockBehind);
    world.clock.set(watermark + 2);
    world.refresh(&alive, Wish::Access);
}

#[test]
fn of_many_who_revoke_one_thing_at_once_one_is_first_and_none_fails() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jot.db");
    let (one, other) = (world_in(&path, rules()), world_in(&path, rules()));
    let (refresh, access) = one.pair("alice");
    for what in [token(&access), token(&refresh), What::User("alice".into()), What::Everybody] {
        let barrier = Barrier::new(16);
        let run = |at: usize| {
            barrier.wait();
            revoke(if at.is_multiple_of(2) { &one } else { &other }, what.clone()).unwrap()
        };
        let news = std::thread::scope(|scope| {
            let start = |at| {
                let run = &run;
                scope.spawn(move || run(at))
            };
            let threads: Vec<_> = (0..16).map(start).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .filter(|already| !already)
                .count()
        });
        assert_eq!(news, 1, "{what:?}");
    }
}

/// A minted token and a session as a store may have them that another program filled.
fn stored(world: &World, jti: &str, sid: &str) {
    let subject = Subject { id: None, username: "alice".into() };
    let minted = Minted {
        jti: jti.to_owned(),
        sid: None,
        subject: subject.clone(),
        kind: "access".into(),
        profile: "djwto".into(),
        issued: NOW,
        expires: NOW + DAY,
        kid: "k".into(),
    };
    let current = Refresh { jti: format!("{sid}-r"), issued: NOW, expires: NOW + DAY };
    let session = Session {
        sid: sid.to_owned(),
        subject,
        created: NOW,
        generation: 0,
        current,
        previous: None,
        rotated: None,
        recovered: None,
        ended: None,
    };
    world.authority.store().record(&[minted], &[session]).unwrap();
}

#[test]
fn an_id_that_is_the_beginning_of_others_means_itself() {
    let world = world(rules());
    for id in ["ab", "abc", "abcd", "abce"] {
        stored(&world, id, &format!("s{id}"));
    }
    let ids = |text: &str| What::Id(text.into());
    for beginning in ["a", "sa"] {
        assert_eq!(revoke(&world, ids(beginning)), Err(Code::UnknownToken), "{beginning}");
    }
    assert_eq!(revoke(&world, ids("ab")), Ok(false), "the whole id of one of several");
    assert_eq!(revoke(&world, ids("abc")), Ok(false));
    assert_eq!(revoke(&world, ids("abcd")), Ok(false));
    let store = world.authority.store();
    let refused = |jti: &str| store.revocation(&Target::Token(jti.into())).unwrap().is_some();
    assert_eq!(["ab", "abc", "abcd", "abce"].map(refused), [true, true, true, false]);
    assert_eq!(revoke(&world, What::Session("sabcd".into())), Ok(false));
    let ended = |sid: &str| store.session(sid).unwrap().unwrap().ended.is_some();
    assert_eq!(["sab", "sabc", "sabcd", "sabce"].map(ended), [false, false, true, false]);
    assert_eq!(revoke(&world, What::Session("sabc".into())), Ok(false), "a whole sid");
    assert_eq!(["sab", "sabc", "sabce"].map(ended), [false, true, false]);
}

#[test]
fn an_id_of_ten_thousand_bytes_is_refused_as_typed_and_revoked_as_signed() {
    let world = world(rules());
    let long = "x".repeat(10_000);
    assert_eq!(revoke(&world, What::Id(long.clone())), Err(Code::Usage));
    let says = format!(
        r#"{{"iat":{NOW},"exp":{},"jti":"{long}","type":"access","user":{{"username":"bob","id":null,"perms":[]}}}}"#,
        NOW + DAY
    );
    let signed = world.sign("JWT", &says);
    assert_eq!(world.stage(&signed), None);
    assert_eq!(revoke(&world, token(&signed)), Ok(false));
    assert_eq!(world.stage(&signed), Some(Stage::Revoked));
    assert_eq!(revoke(&world, token(&signed)), Ok(true));
    let kept = world.authority.store().find_revocations(&long[..8]).unwrap();
    assert_eq!(kept.len(), 1);
    world.clock.set(NOW + 3 * DAY);
    assert_eq!(world.authority.purge().unwrap().revocations, 1);
}

/// The machine's own clock, in whose second the watermark and the login are.
#[test]
fn a_token_of_the_second_of_a_revocation_waits_and_comes_out_alive() {
    let around = (Box::new(clock::System) as _, Box::new(chance::System) as _);
    let world = authority_over(Box::new(Sqlite::in_memory().unwrap()), rules(), around);
    for _ in 0..2 {
        let issue = || {
            let grant = Grant { username: "alice".into(), ..Grant::default() };
            world.issue(&[grant]).unwrap().remove(0).unwrap().access.unwrap()
        };
        let before = issue();
        let done = world.revoke(&[What::User("alice".into())], &Note::default()).unwrap();
        let watermark = done[0].done.revocation.target.watermark().unwrap();
        let after = issue();
        let judged = |token: &str| {
            let report = world.validate(token, &ACCESS_ONLY, &here()).unwrap();
            report.failure().map(|check| check.stage)
        };
        assert_eq!(judged(&before.text), Some(Stage::Revoked));
        assert_eq!(judged(&after.text), None);
        assert_eq!(after.issued, watermark + 1, "as soon as it can be, and no sooner");
        assert!(clock::System.now() > watermark);
    }
}
