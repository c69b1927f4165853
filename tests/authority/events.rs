//! The audit log: what each act writes into it, and what never is in it.

use std::ops::ControlFlow;

use jot::authority::Rules;
use jot::authority::refresh::Wish;
use jot::authority::revoke::{Note, What};
use jot::authority::rules::Rotation;
use jot::event::{Event, Kind};
use jot::store::EventFilter;

use super::world::*;

/// All that was written since the last time, as kind and name.
fn written(world: &World, after: &mut i64) -> Vec<Event> {
    let mut events = Vec::new();
    let filter = EventFilter { after: Some(*after), ..EventFilter::default() };
    let mut take = |(position, event)| {
        *after = position;
        events.push(event);
        Ok(ControlFlow::Continue(()))
    };
    world.authority.store().events(&filter, &mut take).unwrap();
    events
}

fn told(events: &[Event]) -> Vec<(Kind, Option<&str>)> {
    events
        .iter()
        .map(|event| (event.kind, event.subject.as_ref().map(|subject| subject.username.as_str())))
        .collect()
}

#[test]
fn each_act_writes_its_event() {
    let world = world(Rules { rotation: Rotation::Always, ..rules() });
    let mut after = 0;
    let mut seen = |wanted: &[Kind]| {
        let events = written(&world, &mut after);
        let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
        assert_eq!(kinds, wanted, "{events:?}");
        for event in &events {
            assert_eq!((event.at, &event.source), (world.now(), &here()));
        }
        events
    };
    world.add("alice");
    let added = seen(&[Kind::UserChanged]);
    assert_eq!(added[0].detail.as_deref(), Some("added"));
    let (refresh, access) = world.login("alice");
    let login = seen(&[Kind::LoggedIn]);
    assert_eq!(told(&login), [(Kind::LoggedIn, Some("alice"))]);
    assert_eq!(login[0].sid, claims(&access).sid);
    world.refresh(&refresh, Wish::Access);
    assert_eq!(world.stage(&access), None);
    seen(&[]);
    let next = world.refresh(&world.refresh(&refresh, Wish::Access).refresh, Wish::Update);
    let updated = seen(&[Kind::RefreshUpdated]);
    assert_eq!(updated[0].sid, login[0].sid);
    let what = [What::Token(next.access.text)];
    world.authority.revoke(&what, &note("leaked")).unwrap();
    let revoked = seen(&[Kind::Blacklisted]);
    assert_eq!(revoked[0].jti, Some(next.access.jti));
    assert_eq!(revoked[0].detail.as_deref(), Some("token: leaked"));
    world.authority.set_password("alice", password("another long phrase"), &here()).unwrap();
    assert_eq!(seen(&[Kind::UserChanged])[0].detail.as_deref(), Some("password changed"));
    assert_eq!(world.refused(&next.refresh, Wish::Access), REVOKED);
    let refused = seen(&[Kind::RefreshRefused]);
    assert_eq!(refused[0].jti, Some(jti(&next.refresh)));
    world.authority.set_active("alice", false, &here()).unwrap();
    assert_eq!(seen(&[Kind::UserChanged])[0].detail.as_deref(), Some("disabled"));
    world.authority.remove_user("alice", &here()).unwrap();
    assert_eq!(seen(&[Kind::UserChanged])[0].detail.as_deref(), Some("removed"));
}

fn note(reason: &str) -> Note {
    Note { reason: Some(reason.into()), source: Some(here()), ..Note::default() }
}

/// People type passwords where names are asked for.
#[test]
fn a_failed_login_names_only_who_is_stored() {
    let world = world(rules());
    world.add("alice");
    let mut after = 0;
    written(&world, &mut after);
    for name in ["alice", "my secret password", "", "a\u{202e}b"] {
        assert_eq!(world.try_login(name, "wrong").unwrap(), None);
    }
    let events = written(&world, &mut after);
    let failed = Kind::LoginFailed;
    assert_eq!(
        told(&events),
        [(failed, Some("alice")), (failed, None), (failed, None), (failed, None)]
    );
    assert_eq!(events[0].detail, None);
    assert!(events[1..].iter().all(|event| event.detail.as_deref() == Some("an unknown name")));
}

#[test]
fn a_theft_and_a_late_use_are_written_once() {
    let world = world(Rules { rotation: Rotation::Always, ..rules() });
    let (first, _) = world.pair("alice");
    let mut after = 0;
    let second = world.refresh(&first, Wish::Access).refresh;
    world.pass(GRACE + 1);
    world.refresh(&first, Wish::Access);
    let events = written(&world, &mut after);
    assert_eq!(told(&events), [(Kind::RefreshRecovered, Some("alice"))]);
    assert_eq!(events[0].jti, Some(jti(&first)));
    assert_eq!(world.refused(&first, Wish::Access), REVOKED);
    assert_eq!(world.refused(&second, Wish::Access), REVOKED);
    let events = written(&world, &mut after);
    assert_eq!(
        told(&events),
        [(Kind::TheftDetected, Some("alice")), (Kind::RefreshRefused, Some("alice"))]
    );
    assert!(events[0].detail.as_ref().unwrap().starts_with("an old refresh token"));
}

#[test]
fn frequent_events_are_stored_where_the_rules_say_so() {
    let recorded = vec![Kind::TokenValidated, Kind::AccessRefreshed];
    let world = world(Rules { recorded, rotation: Rotation::Always, ..rules() });
    let mut after = 0;
    let (refresh, access) = world.pair("alice");
    assert_eq!(world.stage(&access), None);
    assert_eq!(told(&written(&world, &mut after)), [(Kind::TokenValidated, Some("alice"))]);
    world.refresh(&refresh, Wish::Access);
    world.refresh(&refresh, Wish::AccessOnly);
    let refreshed = (Kind::AccessRefreshed, Some("alice"));
    assert_eq!(told(&written(&world, &mut after)), [refreshed, refreshed]);
    assert!(world.stage("x.y.z").is_some());
    assert_eq!(written(&world, &mut after), []);
}

/// Whoever holds one dead token can ask as often as they like.
#[test]
fn refusals_do_not_fill_the_log() {
    let world = world(rules());
    let (refresh, _) = world.pair("alice");
    let what = [What::User("alice".into())];
    world.authority.revoke(&what, &note("x")).unwrap();
    let mut after = 0;
    written(&world, &mut after);
    for _ in 0..500 {
        assert_eq!(world.refused(&refresh, Wish::Access), REVOKED);
    }
    assert_eq!(written(&world, &mut after).len(), 60);
    world.pass(60);
    assert_eq!(world.refused(&refresh, Wish::Access), REVOKED);
    let next = written(&world, &mut after).remove(0);
    assert!(next.detail.unwrap().ends_with("(440 others were not kept)"));
}

#[test]
fn a_purge_takes_events_when_their_time_is_over() {
    let world = world(Rules { events_kept: 10 * DAY, ..rules() });
    world.add("alice");
    world.pass(5 * DAY);
    world.add("bob");
    world.pass(5 * DAY);
    assert_eq!(world.authority.purge().unwrap().events, 0);
    world.pass(1);
    assert_eq!(world.authority.purge().unwrap().events, 1);
    assert_eq!(told(&written(&world, &mut 0)), [(Kind::UserChanged, Some("bob"))]);
}
