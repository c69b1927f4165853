//! The server under attack: what honest clients wait for meanwhile, beside what they wait for
//! without it; what the server holds; whether the attackers' sockets end in time; and what it costs
//! to refuse a token. `cargo bench --bench attacked` takes two to three minutes and 10,000 file
//! descriptors, which `ulimit -n` gives; `-- WORD` leaves only the attacks with that word in their name.
#![expect(clippy::unwrap_used, reason = "what cannot be measured ends the measurement")]
#![expect(clippy::expect_used, reason = "so do the tests, whose world this is")]
#![expect(clippy::print_stdout, reason = "the table is the result")]
#![expect(clippy::cast_precision_loss, reason = "counts are not that large")]
#![expect(clippy::print_stderr, reason = "who was not served says why")]

use std::time::Duration;

use jot::alg::Algorithm;

#[path = "measure/attack.rs"]
mod attack;
#[path = "../tests/support/certificate.rs"]
mod certificate;
#[path = "measure/honest.rs"]
mod honest;
#[path = "measure/load.rs"]
#[expect(dead_code, reason = "other benches use the rest")]
mod load;
#[path = "measure/process.rs"]
#[expect(dead_code, reason = "other benches use the rest")]
mod process;
#[path = "measure/refusals.rs"]
mod refusals;
#[path = "measure/serving.rs"]
#[expect(dead_code, reason = "other benches have rivals")]
mod serving;
#[path = "measure/table.rs"]
mod table;
#[path = "../tests/authority/world.rs"]
#[expect(dead_code, reason = "the authority's tests do more of it")]
mod world;

use attack::{Act, Attack, Outcome};
use certificate::{Believer, made};
use honest::{Found, Site};
use process::Folder;
use refusals::Bad;
use serving::Serving;
use table::Table;

const PASSWORD: &str = "a long password of the bench";
/// How long an attack goes on.
const TIME: Duration = Duration::from_secs(5);
/// How long honest clients are alone with the server before it.
const QUIET: Duration = Duration::from_secs(1);
const SOCKETS: usize = 10_000;
const HEAD: Option<Duration> = Some(Duration::from_secs(10));
const BODY: Option<Duration> = Some(Duration::from_secs(15));
const WRITE: Option<Duration> = Some(Duration::from_secs(30));
const NOW: Option<Duration> = Some(Duration::ZERO);
/// RFC 9113 3.4, 6.1 and 6.4: the preface, frames without bytes, frames that reset a stream.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const FRAMES: [u8; 22] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 8];

fn main() {
    if !table::is_asked_for() {
        return;
    }
    let mut table = Table::default();
    for algorithm in [Algorithm::RS256, Algorithm::ES256] {
        refusals::measure(algorithm, &mut table);
    }
    let folder = Folder::new();
    folder.run(&["keygen", "--alg", "RS256"]);
    std::fs::write(folder.path("password"), PASSWORD).unwrap();
    folder.run(&["user", "add", "alice", "--password-file", &folder.path("password")]);
    let certified = made(&["localhost"]);
    certified.put(folder.path(".").as_ref());
    let access = folder.run(&["issue", "--user", "alice", "--ttl", "1h"]);
    let check = check(&access);
    let believer = certified.believer();
    let attacked = |under: &mut Table, believer: Option<&Believer>, attacks: Vec<Attack>| {
        for attack in attacks.into_iter().filter(|attack| asked(attack.what)) {
            // A server for each: what one leaves behind is not the next one's.
            let server = if believer.is_some() {
                serving::encrypted(&folder)
            } else {
                serving::jot(&folder)
            };
            let site = Site { address: server.address, believer, check: &check };
            measure(&attack, &server, site, under);
        }
    };
    attacked(&mut table, None, connections());
    attacked(&mut table, Some(&believer), vec![stalled()]);
    attacked(&mut table, None, requests(&Bad::of(&access)));
    table.print();
}

/// Whether the command line names no attack, or one like this.
fn asked(what: &str) -> bool {
    let named = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    named.is_none_or(|word| what.contains(&word))
}

fn check(token: &str) -> String {
    load::post("/validate_access/", &format!("Authorization: Bearer {token}\r\n"), "")
}

fn measure(attack: &Attack, server: &Serving, site: Site, table: &mut Table) {
    let (quiet, ()) = honest::beside(site, |_| std::thread::sleep(QUIET));
    let ((found, outcome), resident) =
        server.resident_while(|| honest::beside(site, |over| attack.run(server, over)));
    tell(attack, [&quiet, &found], (&outcome, resident), table);
}

fn tell(
    attack: &Attack,
    [quiet, found]: [&Found; 2],
    (outcome, resident): (&Outcome, f64),
    table: &mut Table,
) {
    let what = attack.what;
    let slow = if found.failed == 0 { found.within(99) } else { f64::INFINITY };
    let shown = format!(
        "{:.1} ms  (median {:.2}; alone {:.1}, {:.2}; {} asked, {} failed)",
        found.within(99),
        found.within(50),
        quiet.within(99),
        quiet.within(50),
        found.asked(),
        found.failed
    );
    table.limited(&format!("{what}: 99 of 100 honest"), (slow, shown), "50 ms");
    let shown = format!("{resident:.0} MiB");
    table.limited(&format!("{what}: the server holds"), (resident, shown), "256 MiB");
    if let Some(deadline) = attack.deadline {
        let shown = format!(
            "{}  ({} opened; {:.1} s after the last; deadline {} s)",
            outcome.left,
            outcome.opened,
            outcome.gone.as_secs_f64(),
            deadline.as_secs()
        );
        table.limited(&format!("{what}: sockets left"), (outcome.left as f64, shown), "0");
    }
    if !outcome.statuses.is_empty() {
        let told = outcome.statuses.iter().map(|(status, (count, again))| {
            let again =
                if *again > 0 { format!(" ({again} with Retry-After)") } else { String::new() };
            format!("{status}: {count}{again}")
        });
        table.told(&format!("{what}: answers"), told.collect::<Vec<_>>().join(", "));
    }
}

/// Sockets that do all but ask.
fn connections() -> Vec<Attack> {
    let second = Duration::from_secs(1);
    let drip = |what, opening: &str, drop, deadline| Attack {
        what,
        sockets: SOCKETS,
        act: Act::Drip(opening.into(), drop),
        away: second,
        deadline,
        time: TIME,
    };
    let post = "POST /login/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";
    let huge = format!("GET / HTTP/1.1\r\nx: {}", "y".repeat(1 << 20));
    let keys = "GET /.well-known/jwks.json HTTP/1.1\r\nHost: a\r\n\r\n".repeat(64);
    let frames = [PREFACE, &FRAMES.repeat(4096)].concat();
    vec![
        drip("silent sockets", "", b"", HEAD),
        drip("heads byte by byte", "GET / HTTP/1.1\r\nx: ", b"y", HEAD),
        drip("bodies byte by byte", post, b"y", BODY),
        Attack { sockets: 100, away: Duration::ZERO, ..drip("heads of 1 MiB", &huge, b"", HEAD) },
        Attack {
            sockets: 32,
            act: Act::Take(keys.into()),
            ..drip("answers that nobody takes", "", b"", WRITE)
        },
        Attack {
            sockets: 100,
            act: Act::Drip(frames, b""),
            away: Duration::ZERO,
            ..drip("frames of HTTP/2", "", b"", NOW)
        },
    ]
}

fn stalled() -> Attack {
    Attack {
        what: "TLS handshakes that stall",
        sockets: SOCKETS,
        act: Act::Drip(vec![22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3], b"y"),
        away: Duration::from_secs(1),
        deadline: HEAD,
        time: TIME,
    }
}

/// Floods of requests: each client asks again as soon as it is answered. 900 that want to log in six
/// times a second are more than 5,000, above fifty times what one core can hash.
fn requests(bad: &Bad) -> Vec<Attack> {
    let flood = |what, request: String| Attack {
        what,
        sockets: 64,
        act: Act::Ask(request.into(), Duration::ZERO),
        away: Duration::from_millis(100),
        deadline: None,
        time: TIME,
    };
    let login = |password: &str| {
        load::post(
            "/login/",
            "",
            &format!("username=alice&password={}", password.replace(' ', "+")),
        )
    };
    let pace = Duration::from_millis(160);
    vec![
        flood("garbage tokens", check(&bad.garbage)),
        flood("unknown kids", check(&bad.stranger)),
        flood("forged signatures", check(&bad.forged)),
        Attack {
            sockets: 900,
            act: Act::Ask(login(PASSWORD).into(), pace),
            ..flood("logins, 50 times what can be", String::new())
        },
        // Last of all: these leave counts in the store.
        flood("wrong passwords", login("wrong")),
    ]
}
