//! How fast what is over is taken away, and how long that keeps the store from others: each table
//! by itself. Another connection asks for the store all the while, and the longest that it was
//! refused is the longest transaction. `cargo bench --bench purging`
#![expect(clippy::unwrap_used, reason = "what cannot be measured ends the measurement")]
#![expect(clippy::print_stdout, reason = "the table is the result")]

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use jot::event::{Event, Kind, Source};
use jot::revocation::{Revocation, Target};
use jot::session::{Refresh, Session};
use jot::store::sqlite::{BUSY, Missing, Sqlite};
use jot::store::{Change, Horizon, Minted, Store};
use jot::user::Subject;
use rusqlite::Connection;

#[path = "measure/table.rs"]
#[expect(dead_code, reason = "nothing takes turns here")]
mod table;

/// How many rows are written at once.
const TOGETHER: u64 = 10_000;

/// When everything that is written here is over.
const LATE: i64 = 2_000_000_000;

fn main() {
    if !table::is_asked_for() {
        return;
    }
    let mut table = table::Table::default();
    let revocation = |number| Revocation {
        target: Target::Token(id(number)),
        username: Some("alice".into()),
        until: 1_800_000_000,
        at: 1_700_000_000,
        reason: None,
        by: Some("bench".into()),
    };
    purge(&mut table, ("revocations", 1_000_000), &revocation, |row| Change::Revoke(row));
    purge(&mut table, ("sessions", 200_000), &session, |row| Change::Begin(row));
    purge(&mut table, ("the ledger", 200_000), &minted, |row| Change::Mint(row));
    let event = |number: u64| {
        let source = Source { door: "bench".into(), address: Some("192.0.2.1".into()) };
        let event = Event::new(Kind::LoggedIn, 1_700_000_000, &source).about(&alice());
        Event { jti: Some(id(number)), ..event }
    };
    purge(&mut table, ("events", 500_000), &event, |row| Change::Note(row));
    table.print();
}

/// As scattered as the ids of tokens are.
fn id(number: u64) -> String {
    let scattered = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("{:08x}-0000-4000-8000-{number:012x}", scattered >> 32)
}

fn alice() -> Subject {
    Subject { id: None, username: "alice".into() }
}

fn session(number: u64) -> Session {
    let (sid, jti) = (id(number), id(number + (1 << 40)));
    Session {
        sid,
        subject: alice(),
        created: 1_700_000_000,
        generation: 1,
        current: Refresh { jti, issued: 1_700_000_000, expires: 1_800_000_000 },
        previous: Some(id(number + (1 << 41))),
        rotated: Some(1_700_000_000),
        recovered: None,
        ended: None,
    }
}

fn minted(number: u64) -> Minted {
    Minted {
        jti: id(number),
        sid: None,
        subject: alice(),
        kind: "access".into(),
        profile: "djwto".into(),
        issued: 1_700_000_000,
        expires: 1_800_000_000,
        kid: "8Hh0YBQoN9hT4cOz5fAvFTRmMBPXjBhTCJC0kXVfvmM".into(),
    }
}

/// Fills a store with `count` rows, and takes them away again.
fn purge<T>(
    table: &mut table::Table,
    (name, count): (&str, u32),
    row: &dyn Fn(u64) -> T,
    change: for<'a> fn(&'a T) -> Change<'a>,
) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = folder.path().join("jot.db");
    let store = Sqlite::open(&path, Missing::Create, BUSY).unwrap();
    for start in (0..u64::from(count)).step_by(usize::try_from(TOGETHER).unwrap()) {
        let rows: Vec<_> = (start..start + TOGETHER).map(row).collect();
        store.write(&rows.iter().map(change).collect::<Vec<_>>()).unwrap();
    }
    let done = AtomicBool::new(false);
    let (taken, longest) = thread::scope(|scope| {
        let waiting = scope.spawn(|| longest_refusal(&path, &done));
        let start = Instant::now();
        let gone = store.purge(&Horizon { over: LATE, events: LATE }).unwrap();
        let taken = start.elapsed().as_secs_f64();
        done.store(true, Ordering::Relaxed);
        assert_eq!(gone.revocations + gone.sessions + gone.tokens + gone.events, u64::from(count));
        (taken, waiting.join().unwrap())
    });
    let each = taken / f64::from(count) * 1e9;
    let shown = format!("{:.0} rows/s, {each:.0} ns a row", f64::from(count) / taken);
    let what = format!("purge of {count} rows of {name}");
    // The list of revocations is the one that grows fastest.
    if name == "revocations" {
        table.limited(&what, (each, shown), "5000 ns");
    } else {
        table.told(&what, shown);
    }
    let longest = longest.as_secs_f64() * 1000.0;
    let shown = format!("{longest:.1} ms");
    table.limited(&format!("{name}: longest transaction"), (longest, shown), "50 ms");
}

/// How long at most somebody else could not write.
fn longest_refusal(path: &Path, done: &AtomicBool) -> Duration {
    let other = Connection::open(path).unwrap();
    other.busy_timeout(Duration::ZERO).unwrap();
    let (mut longest, mut refused) = (Duration::ZERO, None);
    while !done.load(Ordering::Relaxed) {
        if other.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_err() {
            refused.get_or_insert_with(Instant::now);
        } else if let Some(since) = refused.take() {
            longest = longest.max(since.elapsed());
        } else {
            // Whoever purges must come to it.
            thread::sleep(Duration::from_micros(200));
        }
    }
    longest
}
