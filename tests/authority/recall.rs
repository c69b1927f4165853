//! What is remembered of a good token, and when it counts for nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jot::alg::Algorithm;
use jot::authority::validate::Asked;
use jot::authority::{Authority, Keys, RingSource};
use jot::chance::Seeded;
use jot::clock::Fixed;
use jot::error::{Result, Stage};
use jot::key::ring::Ring;
use jot::key::{Part, Stamp};
use jot::store::sqlite::Sqlite;

use super::world::*;

/// The tests' key as the ring of a file, which counts how often it is read.
struct Counted(PathBuf, Arc<AtomicUsize>);

impl RingSource for Counted {
    fn stamps(&self) -> Result<Vec<Stamp>> {
        Ok(vec![Stamp::of(&self.0).unwrap()])
    }

    fn read(&self, _: Part, _: Option<&Ring>) -> Result<Ring> {
        self.1.fetch_add(1, Ordering::Relaxed);
        ring(&KEY)
    }
}

/// Whoever may not wait asks for the ring that is held.
#[test]
fn a_ring_that_is_held_is_the_one_that_was_read_last_and_is_never_read_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let (file, reads) = (folder.path().join("ring"), Arc::new(AtomicUsize::new(0)));
    let keys = Keys::of(Counted(file.clone(), Arc::clone(&reads)));
    assert!(keys.held().is_none());
    let public = keys.verifying().unwrap();
    assert!(Arc::ptr_eq(&public, &keys.held().unwrap()));
    let private = keys.ring().unwrap();
    assert!(Arc::ptr_eq(&private, &keys.held().unwrap()));
    assert!(Arc::ptr_eq(&private, &keys.verifying().unwrap()));
    std::fs::write(&file, "changed").unwrap();
    assert!(keys.held().is_none());
    assert_eq!(reads.load(Ordering::Relaxed), 2);
}

#[test]
fn a_token_is_not_remembered_past_the_ring_that_verified_it_nor_holds_on_to_that() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ring");
    let source = Counted(file.clone(), Arc::default());
    let clock = Arc::new(Fixed::at(NOW));
    let around = (Box::new(Shared(Arc::clone(&clock))) as _, Box::new(Seeded::new(1)) as _);
    let store = Box::new(Sqlite::in_memory().unwrap());
    let authority = Authority::new(Keys::of(source), rules(), store, around);
    let world = World { authority, clock };
    world.add("alice");
    let (_, access) = world.login("alice");
    let before = Arc::downgrade(&world.authority.ring().unwrap());
    assert_eq!(world.stage(&access), None);
    assert!(world.authority.recall(&access, &Asked::default()).is_some());
    std::fs::write(&file, "changed").unwrap();
    assert!(world.authority.recall(&access, &Asked::default()).is_none());
    drop(world.authority.ring().unwrap());
    assert!(before.upgrade().is_none(), "the ring before, and its private keys, are let go");
    assert_eq!(world.stage(&access), None);
    assert!(world.authority.recall(&access, &Asked::default()).is_some());
}

#[test]
fn an_algorithm_that_is_not_allowed_is_refused_for_a_token_that_is_remembered() {
    let world = world(rules());
    world.add("alice");
    let (_, access) = world.login("alice");
    assert_eq!(world.stage(&access), None);
    let asked = Asked { algs: vec![Algorithm::HS512], ..Asked::default() };
    assert_eq!(world.judged(&access, &asked), Some(Stage::Alg));
}
