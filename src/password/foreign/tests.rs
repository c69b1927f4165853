//! Hashes that Django 5.2 made, what is wrong with others, and text of any kind.

use proptest::prelude::*;

use super::super::*;
use crate::chance::Seeded;

const CHEAP: Cost = Cost { memory: 8, iterations: 1, parallelism: 1 };

/// The password behind all of them, in NFC.
const COMPOSED: &str = "Schl\u{fc}ssel";
const DECOMPOSED: &str = "Schlu\u{308}ssel";

// from django.contrib.auth import hashers as h
// h.PBKDF2PasswordHasher().encode("Schl\u00fcssel", "somesalt", 1000)
const PBKDF2: &str = "pbkdf2_sha256$1000$somesalt$wlCu4ql/HvrglS8k848wRXHG43h9bILN0dGyO7ZBt7Y=";
// class A(h.Argon2PasswordHasher): time_cost=1; memory_cost=64; parallelism=2
// A().encode("Schl\u00fcssel", "somesalt")
const ARGON2: &str = "argon2$argon2id$v=19$m=64,t=1,p=2$c29tZXNhbHQ\
    $JdbaS3iWfltrTfN5xICM67GddL2nr2Oizt4LCaOwGoU";
// "argon2" + argon2.low_level.hash_secret("Schl\u00fcssel".encode(), b"somesalt",
//     1, 64, 1, 16, argon2.low_level.Type.I).decode()
const ARGON2I: &str = "argon2$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$+L+DDaPcSn9twLfC7Wrdvw";
// The same with Type.D.
const ARGON2D: &str = "argon2$argon2d$v=19$m=64,t=1,p=1$c29tZXNhbHQ$jq6pXAlTcnACDmjiq0t6HA";
// h.BCryptSHA256PasswordHasher().encode("Schl\u00fcssel", b"$2b$04$abcdefghijklmnopqrstuu")
const BCRYPT: &str = "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuufxaE6aMCFJU.lI8Ne4NE/v.v/azqyrK";
// h.ScryptPasswordHasher().encode("Schl\u00fcssel", "somesalt", 16, 8, 1)
const SCRYPT: &str = "scrypt$16$somesalt$8$1$7rtCoAxdxYF2b6iUAaGLwvgVDpNLcNrGvuecf0uJXzS5lv/f5fBN\
    n7kb5D2LsPwXh/osc0IaOXzl5aMEF51s2Q==";

const ALL: [&str; 5] = [PBKDF2, ARGON2, ARGON2I, BCRYPT, SCRYPT];

/// The reason why `text` is refused, wherever a hash is read.
fn refused(text: &str) -> String {
    let error = readable(text).unwrap_err().to_string();
    assert_eq!(verify("a", text).unwrap_err().to_string(), error);
    assert!(outdated(text, &CHEAP), "{text}");
    error.strip_prefix("a stored password hash cannot be read: ").unwrap().to_owned()
}

#[test]
fn what_django_made_fits_its_password_and_no_other() {
    for text in ALL {
        assert!(verify(COMPOSED, text).unwrap(), "{text}");
        assert!(verify(DECOMPOSED, text).unwrap(), "{text}");
        for wrong in ["", "Schlussel", "schl\u{fc}ssel", "Schl\u{fc}ssel "] {
            assert!(!verify(wrong, text).unwrap(), "{wrong:?} {text}");
        }
        assert!(!verify(&"x".repeat(MAX_BYTES + 1), text).unwrap());
        assert_eq!(imported(text).unwrap(), Some(text));
        assert!(outdated(text, &CHEAP), "{text}");
    }
}

/// HMAC fills a short key with zero bytes (RFC 2104 2): with Django it is the same.
#[test]
fn zero_bytes_at_the_end_are_told_apart_where_the_scheme_does() {
    let longer = format!("{COMPOSED}\0");
    for text in [ARGON2, ARGON2I, BCRYPT] {
        assert!(!verify(&longer, text).unwrap(), "{text}");
    }
    for text in [PBKDF2, SCRYPT] {
        assert!(verify(&longer, text).unwrap(), "{text}");
    }
}

#[test]
fn a_password_django_took_as_it_was_typed_fits_as_it_was_typed() {
    // h.PBKDF2PasswordHasher().encode("Schlu\u0308ssel", "somesalt", 1000)
    let text = "pbkdf2_sha256$1000$somesalt$4YJAfy/qJ2ILP+zwO3LIuNNXPFRewZMxmDTx03JrQOM=";
    assert!(verify(DECOMPOSED, text).unwrap());
    assert!(!verify(COMPOSED, text).unwrap());
    assert!(!verify("Schlu\u{301}ssel", text).unwrap());
}

#[test]
fn the_versions_of_bcrypt_are_one_for_sixty_four_digits() {
    for version in ["2a", "2y"] {
        let text = BCRYPT.replace("2b", version);
        assert!(verify(COMPOSED, &text).unwrap(), "{version}");
    }
    assert_eq!(refused(&BCRYPT.replace("2b", "2x")), "it is not bcrypt 2a, 2b or 2y");
}

#[test]
fn one_hasher_serves_every_scheme() {
    let mut hasher = Hasher::default();
    let own = hasher.hash(COMPOSED, &CHEAP, &Seeded::new(1)).unwrap();
    for text in ALL.into_iter().chain([own.as_str()]).chain(ALL) {
        assert!(hasher.check(COMPOSED, Some(text), &own).unwrap(), "{text}");
        assert!(!hasher.check("a", Some(text), &own).unwrap(), "{text}");
        assert!(!hasher.check(COMPOSED, None, text).unwrap(), "{text}");
    }
}

#[test]
fn an_unusable_password_is_none() {
    for text in ["", "!", "!J4YIxG0UC9g4eyvF39m75oStJnqIo6kq2yRHjE1I"] {
        assert_eq!(imported(text).unwrap(), None);
        refused(text);
    }
}

#[test]
fn weak_schemes_are_refused_by_name() {
    let digits = "5f4dcc3b5aa765d61d8327deb882cf99";
    let taken = "expected argon2, bcrypt_sha256, pbkdf2_sha256 or scrypt";
    for (text, name) in [
        (format!("md5$salt${digits}"), "md5"),
        (format!("md5$${digits}"), "md5"),
        (format!("sha1$salt${digits}"), "sha1"),
        ("pbkdf2_sha1$1000$salt$aGFzaA==".to_owned(), "pbkdf2_sha1"),
        (BCRYPT.replace("_sha256", ""), "bcrypt"),
        ("crypt$$ab1aThe2cRypt".to_owned(), "crypt"),
        (digits.to_owned(), "unsalted_md5"),
        (format!("{digits}{}", &digits[..8]), "unsalted_sha1"),
    ] {
        assert_eq!(refused(&text), format!("it is \"{name}\", {taken}"));
        assert!(imported(&text).is_err());
    }
    assert_eq!(refused(ARGON2D), "it is \"argon2d\", expected argon2id or argon2i");
    // It could be a password.
    assert_eq!(refused("my secret$1"), format!("it is of no known scheme, {taken}"));
}

#[test]
fn what_asks_for_too_much_is_refused_before_any_work() {
    for (text, why) in [
        (PBKDF2.replace("1000", "10000001"), "its number of iterations is above 10000000"),
        (PBKDF2.replace("1000", "1000000000"), "its number of iterations is above 10000000"),
        (PBKDF2.replace("1000", &"9".repeat(400)), "its number of iterations is above 10000000"),
        (ARGON2.replace("m=64", "m=4194304"), "it asks for m=4194304,t=1,p=2, at most"),
        (ARGON2.replace("t=1", "t=65"), "it asks for m=64,t=65,p=2, at most"),
        (BCRYPT.replace("$04$", "$17$"), "its cost is above 16"),
        (BCRYPT.replace("$04$", "$31$"), "its cost is above 16"),
        (SCRYPT.replace("$16$", "$2097152$"), "it asks for more than 1048576 KiB"),
        (SCRYPT.replace("$16$", "$2147483648$"), "it asks for more than 1048576 KiB"),
        (SCRYPT.replace("$16$", "$4294967296$"), "its N is above 4294967295"),
        (SCRYPT.replace("$8$1$", "$4294967295$4294967295$"), "it asks for more than 1048576 KiB"),
        (SCRYPT.replace("$8$1$", "$4294967295$1$"), "it asks for more than 1048576 KiB"),
        (SCRYPT.replace("$8$1$", "$8$4294967296$"), "its p is above 4294967295"),
        (PBKDF2.replace("somesalt", &"x".repeat(2000)), "it is longer than 1024 bytes"),
    ] {
        assert!(refused(&text).starts_with(why), "{text}: {}", refused(&text));
    }
    // What is just within is read, and nothing is done for that.
    for text in [
        PBKDF2.replace("1000", "10000000"),
        ARGON2.replace("m=64,t=1", "m=1048576,t=64"),
        BCRYPT.replace("$04$", "$16$"),
        SCRYPT.replace("$16$", "$1048576$"),
        SCRYPT.replace("$16$somesalt$8$", "$8388608$somesalt$1$"),
    ] {
        readable(&text).unwrap();
    }
}

#[test]
fn what_is_damaged_is_refused_with_its_reason() {
    for (text, why) in [
        (PBKDF2.replace("$1000", ""), "it has 2 fields, expected 3"),
        (PBKDF2.to_owned() + "$", "it has 4 fields, expected 3"),
        (PBKDF2.replace("1000", "0"), "its number of iterations is 0"),
        (PBKDF2.replace("1000", "+1000"), "its number of iterations is not a number"),
        (PBKDF2.replace("1000", ""), "its number of iterations is not a number"),
        (PBKDF2.replace("somesalt", ""), "its salt is missing"),
        (PBKDF2.replace("Y=", "Y"), "its hash is not 32 bytes in base64"),
        (PBKDF2.replace("wlCu", ""), "its hash is not 32 bytes in base64"),
        (BCRYPT.replace("$$", "$x$"), "it does not begin with bcrypt_sha256$$"),
        (BCRYPT.replace("$04$", "$03$"), "its cost is below 4"),
        (BCRYPT.replace("abcdef", "abcde="), "its salt is not 16 bytes in base64"),
        (BCRYPT.replace("rK", "r"), "its hash is not 23 bytes in base64"),
        (BCRYPT[..40].to_owned(), "its salt is not 16 bytes in base64"),
        (BCRYPT.replace("uufxa", "u\u{fc}xa"), "its salt is not 16 bytes in base64"),
        (SCRYPT.replace("$16$", "$15$"), "its N is not a power of 2"),
        (SCRYPT.replace("$16$", "$1$"), "its N is not a power of 2"),
        (SCRYPT.replace("$8$1$", "$0$1$"), "its r is 0"),
        (SCRYPT.replace("==", ""), "its hash is not 64 bytes in base64"),
        (SCRYPT.replace("$8$1$", "$8$"), "it has 4 fields, expected 5"),
        (ARGON2.replace("argon2$", "argon2$$"), ""),
        (ARGON2.replace("v=19", "v=16"), "it is not of version 19"),
        (ARGON2.replace("argon2$argon2id", "argon2$scrypt"), "it is \"scrypt\""),
        ("argon2".to_owned(), ""),
        (ARGON2I["argon2".len()..].to_owned(), "it is \"argon2i\", expected argon2id"),
    ] {
        assert!(refused(&text).starts_with(why), "{text}: {}", refused(&text));
    }
}

/// A hash with something put in the place of a part of it.
fn damaged() -> impl Strategy<Value = String> {
    (0..ALL.len(), any::<prop::sample::Index>(), 0_usize..8, "[$0-9a-zA-Z=+,\u{fc}]{0,8}").prop_map(
        |(which, at, length, text)| {
            let mut bytes = ALL[which].as_bytes().to_vec();
            let from = at.index(bytes.len());
            let to = (from + length).min(bytes.len());
            bytes.splice(from..to, text.bytes());
            String::from_utf8(bytes).unwrap()
        },
    )
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".*", cut in damaged(), password in ".*") {
        _ = imported(&text);
        _ = readable(&cut);
        for scheme in ["argon2", "pbkdf2_sha256", "bcrypt_sha256", "scrypt", "scrypt$16$a$8$1"] {
            _ = readable(&format!("{scheme}${text}"));
        }
        for text in [PBKDF2, BCRYPT] {
            prop_assert!(!verify(&password, text).unwrap() || password.nfc().eq(COMPOSED.chars()));
        }
    }

    #[test]
    fn another_hash_fits_nothing(which in 0..ALL.len(), at in 1_usize..35, other in "[./0-9A-Za-z]") {
        let mut text = ALL[which].to_owned();
        let at = text.len() - at;
        text.replace_range(at..=at, &other);
        prop_assume!(text != ALL[which]);
        prop_assert!(!verify(COMPOSED, &text).unwrap_or(false), "{}", text);
    }
}
