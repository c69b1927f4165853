//! Sections 9 and 10 of the contract.
#![cfg(test)]

#[path = "../authority/world.rs"]
#[expect(dead_code, reason = "the authority's own tests do more of it")]
mod world;

mod cast;
mod history;
mod model;
mod play;
mod pure;
mod real;
mod request;
mod table;
mod witness;

use std::cell::RefCell;
use std::collections::BTreeMap;

use history::History;
use play::play;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use pure::Pure;
use real::Real;
use request::{ROWS, Reached};

/// How many histories are played, unless `JOT_TEST_HISTORIES` says otherwise.
const HISTORIES: u32 = 2_000;

#[expect(clippy::disallowed_methods, reason = "this is the tests' own, not a setting of jot")]
fn histories() -> u32 {
    let asked = std::env::var("JOT_TEST_HISTORIES").ok();
    asked.map_or(HISTORIES, |number| number.parse().expect("a number of histories"))
}

/// Plays any histories, which must lead to every row of the table.
fn all(cases: u32, run: impl Fn(&History) -> Result<Reached, String>) {
    let config =
        Config { cases, failure_persistence: None, max_shrink_iters: 5_000, ..Config::default() };
    let seen = RefCell::new(BTreeMap::<_, u32>::new());
    let outcome = TestRunner::new(config).run(&history::history(), |history| {
        let reached = run(&history).map_err(TestCaseError::fail)?;
        for row in reached {
            *seen.borrow_mut().entry(row).or_default() += 1;
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let seen = seen.into_inner();
    println!("histories that led to each row: {seen:?}");
    for row in ROWS {
        assert!(seen.contains_key(row), "no history led to the row {row:?}: {seen:?}");
    }
}

#[test]
fn every_history_by_the_pure_rule() {
    all(10 * histories(), |history| play(history, &mut Pure::default()));
}

#[test]
fn every_history_by_two_authorities_over_one_file() {
    all(histories(), |history| play(history, &mut Real::new(&history.rules())));
}
