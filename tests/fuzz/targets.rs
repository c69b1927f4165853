//! What reads what comes from outside, one function for each reader: it must come to an answer for
//! any bytes, and to the same answer whichever way they are read. A fuzzer feeds these
//! (`fuzz/fuzz_targets`), and a test what it found worth keeping (`fuzz/corpus`).

use std::path::Path;
use std::sync::LazyLock;

use jot::alg::Algorithm;
use jot::claims::check::{Expected, examine};
use jot::claims::report::Report;
use jot::json::{Json, MAX_DEPTH};
use jot::jws::{self, Candidates, MAX_TOKEN};
use jot::key::{self, Form, Key, Part, Wanted};
use jot::lint;
use jot::password;
use jot::reading;
use jot::settings::{Settings, Surroundings};

/// When every token is judged.
const NOW: i64 = 1_800_000_000;

/// The key that signs: one that everybody may know.
static OURS: LazyLock<Key> = LazyLock::new(|| {
    let secret = b"for fuzzing alone: 32 bytes or more of it";
    let wanted = Wanted { algs: &[Algorithm::HS256], ..Wanted::default() };
    key::read(secret, "the fuzzer's key", &wanted).unwrap().keys.remove(0)
});

fn judged(token: &str) -> Report {
    let candidates = Candidates { keys: vec![&OURS], set_aside: &[], exact: true };
    examine(
        token,
        &candidates,
        &Expected { now: NOW, ours: true, require: vec!["exp".to_owned()], ..Expected::default() },
    )
}

/// A token as it comes, and the same bytes as what a signed token says.
pub(crate) fn token(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let report = judged(&text);
    if report.failure().is_none() {
        assert!(report.claims.is_some());
        assert!(text.len() <= MAX_TOKEN);
        assert!(text.bytes().all(is_compact));
    }
    let Ok(claims) = Json::read(&text, MAX_DEPTH) else { return };
    let Ok(signed) = jws::sign("JWT", &claims, &OURS) else { return };
    let report = judged(&signed);
    if report.failure().is_none() {
        let claims = report.claims.unwrap();
        assert!(claims.exp.is_some_and(|exp| exp > NOW), "accepted, and over");
        assert!(claims.json.duplicates().is_empty(), "accepted, with a member twice");
    }
}

/// A key file. What is read is written and read again as the same key.
pub(crate) fn key(bytes: &[u8]) {
    for algs in [&[][..], &[Algorithm::HS256], &[Algorithm::PS256]] {
        let Ok(set) = key::read(bytes, "a file", &Wanted { algs, ..Wanted::default() }) else {
            continue;
        };
        for key in &set.keys {
            let part = if key.is_secret() { Part::Private } else { Part::Public };
            let Ok(jwk) = key.write(Form::Jwk, part, None) else { continue };
            let again = key::read(&jwk, "what was written", &Wanted::default()).unwrap();
            assert_eq!(again.keys[0].thumbprint(), key.thumbprint());
        }
    }
}

/// A settings file, in a folder of its own. Whatever is wrong has a message.
pub(crate) fn settings(bytes: &[u8], folder: &Path) {
    let file = folder.join("jot.toml");
    std::fs::write(&file, bytes).unwrap();
    let surroundings = Surroundings { cwd: folder.to_owned(), ..Surroundings::default() };
    let problems = Settings::check(Some(&file), &[], surroundings.clone());
    assert_eq!(problems.is_empty(), Settings::load(Some(&file), &[], surroundings).is_ok());
    assert!(problems.iter().all(|problem| !problem.to_string().is_empty()));
}

/// A password hash, as an import brings it. Reading one costs nothing, whatever cost it states.
pub(crate) fn hash(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let readable = password::readable(&text).is_ok();
    if let Ok(Some(kept)) = password::imported(&text) {
        assert!(readable && kept == text);
    }
}

/// What somebody pastes, to be decoded or linted. A token that is found is found again in itself, if it has a token's letters
/// and parts.
pub(crate) fn paste(bytes: &[u8]) {
    let Ok(read) = reading::read(bytes) else { return };
    // What lint says of it is bounded, whatever it is.
    assert!(lint::lint(&read, NOW).len() <= 1000);
    let parts = read.token.split('.').count();
    if !read.token.bytes().all(is_compact) || ![3, 5].contains(&parts) {
        return;
    }
    if let Ok(again) = reading::read(read.token.as_bytes()) {
        assert_eq!(again.token, read.token);
        assert_eq!((again.header, again.claims), (read.header, read.claims));
    }
}

fn is_compact(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
}
