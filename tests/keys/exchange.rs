//! Every form of every key, from OpenSSL and to it.

use jot::alg::Algorithm;
use jot::chance;
use jot::error::Code;
use jot::key::{self, Form, Key, Part, Seal, Wanted};
use zeroize::Zeroizing;

use crate::{KINDS, generate, openssl, read, read_one, text};

/// How OpenSSL makes a key of the kind, and further forms that only this kind has.
fn made(alg: Algorithm) -> (&'static str, &'static [&'static str]) {
    match alg {
        Algorithm::RS256 => (
            "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048",
            &[
                "rsa -traditional",
                "rsa -traditional -outform DER",
                "rsa -RSAPublicKey_out",
                "rsa -RSAPublicKey_out -outform DER",
            ],
        ),
        Algorithm::ES256 => ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256", EC),
        Algorithm::ES384 => ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384", EC),
        _ => ("genpkey -algorithm ED25519", &[]),
    }
}

const EC: &[&str] = &[
    "ec",
    "ec -outform DER",
    "ec -no_public",
    "ec -conv_form compressed",
    "ec -param_enc explicit",
    "ec -param_enc explicit -outform DER",
    "pkey -ec_param_enc explicit",
    "ec -pubout -param_enc explicit",
];

const EVERY: [&str; 5] =
    ["pkey", "pkey -outform DER", "pkey -pubout", "pkey -pubout -outform DER", "pkey -text"];

#[test]
fn what_openssl_writes_is_read() {
    for alg in KINDS {
        let (making, more) = made(alg);
        let original = openssl(making, b"");
        let expected = read_one(&original);
        assert_eq!(expected.alg(), alg);
        for form in EVERY.iter().chain(more) {
            let key = read_one(openssl(form, &original));
            assert_eq!(key.thumbprint(), expected.thumbprint(), "{making}: {form}");
            assert_eq!(
                key.is_private(),
                !form.to_lowercase().contains("pub") || *form == "ec -no_public"
            );
            check_signing(&expected, &key);
        }
    }
}

#[test]
fn what_openssl_makes_the_old_way_is_read() {
    assert_eq!(read_one(openssl("genrsa -traditional 2048", b"")).alg(), Algorithm::RS256);
    let with_parameters = openssl("ecparam -name secp384r1 -genkey", b"");
    assert!(String::from_utf8_lossy(&with_parameters).contains("BEGIN EC PARAMETERS"));
    assert_eq!(read_one(with_parameters).alg(), Algorithm::ES384);
}

#[test]
fn rsa_keys_of_every_size_and_exponent_sign() {
    for options in ["bits:3072", "bits:2049", "bits:2056", "pubexp:3", "pubexp:4294967297"] {
        let option = format!("genpkey -algorithm RSA -pkeyopt rsa_keygen_{options}");
        let key = read_one(openssl(&option, b""));
        check_signing(&key, &read_one(text(&key, Form::Jwk, Part::Public)));
    }
    for bits in [2049, 3072] {
        let mut generator = chance::System::generator();
        let key = key::generate(Algorithm::PS256, Some(bits), &mut generator).unwrap();
        assert_eq!(key.bits(), bits);
        openssl("pkey -check -noout", text(&key, Form::Pkcs8, Part::Private).as_bytes());
        check_signing(&key, &key);
    }
    for bits in [1024, 2047, 8193, 0, usize::MAX] {
        let mut generator = chance::System::generator();
        let error = key::generate(Algorithm::RS256, Some(bits), &mut generator).unwrap_err();
        assert_eq!(error.code(), Code::Usage);
    }
}

#[test]
fn what_is_written_openssl_accepts() {
    for alg in KINDS {
        let key = generate(alg);
        let mut private = vec![Form::Pkcs8];
        private.extend(match alg {
            Algorithm::RS256 => Some(Form::Pkcs1),
            Algorithm::EdDSA => None,
            _ => Some(Form::Sec1),
        });
        for form in private {
            openssl("pkey -check -noout", text(&key, form, Part::Private).as_bytes());
        }
        let der = key.write(Form::Der, Part::Private, None).unwrap();
        openssl("pkey -inform DER -check -noout", &der);
        openssl("pkey -pubin -pubcheck -noout", text(&key, Form::Pkcs8, Part::Public).as_bytes());
        let der = key.write(Form::Der, Part::Public, None).unwrap();
        openssl("pkey -pubin -inform DER -pubcheck -noout", &der);
    }
    let public = text(&generate(Algorithm::RS256), Form::Pkcs1, Part::Public);
    openssl("rsa -RSAPublicKey_in -noout", public.as_bytes());
}

#[test]
fn what_is_written_is_read_as_the_same_key() {
    let every = [Form::Pkcs8, Form::Der, Form::Jwk, Form::Jwks];
    for alg in KINDS {
        let key = generate(alg);
        for form in every {
            for part in [Part::Private, Part::Public] {
                let again = read_one(key.write(form, part, None).unwrap());
                assert_eq!(again.thumbprint(), key.thumbprint(), "{form:?} {part:?}");
                assert_eq!(again.is_private(), part == Part::Private);
                check_signing(&key, &again);
                check_signing(&again, &key);
            }
        }
    }
}

#[test]
fn a_passphrase_goes_both_ways() {
    let seal = Seal { passphrase: "open, sesame", chance: &chance::System };
    let ask = || Ok(Zeroizing::new("open, sesame".to_owned()));
    let wanted = Wanted { algs: &[], passphrase: Some(&ask) };
    for alg in KINDS {
        let key = generate(alg);
        let sealed = key.write(Form::Pkcs8, Part::Private, Some(&seal)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let word = folder.path().join("word");
        std::fs::write(&word, "open, sesame\n").unwrap();
        let word = word.to_str().unwrap();
        let opened = openssl(&format!("pkey -passin file:{word}"), &sealed);
        assert_eq!(read_one(&opened).thumbprint(), key.thumbprint());

        for way in ["", "-v2 aes-256-cbc", "-scrypt", "-outform DER"] {
            let sealed = openssl(&format!("pkcs8 -topk8 -passout file:{word} {way}"), &opened);
            let again = key::read(&sealed, "here", &wanted).unwrap();
            assert_eq!(again.keys[0].thumbprint(), key.thumbprint(), "{way}");
        }
        let other = || Ok(Zeroizing::new("sesame".to_owned()));
        let wrong = Wanted { algs: &[], passphrase: Some(&other) };
        let error = key::read(&sealed, "here", &wrong).unwrap_err();
        assert_eq!(error.code(), Code::KeyUnreadable);
        assert_eq!(error.to_string(), "here: the passphrase does not fit this private key");
        let error = read(&sealed, &[]).unwrap_err();
        assert_eq!(error.code(), Code::KeyUnreadable);
        assert!(error.hint_text().unwrap().contains("--passphrase-file"));
    }
}

#[test]
fn a_passphrase_is_asked_for_only_when_it_helps() {
    let never = || -> jot::error::Result<Zeroizing<String>> { panic!("asked") };
    let wanted = Wanted { algs: &[], passphrase: Some(&never) };
    let plain = text(&generate(Algorithm::EdDSA), Form::Pkcs8, Part::Private);
    assert!(key::read(plain.as_bytes(), "here", &wanted).is_ok());

    let form = "pkcs8 -topk8 -scrypt -passout pass:word -outform DER";
    let mut sealed = openssl(form, plain.as_bytes());
    let parameters = [2, 2, 0x40, 0, 2, 1, 8, 2, 1, 1];
    let at = sealed.windows(10).position(|window| window == parameters).unwrap();
    sealed[at + 9] = 127;
    let error = key::read(&sealed, "here", &wanted).unwrap_err();
    assert!(error.to_string().contains("more work than any tool asks for"), "{error}");
}

#[test]
fn a_key_file_cannot_keep_its_reader_busy_for_hours() {
    let never = || -> jot::error::Result<Zeroizing<String>> { panic!("asked") };
    let wanted = Wanted { algs: &[], passphrase: Some(&never) };
    let plain = text(&generate(Algorithm::EdDSA), Form::Pkcs8, Part::Private);
    let form = "pkcs8 -topk8 -v2 aes-256-cbc -iter 16777217 -passout pass:word -outform DER";
    let sealed = openssl(form, plain.as_bytes());
    let error = key::read(&sealed, "here", &wanted).unwrap_err();
    assert!(error.to_string().contains("more work than any tool asks for"), "{error}");
}

#[test]
fn copies_are_read_as_well_as_originals() {
    let key = generate(Algorithm::ES256);
    let pem = text(&key, Form::Pkcs8, Part::Private);
    let public = text(&key, Form::Pkcs8, Part::Public);
    let copies = [
        pem.replace('\n', "\r\n"),
        pem.replace('\n', " "),
        pem.replace('\n', "\\n"),
        pem.replace('\n', "\n\n"),
        pem.replace('\n', "\n    "),
        format!("\n \t{pem}\n\n"),
        format!("\u{feff}{pem}"),
        format!("Bag Attributes\n    friendlyName: me\n{pem}and so on\n"),
        format!("{public}{pem}"),
        format!("{pem}{public}"),
        format!("\u{feff}\r\n{}\r\n", text(&key, Form::Jwk, Part::Private)),
    ];
    for copy in copies {
        let again = read_one(&copy);
        assert!(again.is_private() && again.thumbprint() == key.thumbprint(), "{copy}");
    }
}

#[test]
fn numbers_of_unusual_length_are_read_and_written_in_full() {
    let member = |key: &Key, name: &str| {
        key.jwk(Part::Private).unwrap().get(name).unwrap().as_str().unwrap().to_owned()
    };
    let short =
        |key: &Key| ["x", "y", "d"].into_iter().find(|name| member(key, name).starts_with("AA"));
    let (key, name) = std::iter::repeat_with(|| generate(Algorithm::ES256))
        .find_map(|key| short(&key).map(|name| (key, name)))
        .unwrap();
    let full = member(&key, name);
    assert_eq!(full.len(), 43);
    let jwk = text(&key, Form::Jwk, Part::Private);
    let bytes = base64(&full);
    for other in [bytes[1..].to_vec(), [&[0, 0], bytes.as_slice()].concat()] {
        let changed = jwk.replace(&full, &base64url(&other));
        assert_ne!(changed, jwk);
        assert_eq!(text(&read_one(changed), Form::Jwk, Part::Private), jwk);
    }
}

#[test]
fn the_thumbprint_is_that_of_the_rfc() {
    // RFC 7638 3.1.
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1\
        L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4\
        QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbO\
        pbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csF\
        Cur-kEgU8awapJzKnqDKgw";
    let jwk = format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB","alg":"RS256","kid":"2011-04-29"}}"#);
    let key = read_one(&jwk);
    assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert_eq!((key.kid(), key.has_own_kid()), ("2011-04-29", true));
    let nameless = read_one(jwk.replace(r#","kid":"2011-04-29""#, ""));
    assert_eq!((nameless.kid(), nameless.has_own_kid()), (key.thumbprint(), false));
    // RFC 8037 A.3.
    let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    assert_eq!(read_one(jwk).thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

fn base64(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// What one signs, if it can, the other verifies.
pub(crate) fn check_signing(signer: &Key, verifier: &Key) {
    let Some(signing) = signer.signing() else { return };
    let signature = jsonwebtoken::crypto::sign(b"words", signing, signer.alg()).unwrap();
    let verify = |words: &[u8]| {
        jsonwebtoken::crypto::verify(&signature, words, verifier.verifying(), verifier.alg())
    };
    assert!(verify(b"words").unwrap());
    assert!(!verify(b"others").unwrap_or(false));
}
