//! What a long list of revocations costs whoever validates: `jot validate` over a store with a
//! thousand of them, and with many. A hundred thousand are many; with
//! `JOT_BENCH_REVOCATIONS=10000000` ten million are, which takes half a minute to make.
//! `cargo bench --bench revoked`
#![expect(clippy::unwrap_used, reason = "what cannot be measured ends the measurement")]
#![expect(clippy::print_stdout, reason = "the table is the result")]

#[path = "measure/process.rs"]
#[expect(dead_code, reason = "the commands' bench measures more")]
mod process;
#[path = "measure/table.rs"]
mod table;

use jot::revocation::{Revocation, Target};
use jot::store::sqlite::{BUSY, Missing, Sqlite};
use jot::store::{Change, Store};
use process::{Folder, Rivals};

const FEW: u64 = 1_000;
const MANY: u64 = 100_000;

/// How many are stored in one transaction.
const TOGETHER: u64 = 50_000;

fn main() {
    if !table::is_asked_for() {
        return;
    }
    #[expect(clippy::disallowed_methods, reason = "a bench has no settings")]
    let asked = std::env::var("JOT_BENCH_REVOCATIONS").ok();
    let many = asked.map_or(MANY, |number| number.parse().unwrap());
    let (mut table, rivals) = (table::Table::default(), Rivals::found());
    let stores = [FEW, many].map(|count| {
        let folder = Folder::new();
        folder.run(&["keygen", "--quiet"]);
        let token = folder.run(&["issue", "--user", "alice", "--ttl", "1d"]);
        fill(&folder, count);
        (folder, token)
    });
    let counted = [&stores[0], &stores[1]]
        .map(|(folder, token)| rivals.instructions(folder, process::JOT, &["validate", token]));
    let what = format!("jot validate, {many} revocations / {FEW}, instructions");
    match counted {
        [Ok(few), Ok(many)] => {
            table.limited(&what, table::ratio(many / 1e3, few / 1e3, "k", 0), "1.3");
        }
        [Err(why), _] | [_, Err(why)] => table.told(&what, why),
    }
    let run = |(folder, token): &(Folder, String)| _ = folder.run(&["validate", token]);
    let [few, many] = table::take_turns(100, [&mut || run(&stores[0]), &mut || run(&stores[1])]);
    table.told("the same, wall time", table::ratio(many, few, "ms", 2).1);
    table.print();
}

/// Revocations of tokens, in the order of their ids, in which they are stored fastest.
fn fill(folder: &Folder, count: u64) {
    let store = Sqlite::open(folder.path("jot.db").as_ref(), Missing::Refuse, BUSY).unwrap();
    let row = |number: u64| Revocation {
        target: Target::Token(format!("{number:08x}-0000-4000-8000-{number:012x}")),
        username: Some("alice".to_owned()),
        until: 4_000_000_000,
        at: 1_800_000_000,
        reason: None,
        by: Some("bench".to_owned()),
    };
    for start in (0..count).step_by(usize::try_from(TOGETHER).unwrap()) {
        let end = count.min(start + TOGETHER);
        let batch: Vec<_> = (start..end).map(row).collect();
        store.write(&batch.iter().map(Change::Revoke).collect::<Vec<_>>()).unwrap();
    }
}
