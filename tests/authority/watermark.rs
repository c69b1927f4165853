//! Watermarks: the second's boundary, the clock behind them, and what `before` means.

use jot::authority::Rules;
use jot::authority::issue::Grant;
use jot::authority::refresh::Wish;
use jot::authority::revoke::{Note, What};
use jot::error::{Code, Stage};
use jot::revocation::Target;

use super::world::*;

fn everybody() -> [What; 1] {
    [What::Everybody]
}

fn user(name: &str) -> [What; 1] {
    [What::User(name.into())]
}

fn before(moment: i64) -> Note {
    Note { before: Some(moment), ..Note::default() }
}

#[test]
fn a_token_of_the_very_second_is_dead_and_the_next_waits_for_the_next() {
    for stored in [true, false] {
        let world = world(rules());
        if stored {
            world.add("alice");
        }
        let token = world.access("alice");
        world.authority.revoke(&user("alice"), &Note::default()).unwrap();
        assert_eq!(world.stage(&token), Some(Stage::Revoked));
        let bob = world.access("bob");
        assert_eq!(claims(&bob).iat, Some(NOW), "nobody else waits");
        let next = world.access("alice");
        assert_eq!(claims(&next).iat, Some(NOW + 1));
        assert_eq!(world.stage(&next), None);
        assert_eq!(world.stage(&token), Some(Stage::Revoked));
    }
}

#[test]
fn a_watermark_for_all_makes_all_wait() {
    let world = world(rules());
    world.add("alice");
    let (refresh, _) = world.login("alice");
    let bob = world.access("bob");
    world.authority.revoke(&everybody(), &Note::default()).unwrap();
    for dead in [&refresh, &bob] {
        assert_eq!(world.stage(dead), Some(Stage::Revoked));
    }
    assert_eq!(world.refused(&refresh, Wish::Access), REVOKED);
    let (_, access) = world.login("alice");
    assert_eq!(claims(&access).iat, Some(NOW + 1));
    assert_eq!(claims(&world.access("bob")).iat, Some(NOW + 1));
}

#[test]
fn a_clock_behind_the_watermark_waits_two_seconds_and_no_longer() {
    for (behind, waits) in [(0, true), (1, true), (2, true), (3, false), (100_000, false)] {
        let world = world(rules());
        world.add("alice");
        let (refresh, _) = world.login("alice");
        world.pass(1);
        world.authority.revoke(&user("alice"), &Note::default()).unwrap();
        let watermark = world.now();
        world.clock.set(watermark - behind);
        let grant = Grant { username: "alice".into(), ..Grant::default() };
        let (issued, login) = (world.try_issue(grant), world.try_login("alice", PASSWORD));
        if waits {
            assert_eq!(claims(&issued.unwrap().access.unwrap().text).iat, Some(watermark + 1));
            assert!(login.unwrap().is_some());
        } else {
            assert_eq!(issued.unwrap_err().code(), Code::ClockBehind, "{behind}");
            assert_eq!(login.unwrap_err().code(), Code::ClockBehind);
            assert_eq!(world.now(), watermark - behind, "nothing waits for long");
        }
        assert_eq!(world.refused(&refresh, Wish::Access), REVOKED);
    }
}

#[test]
fn a_refresh_behind_somebody_elses_watermark_leaves_its_session_alone() {
    let world = world(rules());
    world.pass(10);
    let (refresh, _) = world.pair("alice");
    world.authority.revoke(&user("alice"), &before(NOW + 5)).unwrap();
    world.clock.set(NOW);
    assert_eq!(world.refused(&refresh, Wish::Update), Code::ClockBehind);
    assert_eq!(world.session(&refresh).generation, 0);
    world.clock.set(NOW + 10);
    world.refresh(&refresh, Wish::Update);
}

#[test]
fn before_takes_what_was_issued_up_to_it_and_no_more() {
    let world = world(rules());
    world.add("alice");
    let (old, old_access) = world.login("alice");
    world.pass(10);
    let slid = world.refresh(&old, Wish::Update);
    let (young, at) = (world.access("alice"), world.now());
    let (session, _) = world.login("alice");
    world.pass(10);
    let done = world.authority.revoke(&user("alice"), &before(at - 1)).unwrap();
    assert!(matches!(done[0].done.revocation.target, Target::User(_, moment) if moment == at - 1));
    for dead in [&old, &old_access] {
        assert_eq!(world.stage(dead), Some(Stage::Revoked));
    }
    assert_eq!(world.stage(&slid.refresh), Some(Stage::Revoked), "its session began before");
    assert_eq!(world.stage(&slid.access.text), Some(Stage::Revoked));
    for alive in [&young, &session] {
        assert_eq!(world.stage(alive), None);
    }
    assert_eq!(claims(&world.access("alice")).iat, Some(world.now()), "nobody waits for the past");
    let future = world.authority.revoke(&user("alice"), &before(world.now() + 1));
    assert_eq!(future.unwrap_err().code(), Code::Usage);
}

#[test]
fn an_earlier_watermark_takes_nothing_of_a_later_one() {
    let world = world(rules());
    world.add("alice");
    let token = world.access("alice");
    world.pass(5);
    let later = world.authority.revoke(&user("alice"), &Note::default()).unwrap();
    assert!(!later[0].done.already);
    world.pass(5);
    let earlier = world.authority.revoke(&user("alice"), &before(NOW - 100)).unwrap();
    assert!(earlier[0].done.already);
    assert_eq!(earlier[0].done.revocation.target.watermark(), Some(NOW + 5));
    assert_eq!(world.stage(&token), Some(Stage::Revoked));
}

#[test]
fn a_watermark_is_kept_until_the_last_token_under_it_has_ended() {
    let world = world(rules());
    let long = 200 * DAY;
    let grant = Grant { username: "alice".into(), lifetime: Some(long), ..Grant::default() };
    let token = world.issue(grant).access.unwrap().text;
    for what in [user("alice"), everybody()] {
        let done = world.authority.revoke(&what, &Note::default()).unwrap();
        assert!(done[0].done.revocation.until >= NOW + long, "{done:?}");
    }
    for days in [1, 30, 100, 199] {
        world.clock.set(NOW + days * DAY);
        world.authority.purge().unwrap();
        assert_eq!(world.stage(&token), Some(Stage::Revoked), "after {days} days");
    }
    world.clock.set(NOW + long + 3 * DAY);
    assert_eq!(world.authority.purge().unwrap().revocations, 2);
    assert_eq!(world.stage(&token), Some(Stage::Expired));
}

#[test]
fn a_token_without_iat_counts_as_issued_its_lifetime_before_its_end() {
    let world = world(Rules { iat: false, ..rules() });
    world.add("alice");
    let ((refresh, access), lone) = (world.login("alice"), world.access("alice"));
    assert_eq!((claims(&access).iat, claim(&access, "refresh_iat")), (None, String::new()));
    for alive in [&refresh, &access, &lone] {
        assert_eq!(world.stage(alive), None);
    }
    world.pass(10);
    let slid = world.refresh(&refresh, Wish::Update);
    let young = world.access("alice");
    world.authority.revoke(&user("alice"), &before(NOW + 9)).unwrap();
    for dead in [&refresh, &access, &lone, &slid.refresh, &slid.access.text] {
        assert_eq!(world.stage(dead), Some(Stage::Revoked));
    }
    assert_eq!(world.stage(&young), None);
    world.pass(1);
    world.authority.revoke(&user("alice"), &Note::default()).unwrap();
    assert_eq!(world.stage(&young), Some(Stage::Revoked));
}

/// It would look younger than it is, and outlive a watermark that should end it.
#[test]
fn no_lone_token_without_iat_outlives_its_users_watermark() {
    let world = world(Rules { iat: false, ..rules() });
    world.add("alice");
    let long = Grant { username: "alice".into(), lifetime: Some(10 * DAY), ..Grant::default() };
    let issued = world.try_issue(long);
    world.authority.revoke(&user("alice"), &Note::default()).unwrap();
    if let Ok(issued) = issued {
        let token = issued.access.unwrap().text;
        assert_eq!(world.stage(&token), Some(Stage::Revoked));
    }
}

#[test]
fn what_was_issued_by_a_clock_ahead_is_refused_with_the_rest() {
    let world = world(rules());
    world.add("alice");
    world.clock.set(NOW + 200);
    let (refresh, access) = world.login("alice");
    let alone = world.access("alice");
    world.clock.set(NOW);
    world.authority.revoke(&user("alice"), &Note::default()).unwrap();
    world.authority.revoke(&everybody(), &Note::default()).unwrap();
    for at in [NOW + 3, NOW + 201] {
        world.clock.set(at);
        for token in [&refresh, &access, &alone] {
            assert_eq!(world.stage(token), Some(Stage::Revoked));
        }
    }
}
