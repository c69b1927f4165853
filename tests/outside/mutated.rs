//! Good tokens changed at random, shown to jot and to two libraries that nobody here wrote: nothing that
//! jot takes is refused by both of them. `JOT_TEST_MUTATIONS` says how many of each algorithm, and
//! `JOT_TEST_SEED` which.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use jot::claims::check::{Expected, examine};
use jot::clock::{Clock, System};
use jot::json::{Json, MAX_DEPTH};
use jot::jws::Candidates;
use jot::key::{Key, TooOpen, Wanted, read_file};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use crate::program::{Folder, PYJWT, variable};

/// Not RFC 9864's "Ed25519", which of the three jot alone takes for EdDSA.
const HEADERS: [&str; 23] = [
    r#""alg":"none""#,
    r#""alg":"None""#,
    r#""alg":"HS256""#,
    r#""alg":"HS512""#,
    r#""alg":"RS256""#,
    r#""alg":"ES256""#,
    r#""alg":"EdDSA""#,
    r#""alg":["ES256"]"#,
    r#""alg":null"#,
    r#""alg":"es256""#,
    r#""kid":7"#,
    r#""kid":null"#,
    r#""kid":"x""#,
    r#""crit":["b64"],"b64":false"#,
    r#""crit":[]"#,
    r#""crit":["exp"]"#,
    r#""zip":"DEF""#,
    r#""typ":7"#,
    r#""typ":"at+jwt""#,
    r#""cty":"JWT""#,
    r#""jwk":{"kty":"oct","k":"AA"}"#,
    r#""b64":false"#,
    r#""jku":"http://127.0.0.1:9/""#,
];
const CLAIMS: [&str; 8] = ["exp", "nbf", "iat", "aud", "iss", "sub", "jti", "more"];
const VALUES: [&str; 26] = [
    "null",
    "true",
    "[]",
    "{}",
    "0",
    "-1",
    "-0",
    "1",
    "4102444800",
    "4102444800.5",
    "1e400",
    "1e12",
    "9223372036854775808",
    "\"4102444800\"",
    "\"\"",
    "\"api\"",
    "\"elsewhere\"",
    "\"ap\"",
    "[\"api\"]",
    "[\"api\",7]",
    "[[\"api\"]]",
    "\"NaN\"",
    "NaN",
    "Infinity",
    "\"\\ud800\"",
    "{\"a\":1,\"a\":2}",
];

/// Who makes tokens and changes them.
struct Mutator {
    chance: StdRng,
    key: Key,
    alg: &'static str,
}

impl Mutator {
    /// A token over these texts in these spellings, signed however they are spelt.
    fn signed(&self, header: &str, payload: &str) -> String {
        let signed = format!("{header}.{payload}");
        let secret = self.key.signing().unwrap();
        let sign = jsonwebtoken::crypto::sign;
        let signature = sign(signed.as_bytes(), secret, self.key.alg()).unwrap();
        format!("{signed}.{signature}")
    }

    fn header(&mut self) -> String {
        let good = format!(r#"{{"alg":"{}","typ":"JWT"}}"#, self.alg);
        let member = HEADERS.choose(&mut self.chance).unwrap();
        match self.chance.random_range(0..8) {
            0 => format!("{{{member}}}"),
            1 => format!("{},{member}}}", &good[..good.len() - 1]),
            2 => format!("{{{member},{}", &good[1..]),
            _ => good,
        }
    }

    fn payload(&mut self) -> String {
        let mut text = String::from(r#"{"iss":"elsewhere","aud":["api","web"]"#);
        let exp = r#","exp":4102444800"#;
        if self.chance.random_range(0..8) > 0 {
            text.push_str(exp);
        }
        for _ in 0..self.chance.random_range(0..4_usize).saturating_sub(1) {
            let name = CLAIMS.choose(&mut self.chance).unwrap();
            write!(text, ",\"{name}\":{}", VALUES.choose(&mut self.chance).unwrap()).unwrap();
        }
        let spoilt = self.chance.random_range(0..8) == 0;
        let around = ["\u{feff}", " ", "\0", "[", "{}"].choose(&mut self.chance);
        let around = around.filter(|_| spoilt).unwrap_or(&"");
        format!("{around}{text}}}")
    }

    fn spelt(&mut self, text: &str) -> String {
        let engines =
            [&URL_SAFE_NO_PAD; 27].into_iter().chain([&STANDARD_NO_PAD, &URL_SAFE, &STANDARD]);
        let engines: Vec<_> = engines.collect();
        engines.choose(&mut self.chance).unwrap().encode(text)
    }

    /// Changes bits, letters and lengths of the finished text.
    fn scratched(&mut self, token: &str) -> String {
        let mut letters: Vec<char> = token.chars().collect();
        let at = self.chance.random_range(0..letters.len());
        let any = "Aa0-_+/=. \n%\u{e9}\0".chars().collect::<Vec<_>>();
        let letter = *any.choose(&mut self.chance).unwrap();
        match self.chance.random_range(0..10) {
            0 => letters[at] = letter,
            1 => letters.insert(at, letter),
            2 => letters.push(letter),
            3 => drop(letters.remove(at)),
            4 => {
                let bit = 1 << self.chance.random_range(0..7);
                letters[at] = char::from_u32(u32::from(letters[at]) ^ bit).unwrap();
            }
            // The last letter of a part has bits that mean nothing.
            5 => {
                let last = letters.pop().unwrap();
                letters.push(char::from_u32(u32::from(last) ^ 1).unwrap());
            }
            _ => {}
        }
        letters.into_iter().collect()
    }

    fn token(&mut self) -> String {
        let (header, payload) = (self.header(), self.payload());
        let (header, payload) = (self.spelt(&header), self.spelt(&payload));
        let token = self.signed(&header, &payload);
        self.scratched(&token)
    }
}

fn accepted(token: &str, key: &Key) -> bool {
    let candidates = Candidates { keys: vec![key], set_aside: &[], exact: false };
    let (iss, aud) = (Some("elsewhere".to_owned()), vec!["api".to_owned()]);
    let expected = Expected { now: System.now(), iss, aud, ..Expected::default() };
    examine(token, &candidates, &expected).failure().is_none()
}

#[test]
fn what_jot_takes_is_taken_by_another() {
    let count = variable("JOT_TEST_MUTATIONS").map_or(1000, |text| text.parse().unwrap());
    let seed = variable("JOT_TEST_SEED").map_or(1, |text| text.parse().unwrap());
    for alg in ["ES256", "RS256", "EdDSA", "HS256"] {
        let folder = Folder::new();
        folder.jot(&format!("keygen --alg {alg} --format jwk")).text();
        // A library that reads a private RSA key checks it at every token.
        let public = folder.jot("key export --out public.jwk");
        let file = if public.code == 0 { "public.jwk" } else { "jwt-signing.jwk" };
        let wanted = Wanted::default();
        let path = folder.path("jwt-signing.jwk");
        let key = read_file(&path, &wanted, TooOpen::Refuse).unwrap().keys.remove(0);
        // The first signature installs the library's provider of signatures.
        jot::jws::sign("JWT", &Json::read("{}", MAX_DEPTH).unwrap(), &key).unwrap();
        let mut mutator = Mutator { chance: StdRng::seed_from_u64(seed), key, alg };
        let tokens: Vec<_> = (0..count).map(|_| mutator.token()).collect();
        let lines: Vec<_> =
            tokens.iter().map(|token| Value::from(token.as_str()).to_string()).collect();
        let asked = "--aud api --iss elsewhere --ignore-iat";
        let asked = format!("judge --alg {alg} --key {file} {asked}");
        let arguments: Vec<_> = asked.split(' ').collect();
        // RFC 7519 4.1.6 refuses nothing for its `iat`, PyJWT what lies in the future.
        let judged = folder.peer(&PYJWT, &arguments, lines.join("\n"));
        let judged = judged.as_array().unwrap();
        assert_eq!(judged.len(), count);
        let (mut good, mut bad) = (0, Vec::new());
        for (token, takers) in tokens.iter().zip(judged) {
            let taken = accepted(token, &mutator.key);
            good += usize::from(taken);
            if taken && takers.as_array().unwrap().is_empty() {
                bad.push(token);
            }
        }
        println!("{alg}: of {count} jot takes {good}");
        assert!(bad.is_empty(), "{alg}: both refuse {} such as {bad:#?}", bad.len());
        assert!(good > count / 100 && good < count, "{alg}: {good} of {count}");
    }
}
