//! Many at once: two authorities over one file, as two processes would be.

use std::collections::BTreeSet;
use std::sync::Barrier;

use jot::authority::Rules;
use jot::authority::issue::Grant;
use jot::authority::refresh::Wish;
use jot::authority::revoke::{Note, What};
use jot::authority::rules::Rotation;

use super::world::*;

const THREADS: usize = 64;

/// How many rounds of each kind are run, unless `JOT_TEST_ROUNDS` says otherwise.
const ROUNDS: usize = 20;

#[expect(clippy::disallowed_methods, reason = "this is the tests' own, not a setting of jot")]
fn rounds() -> usize {
    let asked = std::env::var("JOT_TEST_ROUNDS").ok();
    asked.map_or(ROUNDS, |number| number.parse().expect("a number of rounds"))
}

#[test]
fn of_many_renewals_at_once_one_rotates_and_all_are_given_its_successor() {
    race(|_| Wish::Renewal);
}

#[test]
fn of_many_updates_at_once_one_slides_and_all_are_given_its_successor() {
    race(|_| Wish::Update);
}

#[test]
fn of_many_wishes_at_once_one_is_first_and_all_are_given_its_successor() {
    race(|at| [Wish::Update, Wish::Renewal, Wish::Access][at % 3]);
}

/// In each round every thread shows the same token, half of them to each authority.
fn race(wish: impl Fn(usize) -> Wish + Sync) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jot.db");
    let rules = || Rules { rotation: Rotation::Always, ..rules() };
    let (one, other) = (world_in(&path, rules()), world_in(&path, rules()));
    let (mut token, _) = one.pair("alice");
    for round in 1..=rounds() {
        let barrier = Barrier::new(THREADS);
        let run = |at: usize| {
            let world = if (at / 3).is_multiple_of(2) { &one } else { &other };
            barrier.wait();
            world.refresh(&token, wish(at + round))
        };
        let answers: Vec<_> = std::thread::scope(|scope| {
            let start = |at| {
                let run = &run;
                scope.spawn(move || run(at))
            };
            let threads: Vec<_> = (0..THREADS).map(start).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let successors: BTreeSet<_> = answers.iter().map(|answer| jti(&answer.refresh)).collect();
        let session = one.session(&token);
        assert_eq!(successors, [session.current.jti.clone()].into(), "one successor, one jti");
        let accesses: BTreeSet<_> =
            answers.iter().map(|answer| answer.access.jti.clone()).collect();
        assert_eq!(accesses.len(), THREADS, "each access token has its own jti");
        assert!(answers.iter().all(|answer| one.stage(&answer.access.text).is_none()));
        let generation = i64::try_from(round).unwrap();
        assert_eq!((session.generation, session.ended), (generation, None), "one rotation");
        token.clone_from(&answers[0].refresh);
        for world in [&one, &other] {
            world.pass(1);
        }
    }
}

#[test]
fn a_thief_and_a_retry_at_once_end_the_session_once_for_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jot.db");
    let rules = || Rules { rotation: Rotation::Always, ..rules() };
    let (one, other) = (world_in(&path, rules()), world_in(&path, rules()));
    let (old, _) = one.pair("alice");
    let middle = one.refresh(&old, Wish::Access).refresh;
    let current = one.refresh(&middle, Wish::Access).refresh;
    let barrier = Barrier::new(2);
    let (honest, thief) = std::thread::scope(|scope| {
        let honest = scope.spawn(|| {
            barrier.wait();
            one.try_refresh(&current, Wish::Access).is_ok()
        });
        let thief = scope.spawn(|| {
            barrier.wait();
            other.try_refresh(&old, Wish::Access).is_ok()
        });
        (honest.join().unwrap(), thief.join().unwrap())
    });
    assert!(!thief, "an older token never gets anything");
    let session = one.session(&old);
    assert!(session.ended.is_some(), "and ends the session, whoever came first");
    assert_eq!(session.generation, if honest { 3 } else { 2 });
    assert_eq!(one.refused(&current, Wish::Access), REVOKED);
}

#[test]
fn nothing_issued_while_a_user_is_revoked_survives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jot.db");
    let (one, other) = (world_in(&path, rules()), world_in(&path, rules()));
    one.add("alice");
    let barrier = Barrier::new(2);
    let pairs: Vec<_> = std::thread::scope(|scope| {
        let issuer = scope.spawn(|| {
            barrier.wait();
            let issue = |_| one.issue(Grant { username: "alice".into(), ..pair("alice") });
            (0..40).map(issue).collect()
        });
        barrier.wait();
        let what = [What::User("alice".into())];
        other.authority.revoke(&what, &Note::default()).unwrap();
        issuer.join().unwrap()
    });
    for issued in pairs {
        for token in [issued.refresh.unwrap(), issued.access.unwrap()] {
            let issued = claims(&token.text).iat.unwrap();
            assert_eq!(one.stage(&token.text).is_some(), issued <= NOW, "issued {issued}");
        }
    }
}
