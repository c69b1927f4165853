//! Refreshing through the authority: each wish under each rotation, and what a session allows.

use std::path::Path;

use jot::authority::issue::Grant;
use jot::authority::issue::What;
use jot::authority::refresh::Wish;
use jot::authority::rules::{Lifetimes, Rotation};
use jot::authority::{Rules, revoke};
use jot::error::{Code, Stage};
use jot::session::THEFT;

use super::acts::Acts as _;
use super::world::*;

const WISHES: [Wish; 4] = [Wish::Access, Wish::AccessOnly, Wish::Renewal, Wish::Update];

fn rotating() -> Rules {
    Rules { rotation: Rotation::Always, ..rules() }
}

#[test]
fn each_wish_under_each_rotation_keeps_rotates_or_slides() {
    for (rotation, expected) in [
        (Rotation::Auto, ["keep", "keep", "rotate", "slide"]),
        (Rotation::Always, ["rotate", "keep", "rotate", "slide"]),
        (Rotation::Update, ["keep", "keep", "keep", "slide"]),
    ] {
        for (wish, expected) in WISHES.into_iter().zip(expected) {
            let world = world(Rules { rotation, ..rules() });
            let (token, _) = world.pair("alice");
            world.pass(10);
            let given = world.refresh(&token, wish).refresh;
            let session = world.session(&token);
            let seen = match (session.generation, session.current.expires) {
                (0, _) if given == token => "keep",
                (1, end) if end == NOW + REFRESH => "rotate",
                (1, end) if end == NOW + 10 + REFRESH => "slide",
                other => panic!("{other:?}"),
            };
            assert_eq!(seen, expected, "{wish:?} under {rotation:?}");
            assert_eq!(jti(&given), session.current.jti);
            let new = claims(&given);
            assert_eq!(new.exp, Some(session.current.expires));
            assert_eq!(new.iat, Some(session.current.issued));
            assert_eq!(jti(&given) == jti(&token), seen == "keep");
        }
    }
}

#[test]
fn the_answer_to_keep_is_the_same_token_byte_for_byte_though_the_user_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (world, sql) = shared(folder.path(), rules());
    world.add("alice");
    let (token, _) = world.login("alice");
    sql("UPDATE users SET permissions = '[\"app.new\"]'");
    world.pass(1);
    let refreshed = world.refresh(&token, Wish::Access);
    assert_eq!(refreshed.refresh, token);
    assert_eq!(claims(&refreshed.access.text).permissions, ["app.new"]);
    assert_eq!(world.session(&token).generation, 0);
}

#[test]
fn a_rotated_one_within_the_grace_gives_the_current_one_and_the_row_stays() {
    let world = world(rotating());
    let (token, _) = world.pair("alice");
    let next = world.refresh(&token, Wish::Access).refresh;
    let row = world.session(&token);
    for (seconds, wish) in [(0, Wish::Access), (30, Wish::Update), (30, Wish::AccessOnly)] {
        world.pass(seconds);
        let again = world.refresh(&token, wish);
        assert_eq!(jti(&again.refresh), jti(&next));
        assert_eq!(claims(&again.refresh).exp, claims(&next).exp);
        assert_eq!(claims(&again.refresh).iat, claims(&next).iat);
        assert_eq!(world.stage(&again.access.text), None);
        assert_eq!(world.session(&token), row);
        assert_eq!(world.judged(&token, &REFRESH_ONLY), None);
    }
}

#[test]
fn a_late_one_is_forgiven_once_and_the_second_ends_the_session() {
    let world = world(rotating());
    let (token, access) = world.pair("alice");
    let next = world.refresh(&token, Wish::Access);
    world.pass(GRACE + 1);
    assert_eq!(world.judged(&token, &REFRESH_ONLY), Some(Stage::Revoked));
    assert_eq!(jti(&world.refresh(&token, Wish::Access).refresh), jti(&next.refresh));
    assert_eq!(world.session(&token).recovered, Some(1));
    assert_eq!(world.judged(&token, &REFRESH_ONLY), Some(Stage::Revoked), "looking forgives none");
    assert_eq!(world.refused(&token, Wish::Access), REVOKED);
    let ended = world.session(&token).ended.expect("theft ends the session");
    assert_eq!((ended.at, ended.reason.as_str()), (world.now(), THEFT));
    for dead in [&next.refresh, &token] {
        assert_eq!(world.refused(dead, Wish::Update), REVOKED);
    }
    for dead in [&next.refresh, &next.access.text, &access] {
        assert_eq!(world.stage(dead), Some(Stage::Revoked));
    }
    assert_eq!(world.session(&token).ended, Some(ended), "the first end stays");
}

#[test]
fn a_late_one_in_the_next_generation_too_is_theft() {
    let world = world(rotating());
    let (first, _) = world.pair("alice");
    let second = world.refresh(&first, Wish::Access).refresh;
    world.pass(GRACE + 1);
    world.refresh(&first, Wish::Access);
    let third = world.refresh(&second, Wish::Access).refresh;
    world.pass(GRACE + 1);
    assert_eq!(world.refused(&second, Wish::Access), REVOKED);
    assert_eq!(world.refused(&third, Wish::Access), REVOKED);
}

#[test]
fn an_older_one_is_theft_even_within_the_grace_and_where_nothing_rotates() {
    let world = world(rotating());
    let (first, _) = world.pair("alice");
    let second = world.refresh(&first, Wish::Access).refresh;
    let third = world.refresh(&second, Wish::Access).refresh;
    assert_eq!(world.judged(&first, &REFRESH_ONLY), Some(Stage::Revoked));
    assert_eq!(world.judged(&third, &REFRESH_ONLY), None, "looking ends nothing");
    assert_eq!(world.refused(&first, Wish::AccessOnly), REVOKED);
    assert_eq!(world.judged(&third, &REFRESH_ONLY), Some(Stage::Revoked));
}

#[test]
fn a_slide_never_passes_the_end_of_the_session() {
    let world = world(rules());
    let (mut token, _) = world.pair("alice");
    for _ in 0..4 {
        world.pass(6 * DAY);
        token = world.refresh(&token, Wish::Update).refresh;
    }
    assert_eq!(claims(&token).exp, Some(NOW + MAX_SESSION), "24 days on, 30 is all there is");
    assert_eq!(world.session(&token).created, NOW);
    world.clock.set(NOW + MAX_SESSION - 1);
    let last = world.refresh(&token, Wish::Update).refresh;
    assert_eq!(claims(&last).exp, Some(NOW + MAX_SESSION));
    world.pass(1);
    assert_eq!(world.refused(&last, Wish::Update), Code::Refused(Stage::Expired));
    assert_eq!(world.session(&last).ended, None, "its time was up, nobody ended it");
}

#[test]
fn a_lifetime_of_never_ends_with_what_is_above_it() {
    let never = Lifetimes { access: None, refresh: None };
    let world = world(Rules { lifetimes: never, ninja: never, ..rules() });
    let (token, access) = world.pair("alice");
    assert_eq!(claims(&token).exp, Some(NOW + MAX_SESSION));
    assert_eq!(claims(&access).exp, Some(NOW + MAX_SESSION));
    assert_eq!(claims(&world.access("alice")).exp, Some(NOW + MAX_SESSION));
    world.pass(DAY);
    let refreshed = world.refresh(&token, Wish::Update);
    assert_eq!(claims(&refreshed.refresh).exp, Some(NOW + MAX_SESSION));
    assert_eq!(refreshed.access.expires, NOW + MAX_SESSION);
    let lifetimes = Lifetimes { access: None, refresh: Some(2 * MAX_SESSION) };
    let long = super::world::world(Rules { lifetimes, ..rules() });
    assert_eq!(claims(&long.access("alice")).exp, Some(NOW + MAX_SESSION));
}

#[test]
fn a_minted_refresh_token_lives_as_asked_but_no_longer_than_a_session() {
    let world = world(rules());
    for (asked, lives) in [(60, 60), (MAX_SESSION, MAX_SESSION), (MAX_SESSION + 1, MAX_SESSION)] {
        let grant = Grant { what: What::Refresh, lifetime: Some(asked), ..pair("alice") };
        let issued = world.issue(grant);
        assert_eq!(issued.access, None);
        assert_eq!(issued.refresh.unwrap().expires, NOW + lives);
    }
    let issued = world.issue(Grant { lifetime: Some(60), ..pair("alice") });
    assert_eq!(issued.access.unwrap().expires, NOW + 60);
    assert_eq!(issued.refresh.unwrap().expires, NOW + REFRESH);
}

#[test]
fn refreshing_adds_no_session_and_no_row_of_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let (world, _) = shared(folder.path(), rotating());
    let (mut token, _) = world.pair("alice");
    for wish in WISHES.into_iter().cycle().take(12) {
        token = world.refresh(&token, wish).refresh;
    }
    let connection = rusqlite::Connection::open(folder.path().join("jot.db")).unwrap();
    let count = |table: &str| -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        connection.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("sessions"), count("minted")), (1, 2));
    assert_eq!(world.session(&token).generation, 9);
}

#[test]
fn refresh_iat_is_the_iat_of_the_refresh_token_that_counts() {
    let world = world(rules());
    let (token, access) = world.pair("alice");
    assert_eq!(claim(&access, "refresh_iat"), NOW.to_string());
    assert_eq!(claim(&token, "refresh_iat"), "");
    world.pass(10);
    let kept = world.refresh(&token, Wish::Renewal);
    assert_eq!(claim(&kept.access.text, "refresh_iat"), NOW.to_string());
    assert_eq!(claim(&kept.access.text, "iat"), (NOW + 10).to_string());
    world.pass(10);
    let slid = world.refresh(&kept.refresh, Wish::Update);
    assert_eq!(claim(&slid.access.text, "refresh_iat"), (NOW + 20).to_string());
    let retried = world.refresh(&kept.refresh, Wish::Update);
    assert_eq!(claim(&retried.access.text, "refresh_iat"), (NOW + 20).to_string());
}

#[test]
fn where_updates_are_not_allowed_nothing_else_changes() {
    let world = world(Rules { allow_update: false, ..rules() });
    let (token, _) = world.pair("alice");
    assert_eq!(world.refused(&token, Wish::Update), Code::Usage);
    assert_eq!(world.session(&token).generation, 0);
    world.refresh(&token, Wish::Access);
}

#[test]
fn a_token_that_cannot_be_minted_leaves_the_session_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (world, _) = shared(folder.path(), rules());
    let (token, _) = world.pair("alice");
    let big = format!("big={}", "x".repeat(20_000));
    let constants = vec![jot::claims::grammar::parse(&big).unwrap()];
    let path = folder.path().join("jot.db");
    let other = world_in(&path, Rules { constants, ..rules() });
    assert_eq!(other.refused(&token, Wish::Update), Code::TokenTooLarge);
    assert_eq!(world.session(&token).generation, 0, "nothing half done");
}

#[test]
fn what_ended_stays_ended_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (world, sql) = shared(folder.path(), rules());
    world.add("alice");
    let (token, _) = world.login("alice");
    let sid = world.session(&token).sid;
    let note = revoke::Note { reason: Some("lost phone".into()), ..revoke::Note::default() };
    world.authority.revoke(&[revoke::What::Session(sid.clone())], &note).unwrap();
    // Without the refusal the row alone speaks.
    let session = jot::revocation::Target::Session(sid);
    assert!(world.authority.store().forget(&session).unwrap());
    let ended = world.session(&token);
    sql("UPDATE users SET active = 0");
    world.pass(5);
    world.try_refresh(&token, Wish::Access).unwrap_err();
    assert_eq!(world.session(&token), ended);
}

/// A world over a file, and the file for changes that no command makes yet.
pub(crate) fn shared(folder: &Path, rules: Rules) -> (World, impl Fn(&str)) {
    let path = folder.join("jot.db");
    let world = world_in(&path, rules);
    let connection = rusqlite::Connection::open(path).unwrap();
    (world, move |sql: &str| {
        connection.execute_batch(sql).unwrap();
    })
}
