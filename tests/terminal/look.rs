//! Colours and what moves: for people alone.

use crate::Place;

const ESCAPE: char = '\u{1b}';

#[test]
fn keygen_spins_on_a_terminal_only() {
    let place = Place::new();
    let told = place.shown("jot keygen --out one");
    assert!(told.contains("looking for primes"), "{told}");
    for line in ["jot keygen --out two 2>/dev/null", "jot keygen --out three --quiet"] {
        let told = place.shown(line);
        assert!(!told.contains("looking") && !told.contains(ESCAPE), "$ {line}\n{told}");
    }
    let output = place.output("jot keygen --out four");
    assert!(!String::from_utf8(output.stderr).unwrap().contains("looking"));
}

#[test]
fn colours_are_for_a_terminal_unless_told_otherwise() {
    let place = Place::with_alice();
    let token = place.run("jot issue --user alice");
    let decode = format!("jot decode {}", token.trim());
    for (line, coloured) in [
        (decode.clone(), true),
        (format!("{decode} | cat"), false),
        (format!("NO_COLOR=1 {decode}"), false),
        (format!("CLICOLOR_FORCE=1 {decode} | cat"), true),
        (format!("{decode} --json"), false),
        (format!("CLICOLOR_FORCE=1 {decode} --json"), false),
    ] {
        let told = place.shown(&line);
        assert_eq!(told.contains(ESCAPE), coloured, "$ {line}\n{told}");
    }
    assert!(!place.run(&decode).contains(ESCAPE));
}

#[test]
fn an_error_has_colour_on_a_terminal_only() {
    let place = Place::new();
    for (line, coloured) in [
        ("jot decode nothing", true),
        ("NO_COLOR=1 jot decode nothing", false),
        ("jot decode nothing --json", false),
        ("jot decode nothing 2>&1 | cat", false),
    ] {
        let told = place.shown(&format!("{line} || true"));
        assert_eq!(told.contains(ESCAPE), coloured, "$ {line}\n{told}");
    }
}

#[test]
fn decode_draws_the_lifetime_on_a_terminal_only() {
    let place = Place::with_alice();
    let token = place.run("jot issue --user alice --ttl 1h");
    let decode = format!("jot decode {}", token.trim());
    let told = place.shown(&format!("NO_COLOR=1 {decode}"));
    assert!(told.contains("lifetime: "), "{told}");
    assert!(!place.shown(&format!("{decode} | cat")).contains("lifetime: "));
    assert!(!place.run(&decode).contains("lifetime: "));
}
