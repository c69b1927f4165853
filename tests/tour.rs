//! `jot tour`: it tells a token's whole life, needs nothing, leaves nothing, and notices a lie.

#![cfg(test)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A tour from a folder, with its temporary files in another.
fn tour(from: &Path, temporary: &Path, variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jot"))
        .arg("tour")
        .current_dir(from)
        .env("TMPDIR", temporary)
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned()).collect()
}

/// The tour's own words for each step, in their order.
const STEPS: [&str; 14] = [
    "$ jot keygen",
    "jot user add alice",
    "$ jot issue --user alice",
    "$ jot decode $TOKEN",
    "$ jot validate --perm news.change $TOKEN",
    "$ jot revoke",
    "$ jot validate $TOKEN",
    "(exit code 16)",
    "$ jot revocations",
    "$ jot issue --user alice --type pair",
    "$ jot refresh --update $REFRESH",
    "$ jot serve",
    "listening on http://127.0.0.1:",
    "/validate_access/",
];

fn assert_whole(output: &Output) {
    let (told, wrong) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{told}{wrong}");
    assert_eq!(wrong, "");
    let mut rest = told.as_str();
    for step in STEPS {
        let at = rest.find(step).unwrap_or_else(|| panic!("no \"{step}\" after:\n{told}"));
        rest = &rest[at + step.len()..];
    }
    assert!(rest.contains(" 403 "), "the server does not refuse what was revoked:\n{told}");
}

#[test]
fn it_plays_every_step_and_leaves_nothing() {
    let (from, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_whole(&tour(from.path(), temporary.path(), &[]));
    assert_eq!(names(from.path()), [""; 0]);
    assert_eq!(names(temporary.path()), [""; 0]);
}

#[test]
fn it_runs_where_nothing_can_be_written_and_minds_no_settings() {
    let temporary = tempfile::tempdir().unwrap();
    let hostile = [
        ("JOT_SETTINGS", "/nonexistent/jot.toml"),
        ("JOT_TOKEN__ACCESS_LIFETIME", "1s"),
        ("JOT_STORE__URL", "sqlite:/nonexistent/jot.db"),
        ("JOT_KEYS__FOLDER", "/nonexistent"),
        ("JOT_SERVER__LISTEN", "192.0.2.1:1"),
        ("JOT_NO__SUCH", "key"),
        ("XDG_CONFIG_HOME", "/nonexistent"),
        ("HOME", "/nonexistent"),
    ];
    // Not even root can make a file there.
    assert_whole(&tour(Path::new("/proc"), temporary.path(), &hostile));
    assert_eq!(names(temporary.path()), [""; 0]);
}

#[test]
fn settings_files_that_lie_about_are_not_the_tours() {
    let (from, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for folder in [&from, &temporary] {
        fs::write(folder.path().join("jot.toml"), "[token]\nno_such_key = 1\n").unwrap();
    }
    assert_whole(&tour(from.path(), temporary.path(), &[]));
}

#[test]
fn it_fails_where_there_is_no_place_for_its_folder() {
    let from = tempfile::tempdir().unwrap();
    let output = tour(from.path(), Path::new("/dev/null"), &[]);
    assert_eq!(output.status.code(), Some(1));
    let wrong = text(&output.stderr);
    assert!(wrong.starts_with("jot: error: ") && wrong.contains("/dev/null/jot-tour-"), "{wrong}");
}

/// The tour is sabotaged from the outside: a limit on the size of files keeps the store from
/// being written, so a step ends otherwise than it should.
#[test]
fn it_fails_when_a_step_fails_and_still_leaves_nothing() {
    let temporary = tempfile::tempdir().unwrap();
    let line = format!("ulimit -f 8; exec '{}' tour", env!("CARGO_BIN_EXE_jot"));
    let output = Command::new("sh")
        .args(["-c", &line])
        .env("TMPDIR", temporary.path())
        .current_dir(temporary.path())
        .output()
        .unwrap();
    let (told, wrong) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{told}{wrong}");
    assert!(wrong.contains("exit code 0 was expected"), "{wrong}");
    assert!(!told.contains("That was all"), "{told}");
    assert_eq!(names(temporary.path()), [""; 0]);
}
