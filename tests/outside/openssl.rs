//! OpenSSL: keys both ways, and our signatures checked by it.

use crate::program::Folder;
use crate::token::{parts, signed};

/// How OpenSSL makes a key, and the algorithm that a bare PEM of this kind means here.
const MADE: [(&str, &str); 7] = [
    ("genrsa 2048", "RS256"),
    ("genrsa -traditional 3072", "RS256"),
    ("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048", "RS256"),
    ("ecparam -name prime256v1 -genkey", "ES256"),
    ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256", "ES256"),
    ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384", "ES384"),
    ("genpkey -algorithm ED25519", "EdDSA"),
];

#[test]
fn their_keys_work_here() {
    for (arguments, alg) in MADE {
        let folder = Folder::new();
        let private = folder.ask("openssl", arguments, "").output;
        let public = folder.ask("openssl", "pkey -pubout", &private).output;
        folder.write("jwt-signing.pem", &private);
        folder.write("jwt-signing.pub", &public);
        let token = folder.jot("issue --quiet --user alice").text();
        assert_eq!(parts(&token).0["alg"], alg, "{arguments}");
        folder.write(
            "public.der",
            folder.ask("openssl", "pkey -pubout -outform DER", &private).output,
        );
        for key in ["jwt-signing.pub", "public.der"] {
            let answer = folder.jot(&format!("validate --key {key} {token}"));
            assert_eq!(answer.code, 0, "{arguments}: {answer:?}");
        }
        assert_eq!(folder.jot(&format!("validate {token}")).code, 0, "{arguments}");

        // Another pair of the same kind did not sign it.
        let other = folder.ask("openssl", arguments, "").output;
        folder.write("other.pub", folder.ask("openssl", "pkey -pubout", other).output);
        let answer = folder.jot(&format!("validate --key other.pub {token}"));
        assert_eq!(answer.code, 12, "{arguments}: {answer:?}");
    }
}

#[test]
fn an_encrypted_key_goes_both_ways() {
    let folder = Folder::with([("JOT_KEYS__PASSPHRASE_FILE", "word")]);
    folder.write("word", "open, sesame\n");
    let made = folder.ask("openssl", "genpkey -algorithm ED25519 -aes256 -pass file:word", "");
    assert!(made.text().contains("BEGIN ENCRYPTED PRIVATE KEY"));
    folder.write("jwt-signing.pem", &made.output);
    assert_eq!(parts(&folder.jot("issue --quiet --user alice").text()).0["alg"], "EdDSA");

    folder.jot("keygen --quiet --alg ES256 --out ours --passphrase-file word").text();
    folder.ask("openssl", "pkey -check -noout -in ours.pem -passin file:word", "").text();
    folder.write("word", "open, barley\n");
    assert_ne!(folder.ask("openssl", "pkey -noout -in ours.pem -passin file:word", "").code, 0);
    assert_eq!(folder.jot("issue --user alice").code, 21);
}

#[test]
fn our_keys_pass_their_check() {
    for alg in ["RS256", "PS512", "ES256", "ES384", "EdDSA"] {
        let folder = Folder::new();
        folder.jot(&format!("keygen --quiet --format pkcs8 --alg {alg}")).text();
        folder.ask("openssl", "pkey -check -noout -in jwt-signing.pem", "").text();
        folder.ask("openssl", "pkey -pubin -pubcheck -noout -in jwt-signing.pub", "").text();
        let halves = folder.ask("openssl", "pkey -pubout -in jwt-signing.pem", "").text();
        assert_eq!(halves, folder.read("jwt-signing.pub").trim_end(), "{alg}");
    }
    let folder = Folder::new();
    folder.jot("keygen --quiet --format pkcs1").text();
    folder.ask("openssl", "rsa -check -noout -in jwt-signing.pem", "").text();
}

#[test]
fn our_rsa_signatures_pass_their_check() {
    let pss = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest";
    for (alg, digest, options) in [
        ("RS256", "sha256", ""),
        ("RS384", "sha384", ""),
        ("RS512", "sha512", ""),
        ("PS256", "sha256", pss),
        ("PS384", "sha384", pss),
        ("PS512", "sha512", pss),
    ] {
        let folder = Folder::with([("JOT_KEYS__ALG", alg)]);
        folder.jot(&format!("keygen --alg {alg}")).text();
        let (input, signature) = signed(&folder.jot("issue --quiet --user alice").text());
        folder.write("signature", signature);
        let check =
            format!("dgst -{digest} {options} -verify jwt-signing.pub -signature signature");
        assert_eq!(folder.ask("openssl", &check, &input).text(), "Verified OK", "{alg}");
        assert_ne!(folder.ask("openssl", &check, format!("{input}A")).code, 0, "{alg}");
    }
}

/// Ed25519 signs the input itself, which `pkeyutl` takes from a file.
#[test]
fn our_eddsa_signatures_pass_their_check() {
    let folder = Folder::new();
    folder.jot("keygen --quiet --alg EdDSA").text();
    let (input, signature) = signed(&folder.jot("issue --quiet --user alice").text());
    folder.write("signature", signature);
    let check = "pkeyutl -verify -pubin -inkey jwt-signing.pub -rawin -in input -sigfile signature";
    folder.write("input", &input);
    folder.ask("openssl", check, "").text();
    folder.write("input", format!("{input}A"));
    assert_ne!(folder.ask("openssl", check, "").code, 0);
}
