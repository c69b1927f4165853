//! The units in dist/, as systemd reads them.

use std::fs;
use std::process::{Command, Output};

const DIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/dist");
/// What `systemd-analyze security` may find, in tenths; it says 10 of a service without a fence.
const EXPOSURE: &str = "11";

/// What systemd-analyze has to say of the units, with the program where it was built.
fn analyzed(arguments: &[&str], units: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    for unit in ["jot.service", "jot.socket"] {
        let text = fs::read_to_string(format!("{DIST}/{unit}")).unwrap();
        let text = text.replace("/usr/local/bin/jot", env!("CARGO_BIN_EXE_jot"));
        fs::write(folder.path().join(unit), text).unwrap();
    }
    let units = units.iter().map(|unit| folder.path().join(unit));
    Command::new("systemd-analyze").args(arguments).args(units).output().unwrap()
}

#[test]
fn systemd_reads_them_without_a_complaint() {
    let output = analyzed(&["verify", "--man=no"], &["jot.service", "jot.socket"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[test]
fn the_service_is_fenced_in() {
    let threshold = format!("--threshold={EXPOSURE}");
    let output = analyzed(&["security", "--offline=true", &threshold], &["jot.service"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Overall exposure level"), "{said}");
}
