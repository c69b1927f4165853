//! What bringing a backup back means for tokens, above all for those of its own moment.

use std::path::PathBuf;
use std::time::Duration;

use jot::authority::restore::Tokens;
use jot::store::sqlite::{BUSY, Checked};
use rusqlite::Connection;

use super::world::*;

fn folder() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("jot.db"), folder.path().join("copy.db"));
    (folder, path, copy)
}

#[test]
fn the_watermark_is_of_the_moment_when_nobody_else_can_write() {
    let (_folder, path, copy) = folder();
    let world = world_in(&path, rules());
    world.add("alice");
    world.authority.store().backup(&copy).unwrap();
    let backup = Checked::new(&copy, &path, BUSY).unwrap().copy().unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        let restore = || world.authority.restore(backup.path(), Tokens::Refused, &here());
        let restoring = scope.spawn(restore);
        std::thread::sleep(Duration::from_millis(50));
        world.pass(7);
        // Somebody was issued this a moment ago, and nobody has it on record yet.
        other.execute_batch("COMMIT").unwrap();
        restoring.join().unwrap().unwrap();
    });
    let (_, watermark) = world.authority.store().account(jot::store::Whose::Name("x")).unwrap();
    assert_eq!(watermark, Some(NOW + 7));
    let issued = claims(&world.access("alice")).iat.unwrap();
    assert_eq!((issued, world.now()), (NOW + 8, NOW + 8), "a second later at most");
}

#[test]
fn what_outlives_every_rule_stays_refused_as_long() {
    let (_folder, path, copy) = folder();
    let generous = jot::authority::rules::Lifetimes { access: Some(400 * DAY), refresh: None };
    let before = world_in(&path, jot::authority::Rules { lifetimes: generous, ..rules() });
    before.add("alice");
    before.authority.store().backup(&copy).unwrap();
    let token = before.access("alice");
    let world = world_in(&path, rules());
    let backup = Checked::new(&copy, &path, BUSY).unwrap().copy().unwrap();
    world.authority.restore(backup.path(), Tokens::Refused, &here()).unwrap();
    world.pass(399 * DAY);
    world.authority.purge().unwrap();
    assert_eq!(world.stage(&token), Some(jot::error::Stage::Revoked));
}

#[test]
fn kept_tokens_are_those_that_nothing_speaks_against() {
    let (_folder, path, copy) = folder();
    let world = world_in(&path, rules());
    for name in ["alice", "bob"] {
        world.add(name);
    }
    let (refresh, access) = world.pair("alice");
    let (_, others) = world.pair("bob");
    world.authority.store().backup(&copy).unwrap();
    world.authority.set_active("bob", false, &here()).unwrap();
    let later = world.access("alice");
    let backup = Checked::new(&copy, &path, BUSY).unwrap().copy().unwrap();
    world.authority.restore(backup.path(), Tokens::Kept, &here()).unwrap();
    for token in [&refresh, &access, &later] {
        assert_eq!(world.stage(token), None);
    }
    assert!(world.stage(&others).is_some());
    world.authority.set_active("bob", true, &here()).unwrap();
    assert!(world.stage(&others).is_some(), "enabled again, and the old ones stay refused");
}
