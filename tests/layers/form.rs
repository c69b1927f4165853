//! What every file is like.

use crate::source::said;
use crate::{assert_none, faults};

/// More lines than this are two ideas.
const LINES: usize = 300;

#[test]
fn every_file_says_what_it_is_for() {
    assert_none(&faults(|source| {
        let says = source.text.starts_with("//! ");
        if says { Vec::new() } else { vec!["begins without a `//!`".to_owned()] }
    }));
}

#[test]
fn no_file_is_longer_than_its_idea() {
    assert_none(&faults(|source| {
        let lines = source.text.lines().count();
        if lines > LINES { vec![format!("has {lines} lines, at most {LINES}")] } else { Vec::new() }
    }));
}

#[test]
fn nothing_is_silenced_and_nothing_panics_on_purpose() {
    const NEVER: [&str; 10] = [
        "#[allow",
        "#![allow",
        ".unwrap()",
        ".expect(",
        ".unwrap_err()",
        "panic!(",
        "todo!(",
        "unimplemented!(",
        "unreachable!(",
        "unsafe ",
    ];
    assert_none(&faults(|source| {
        let found = NEVER.iter().filter(|word| source.code.contains(**word));
        found.map(|word| format!("has {word}")).collect()
    }));
}

#[test]
fn the_library_prints_nothing() {
    assert_none(&faults(|source| {
        let prints =
            ["println!", "print!", "dbg!"].iter().find(|word| source.code.contains(**word));
        prints.map(|word| format!("has {word}")).into_iter().collect()
    }));
}

#[test]
fn messages_begin_small_and_have_no_stop() {
    let is_word = |text: &str| text.chars().nth(1).is_some_and(char::is_lowercase);
    assert_none(&faults(|source| {
        let texts = ["Error::new(", ".hint(", ".note(", ".warn("]
            .iter()
            .flat_map(|call| said(source, call))
            .filter_map(|texts| texts.first().copied());
        texts
            .filter(|text| {
                text.ends_with('.') || text.starts_with(char::is_uppercase) && is_word(text)
            })
            .map(|text| format!("says \"{text}\""))
            .collect()
    }));
}
