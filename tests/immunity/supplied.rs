//! Classes 27 to 29 and 33: what is linked, as `Cargo.lock` and `cargo tree` have it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

use crate::http;
use crate::served::Served;

/// What the binary is built of on this machine: names and versions.
#[expect(clippy::disallowed_methods, reason = "cargo says itself where it is")]
fn linked() -> BTreeMap<String, Vec<[u64; 3]>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let arguments =
        ["tree", "--locked", "--offline", "--edges", "normal,build", "--prefix", "none"];
    let output = Command::new(cargo)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let mut linked = BTreeMap::<_, Vec<_>>::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let mut words = line.split(' ');
        let (Some(name), Some(number)) = (words.next(), words.next()) else { continue };
        linked.entry(name.to_owned()).or_default().push(version(&number[1..]));
    }
    assert!(linked.len() > 100, "{linked:?}");
    linked
}

fn version(text: &str) -> [u64; 3] {
    let mut numbers = text.split(['.', '-', '+']).map(|part| part.parse().unwrap());
    [(); 3].map(|()| numbers.next().unwrap())
}

/// None is linked at all.
fn none(names: &[&str]) {
    let linked = linked();
    let found: Vec<_> = names.iter().filter(|name| linked.contains_key(**name)).collect();
    assert!(found.is_empty(), "{found:?}");
}

/// Whatever is linked of these is at least so new.
fn at_least(floors: &[(&str, [u64; 3])]) {
    let linked = linked();
    for (name, floor) in floors {
        for seen in linked.get(*name).into_iter().flatten() {
            assert!(seen >= floor, "{name} is {seen:?}, {floor:?} is the first good one");
        }
    }
}

/// RUSTSEC-2026-0258, RUSTSEC-2024-0332, RUSTSEC-2024-0003, RUSTSEC-2023-0034.
#[test]
fn c27_there_is_no_http2_to_flood() {
    none(&["h2", "h3", "quinn", "tungstenite"]);
    let served = Served::ready();
    let mut stream = http::connect(served.address);
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").unwrap();
    let mut answer = Vec::new();
    // A server that closes a connection with unread bytes may reset it.
    _ = stream.read_to_end(&mut answer);
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 "), "{answer:?}");
    assert_eq!(served.ask("GET", "/livez", &[]).status, 200);
}

/// RUSTSEC-2024-0336, RUSTSEC-2024-0399, RUSTSEC-2025-0134, RUSTSEC-2026-0044 to 0048, -0098, -0104.
#[test]
fn c28_one_cryptographic_library_and_a_new_one() {
    none(&["ring", "openssl", "openssl-sys", "native-tls", "rustls-pemfile", "sct"]);
    at_least(&[
        ("rustls", [0, 23, 18]),
        ("rustls-webpki", [0, 103, 13]),
        ("aws-lc-sys", [0, 39, 0]),
        ("webpki-roots", [1, 0, 0]),
    ]);
}

/// RUSTSEC-2026-0178 to 0180, RUSTSEC-2024-0363: the store is a file and speaks to no server.
#[test]
fn c29_no_database_server_is_believed() {
    none(&["tokio-postgres", "postgres-protocol", "sqlx", "mysql", "redis", "diesel"]);
}

/// RUSTSEC-2026-0253, -0097, -0007, -0009, RUSTSEC-2025-0055.
#[test]
fn c33_nothing_that_is_linked_is_known_to_be_bad() {
    at_least(&[
        ("lru", [0, 18, 2]),
        ("rand", [0, 10, 1]),
        ("bytes", [1, 11, 1]),
        ("time", [0, 3, 47]),
        ("crossbeam-channel", [0, 5, 15]),
        ("tracing-subscriber", [0, 3, 20]),
        ("ring", [0, 17, 12]),
        ("hyper", [1, 0, 0]),
        ("jsonwebtoken", [10, 3, 0]),
    ]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let deny = std::fs::read_to_string(root.join("deny.toml")).unwrap();
    let waived = deny.matches("{ id = \"RUSTSEC-").count();
    assert_eq!(
        (waived, deny.contains("RUSTSEC-2023-0071")),
        (1, true),
        "one waiver, with its reason"
    );
}
