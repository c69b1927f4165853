//! `SECURITY.md` keeps its word: every test and command that it names is there, and no row is left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document() -> String {
    fs::read_to_string(root().join("SECURITY.md")).unwrap()
}

/// The names of the tests of each test binary, with the modules before them.
fn tests() -> BTreeMap<String, Vec<String>> {
    let mut files = vec![root().join("tests")];
    let mut tests = BTreeMap::<_, Vec<_>>::new();
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|end| end == "rs") {
            let (binary, module) = place(&path);
            let text = fs::read_to_string(&path).unwrap();
            let names = names(&text).map(|name| format!("{module}::{name}"));
            tests.entry(binary).or_default().extend(names);
        }
    }
    tests
}

/// The binary and the module of a file below `tests`.
fn place(path: &Path) -> (String, String) {
    let inside: PathBuf = path.strip_prefix(root().join("tests")).unwrap().with_extension("");
    let mut parts = inside.iter().map(|part| part.to_str().unwrap().to_owned());
    let binary = parts.next().unwrap();
    (binary, parts.collect::<Vec<_>>().join("::"))
}

/// The functions that stand behind a `#[test]`.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let after = text.split("#[test]").skip(1);
    after.filter_map(|rest| {
        let rest = rest.split_once("fn ")?.1;
        Some(&rest[..rest.find('(')?])
    })
}

/// What stands between back quotes.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_command_of_the_document_runs_a_test() {
    let (document, tests) = (document(), tests());
    let mut commands = 0;
    for text in quoted(&document) {
        let Some(rest) = text.strip_prefix("cargo test --test ") else { continue };
        let (binary, filter) = rest.split_once(' ').unwrap_or((rest, ""));
        let known = tests.get(binary).unwrap_or_else(|| panic!("no tests/{binary}"));
        assert!(known.iter().any(|name| name.contains(filter)), "{text} runs nothing");
        commands += 1;
    }
    assert!(commands > 20, "{commands}");
}

#[test]
fn every_row_has_its_test_and_every_test_its_row() {
    let document = document();
    let rows: BTreeMap<&str, &str> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" | "))
        .filter(|(row, _)| row.starts_with(['c', 'd']) && row.len() == 3)
        .collect();
    let all: Vec<_> =
        ["c", "d"].iter().flat_map(|kind| (1..=33).map(move |n| format!("{kind}{n:02}"))).collect();
    assert_eq!(rows.keys().copied().collect::<Vec<_>>(), all);
    let tests = &tests()["immunity"];
    let named = |test: &&String| {
        test.rsplit("::")
            .next()
            .is_some_and(|name| all.iter().any(|row| name.starts_with(&format!("{row}_"))))
    };
    for test in tests.iter().filter(named) {
        let name = test.rsplit("::").next().unwrap();
        assert!(quoted(rows[&name[..3]]).contains(&name), "{name} is not in its row");
    }
    for (row, rest) in rows {
        let quoted = quoted(rest);
        let own = quoted.iter().filter(|name| name.starts_with(&format!("{row}_")));
        for name in own.clone() {
            assert!(tests.iter().any(|test| test.ends_with(&format!("::{name}"))), "no {name}");
        }
        let elsewhere = quoted.iter().any(|text| text.starts_with("cargo test --test "));
        assert!(own.count() > 0 || elsewhere, "{row} has no test");
    }
}

#[test]
fn the_other_documents_lead_here() {
    for name in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        assert!(text.contains("SECURITY.md"), "{name}");
    }
}
