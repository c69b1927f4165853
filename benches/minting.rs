//! What our layer costs above the bare signature: `jws::sign` and `Parsed::verify` against aws-lc-rs
//! with a parsed key, over the same message, in one process. `cargo bench --bench minting`
#![expect(clippy::unwrap_used, reason = "what cannot be measured ends the measurement")]
#![expect(clippy::print_stdout, reason = "the table is the result")]

use std::hint::black_box;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jot::alg::Algorithm;
use jot::json::{Json, MAX_DEPTH};
use jot::jws::{self, Candidates, Parsed};
use jot::key::{self, Form, Part};

#[path = "measure/table.rs"]
mod table;

/// What an access token of the default profile says.
const CLAIMS: &str = r#"{"sub":"alice","iat":1767225600,"exp":1767225900,"jti":"2f1f4ce5-86c0-4f3b-9f8e-5a4f3a1c2b7d","type":"access","user":{"username":"alice","id":7,"perms":["app.read","app.write"]}}"#;

/// Verifying is short: so many are timed together.
const TOGETHER: usize = 20;

fn main() {
    if !table::is_asked_for() {
        return;
    }
    let key = key::generate(Algorithm::RS256, None, &mut jot::chance::System::generator()).unwrap();
    let claims = Json::read(CLAIMS, MAX_DEPTH).unwrap();
    let token = jws::sign("JWT", &claims, &key).unwrap();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut table = table::Table::default();

    let pair = key.write(Form::Der, Part::Private, None).unwrap();
    let pair = RsaKeyPair::from_pkcs8(&pair).unwrap();
    let (random, mut buffer) = (SystemRandom::new(), vec![0; pair.public_modulus_len()]);
    let [ours, bare] = table::take_turns(
        600,
        [&mut || _ = black_box(jws::sign("JWT", &claims, &key).unwrap()), &mut || {
            pair.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut buffer).unwrap();
        }],
    );
    assert_eq!(buffer, signature, "both sign the same message with the same key");
    let signing = table::ratio(ours * 1000.0, bare * 1000.0, "us", 0);
    table.limited("RS256: jws::sign / bare signature, parsed key", signing, "1.15");

    let public = key.write(Form::Der, Part::Public, None).unwrap();
    let public = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &public[..]).unwrap();
    let [ours, bare] = table::take_turns(
        600,
        [
            &mut || {
                for _ in 0..TOGETHER {
                    let parsed = Parsed::read(&token).unwrap();
                    let candidates = Candidates { keys: vec![&key], set_aside: &[], exact: true };
                    black_box(parsed.verify(&candidates, &[]).unwrap());
                }
            },
            &mut || {
                for _ in 0..TOGETHER {
                    public.verify_sig(black_box(message.as_bytes()), &signature).unwrap();
                }
            },
        ],
    );
    let (ours, bare) = (ours * 1000.0 / 20.0, bare * 1000.0 / 20.0);
    table.told("RS256: read and verify / bare verify", table::ratio(ours, bare, "us", 1).1);
    table.print();
}
