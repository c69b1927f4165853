//! The known setting that was probably meant.

use crate::error::{Code, Error};
use crate::near::nearest;
use crate::settings::table::Spec;
use crate::settings::{SECTIONS, specs};

/// What is said of a key of a file that is not in the table.
pub(super) fn unknown_key(place: &str, name: &str) -> Error {
    let error =
        Error::new(Code::Settings, format!("{place}: unknown key \"{}\"", name.escape_debug()));
    let section = name.split_once('.').map_or(name, |(section, _)| section);
    match (setting(name), SECTIONS.iter().find(|(known, ..)| *known == section)) {
        (Some(spec), _) => error.hint(format!("did you mean \"{}\"?", spec.name)),
        (None, Some((section, _, rows))) => {
            let keys: Vec<_> =
                rows.iter().filter_map(|spec| spec.name.split_once('.')).map(|n| n.1).collect();
            error.hint(format!("[{section}] has {}", keys.join(", ")))
        }
        (None, None) => error.hint(sections()),
    }
}

/// What is said of a section of a file that is not in the table.
pub(super) fn unknown_section(place: &str, name: &str) -> Error {
    let said = format!("{place}: unknown section \"{}\"", name.escape_debug());
    let near = nearest(name, SECTIONS.iter().map(|(known, ..)| *known));
    Error::new(Code::Settings, said)
        .hint(near.map_or_else(sections, |near| format!("did you mean [{near}]?")))
}

/// The setting that was probably meant: by a seed's name for it, by its key in the wrong section,
/// or by a slip of the hand.
pub(super) fn setting(name: &str) -> Option<&'static Spec> {
    let (section, key) = name.split_once('.').unwrap_or(("", name));
    let old = |spec: &&Spec| spec.old.iter().any(|old| old.eq_ignore_ascii_case(key));
    let elsewhere = |spec: &&Spec| spec.name.split_once('.').is_some_and(|(_, known)| known == key);
    let near = || {
        let rows = SECTIONS.iter().find(|(known, ..)| *known == section).map(|(.., rows)| *rows);
        let word = match rows {
            Some(rows) => {
                let keys = rows.iter().filter_map(|spec| spec.name.split_once('.'));
                format!("{section}.{}", nearest(key, keys.map(|(_, key)| key))?)
            }
            None => nearest(name, specs().map(|spec| spec.name))?.to_owned(),
        };
        specs().find(|spec| spec.name == word)
    };
    specs().find(old).or_else(|| specs().find(elsewhere)).or_else(near)
}

fn sections() -> String {
    let known: Vec<_> = SECTIONS.iter().map(|(known, ..)| *known).collect();
    format!("the sections are {}", known.join(", "))
}
