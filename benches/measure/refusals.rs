//! What it costs to refuse a token, against the check of a good one that is not remembered.

use std::hint::black_box;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jot::alg::Algorithm;
use jot::authority::validate::Asked;
use jot::authority::{Authority, Keys};
use jot::store::sqlite::Sqlite;
use jot::{chance, clock};

use crate::table::{Table, ratio, take_turns};
use crate::world;

const ROUNDS: usize = 300;
/// A check is short: so many are timed together.
const TOGETHER: u32 = 20;

/// Tokens that are no good, made of a good one.
pub(crate) struct Bad {
    /// No token at all, as long as one.
    pub(crate) garbage: String,
    /// One of a key that nobody has.
    pub(crate) stranger: String,
    /// One whose signature is another's.
    pub(crate) forged: String,
}

impl Bad {
    pub(crate) fn of(good: &str) -> Self {
        let [head, claims, signature] = good.split('.').collect::<Vec<_>>()[..] else {
            panic!("a token has three parts")
        };
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(head).unwrap()).unwrap();
        let (before, kid) = text.split_once("\"kid\":\"").unwrap();
        let rest = &kid[kid.find('"').unwrap()..];
        let head = URL_SAFE_NO_PAD.encode(format!("{before}\"kid\":\"nobody's{rest}"));
        // The last character may carry bits that count for nothing, the first never does.
        let other = if signature.starts_with('A') { "B" } else { "A" };
        Self {
            garbage: good.chars().rev().collect(),
            stranger: format!("{head}.{claims}.{signature}"),
            forged: format!(
                "{}.{claims}.{other}{}",
                &good[..good.find('.').unwrap()],
                &signature[1..]
            ),
        }
    }
}

pub(crate) fn measure(algorithm: Algorithm, table: &mut Table) {
    let text = world::new_key(algorithm);
    let keys = Keys::when_needed(move |_| world::ring(&text));
    let around = (Box::new(clock::System) as _, Box::new(chance::System) as _);
    let store = Box::new(Sqlite::in_memory().unwrap());
    let authority = Authority::new(keys, world::rules(), store, around);
    let issued = authority.issue(&[world::pair("alice")]).unwrap().remove(0).unwrap();
    let good = issued.access.unwrap().text;
    let bad = Bad::of(&good);
    let check = |token: &str, is_good: bool| {
        for _ in 0..TOGETHER {
            let report = authority.validate(token, &Asked::default(), &world::here()).unwrap();
            assert_eq!(black_box(report).failure().is_none(), is_good);
        }
    };
    let taken = take_turns(
        ROUNDS,
        [
            &mut || check(&good, true),
            &mut || check(&bad.garbage, false),
            &mut || check(&bad.stranger, false),
            &mut || check(&bad.forged, false),
        ],
    );
    let [good, garbage, stranger, forged] =
        taken.map(|milliseconds| milliseconds * 1000.0 / f64::from(TOGETHER));
    let what = |bad: &str| format!("{algorithm:?}: refusing {bad} / checking a good token");
    table.limited(&what("garbage"), ratio(garbage, good, "us", 1), "0.1");
    table.limited(&what("an unknown kid"), ratio(stranger, good, "us", 1), "0.1");
    table.told(&what("a forged signature"), ratio(forged, good, "us", 1).1);
}
