//! Every hint and remedy that names a jot command is read by jot's own parser: it works when typed.

#![cfg(test)]

#[path = "../layers/source.rs"]
#[expect(dead_code, reason = "the form of a file is looked at elsewhere")]
mod source;

use std::process::{Command, Stdio};

use source::{Source, balanced, said};

/// The hints that were found when this was written; fewer means that the scan has gone blind.
const HINTS: usize = 80;
const COMMANDS: usize = 18;

/// The texts of a file that may tell a person to type something.
fn texts(source: &Source) -> Vec<String> {
    let hints = [said(source, ".hint("), said(source, ".remedy(")].concat().concat();
    let held = source.code.match_indices("let hint = \"").map(|(at, start)| {
        let number = source.code[at + start.len()..].split('"').next().unwrap();
        source.literals[number.parse::<usize>().unwrap()].as_str()
    });
    let quoted = source.literals.iter().map(String::as_str).filter(|text| text.contains("`jot "));
    hints.into_iter().chain(held).chain(quoted).map(str::to_owned).collect()
}

/// The jot commands of a text: what stands in backticks, or from the first "jot" to the end.
fn commands(text: &str) -> Vec<String> {
    if text.contains('`') {
        let inside = text.split('`').skip(1).step_by(2);
        return inside.filter(|text| text.starts_with("jot ")).map(str::to_owned).collect();
    }
    let whole = |at: &usize| !text[..*at].ends_with(|c: char| c.is_alphanumeric());
    let found = text.match_indices("jot ").map(|(at, _)| at).find(whole);
    found.map(|at| text[at..].to_owned()).into_iter().collect()
}

/// The words as a shell would have them, with a word in the place of every `{placeholder}`.
fn words(command: &str) -> Vec<String> {
    let command = command.split(" > ").next().unwrap();
    command.split_whitespace().skip(1).map(filled).collect()
}

fn filled(word: &str) -> String {
    match (word.find('{'), word.find('}')) {
        (Some(from), Some(to)) => format!("{}word{}", &word[..from], filled(&word[to + 1..])),
        _ => word.to_owned(),
    }
}

/// What the parser has against a command. A settings file that is not there keeps everything
/// else from being done.
fn refused(words: &[String]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_jot"))
        .args(words)
        .args(["--settings", "/nonexistent/jot.toml"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let misread = output.status.code() == Some(2) && !told.starts_with("jot: error: ");
    misread.then_some(told)
}

#[test]
fn every_command_in_a_hint_can_be_typed() {
    let sources = source::all();
    let texts: Vec<_> = sources.iter().flat_map(texts).collect();
    assert!(texts.len() >= HINTS, "only {} hints were found", texts.len());
    let mut commands: Vec<_> = texts.iter().flat_map(|text| commands(text)).collect();
    commands.sort();
    commands.dedup();
    assert!(commands.len() >= COMMANDS, "only these commands were found: {commands:#?}");
    let refused: Vec<_> = commands
        .iter()
        .filter_map(|command| refused(&words(command)).map(|told| format!("{command}\n{told}")))
        .collect();
    assert!(refused.is_empty(), "\n{}", refused.join("\n"));
}

#[test]
fn a_hint_that_is_made_elsewhere_is_passed_on_not_written() {
    // These hand on the hint of another error, or words from a table that are no command.
    const HANDED_ON: [&str; 9] = [
        "hint",
        "own",
        "sections()",
        "command",
        "self.hint",
        "hint.trim_start_matches",
        "near.map_or_else",
        "&mut",
        "match",
    ];
    for source in source::all() {
        for (at, call) in source.code.match_indices(".hint(") {
            let inside = &source.code[at + call.len() - 1..];
            let inside = inside[1..balanced(inside, '(', ')')].trim_start();
            let known = HANDED_ON.iter().any(|name| inside.starts_with(name));
            assert!(inside.contains('"') || known, "src/{}: .hint({inside}", source.path);
        }
    }
}

#[test]
fn the_parser_is_really_asked() {
    for typed in ["jot issu", "jot issue --usr alice", "jot user passwd", "jot keygen --bits many"]
    {
        assert!(refused(&words(typed)).is_some(), "{typed}");
    }
    assert_eq!(commands("give it, or see `jot tokens` and `ls`"), ["jot tokens"]);
    assert_eq!(commands("to look at a key: jot key show FILE"), ["jot key show FILE"]);
    assert_eq!(commands("update jot"), [""; 0]);
    assert_eq!(words("jot revoke --session {sid} > x"), ["revoke", "--session", "word"]);
}
