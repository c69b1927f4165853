//! What somebody who is logged in sees and ends of their own: their sessions and nobody else's.

use jot::authority::people::{Act, Tokens};
use jot::authority::refresh::Wish;
use jot::authority::revoke::{Note, What};
use jot::event::{Event, Kind};
use jot::store::EventFilter;

use super::world::*;

impl World {
    fn rename(&self, name: &str, other: &str) {
        let act = Act { what: "renamed", tokens: Tokens::Stay, source: &here() };
        let renamed = self.authority.change_user(name, act, |user| {
            other.clone_into(&mut user.username);
            Ok(())
        });
        assert_eq!(renamed.unwrap().username, other);
    }

    fn log_outs(&self) -> Vec<Event> {
        self.events_of(Kind::LoggedOut)
    }

    fn events_of(&self, kind: Kind) -> Vec<Event> {
        let filter = EventFilter { kind: Some(kind), ..EventFilter::default() };
        let mut events = Vec::new();
        let mut take = |(_, event)| {
            events.push(event);
            Ok(std::ops::ControlFlow::Continue(()))
        };
        self.authority.store().events(&filter, &mut take).unwrap();
        events
    }
}

#[test]
fn one_sees_the_live_sessions_of_oneself_alone() {
    let world = world(rules());
    world.add("alice");
    world.add("bob");
    world.login("bob");
    let (over, _) = world.login("alice");
    world.pass(REFRESH);
    assert_eq!(world.session(&over).current.expires, world.now());
    let (first, _) = world.login("alice");
    world.pass(1);
    let (ended, _) = world.login("alice");
    world.authority.revoke(&[What::Token(ended)], &Note::default()).unwrap();
    world.pass(1);
    let (_, access) = world.login("alice");

    let own = world.authority.own(&claims(&access), 9).unwrap();
    assert_eq!((own.username.as_str(), own.superuser, own.more), ("alice", false, false));
    assert_eq!(own.permissions, ["app.view"]);
    assert_eq!(own.sessions, [world.session(&access), world.session(&first)]);
}

#[test]
fn of_many_sessions_the_own_one_is_always_there() {
    let world = world(rules());
    world.add("alice");
    let (_, access) = world.login("alice");
    for _ in 0..3 {
        world.pass(1);
        world.login("alice");
    }
    for (most, shown, more) in [(1, 2, true), (3, 4, false), (4, 4, false)] {
        let own = world.authority.own(&claims(&access), most).unwrap();
        assert_eq!((own.sessions.len(), own.more), (shown, more), "{most}");
        assert_eq!(own.sessions.last(), Some(&world.session(&access)), "{most}");
    }
}

/// The name that a token carries may be somebody else's by now.
#[test]
fn a_name_that_was_given_on_shows_and_ends_nothing_of_its_new_owner() {
    let world = world(rules());
    world.add("alice");
    let (_, access) = world.login("alice");
    world.rename("alice", "alicia");
    world.add("alice");
    let (_, other) = world.login("alice");

    let own = world.authority.own(&claims(&access), 9).unwrap();
    assert_eq!((own.username.as_str(), own.sessions.len()), ("alicia", 1));
    let sid = claims(&other).sid.unwrap();
    assert!(!world.authority.end_own_session(&claims(&access), &sid, &here()).unwrap());
    world.authority.log_out_everywhere(&claims(&access), &here()).unwrap();
    assert_eq!(world.stage(&other), None);
    assert!(world.stage(&access).is_some());
}

#[test]
fn another_session_of_oneself_ends_and_the_own_one_goes_on() {
    let world = world(rules());
    let alice = world.add("alice");
    world.add("bob");
    let (_, access) = world.login("alice");
    let (lost, _) = world.login("alice");
    let (bobs, _) = world.login("bob");
    let end = |sid: &str| world.authority.end_own_session(&claims(&access), sid, &here()).unwrap();
    let sid = claims(&lost).sid.unwrap();
    for foreign in [claims(&bobs).sid.unwrap().as_str(), "", &sid[..8], "no such session"] {
        assert!(!end(foreign), "{foreign}");
    }
    assert!(end(&sid));
    assert!(!end(&sid), "it has ended already");
    assert_eq!(world.refused(&lost, Wish::Access), REVOKED);
    assert_eq!((world.stage(&access), world.stage(&bobs)), (None, None));
    let left: Vec<_> =
        world.log_outs().into_iter().map(|event| (event.subject, event.sid)).collect();
    assert_eq!(left, [(Some(alice.subject()), Some(sid))]);
}

#[test]
fn a_log_out_everywhere_refuses_all_there_is_and_nobody_else() {
    let world = world(rules());
    world.add("alice");
    world.add("bob");
    let (first, _) = world.login("alice");
    world.pass(1);
    let (second, access) = world.login("alice");
    let minted = world.access("alice");
    let (bobs, _) = world.login("bob");
    world.authority.log_out_everywhere(&claims(&access), &here()).unwrap();
    for token in [&first, &second, &access, &minted] {
        assert!(world.stage(token).is_some());
    }
    assert_eq!(world.stage(&bobs), None);
    assert_eq!(world.log_outs().len(), 1);
    let (_, again) = world.login("alice");
    assert_eq!(world.stage(&again), None);
}

#[test]
fn a_name_that_is_nobodys_has_its_sessions_too() {
    let world = world(rules());
    world.add("alice");
    world.login("alice");
    let (_, access) = world.pair("nobody");
    let own = world.authority.own(&claims(&access), 9).unwrap();
    assert_eq!((own.username.as_str(), own.superuser), ("nobody", false));
    assert_eq!(own.sessions, [world.session(&access)]);
    world.authority.log_out_everywhere(&claims(&access), &here()).unwrap();
    assert!(world.stage(&access).is_some());
}

/// The token in the log is the one that ended its own session, and never that of whoever ended another.
#[test]
fn a_log_out_names_the_token_only_of_the_session_that_it_ends() {
    let world = world(rules());
    world.add("alice");
    let (_, other) = world.login("alice");
    let (refresh, access) = world.login("alice");
    let (own, sid) = (claims(&access), claims(&other).sid.unwrap());
    let named = || {
        let event = world.events_of(Kind::Blacklisted).into_iter().max_by_key(|event| event.at);
        event.map(|event| (event.sid, event.jti)).unwrap()
    };
    assert!(world.authority.end_own_session(&own, &sid, &here()).unwrap());
    assert_eq!(named(), (Some(sid), None));
    world.pass(1);
    world.authority.log_out(&claims(&refresh), &here()).unwrap();
    assert_eq!(named(), (own.sid, claims(&refresh).jti));
    world.pass(1);
    let (_, last) = world.login("alice");
    for token in [last, world.access("alice")] {
        world.pass(1);
        world.authority.log_out_everywhere(&claims(&token), &here()).unwrap();
        assert_eq!(named(), (None, None));
    }
}
