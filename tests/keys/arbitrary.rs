//! No bytes make the reader panic, however near they are to a key.

use std::sync::LazyLock;

use jot::alg::Algorithm;
use jot::key::{Form, Part};
use proptest::prelude::*;

use crate::{KINDS, generate, read};

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
