//! No bytes make the reader panic, however near they are to a key.

use std::sync::LazyLock;

use jot::alg::Algorithm;
use jot::key::{Form, Part};
use proptest::prelude::*;

use crate::exchange::check_signing;
use crate::{KINDS, generate, read, read_one};

static GOOD: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let forms = [Form::Pkcs8, Form::Pkcs1, Form::Sec1, Form::Der, Form::Jwk, Form::Jwks];
    let keys: Vec<_> = KINDS.into_iter().map(generate).collect();
    let written = |form| {
        let parts = [Part::Private, Part::Public];
        let each = move |key| parts.map(|part| jot::key::Key::write(key, form, part, None).ok());
        keys.iter().flat_map(each).flatten().map(|bytes| bytes.to_vec()).collect::<Vec<_>>()
    };
    forms.into_iter().flat_map(written).collect()
});

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes, &[]);
        let _ = read(&bytes, &[Algorithm::HS256]);
    }

    #[test]
    fn any_block(label in "(RSA |EC |ENCRYPTED )?(PRIVATE|PUBLIC) KEY", bytes in ".{0,200}") {
        let _ = read(format!("-----BEGIN {label}-----\n{bytes}\n-----END {label}-----"), &[]);
    }

    #[test]
    fn nearly_good_keys(
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = which.get(&GOOD).clone();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = read(&bytes, &[]);
    }
}

/// Every mixture of the numbers of a key is refused, but for the primes changing places.
#[test]
fn mixed_up_rsa_numbers() {
    let key = generate(Algorithm::RS256);
    let jwk = key.jwk(Part::Private).unwrap();
    let member = |name: &str| jwk.get(name).unwrap().as_str().unwrap();
    let names = ["n", "e", "d", "p", "q", "dp"].map(member);
    let all: Vec<_> = names.into_iter().chain(["", "AA", "AQ", "Ag", "Aw"]).collect();
    let mut loaded = 0;
    for (at, d) in (0..).zip(all.iter().flat_map(|d| [d, d])) {
        let e = if at % 2 == 0 { "AQAB" } else { "Aw" };
        let public = format!(r#""kty":"RSA","alg":"RS256","n":"{}","e":"{e}""#, member("n"));
        for (p, q) in all.iter().flat_map(|p| all.iter().map(move |q| (p, q))) {
            let mixed = format!(r#"{{{public},"d":"{d}","p":"{p}","q":"{q}"}}"#);
            if read(&mixed, &[]).is_ok() {
                loaded += 1;
                check_signing(&read_one(&mixed), &key);
            }
        }
    }
    assert_eq!(loaded, 2);
}
