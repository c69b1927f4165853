//! Histories of sessions: clients with tabs, retries, lost answers and long pauses; a thief who
//! copies tokens and uses them whenever it pleases; operators; any clock; every door, every rotation.
//!
//! The state table of a session is written a second time in `table`, from what users are promised
//! and not from the code, and `model` puts the gate and the watermarks around it. `play` plays a
//! history twice: on the pure rule with rows in memory (`pure`), and on two authorities over one
//! SQLite file (`real`). What the history says happens at once is asked by as many threads at once,
//! and the answers and rows must be those of some order. `witness` holds what must be true
//! whatever the table says:
//!
//! * An honest client is never logged out, and its session never ends, without a cause: a thief who
//!   used a token of it, a rule or an act of its owner's or an operator's, its time, or a second late
//!   use of its own in one generation or in two that follow each other.
//! * A thief who uses one token more than once after its grace is found, and one event says so.
//! * What is over never refreshes; a refresh adds no row; one generation has one `jti`; the end of a
//!   token moves with an update only, and never beyond the session's; who only checks changes nothing.
//!
//! A client is honest if it keeps one refresh token for all its tabs, that of the answer which
//! arrived last; if everything that it has under way at one time shows the same token; and if it
//! shows a newer one only when each request with an older one has been answered or is lost. Answers
//! may arrive in any order and be lost in any number. What it shows is then the current token or
//! the previous one, always. A tab that keeps a token for itself and shows it long afterwards cannot
//! be told from a thief, and is not honest.
//!
//! `JOT_TEST_HISTORIES` is how many histories are played on the authorities; ten times as many are
//! on the pure rule.
//!
//! What breaks, if the code is broken on purpose, in a row of the table:
//!
//! | row | broken so | seen by |
//! |---|---|---|
//! | current, rotates | rotation keeps, moves iat or exp, an update does not, past the longest session | both |
//! | | generation stays; a row is added; a door rotates that should not, or the other way round | both, `real` |
//! | | the store replaces whatever is there; a lost race is refused, or ends the session | `real` |
//! | previous, in the grace | a second more, a second less, none, for ever; rotates; another jti | both, `real` |
//! | current, kept | rotates | both |
//! | previous, later | not forgiven, not remembered, forgiven twice, in the next generation, or once only | both |
//! | | without its event | `real` |
//! | older | dead and no theft, taken as current, session goes on, no event or two | both, `real` |
//! | user barred | refreshes, session goes on, disabling ends none, a name that became a user's | `real` |
//! | ended or expired | refreshes | both |
//! | checking | grace a second less, previous for ever, older, ended, something is written | both, `real` |
//! | watermarks | their own second, no waiting, a clock behind; a log-out of one token; an early purge | `real` |

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
