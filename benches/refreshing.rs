//! What a refresh that rotates costs above its primitives: two bare RS256 signatures, and one bare
//! durable transaction that replaces a row of the same size under the same indexes. All take turns
//! in one process; the files lie side by side. On a disk a commit sleeps, and what runs after that
//! runs cold, of which a refresh has more than its primitives; in memory nothing sleeps.
//! `cargo bench --bench refreshing`
#![expect(clippy::unwrap_used, reason = "what cannot be measured ends the measurement")]
#![expect(clippy::expect_used, reason = "so do the tests, whose world this is")]
#![expect(clippy::print_stdout, reason = "the table is the result")]

use std::path::Path;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use jot::alg::Algorithm;
use jot::authority::refresh::Wish;
use jot::authority::{Authority, Keys};
use jot::key::{self, Form, Part, Wanted};
use jot::{chance, clock};
use rusqlite::{Connection, params};

#[path = "measure/table.rs"]
#[expect(dead_code, reason = "other benches tell ratios")]
mod table;
#[path = "../tests/authority/world.rs"]
#[expect(dead_code, reason = "the authority's tests do more of it")]
mod world;

const ROUNDS: usize = 2_000;

/// A file system that lies in memory, on Linux: nothing waits for a disk there.
const MEMORY: &str = "/dev/shm";

/// The table of sessions, its indexes, and what is noted at each refresh.
const SCHEMA: &str = include_str!("../src/store/sqlite/version_1.sql");

fn main() {
    if !table::is_asked_for() {
        return;
    }
    let mut table = table::Table::default();
    // Not in a folder for temporary files, which may lie in memory: rows must reach a disk.
    measure(&mut table, env!("CARGO_TARGET_TMPDIR"), "on disk");
    if Path::new(MEMORY).is_dir() {
        measure(&mut table, MEMORY, "in memory");
    }
    table.print();
}

fn measure(table: &mut table::Table, place: &str, said: &str) {
    let folder = tempfile::tempdir_in(place).unwrap();
    let (ours, bare) = (folder.path().join("jot.db"), folder.path().join("bare.db"));
    let text = world::new_key(Algorithm::RS256);
    let key = key::read(text.as_bytes(), "the key", &Wanted::default()).unwrap().keys.remove(0);
    let pair = key.write(Form::Der, Part::Private, None).unwrap();
    let pair = RsaKeyPair::from_pkcs8(&pair).unwrap();
    let authority = authority(&ours, text);
    let issued = authority.issue(&[world::pair("alice")]).unwrap().remove(0).unwrap();
    let mut token = issued.refresh.unwrap().text;
    let message = token.rsplit_once('.').unwrap().0.to_owned();
    let mut refresh = || {
        token = authority.refresh(&token, Wish::Renewal, &world::here()).unwrap().refresh.text;
    };
    let mut transaction = transaction(&bare);

    count(table, [&ours, &bare], [&mut refresh, &mut transaction]);
    let (random, mut buffer) = (SystemRandom::new(), vec![0; pair.public_modulus_len()]);
    let [whole, signatures, written] = table::take_turns(
        ROUNDS,
        [
            &mut refresh,
            &mut || {
                for _ in 0..2 {
                    pair.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut buffer).unwrap();
                }
            },
            &mut transaction,
        ],
    )
    .map(|taken| taken * 1000.0);
    let beyond = whole - signatures - written;
    let shown = format!(
        "{beyond:.0} us  ({whole:.0} us - {signatures:.0} us of signing - {written:.0} us of writing)"
    );
    let what = format!("RS256, {said}: a refresh beyond two signatures and a transaction");
    table.limited(&what, (beyond, shown), "60 us");
}

/// Counts what one refresh and one bare transaction write.
fn count(table: &mut table::Table, paths: [&Path; 2], acts: [&mut dyn FnMut(); 2]) {
    let before = paths.map(wal);
    for act in acts {
        act();
    }
    let after = paths.map(wal);
    let [ours, bare] = [0, 1].map(|at| Wal {
        pages: after[at].pages - before[at].pages,
        commits: after[at].commits - before[at].commits,
    });
    let shown = format!("{}  ({} pages)", ours.commits, ours.pages);
    table.limited("a refresh: write transactions", (f64::from(ours.commits), shown), "1");
    table.told("the bare transaction beside it: pages", bare.pages.to_string());
}

fn authority(path: &Path, text: String) -> Authority {
    let keys = Keys::when_needed(move |_| world::ring(&text));
    let around = (Box::new(clock::System) as _, Box::new(chance::System) as _);
    Authority::new(keys, world::rules(), Box::new(world::open(path)), around)
}

/// Replaces the one row again and again, each time in a transaction of its own.
fn transaction(path: &Path) -> impl FnMut() {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "journal_mode", "wal").unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    connection.execute_batch("PRAGMA synchronous = FULL").unwrap();
    let id = |number: u64| format!("{number:08x}-0000-4000-8000-{number:012x}");
    let insert = "INSERT INTO sessions VALUES \
        (?1, NULL, 'alice', 1800000000, 0, ?1, 1800000000, 1800604800, NULL, NULL, NULL, NULL, NULL)";
    connection.execute(insert, [id(0)]).unwrap();
    connection.execute_batch("INSERT INTO meta VALUES ('latest_expiry', 1800604800)").unwrap();
    let mut generation = 0;
    move || {
        generation += 1;
        connection.prepare_cached("BEGIN IMMEDIATE").unwrap().execute([]).unwrap();
        let update = "UPDATE sessions SET generation = ?2, jti = ?3, previous = ?4, \
            rotated = 1800000000 + ?2 WHERE sid = ?1";
        let (now, before) = (id(generation), id(generation - 1));
        let mut update = connection.prepare_cached(update).unwrap();
        let number = i64::try_from(generation).unwrap();
        assert_eq!(update.execute(params![id(0), number, now, before]).unwrap(), 1);
        connection.prepare_cached("COMMIT").unwrap().execute([]).unwrap();
    }
}

/// What a write-ahead log holds.
struct Wal {
    pages: u32,
    commits: u32,
}

/// Reads the log beside a store (the file format, 4.1): a header of 32 bytes, and frames of 24
/// bytes and a page; those that end a transaction say how large the store is afterwards.
fn wal(path: &Path) -> Wal {
    let bytes = std::fs::read(format!("{}-wal", path.display())).unwrap();
    let frames = bytes.get(32..).unwrap_or_default().chunks(24 + 4096);
    let (pages, commits) = frames.fold((0, 0), |(pages, commits), frame| {
        (pages + 1, commits + u32::from(frame[4..8] != [0; 4]))
    });
    Wal { pages, commits }
}
