//! The directions that ARCHITECTURE.md states, held against the text of the sources: who may use
//! whom, and what every file is like.

#![cfg(test)]

mod form;
mod paths;
mod source;

use std::collections::{BTreeMap, BTreeSet};

use source::Source;

/// What a module of the library may use of the library, besides itself.
const DIRECTIONS: [(&str, &str); 27] = [
    ("error", ""),
    ("clock", ""),
    ("chance", ""),
    ("json", ""),
    ("near", ""),
    ("finding", "error near"),
    ("time", "error"),
    ("alg", "error"),
    ("user", "error json"),
    ("session", "user"),
    ("client", "error user"),
    ("program", "error"),
    ("event", "user json"),
    ("revocation", ""),
    ("throttle", ""),
    ("password", "chance error"),
    ("reading", "json error user"),
    ("lint", "alg finding json reading time user"),
    ("key", "alg error json chance program time"),
    ("jws", "alg key json error"),
    ("claims", "jws alg json error time user"),
    ("store", "client error event session revocation throttle time user json"),
    (
        "authority",
        "alg chance claims client clock error event json jws key password revocation session store throttle time user",
    ),
    ("hook", "authority chance claims error event json program store user"),
    (
        "settings",
        "authority::rules claims::grammar claims::Profile hook::Address alg error event json near password program throttle time",
    ),
    ("doctor", "alg error finding key settings store time user"),
    ("server", "authority claims client clock error event json key session time"),
];

/// What a part of the binary may use of the binary, and of the library.
const OF_THE_BINARY: [(&str, &str, &str); 4] = [
    ("cli", "", ""),
    ("output", "", "error user"),
    (
        "command",
        "cli output",
        "alg authority chance claims client clock doctor error event finding hook json jws key lint password reading revocation server session settings store throttle time user",
    ),
    ("main", "cli command output", "error"),
];

/// Where alone a crate, or a part of the standard library, may be named.
const CRATES: [(&str, &[&str]); 36] = [
    ("clap", BINARY),
    ("clap_complete", BINARY),
    ("clap_mangen", BINARY),
    ("dialoguer", BINARY),
    ("colored", BINARY),
    ("indicatif", BINARY),
    ("anyhow", BINARY),
    ("rusqlite", &["store/sqlite"]),
    ("rsa", &["key"]),
    ("pem", &["key"]),
    ("pkcs8", &["key"]),
    ("sec1", &["key"]),
    ("jsonwebtoken", &["alg.rs", "jws", "key"]),
    ("axum", &["server"]),
    ("hyper", &["server"]),
    ("ureq", &["hook"]),
    ("tower_http", &["server"]),
    ("hyper_util", &["server"]),
    ("prometheus_client", &["server"]),
    ("http_body_util", &["server"]),
    ("maud", &["server/people"]),
    ("tokio", &["server", "command/serve"]),
    ("rustls", &["server/tls", "hook"]),
    ("tokio_rustls", &["server"]),
    ("rcgen", &["server/tls"]),
    ("x509_cert", &["server/tls"]),
    ("sd_listen_fds", &["command/serve"]),
    ("argon2", &["password"]),
    ("bcrypt", &["password"]),
    ("scrypt", &["password"]),
    ("rand", &["chance.rs", "key"]),
    ("toml", &["settings", "command/init.rs"]),
    ("jiff", &["time.rs", "clock.rs", "authority/rules.rs"]),
    ("std::env", &["settings/surroundings.rs", "main.rs", "command/tour.rs"]),
    ("std::process::Command", &["program.rs", "command/secret.rs", "command/tour.rs"]),
    (
        "std::net",
        &["hook", "server", "settings", "throttle.rs", "command/serve", "command/tour.rs"],
    ),
];

const BINARY: &[&str] = &["main.rs", "cli", "command", "output.rs"];

/// The first part of a file's path: the module that it is of.
fn module(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap_or_default()
}

fn is_of(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
}

fn may(allowed: &str, used: &str) -> bool {
    allowed.split(' ').any(|one| {
        used.strip_prefix(one).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    })
}

/// What is wrong in each file, one fault a line, or nothing.
fn faults(of_file: impl Fn(&Source) -> Vec<String>) -> String {
    let sources = source::all();
    assert!(sources.len() > 100, "the sources were not found");
    let told = |source: &Source| -> Vec<String> {
        of_file(source).iter().map(|fault| format!("src/{}: {fault}", source.path)).collect()
    };
    let mut lines: Vec<_> = sources.iter().flat_map(told).collect();
    lines.dedup();
    lines.join("\n")
}

fn assert_none(faults: &str) {
    assert!(faults.is_empty(), "\n{faults}\n");
}

#[test]
fn a_module_uses_only_what_stands_below_it() {
    assert_none(&faults(|source| {
        let own = module(&source.path);
        let row = DIRECTIONS.iter().find(|(name, _)| *name == own).map(|(_, allowed)| *allowed);
        let binary = OF_THE_BINARY.iter().find(|(name, ..)| *name == own);
        let Some(allowed) = row.or(binary.map(|(_, allowed, _)| *allowed)) else {
            return if own == "lib" { Vec::new() } else { vec!["has no row in the table".into()] };
        };
        let used = paths::below(&source.code, "crate");
        let beyond = used.iter().filter(|used| module_of(used) != own && !may(allowed, used));
        beyond.map(|used| format!("uses crate::{used}")).collect()
    }));
}

#[test]
fn the_binary_uses_only_its_part_of_the_library() {
    assert_none(&faults(|source| {
        let own = module(&source.path);
        let allowed = OF_THE_BINARY.iter().find(|(name, ..)| *name == own);
        let allowed = allowed.map_or("", |(.., allowed)| *allowed);
        let only_serve =
            |used: &str| module_of(used) == "server" && !is_of(&source.path, "command/serve");
        let used = paths::below(&source.code, "jot");
        let beyond = used.iter().filter(|used| !may(allowed, used) || only_serve(used));
        beyond.map(|used| format!("uses jot::{used}")).collect()
    }));
}

#[test]
fn a_crate_is_named_only_where_it_belongs() {
    assert_none(&faults(|source| {
        let strays = CRATES.iter().filter(|(name, places)| {
            paths::names(&source.code, name)
                && !places.iter().any(|place| is_of(&source.path, place))
        });
        strays.map(|(name, places)| format!("names {name}, which belongs to {places:?}")).collect()
    }));
}

#[test]
fn the_table_names_crates_that_are_there() {
    let sources = source::all();
    for (name, places) in CRATES {
        let named = |place: &str| {
            sources.iter().any(|s| is_of(&s.path, place) && paths::names(&s.code, name))
        };
        assert!(places.iter().copied().any(named), "nobody names {name} any more");
    }
}

/// The rows of the table in ARCHITECTURE.md: a module, and what it may use of the library.
fn written_down() -> BTreeMap<String, BTreeSet<String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md");
    let text = std::fs::read_to_string(path).unwrap();
    let table = text.lines().skip_while(|line| *line != "| module | may use |").skip(2);
    let rows =
        table.map_while(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    let used = |list: &str| list.split(", ").map(|used| module_of(used).to_owned()).collect();
    rows.map(|(module, list)| (module.to_owned(), used(list))).collect()
}

#[test]
fn the_architecture_says_the_same() {
    let written = written_down();
    for (module, allowed) in DIRECTIONS {
        let used = allowed.split_whitespace().map(|used| module_of(used).to_owned());
        let used: BTreeSet<_> = used.filter(|used| used != "error").collect();
        let said = written.get(module).cloned().unwrap_or_default();
        assert_eq!(said, used, "ARCHITECTURE.md on {module} (left), this test (right)");
    }
}

#[test]
fn no_modules_use_each_other_in_a_circle() {
    let mut edges: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in source::all() {
        let own = module(&source.path).to_owned();
        let used = paths::below(&source.code, "crate");
        let others = used.iter().map(|used| module_of(used).to_owned()).filter(|used| *used != own);
        edges.entry(own.clone()).or_default().extend(others);
    }
    for start in edges.keys() {
        let mut ways: Vec<Vec<&str>> = vec![vec![start]];
        let mut seen = vec![start.as_str()];
        while let Some(way) = ways.pop() {
            for next in way.last().and_then(|last| edges.get(*last)).into_iter().flatten() {
                assert!(next != start, "a circle: {} -> {start}", way.join(" -> "));
                if !seen.contains(&next.as_str()) {
                    seen.push(next);
                    ways.push(way.iter().copied().chain([next.as_str()]).collect());
                }
            }
        }
    }
}

fn module_of(path: &str) -> &str {
    path.split("::").next().unwrap_or_default()
}
