//! What may be wrong with a set-up: its settings, keys, store and users. Looked at and left as it is.
//!
//! Each part judges what it is given and knows nothing of how that was come by: a part that could not
//! be looked at is a finding too, and keeps nobody from looking at the others.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::error::{Code, Error};
use crate::finding::{Finding, Rule, setup as rules};
use crate::key::file::{quoted, shell_word};

pub mod keys;
pub mod people;
pub mod serving;
pub mod settings;
pub mod store;

/// What others may do with a file or folder, as its mode has it.
const ALL: u32 = 0o077;
const WRITE: u32 = 0o002;

/// Something that could not be looked at.
pub fn not_made(what: &str, error: &Error) -> Finding {
    told(&rules::NOT_MADE, error, Some(what))
}

/// A finding in the words of an error, with its hint as what to do.
fn told(rule: &'static Rule, error: &Error, what: Option<&str>) -> Finding {
    let finding = match what {
        Some(what) => rule.seen(format!("{what}: {error}")),
        None => rule.seen(error.to_string()),
    };
    match error.hint_text() {
        Some(hint) => finding.remedy(hint),
        None => finding,
    }
}

/// The settings cannot be used: one finding for each thing that is wrong with them.
pub fn broken(problem: &Error) -> Finding {
    let rule = match problem.code() {
        Code::SettingsUntrusted => &rules::UNTRUSTED,
        _ => &rules::BROKEN,
    };
    told(rule, problem, None)
}

/// A file or folder whose mode lets others do what they must not; `fix` is for chmod.
fn too_open(path: &Path, bits: u32, (rule, fix): (&'static Rule, &str)) -> Option<Finding> {
    // An empty path is the current folder's.
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o7777;
    (mode & bits != 0).then(|| {
        let seen = format!("{} has mode {mode:04o}", quoted(path));
        rule.seen(seen).remedy(format!("chmod {fix} {}", shell_word(path)))
    })
}
