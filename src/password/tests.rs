//! Our own hashes.

use super::*;
use crate::chance::Seeded;

const CHEAP: Cost = Cost { memory: 32, iterations: 1, parallelism: 1 };

fn cheap(password: &str) -> String {
    hash(password, &CHEAP, &Seeded::new(1)).unwrap()
}

#[test]
fn the_right_password_fits_and_no_other() {
    let phc = cheap("correct horse");
    assert!(phc.starts_with("$argon2id$v=19$m=32,t=1,p=1$"), "{phc}");
    assert!(verify("correct horse", &phc).unwrap());
    for wrong in ["", "correct horse ", "Correct horse", "correct horse\0"] {
        assert!(!verify(wrong, &phc).unwrap(), "{wrong:?}");
    }
}

#[test]
fn a_hash_by_the_reference_implementation_fits() {
    // printf password | argon2 somesalt -id -t 2 -k 64 -p 4 -e
    let phc = "$argon2id$v=19$m=64,t=2,p=4$c29tZXNhbHQ\
               $1cp+rkzm4iaaLdA2LKOSe0ncDQ6LNEz6256dSZ/VQJ4";
    assert!(verify("password", phc).unwrap());
    assert!(!verify("Password", phc).unwrap());
}

#[test]
fn a_shorter_hash_fits_and_is_outdated() {
    // printf 'Schl\u00fcssel' | argon2 somesalt -id -t 1 -k 64 -p 1 -l 24 -e
    let phc = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$QSQ28HXVCY49Ym3TkGXZ6KoKkVeE0iCX";
    assert!(verify("Schl\u{fc}ssel", phc).unwrap());
    assert!(outdated(phc, &CHEAP));
}

#[test]
fn salts_differ() {
    let chance = Seeded::new(1);
    assert_ne!(hash("a", &CHEAP, &chance).unwrap(), hash("a", &CHEAP, &chance).unwrap());
}

#[test]
fn composed_and_decomposed_are_one_password() {
    assert!(verify("Schlu\u{308}ssel", &cheap("Schl\u{fc}ssel")).unwrap());
    assert!(verify("\u{212b}", &cheap("\u{c5}")).unwrap());
    // NFKC would make these equal and passwords poorer.
    assert!(!verify("x2", &cheap("x\u{b2}")).unwrap());
}

#[test]
fn nothing_is_truncated() {
    let longest = "x".repeat(MAX_BYTES);
    let phc = cheap(&longest);
    assert!(verify(&longest, &phc).unwrap());
    assert!(!verify(&longest[1..], &phc).unwrap());
    assert!(!verify(&(longest.clone() + "x"), &phc).unwrap());
    assert_eq!(hash(&(longest + "x"), &CHEAP, &Seeded::new(1)).unwrap_err().code(), Code::Usage);
}

#[test]
fn the_limit_is_of_the_normal_form() {
    // Two characters of three bytes become one of two.
    let typed = "u\u{308}".repeat(MAX_BYTES / 2);
    assert!(typed.len() > MAX_BYTES);
    assert!(verify(&typed, &cheap(&typed)).unwrap());
    assert!(normalised(&"\u{fb2c}".repeat(MAX_BYTES / 4)).is_none());
}

#[test]
fn what_cannot_be_read_is_an_error_and_not_a_wrong_password() {
    let good = cheap("a");
    for phc in [
        "",
        "a",
        "$",
        "$argon2id$v=19$m=32,t=1,p=1",
        &good.replace("argon2id", "argon2i"),
        &good.replace("v=19", "v=16"),
        &good.replace("$v=19", ""),
        &good.replace("m=32", "m=1048577"),
        &good.replace("m=32", "m=4294967295"),
        &good.replace("t=1", "t=65"),
        &good.replace("t=1", "t=0"),
        &good.replace("p=1", "p=17"),
        &good.replace("m=32,t=1,p=1", "m=4096,t=1,p=17"),
        &good.replace("m=32", "m=x"),
        &good.replace("p=1", "p=1,z=1"),
        &(good.clone() + "$"),
        &good[..good.len() - 40],
    ] {
        assert!(verify("a", phc).is_err(), "{phc}");
        assert!(readable(phc).is_err(), "{phc}");
        assert!(outdated(phc, &CHEAP), "{phc}");
    }
    readable(&good).unwrap();
}

#[test]
fn a_cost_that_cannot_be_is_refused_by_name() {
    for cost in [
        Cost { memory: 7, ..CHEAP },
        Cost { memory: MOST.memory + 1, ..CHEAP },
        Cost { iterations: 0, ..CHEAP },
        Cost { parallelism: 5, ..CHEAP },
    ] {
        let error = hash("a", &cost, &Seeded::new(1)).unwrap_err();
        assert_eq!(error.code(), Code::Settings);
        assert!(error.to_string().contains(&cost.to_string()), "{error}");
        assert!(stand_in(&cost, &Seeded::new(1)).is_err());
    }
}

#[test]
fn a_hash_is_outdated_when_any_cost_rose() {
    let phc = cheap("a");
    assert!(!outdated(&phc, &CHEAP));
    assert!(!outdated(&phc, &Cost { memory: 16, ..CHEAP }));
    assert!(outdated(&phc, &Cost { memory: 33, ..CHEAP }));
    assert!(outdated(&phc, &Cost { iterations: 2, ..CHEAP }));
    assert!(outdated(&phc, &Cost { parallelism: 2, ..CHEAP }));
}

#[test]
fn a_stand_in_costs_what_a_hash_costs() {
    let text = stand_in(&CHEAP, &Seeded::new(1)).unwrap();
    assert!(!outdated(&text, &CHEAP));
    assert!(outdated(&text, &Cost { memory: 33, ..CHEAP }));
    assert_eq!(text.len(), cheap("a").len());
}
