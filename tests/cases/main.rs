//! What a user sees of the program, as data: one small file for each scenario.
//!
//! A case is a TOML file below this folder. Its steps are shell lines with `jot` on the path, run
//! one after the other in a folder of their own, in an environment without settings and colours.
//! What a step does not say it prints, it must not print. Varying words have placeholders; see
//! [`words`]. The folder of a case names the test that runs it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

use serde::Deserialize;

mod words;

use words::Known;

/// A scenario.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What it shows, in a sentence.
    about: String,
    /// Files that are there before the first step, by their paths.
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// A script that must succeed; what it prints is of no interest.
    setup: Option<String>,
    step: Vec<Step>,
}

/// A shell line and what it must come to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    run: String,
    #[serde(default)]
    stdin: String,
    #[serde(default)]
    exit: i32,
    /// All that it prints; left out, it prints nothing.
    stdout: Option<String>,
    stderr: Option<String>,
    /// Parts of what it prints, where all of it would be too much.
    #[serde(default)]
    stdout_contains: Vec<String>,
    #[serde(default)]
    stderr_contains: Vec<String>,
    /// The variable that later steps find its standard output in.
    capture: Option<String>,
}

/// The folder that a case runs in, and what its steps have learnt.
struct Place {
    _root: tempfile::TempDir,
    work: PathBuf,
    home: PathBuf,
    variables: BTreeMap<String, String>,
}

impl Place {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().canonicalize().unwrap();
        let (work, home) = (path.join("work"), path.join("home"));
        fs::create_dir(&work).unwrap();
        fs::create_dir(&home).unwrap();
        Self { _root: root, work, home, variables: BTreeMap::new() }
    }

    fn shell(&self, script: &str, stdin: &str) -> Output {
        let bin = Path::new(env!("CARGO_BIN_EXE_jot")).parent().unwrap();
        let paths = std::env::vars_os().find(|(name, _)| name == "PATH").unwrap().1;
        let paths = [bin.to_owned()].into_iter().chain(std::env::split_paths(&paths));
        let mut child = Command::new("sh")
            .args(["-c", script])
            .current_dir(&self.work)
            .env_clear()
            .env("PATH", std::env::join_paths(paths).unwrap())
            .env("XDG_CONFIG_HOME", self.home.join(".config"))
            .env("HOME", &self.home)
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .envs(&self.variables)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Short enough for a pipe, so that it never waits; a step that does not read it is no fault.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child.wait_with_output().unwrap()
    }
}

/// What is wrong with the case in `path`, if anything is.
fn fault(path: &Path) -> Option<String> {
    let case: Case = match toml::from_str(&fs::read_to_string(path).unwrap()) {
        Ok(case) => case,
        Err(error) => return Some(error.to_string()),
    };
    let mut place = Place::new();
    for (name, text) in &case.files {
        let file = place.work.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    if let Some(script) = &case.setup {
        let output = place.shell(&format!("set -e\n{script}"), "");
        if !output.status.success() {
            return Some(format!("{}\nits setup failed\n{}", case.about, shown(&output)));
        }
    }
    for (number, step) in case.step.iter().enumerate() {
        let output = place.shell(&step.run, &step.stdin);
        let faults = faults(step, &output, &place);
        if !faults.is_empty() {
            let (about, number, run) = (&case.about, number + 1, &step.run);
            return Some(format!("{about}\nstep {number}: {run}\n{faults}{}", shown(&output)));
        }
        if let Some(name) = &step.capture {
            let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            place.variables.insert(name.clone(), text);
        }
    }
    None
}

/// What a step should have come to and did not.
fn faults(step: &Step, output: &Output, place: &Place) -> String {
    let mut faults = String::new();
    if output.status.code() != Some(step.exit) {
        let (wanted, seen, signal) = (step.exit, output.status.code(), output.status.signal());
        writeln!(faults, "exit {wanted} was expected, seen {seen:?}, signal {signal:?}").unwrap();
    }
    let known = Known {
        folders: [("dir", &place.work), ("home", &place.home)],
        variables: &place.variables,
    };
    let captured = step.capture.is_some();
    for (stream, bytes, wanted, parts, is_free) in [
        ("stdout", &output.stdout, &step.stdout, &step.stdout_contains, captured),
        ("stderr", &output.stderr, &step.stderr, &step.stderr_contains, false),
    ] {
        let seen = String::from_utf8_lossy(bytes);
        if wanted.is_some() || (parts.is_empty() && !is_free) {
            let wanted = wanted.as_deref().unwrap_or_default();
            if let Some(fault) = words::first_difference(wanted, &seen, &known) {
                writeln!(faults, "{stream}: {fault}").unwrap();
            }
        }
        for part in parts.iter().filter(|part| !words::contains(part, &seen, &known)) {
            writeln!(faults, "{stream} lacks: {part}").unwrap();
        }
    }
    faults
}

fn shown(output: &Output) -> String {
    let (stdout, stderr) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("-- stdout\n{stdout}-- stderr\n{stderr}")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

/// Runs every case of one folder, a few at a time.
fn run(folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder);
    let files = files(&folder);
    assert!(!files.is_empty(), "{} has no cases", folder.display());
    let (queue, failed) = (Mutex::new(files.into_iter()), Mutex::new(String::new()));
    let work = || {
        loop {
            let Some(path) = queue.lock().unwrap().next() else { return };
            if let Some(fault) = fault(&path) {
                let text = format!("\n== {}\n{fault}", path.display());
                failed.lock().unwrap().push_str(&text);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(work);
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{failed}");
}

/// What no case can bring about: a file system of another machine. A unit test does.
const BEYOND: [&str; 1] = ["store.network"];

#[test]
fn every_rule_is_found_by_a_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let cases = ["lint", "doctor"].map(|name| files(&folder.join(name))).concat();
    // There the rules themselves are shown.
    let cases = cases.iter().filter(|path| !path.ends_with("explain.toml"));
    let told: String = cases.map(|path| fs::read_to_string(path).unwrap()).collect();
    let is_found = |id: &str| {
        told.contains(&format!("\n  {id}: ")) || told.contains(&format!("\n{{\"rule\":\"{id}\""))
    };
    let missing = jot::finding::all().map(|rule| rule.id).filter(|id| !is_found(id));
    assert_eq!(missing.collect::<Vec<_>>(), BEYOND);
}

/// A test for each folder of cases, and one that no folder is left out.
macro_rules! folders {
    ($($folder:ident)*) => {
        $(#[test]
        fn $folder() {
            run(stringify!($folder));
        })*

        #[test]
        fn every_folder_of_cases_has_a_test() {
            let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
            let folders = fs::read_dir(here).unwrap().map(|entry| entry.unwrap().path());
            let mut folders: Vec<_> = folders
                .filter(|path| path.is_dir())
                .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
                .collect();
            folders.sort();
            assert_eq!(folders, [$(stringify!($folder)),*]);
        }
    };
}

folders! {
    backup clients codes doctor events hooks hostile issue keys lint refresh revoke sessions
    settings throttle users validate
}
