//! jot as processes, beside the tools it is compared with: jwt-cli, openssl. Times are the medians
//! of runs that take turns; instructions are counted by valgrind and are the same on every run.
//! `cargo bench --bench commands`
#![expect(clippy::unwrap_used, reason = "what cannot be measured ends the measurement")]
#![expect(clippy::print_stdout, reason = "the table is the result")]

use std::fs::File;
use std::io::Write;

#[path = "measure/process.rs"]
mod process;
#[path = "measure/table.rs"]
mod table;

use jot::revocation::{Revocation, Target};
use jot::store::sqlite::{BUSY, Missing, Sqlite};
use jot::store::{Change, Store};
use process::{Folder, Rivals};
use table::Table;

/// How many revocations are listed.
const ROWS: u64 = 1_000_000;

const MIB: f64 = 1024.0;

fn main() {
    if !table::is_asked_for() {
        return;
    }
    let (mut table, rivals) = (Table::default(), Rivals::found());
    let folder = Folder::new();
    folder.run(&["keygen", "--quiet"]);
    let token = folder.run(&["issue", "--user", "alice", "--ttl", "1d"]);
    issue(&mut table, &rivals, &folder);
    keygen(&mut table, &rivals, &folder);
    decode(&mut table, &rivals, &folder, &token);
    validate(&mut table, &rivals, &folder, &token);
    serve(&mut table, &folder);
    revocations(&mut table, &folder);
    table.print();
}

fn issue(table: &mut Table, rivals: &Rivals, folder: &Folder) {
    let what = "jot issue, row durable / jwt encode --exp=+5m, RS256, wall time";
    let key = format!("@{}", folder.path("jwt-signing.pem"));
    let encode = |exp| ["encode", "--alg", "RS256", "-S", &key, "--sub", "alice", exp];
    // A token that ends in five minutes, as ours does; and one whose end needs no clock.
    let (relative, absolute) = (encode("--exp=+5m"), encode("--exp=4000000000"));
    let Ok(jwt) = &rivals.jwt else { return table.told(what, process::NO_JWT) };
    let mut disk = File::create(folder.path("disk")).unwrap();
    let [ours, theirs, plain, wait] = table::take_turns(
        100,
        [
            &mut || _ = folder.run(&["issue", "--user", "alice"]),
            &mut || folder.other(jwt, &relative),
            &mut || folder.other(jwt, &absolute),
            &mut || disk.write_all(&[1; 4096]).and_then(|()| disk.sync_data()).unwrap(),
        ],
    );
    table.limited(what, table::ratio(ours, theirs, "ms", 2), "1.6");
    let what = "the same / jwt encode --exp=4000000000";
    table.limited(what, table::ratio(ours, plain, "ms", 2), "1.6");
    table.told("one wait for this disk meanwhile: 4 KiB, fdatasync", format!("{wait:.2} ms"));
}

fn keygen(table: &mut Table, rivals: &Rivals, folder: &Folder) {
    let what = "jot keygen / openssl genrsa, 2048 bits, wall time";
    let Ok(openssl) = &rivals.openssl else { return table.told(what, process::NO_OPENSSL) };
    let genrsa = ["genrsa", "-out", "openssl.pem", "2048"];
    let [ours, theirs] = table::take_turns(
        80,
        [&mut || _ = folder.run(&["keygen", "--quiet", "--force", "--out", "other"]), &mut || {
            folder.other(openssl, &genrsa);
        }],
    );
    table.limited(what, table::ratio(ours, theirs, "ms", 1), "0.40");
}

fn decode(table: &mut Table, rivals: &Rivals, folder: &Folder, token: &str) {
    let (counted, timed) =
        ("jot decode / jwt decode, instructions", "jot decode / jwt decode, wall time");
    let arguments = ["decode", token];
    let Ok(jwt) = &rivals.jwt else {
        table.told(timed, process::NO_JWT);
        return table.told(counted, process::NO_JWT);
    };
    match rivals.instructions(folder, process::JOT, &arguments) {
        Err(why) => table.told(counted, why),
        Ok(ours) => {
            let theirs = rivals.instructions(folder, jwt, &arguments).unwrap_or(f64::NAN);
            table.limited(counted, table::ratio(ours / 1e3, theirs / 1e3, "k", 0), "1.25");
        }
    }
    let [ours, theirs] = table::take_turns(
        100,
        [&mut || _ = folder.run(&arguments), &mut || folder.other(jwt, &arguments)],
    );
    table.told(timed, table::ratio(ours, theirs, "ms", 2).1);
}

fn validate(table: &mut Table, rivals: &Rivals, folder: &Folder, token: &str) {
    let what = "jot validate with ring and store, instructions";
    match rivals.instructions(folder, process::JOT, &["validate", token]) {
        Err(why) => table.told(what, why),
        Ok(count) => table.limited(what, (count, format!("{count:.0}")), "2000000"),
    }
}

fn serve(table: &mut Table, folder: &Folder) {
    let (taken, resident): (Vec<_>, Vec<_>) = (0..20).map(|_| folder.serve()).unzip();
    let ready = format!("{:.1} ms", table::median(taken));
    table.told("jot serve: from its start until it listens", ready);
    let resident = format!("{:.1} MiB", table::median(resident) / MIB);
    table.told("jot serve: resident memory, idle", resident);
}

fn revocations(table: &mut Table, folder: &Folder) {
    revoke(folder);
    for (what, arguments) in [
        ("jot revocations, 1000000 rows: peak resident memory", &["revocations"][..]),
        ("jot revocations --json, the same", &["revocations", "--json"]),
    ] {
        match folder.peak(arguments) {
            Some(peak) => {
                let peak = peak / MIB;
                table.limited(what, (peak, format!("{peak:.1} MiB")), "40 MiB");
            }
            None => {
                table
                    .told(what, "not measured: this system does not tell a process's peak (/proc)");
            }
        }
    }
}

fn revoke(folder: &Folder) {
    let store = Sqlite::open(folder.path("jot.db").as_ref(), Missing::Refuse, BUSY).unwrap();
    let row = |number: u64| Revocation {
        target: Target::Token(format!("{number:08x}-0000-4000-8000-{number:012x}")),
        username: Some(format!("user{}", number % 1000)),
        until: 1_900_000_000,
        at: 1_800_000_000 + i64::try_from(number.wrapping_mul(2_654_435_761) % ROWS).unwrap(),
        reason: None,
        by: Some("bench".to_owned()),
    };
    for start in (0..ROWS).step_by(20_000) {
        let batch: Vec<_> = (start..start + 20_000).map(row).collect();
        store.write(&batch.iter().map(Change::Revoke).collect::<Vec<_>>()).unwrap();
    }
}
