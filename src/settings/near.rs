//! The known word that was probably meant.

use crate::error::{Code, Error};
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

/// The nearest of `words`, if it is near enough to be a slip of the hand.
pub(super) fn nearest<'a>(typed: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    let typed: Vec<char> =
        typed.chars().take(LONGEST + 1).map(|c| c.to_ascii_lowercase()).collect();
    if typed.len() > LONGEST {
        return None;
    }
    let allowed = typed.len().div_ceil(3);
    let distances = words.map(|word| (distance(&typed, word), word));
    distances.min_by_key(|(far, _)| *far).filter(|(far, _)| *far <= allowed).map(|(_, word)| word)
}

/// How many insertions, deletions and replacements lead from one to the other (Levenshtein).
fn distance(typed: &[char], word: &str) -> usize {
    let mut row: Vec<usize> = (0..=typed.len()).collect();
    for (above, known) in word.chars().map(|c| c.to_ascii_lowercase()).enumerate() {
        let mut corner = std::mem::replace(&mut row[0], above + 1);
        for (index, c) in typed.iter().enumerate() {
            let replaced = corner + usize::from(*c != known);
            corner = row[index + 1];
            row[index + 1] = replaced.min(corner + 1).min(row[index] + 1);
        }
    }
    row[typed.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let words = ["token.iss", "token.iat", "refresh.grace"];
        let near = |typed| nearest(typed, words.into_iter());
        assert_eq!(near("token.isss"), Some("token.iss"));
        assert_eq!(near("TOKEN.IAT"), Some("token.iat"));
        assert_eq!(near("refersh.grace"), Some("refresh.grace"));
        assert_eq!(near("hooks.logged_in"), None);
        assert_eq!(near(""), None);
        assert_eq!(near(&"x".repeat(100_000)), None);
        assert_eq!(distance(&['a', 'b', 'c'], "abd"), 1);
        assert_eq!(distance(&[], "abc"), 3);
        assert_eq!(distance(&['k', 'i', 't', 't', 'e', 'n'], "sitting"), 3);
    }
}
