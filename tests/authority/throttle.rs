//! Wrong passwords are counted by account and network: who goes on guessing is held back, who is not
//! guessing is not.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Barrier;

use jot::authority::login::Credentials;
use jot::authority::{Hasher, Rules};
use jot::error::Code;
use jot::event::{Event, Kind, Source};
use jot::store::sqlite::Sqlite;
use jot::store::{Change, Counted, EventFilter, Store as _};
use jot::throttle::{Class, Counter, Guess, Limits};

use super::spy::spy;
use super::world::*;

/// What came of a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    In,
    Wrong,
    Throttled(u32),
}
use Came::{In, Throttled, Wrong};

const HOME: &str = "198.51.100.7";
const ATTACKER: &str = "192.0.2.66";

fn guess(world: &World, (name, password): (&str, &str), address: &str) -> Came {
    let source = Source { door: "a test".into(), address: Some(address.into()) };
    let typed = Credentials { username: name, password };
    match world.authority.login(typed, &mut Hasher::default(), &source) {
        Ok(Some(_)) => In,
        Ok(None) => Wrong,
        Err(error) => match error.code() {
            Code::Throttled(seconds) => Throttled(seconds),
            _ => panic!("{error}"),
        },
    }
}

fn wrong(world: &World, name: &str, address: &str) -> Came {
    guess(world, (name, "wrong"), address)
}

fn right(world: &World, name: &str, address: &str) -> Came {
    guess(world, (name, PASSWORD), address)
}

/// Guesses wrongly until it is held back: how often it was judged, and for how long it waits.
fn exhaust(world: &World, name: &str, address: &str) -> (usize, u32) {
    for judged in 0..200 {
        if let Throttled(seconds) = wrong(world, name, address) {
            return (judged, seconds);
        }
    }
    panic!("never held back");
}

/// Another network each.
fn stranger(number: usize) -> String {
    format!("10.{}.{}.1", number / 256, number % 256)
}

pub(crate) fn events(world: &World, kind: Kind) -> Vec<Event> {
    let mut found = Vec::new();
    let filter = EventFilter { kind: Some(kind), ..EventFilter::default() };
    let mut take = |(_, event)| {
        found.push(event);
        Ok(ControlFlow::Continue(()))
    };
    world.authority.store().events(&filter, &mut take).unwrap();
    found
}

#[test]
fn one_network_has_ten_guesses_and_then_one_in_an_hour() {
    let world = world(rules());
    world.add("alice");
    assert_eq!(exhaust(&world, "alice", ATTACKER), (10, 3600));
    assert_eq!(right(&world, "alice", ATTACKER), Throttled(3600), "whatever the password");
    assert_eq!(wrong(&world, "alice", "192.0.2.1"), Throttled(3600), "the same network");
    world.pass(3599);
    assert_eq!(wrong(&world, "alice", ATTACKER), Throttled(1));
    world.pass(1);
    assert_eq!(wrong(&world, "alice", ATTACKER), Wrong);
    assert_eq!(wrong(&world, "alice", ATTACKER), Throttled(3600));
}

#[test]
fn an_attacker_who_hammers_keeps_the_owner_out_of_nowhere() {
    let world = world(rules());
    world.add("alice");
    assert_eq!(right(&world, "alice", HOME), In);
    let mut judged = 0;
    for at in 0..500 {
        judged += usize::from(wrong(&world, "alice", ATTACKER) == Wrong);
        if at % 50 == 0 {
            assert_eq!(right(&world, "alice", HOME), In, "where she was before");
            assert_eq!(right(&world, "alice", &stranger(at)), In, "in a new place");
            assert_eq!(wrong(&world, "alice", HOME), Wrong);
        }
    }
    assert_eq!(judged, 10, "her logins give the attacker no more");
}

#[test]
fn many_networks_together_have_what_strangers_have_and_the_owner_gets_in() {
    let world = world(rules());
    world.add("alice");
    assert_eq!(right(&world, "alice", HOME), In);
    let came: Vec<_> = (0..100).map(|at| wrong(&world, "alice", &stranger(at))).collect();
    let judged = came.iter().filter(|came| **came == Wrong).count();
    assert_eq!((judged, came[99]), (26, Throttled(3600)));
    assert_eq!(right(&world, "alice", HOME), In);
    assert_eq!(wrong(&world, "alice", &stranger(100)), Throttled(3600), "nor does that help");
}

/// Somebody at one of the places where the owner has been keeps the owner out of no other place.
#[test]
fn a_known_network_is_held_back_by_itself_and_forgets_at_a_login() {
    let world = world(rules());
    world.add("alice");
    let cafe = "203.0.113.9";
    assert_eq!([HOME, cafe].map(|from| right(&world, "alice", from)), [In, In]);
    assert_eq!(exhaust(&world, "alice", cafe), (10, 3600));
    assert_eq!(right(&world, "alice", cafe), Throttled(3600));
    assert_eq!(right(&world, "alice", HOME), In);
    assert_eq!(right(&world, "alice", cafe), Throttled(3600), "which lifts nothing elsewhere");
    (0..9).for_each(|_| assert_eq!(wrong(&world, "alice", HOME), Wrong));
    assert_eq!(right(&world, "alice", HOME), In);
    (0..7).for_each(|_| assert_eq!(wrong(&world, "alice", HOME), Wrong));
    // 26 in all, which no login forgets: a login from there must not give others more guesses.
    assert_eq!(right(&world, "alice", HOME), Throttled(3600));
    assert_eq!(right(&world, "alice", "203.0.114.1"), In, "where nobody guesses she gets in");
    world.pass(3600);
    assert_eq!(right(&world, "alice", HOME), In);
}

/// Whoever has one password takes nothing off what is counted at other accounts, or of the network.
#[test]
fn a_login_of_the_attackers_own_resets_nothing_of_others() {
    let world = world(rules());
    for name in ["alice", "mallory"] {
        world.add(name);
    }
    for at in 0..100 {
        if at % 5 == 0 {
            assert_eq!(right(&world, "mallory", ATTACKER), In);
        }
        assert_eq!(wrong(&world, &format!("user{at}"), ATTACKER), Wrong);
    }
    assert_eq!(
        wrong(&world, "alice", ATTACKER),
        Throttled(36),
        "the network's guesses are used up"
    );
    assert_eq!(right(&world, "alice", ATTACKER), Throttled(36), "nobody knows her there");
    assert_eq!(right(&world, "mallory", ATTACKER), In, "and whoever is known there gets in");
    assert_eq!(right(&world, "alice", HOME), In);
}

#[test]
fn an_ipv6_network_is_one() {
    let world = world(rules());
    let came: Vec<_> =
        (0..12).map(|at| wrong(&world, "bob", &format!("2001:db8:0:{at:x}::1"))).collect();
    assert_eq!(came.iter().filter(|came| **came == Wrong).count(), 10);
    assert_eq!(wrong(&world, "bob", "2001:db8:0:100::1"), Wrong);
}

#[test]
fn unknown_names_disabled_users_and_wrong_passwords_are_counted_alike() {
    let (store, notes) = spy();
    let world = world_over(store, rules());
    for name in ["alice", "dora"] {
        world.add(name);
    }
    world.authority.set_active("dora", false, &here()).unwrap();
    world.authority.warm_up().unwrap();
    notes.taken();
    let steps =
        ["seen", "user", "secret", "any_user", "seen", "account", "seen", "write"].as_slice();
    let all = [("alice", "wrong"), ("nobody", PASSWORD), ("dora", PASSWORD), ("a\0b", PASSWORD)];
    for at in 0..12 {
        let came = all.map(|typed| (guess(&world, typed, ATTACKER), notes.taken()));
        let expected = if at < 10 { (Wrong, steps) } else { (Throttled(3600), &["seen"][..]) };
        for ((came, taken), typed) in came.iter().zip(all) {
            assert_eq!((*came, taken.as_slice()), expected, "{typed:?}");
        }
    }
    let names = world.authority.throttled().unwrap();
    let told = |class| {
        let of_class = names.iter().filter(|shown| shown.counter.class == class);
        of_class
            .map(|shown| (shown.user.as_deref(), shown.failures, shown.wait))
            .collect::<BTreeSet<_>>()
    };
    let expected = |wait| {
        BTreeSet::from([(Some("alice"), 10, wait), (Some("dora"), 10, wait), (None, 10, wait)])
    };
    assert_eq!(told(Class::Single), expected(3600));
    assert_eq!(told(Class::Strangers), expected(0));
    assert_eq!(told(Class::Network), BTreeSet::from([(None, 40, 0)]));
}

#[test]
fn what_is_typed_as_a_name_is_nowhere_in_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jot.db");
    let world = world_in(&path, rules());
    exhaust(&world, "my-secret-password", ATTACKER);
    drop(world);
    let found = std::fs::read(&path).unwrap();
    assert!(!found.windows(18).any(|bytes| bytes == b"my-secret-password"));
    assert!(found.windows(12).any(|bytes| bytes == b"192.0.2.0/24"), "or nothing was looked at");
}

#[test]
fn one_event_tells_that_logins_begin_to_wait_and_those_that_wait_write_nothing() {
    let world = world(rules());
    let alice = world.add("alice");
    exhaust(&world, "alice", ATTACKER);
    let last = world.authority.store().last_event().unwrap();
    for _ in 0..20 {
        assert_eq!(right(&world, "alice", ATTACKER), Throttled(3600));
    }
    assert_eq!(world.authority.store().last_event().unwrap(), last);
    let [event] = events(&world, Kind::Throttled).try_into().unwrap();
    assert_eq!(event.subject, Some(alice.subject()));
    assert_eq!(event.source.address.as_deref(), Some(ATTACKER));
    let detail = "logins to this account from 192.0.2.0/24 wait 3600 s";
    assert_eq!(event.detail.as_deref(), Some(detail));
    for at in 0..90 {
        wrong(&world, &format!("user{at}"), ATTACKER);
    }
    let [_, event] = events(&world, Kind::Throttled).try_into().unwrap();
    let detail = "logins from 192.0.2.0/24 to accounts that do not know it wait 36 s";
    assert_eq!((event.subject, event.detail.as_deref()), (None, Some(detail)));
}

#[test]
fn counters_outlive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jot.db");
    let world = world_in(&path, rules());
    world.add("alice");
    assert_eq!(right(&world, "alice", HOME), In);
    exhaust(&world, "alice", ATTACKER);
    drop(world);
    let world = world_in(&path, rules());
    assert_eq!(wrong(&world, "alice", ATTACKER), Throttled(3600));
    assert_eq!(exhaust(&world, "alice", HOME), (10, 3600), "and so does what is known");
}

#[test]
fn of_many_at_once_exactly_as_many_are_answered_as_are_allowed() {
    const THREADS: usize = 64;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jot.db");
    let (one, other) = (world_in(&path, rules()), world_in(&path, rules()));
    one.add("alice");
    one.add("bob");
    let attacker = |_| ATTACKER.to_owned();
    let rounds = [
        ("alice", (10, 3600), &attacker as &(dyn Fn(usize) -> String + Sync)),
        ("bob", (26, 3600), &stranger),
    ];
    for (name, (allowed, wait), address) in rounds {
        let barrier = Barrier::new(THREADS);
        let run = |at: usize| {
            barrier.wait();
            wrong(if at.is_multiple_of(2) { &one } else { &other }, name, &address(at))
        };
        let came: Vec<_> = std::thread::scope(|scope| {
            let run = &run;
            let threads: Vec<_> = (0..THREADS).map(|at| scope.spawn(move || run(at))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let judged = came.iter().filter(|came| **came == Wrong).count();
        assert_eq!(judged, allowed, "{name}: {came:?}");
        assert_eq!(right(&one, name, &address(THREADS)), Throttled(wait));
    }
}

/// What was left is used up while this password is hashed: nobody learns whether it was right.
#[test]
fn who_is_overtaken_is_told_nothing() {
    for password in ["wrong", PASSWORD] {
        for overtaken in ["any_user", "account"] {
            let (store, notes) = spy();
            let world = world_over(store, rules());
            world.add("alice");
            for _ in 0..9 {
                assert_eq!(wrong(&world, "alice", ATTACKER), Wrong);
            }
            notes.after(overtaken, use_up);
            notes.taken();
            assert_eq!(guess(&world, ("alice", password), ATTACKER), Throttled(3600));
            assert!(!notes.taken().contains(&"write"), "{password} after {overtaken}");
        }
    }
}

/// Somebody else guesses as often as is left.
fn use_up(store: &Sqlite) {
    let mut guesses = Vec::new();
    let mut take = |counter: Counter| {
        guesses.extend(counter.account.zip(counter.network));
        Ok(ControlFlow::Continue(()))
    };
    store.counters(&mut take).unwrap();
    for (account, network) in guesses {
        let guess = Guess { account, network };
        let was = store.seen(&guess).unwrap();
        let becomes = Limits::default().failed(&was, NOW);
        let counted = Counted { guess: &guess, was, becomes };
        assert!(store.write(&[Change::Count(&counted)]).unwrap().is_some());
        assert_eq!(store.write(&[Change::Count(&counted)]).unwrap(), None, "it is another by now");
    }
}

#[test]
fn the_counters_of_a_user_or_a_network_can_be_lifted() {
    let world = world(rules());
    let alice = world.add("alice");
    assert_eq!(right(&world, "alice", HOME), In);
    exhaust(&world, "alice", ATTACKER);
    exhaust(&world, "alice", HOME);
    exhaust(&world, "nobody", ATTACKER);
    assert_eq!(world.authority.lift_from_user(&alice, &here()).unwrap(), 4);
    assert_eq!(wrong(&world, "alice", ATTACKER), Wrong);
    assert_eq!(wrong(&world, "alice", HOME), Wrong);
    assert!(matches!(wrong(&world, "nobody", ATTACKER), Throttled(_)));
    let network = Some("192.0.2.0/24".to_owned());
    assert_eq!(world.authority.lift_from(network, &here()).unwrap(), 3);
    assert_eq!(wrong(&world, "nobody", ATTACKER), Wrong);
    assert!(world.authority.lift_from(None, &here()).unwrap() > 0);
    assert_eq!(world.authority.throttled().unwrap(), []);
    let told: Vec<_> =
        events(&world, Kind::UserChanged).iter().filter_map(|e| e.detail.clone()).collect();
    assert!(
        told.ends_with(&[
            "logins are not slowed any more".to_owned(),
            "logins of 192.0.2.0/24 are not slowed any more".to_owned(),
            "logins of everybody are not slowed any more".to_owned(),
        ]),
        "{told:?}"
    );
}

#[test]
fn at_a_terminal_and_where_it_is_off_nothing_is_counted() {
    let off = world(Rules { throttle: None, ..rules() });
    let on = world(rules());
    for _ in 0..120 {
        assert_eq!(wrong(&off, "nobody", ATTACKER), Wrong);
        assert_eq!(on.try_login("nobody", "wrong").unwrap(), None);
    }
    assert_eq!([&off, &on].map(|world| world.authority.throttled().unwrap().len()), [0, 0]);
    let narrow = world(Rules { throttle: Some(Limits::new(3)), ..rules() });
    let came: Vec<_> = (0..4).map(|at| wrong(&narrow, &format!("u{at}"), ATTACKER)).collect();
    assert_eq!(came, [Wrong, Wrong, Wrong, Throttled(1200)]);
}
