//! What the server does in a second: checks of a token against the real djwto under gunicorn, and
//! logins against the bare password hash. `cargo bench --bench serving`; the original is where
//! `tests/run --install` puts it, or where `JOT_TEST_DJWTO_PYTHON` says.
#![expect(clippy::unwrap_used, reason = "what cannot be measured ends the measurement")]
#![expect(clippy::print_stdout, reason = "the table is the result")]
#![expect(clippy::cast_precision_loss, reason = "rates are not that exact")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, Version};

#[path = "measure/load.rs"]
mod load;
#[path = "measure/process.rs"]
#[expect(dead_code, reason = "other benches use the rest")]
mod process;
#[path = "measure/serving.rs"]
#[expect(dead_code, reason = "other benches use the rest")]
mod serving;
#[path = "measure/table.rs"]
#[expect(dead_code, reason = "other benches use the rest")]
mod table;

use load::{Clients, Found};
use process::Folder;
use serving::Serving;

const ROUNDS: usize = 5;
const TIME: Duration = Duration::from_secs(2);
/// As many connections as a small site has, asked by one thread.
const MANY: Clients = Clients(1, 32);
const PASSWORD: &str = "a long password of the bench";

fn main() {
    if !table::is_asked_for() {
        return;
    }
    let folder = Folder::new();
    folder.run(&["keygen", "--alg", "RS256"]);
    std::fs::write(folder.path("password"), PASSWORD).unwrap();
    folder.run(&["user", "add", "alice", "--password-file", &folder.path("password")]);
    let mut table = table::Table::default();
    let server = serving::jot(&folder);
    checks(&folder, &server, &mut table);
    logins(&server, &mut table);
    table.print();
}

/// The same token, checked by both.
fn checks(folder: &Folder, server: &Serving, table: &mut table::Table) {
    let what = "POST /validate_access/, RS256: jot / djwto under gunicorn";
    let Some(original) = serving::djwto(folder) else {
        return table.told(what, "not measured: run tests/run --install");
    };
    let access = access(server.address);
    let request =
        load::post("/validate_access/", &format!("Authorization: Bearer {access}\r\n"), "");
    let rate = |address| load::ask(address, &request, MANY, TIME).rate;
    let rounds: Vec<_> =
        (0..ROUNDS).map(|_| (rate(server.address), rate(original.address))).collect();
    let ours = table::median(rounds.iter().map(|(ours, _)| *ours).collect());
    let theirs = table::median(rounds.iter().map(|(_, theirs)| *theirs).collect());
    table.limited(
        what,
        (ours / theirs, format!("{:.1}  ({ours:.0} / {theirs:.0} a second)", ours / theirs)),
        "at least 15",
    );
}

/// Rates of one round: the bare hash, logins alone, and logins and checks together.
struct Round {
    bare: f64,
    alone: Found,
    both: Found,
    checks: Found,
}

/// One thread that hashes is all that a machine with two cores gives to logins.
fn logins(server: &Serving, table: &mut table::Table) {
    let form = format!("username=alice&password={}", PASSWORD.replace(' ', "+"));
    let login = load::post("/login/", "", &form);
    let access = access(server.address);
    let check = load::post("/validate_access/", &format!("Authorization: Bearer {access}\r\n"), "");
    let rounds: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let bare = bare();
            let alone = load::ask(server.address, &login, Clients(3, 1), TIME);
            let (both, checks) = std::thread::scope(|scope| {
                let logins = scope.spawn(|| load::ask(server.address, &login, Clients(3, 1), TIME));
                let checks = load::ask(server.address, &check, Clients(1, 1), TIME);
                (logins.join().unwrap(), checks)
            });
            Round { bare, alone, both, checks }
        })
        .collect();
    let of = |take: &dyn Fn(&Round) -> f64| table::median(rounds.iter().map(take).collect());
    let (bare, alone) = (of(&|round| round.bare), of(&|round| round.alone.rate));
    let shown = format!("{:.2}  ({alone:.1} / {bare:.1} a second)", alone / bare);
    table.limited("logins / bare argon2id, one thread", (alone / bare, shown), "at least 0.9");
    table.told(
        "logins while tokens are checked",
        format!("{:.1} a second", of(&|round| round.both.rate)),
    );
    table.told(
        "checks meanwhile",
        format!(
            "{:.0} a second, 99 of 100 within {:.1} ms",
            of(&|round| round.checks.rate),
            of(&|round| round.checks.slow)
        ),
    );
}

fn access(server: SocketAddr) -> String {
    let form = format!("username=alice&password={}", PASSWORD.replace(' ', "+"));
    let (status, body) = load::once(server, &load::post("/login/", "", &form));
    assert_eq!(status, 200, "{body}");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    body["access"].as_str().unwrap().to_owned()
}

/// Hashes in a second, by the library alone, with the server's parameters.
fn bare() -> f64 {
    let params = Params::new(19 * 1024, 2, 1, Some(32)).unwrap();
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut memory = vec![argon2::Block::default(); params.block_count()];
    let mut done = 0;
    let begun = Instant::now();
    while begun.elapsed() < TIME {
        let mut hash = [0; 32];
        let (password, salt) = (PASSWORD.as_bytes(), b"sixteen bytes of");
        hasher.hash_password_into_with_memory(password, salt, &mut hash, &mut memory).unwrap();
        done += 1;
    }
    f64::from(done) / begun.elapsed().as_secs_f64()
}
