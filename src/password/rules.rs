//! What a new password must be like (NIST SP 800-63B 3.1.1.2): long, and not among the first that
//! are guessed. No composition rules, and nothing of this at login.

use zeroize::Zeroizing;

use super::{MAX_BYTES, normalised};
use crate::error::{Code, Error, Result};

/// The shortest password, in characters, unless a weak one is allowed.
pub const MIN_CHARACTERS: usize = 15;

/// Whether a password may be short or easily guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weak {
    /// It may not.
    Refused,
    /// It may: `--allow-weak-password`.
    Allowed,
}

/// Judges a password that `username` wants to have.
pub fn set_rules(password: &str, username: &str, weak: Weak) -> Result<()> {
    let password = normalised(password).ok_or_else(too_long)?;
    if password.is_empty() {
        return Err(Error::new(Code::Usage, "a password needs at least one character"));
    }
    if weak == Weak::Allowed {
        return Ok(());
    }
    let refuse = |why: String| {
        Err(Error::new(Code::Usage, why)
            .hint("choose another one, or allow this one with --allow-weak-password"))
    };
    if password.chars().count() < MIN_CHARACTERS {
        return refuse(format!("the password has fewer than {MIN_CHARACTERS} characters"));
    }
    if is_known(&password, username) {
        return refuse("the password is among the first that are guessed".into());
    }
    Ok(())
}

pub(super) fn too_long() -> Error {
    Error::new(Code::Usage, format!("the password is longer than {MAX_BYTES} bytes"))
}

/// Words that make no password, however often, in a row or with digits and signs between them.
const WORDS: [&str; 24] = [
    "password",
    "passphrase",
    "passwort",
    "secret",
    "letmein",
    "changeme",
    "welcome",
    "administrator",
    "admin",
    "root",
    "login",
    "default",
    "iloveyou",
    "qwertyuiop",
    "qwerty",
    "correcthorsebatterystaple",
    "thisismy",
    "opensesame",
    "trustnoone",
    "temporary",
    "super",
    "user",
    "test",
    "abc",
];

/// Rows that fingers run along, forward, backward and round again.
const ROWS: [&str; 10] = [
    "1234567890",
    "!@#$%^&*()",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// The longest piece whose repetition counts as no password.
const LONGEST_PIECE: usize = 8;

fn is_known(password: &str, username: &str) -> bool {
    let text: Zeroizing<Vec<char>> = Zeroizing::new(folded(password).collect());
    repeats(&text) || runs(&text) || is_word(&text, username)
}

fn repeats(text: &[char]) -> bool {
    (1..=LONGEST_PIECE).any(|piece| text.iter().zip(text.iter().skip(piece)).all(|(a, b)| a == b))
}

fn runs(text: &[char]) -> bool {
    let along = |row: &mut dyn Iterator<Item = char>| text.iter().all(|c| row.next() == Some(*c));
    ROWS.iter().any(|row| {
        (0..row.len()).any(|start| {
            along(&mut row.chars().cycle().skip(start))
                || along(&mut row.chars().rev().cycle().skip(start))
        })
    })
}

/// Nothing is left of the letters without the known words and the user's own name.
fn is_word(text: &[char], username: &str) -> bool {
    let letters = |text: &mut dyn Iterator<Item = char>| -> String {
        text.filter(|c| c.is_alphabetic()).collect()
    };
    let name = letters(&mut folded(username));
    let mut rest = Zeroizing::new(letters(&mut text.iter().copied()));
    let lettered = !rest.is_empty();
    for word in [name.as_str()].into_iter().chain(WORDS).filter(|word| !word.is_empty()) {
        rest = Zeroizing::new(rest.replace(word, ""));
    }
    (lettered && rest.is_empty()) || folded(username).eq(text.iter().copied())
}

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(password: &str) -> Result<()> {
        set_rules(password, "Alice", Weak::Refused)
    }

    #[test]
    fn long_ones_pass_whatever_they_are_made_of() {
        for good in [
            "a phrase with blanks",
            "lettersonlyandlowercase",
            "839201948576203",
            "ünïcödé wörds cöünt",
            "alice keeps her cat warm",
            "my password is my castle",
        ] {
            judged(good).unwrap();
        }
    }

    #[test]
    fn short_ones_are_counted_in_characters() {
        judged("äöüßäöüxyzäöüß").unwrap_err();
        judged("äöüßäöüxyzäöüß!").unwrap();
        // Fifteen code points as typed, fourteen characters in NFC.
        judged("u\u{308}bcdefgh jklmn").unwrap_err();
        let error = judged("short").unwrap_err();
        assert_eq!(error.code(), Code::Usage);
        assert!(error.hint_text().unwrap().contains("--allow-weak-password"));
        assert!(!error.to_string().contains("short"));
    }

    #[test]
    fn known_ones_are_refused() {
        for bad in [
            "aaaaaaaaaaaaaaa",
            "abababababababab",
            "passwordpassword",
            "Password1234567!",
            "PASSWORD-PASSWORD",
            "123456789012345",
            "098765432109876",
            "qwertyuiopqwertyuiop",
            "QWERTYUIOPASDFGHJKL",
            "zyxwvutsrqponmlk",
            "!@#$%^&*()!@#$%^",
            "Correct Horse Battery Staple",
            "alice-2027-2027",
            "Alice1AliceAlice2",
            "SuperSecretPassword",
            "alice admin password",
            "Rootalice-2027-01-01",
        ] {
            let error = judged(bad).unwrap_err();
            assert!(error.to_string().contains("guessed"), "{bad}: {error}");
        }
        let name = "a-very-long-user-name";
        set_rules("A-Very-Long-User-Name", name, Weak::Refused).unwrap_err();
        set_rules("100200300400500", "100200300400500", Weak::Refused).unwrap_err();
    }

    #[test]
    fn weak_ones_may_be_allowed_but_not_all() {
        for weak in ["x", "aaaaaaaaaaaaaaa", "alice"] {
            set_rules(weak, "alice", Weak::Allowed).unwrap();
        }
        set_rules("", "alice", Weak::Allowed).unwrap_err();
        set_rules(&"x y".repeat(342), "alice", Weak::Allowed).unwrap_err();
    }
}
