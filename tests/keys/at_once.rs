//! A ring that is read again, changed by many at once, or left by a change that was cut off.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use jot::alg::Algorithm;
use jot::error::Code;
use jot::key::change::{Needed, Start};
use jot::key::ring::State;
use jot::key::{Form, Key, New, Part, Place, Ring, Seal, TooOpen, Wanted};

use crate::folder::*;
use crate::generate;
use crate::places::put;

#[test]
fn a_ring_is_read_again_without_reading_its_keys_again() {
    let pass = || Ok("open sesame".to_owned().into());
    let asked = Cell::new(0);
    let count = || {
        asked.set(asked.get() + 1);
        pass()
    };
    let wanted = Wanted { algs: &[], passphrase: Some(&count) };
    let folder = Folder::with(&generate(Algorithm::EdDSA));
    let seal = |key: &Key| {
        let seal = Seal { passphrase: "open sesame", chance: &jot::chance::System };
        let wanted = Wanted { algs: &[], passphrase: Some(&pass) };
        let new = New { key, start: Start::Now, seal: Some(seal), wanted };
        folder.held().add(&new, AT).unwrap()
    };
    seal(&generate(Algorithm::EdDSA));
    let before = Ring::open(&folder.place, &wanted, TooOpen::Refuse).unwrap();
    assert_eq!(asked.get(), 1);
    let stamp = folder.place.stamps().unwrap();
    folder.held().revoke(before.entries()[0].key.kid(), None, NOW).unwrap();
    assert_ne!(folder.place.stamps().unwrap(), stamp);
    let again = before.again(&folder.place, &wanted, TooOpen::Refuse).unwrap();
    assert_eq!(asked.get(), 1);
    for (one, other) in before.entries().iter().zip(again.entries()) {
        assert!(Arc::ptr_eq(&one.key, &other.key));
    }
    assert_eq!(again.entries()[0].times.state(NOW), State::Revoked);
    // The key that was revoked would be active since ever.
    fs::remove_file(folder.manifest()).unwrap();
    let error = again.again(&folder.place, &wanted, TooOpen::Refuse).unwrap_err();
    assert_eq!(error.code(), Code::KeyMissing);
}

#[test]
fn what_a_change_that_was_cut_off_left_behind_is_no_key_of_the_ring() {
    let (one, two) = (generate(Algorithm::EdDSA), generate(Algorithm::EdDSA));
    let folder = Folder::with(&one);
    // Before the manifest was written.
    let name = format!("jwt-{}.pem", short(&two));
    put(&folder.path, &name, &two, Form::Pkcs8, Part::Private);
    assert_eq!(folder.open().unwrap().entries().len(), 1);
    folder.add(&two, Start::Now, AT).unwrap();
    // After the manifest was written, before the files were deleted.
    let kept = fs::read(folder.path.join("jwt.pem")).unwrap();
    folder.held().remove(one.kid(), Needed::Remove, NOW).unwrap();
    fs::write(folder.path.join("jwt.pem"), kept).unwrap();
    let ring = folder.open().unwrap();
    assert_eq!(ring.entries().len(), 1);
    assert_eq!(signer(&ring, NOW), two.kid());
}

#[test]
fn what_could_not_be_read_again_is_not_taken_in() {
    let folder = Folder::with(&generate(Algorithm::EdDSA));
    let key = generate(Algorithm::EdDSA);
    let other = || Ok("another".to_owned().into());
    let wanted = Wanted { algs: &[], passphrase: Some(&other) };
    let seal = Seal { passphrase: "open sesame", chance: &jot::chance::System };
    let new = New { key: &key, start: Start::Published, seal: Some(seal), wanted };
    let error = folder.held().add(&new, AT).unwrap_err();
    assert_eq!(error.code(), Code::KeyUnreadable);
    assert_eq!(folder.names(), ["jwt.pem", "jwt.pub"]);
}

#[test]
fn many_who_change_it_at_once_lose_no_key() {
    const MANY: usize = 16;
    let folder = Folder::with(&generate(Algorithm::EdDSA));
    let keys: Vec<_> = (0..MANY).map(|_| generate(Algorithm::EdDSA)).collect();
    let rotated: usize = std::thread::scope(|scope| {
        let start = |(at, key)| {
            let start = if at % 2 == 0 { Start::Never } else { Start::Published };
            let folder = &folder;
            scope.spawn(move || usize::from(folder.add(key, start, AT).is_ok() && at % 2 == 1))
        };
        let threads: Vec<_> = keys.iter().enumerate().map(start).collect();
        let reader = scope.spawn(|| (0..200).for_each(|_| drop(folder.open().unwrap())));
        reader.join().unwrap();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(rotated, 1, "one rotation is on its way, the others are refused");
    let ring = folder.open().unwrap();
    let kids: BTreeSet<_> = ring.entries().iter().map(|entry| entry.key.kid().to_owned()).collect();
    assert_eq!(kids.len(), 1 + MANY / 2 + 1);
    assert!(keys.iter().step_by(2).all(|key| kids.contains(key.kid())));
}

#[test]
fn who_reads_while_keys_are_removed_reads_a_ring() {
    let folder = Folder::with(&generate(Algorithm::EdDSA));
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for _ in 0..60 {
                let key = generate(Algorithm::EdDSA);
                folder.add(&key, Start::Never, AT).unwrap();
                folder.held().remove(key.kid(), Needed::Remove, NOW).unwrap();
            }
        });
        while !writer.is_finished() {
            assert!(!folder.open().unwrap().entries().is_empty());
        }
    });
}

#[test]
fn a_ring_that_is_no_folder_is_not_changed() {
    let what = "the environment variable KEY".to_owned();
    let place = Place::Text { what, text: String::new().into() };
    let error = place.hold(&Wanted::default(), TooOpen::Refuse).err().unwrap();
    assert_eq!(error.code(), Code::Settings);
    assert!(error.to_string().starts_with("the key comes from the environment variable KEY"));
}
