//! Every algorithm, both ways, with PyJWT and joserfc, in every form of a key they read.

use serde_json::{Value, json};

use crate::program::{Folder, PYJWT};
use crate::token::{CLAIMS, parts, tampered, unsigned};

macro_rules! both_ways {
    ($($name:ident $alg:literal)*) => {$(
        #[test]
        fn $name() {
            let pair = Pair::new($alg);
            let ours = pair.folder.jot(ISSUE).text();
            let theirs = pair.we_verify_theirs(&ours);
            pair.they_verify_ours(&ours, &theirs);
        }
    )*};
}

both_ways! {
    rs256 "RS256" rs384 "RS384" rs512 "RS512"
    ps256 "PS256" ps384 "PS384" ps512 "PS512"
    es256 "ES256" es384 "ES384" eddsa "EdDSA"
    hs256 "HS256" hs384 "HS384" hs512 "HS512"
}

const ISSUE: &str = "issue --quiet --user alice --iss login.example --aud api --aud web";
const LIBRARIES: [&str; 2] = ["pyjwt", "joserfc"];

/// A key pair that jot made, in the forms that jot writes.
struct Pair {
    folder: Folder,
    alg: &'static str,
    private: Vec<&'static str>,
    public: Vec<&'static str>,
}

impl Pair {
    fn new(alg: &'static str) -> Self {
        let folder = Folder::with([("JOT_KEYS__ALG", alg)]);
        folder.jot(&format!("keygen --alg {alg}")).text();
        folder.jot("key export --private --format jwk --out private.jwk").text();
        let symmetric = alg.starts_with('H');
        if symmetric {
            return Self { folder, alg, private: vec!["private.jwk"], public: vec!["private.jwk"] };
        }
        for form in ["pem", "jwk", "jwks"] {
            folder.jot(&format!("key export --format {form} --out public.{form}")).text();
        }
        let private = vec!["jwt-signing.pem", "private.jwk"];
        Self { folder, alg, private, public: vec!["public.pem", "public.jwk", "public.jwks"] }
    }

    fn verify(&self, library: &str, key: &str, token: &str) -> Value {
        let always = ["verify", "--library", library, "--alg", self.alg, "--key", key];
        self.folder.peer(&PYJWT, &[&always[..], &["--aud", "api", token]].concat(), "")
    }

    fn sign(&self, library: &str, key: &str) -> String {
        let always = ["sign", "--library", library, "--alg", self.alg, "--key", key];
        let answer = self.folder.peer(&PYJWT, &[&always[..], &["--claims", CLAIMS]].concat(), "");
        answer["token"].as_str().unwrap().to_owned()
    }

    fn they_verify_ours(&self, ours: &str, theirs: &str) {
        let (header, claims) = parts(ours);
        assert_eq!(header["alg"], self.alg);
        let bad = tampered(ours, theirs);
        for library in LIBRARIES {
            for key in &self.public {
                let answer = self.verify(library, key, ours);
                let expected = json!({"valid": true, "header": header, "claims": claims});
                assert_eq!(answer, expected, "{library} {key}");
            }
            let answer = self.verify(library, self.public[0], &bad);
            let error = answer["error"].as_str().unwrap();
            assert!(error.contains("SignatureError"), "{library}: {answer}");
        }
        let kid = &header["kid"];
        for key in [self.private[0], self.public[0]] {
            let arguments = ["thumbprint", "--library", "joserfc", "--alg", self.alg, "--key", key];
            assert_eq!(self.folder.peer(&PYJWT, &arguments, "")["thumbprint"], *kid, "{key}");
        }
    }

    /// Returns one of theirs.
    fn we_verify_theirs(&self, ours: &str) -> String {
        let mut last = String::new();
        for library in LIBRARIES {
            for signing in &self.private {
                last = self.sign(library, signing);
                self.accepted(&last, ours);
            }
        }
        last
    }

    fn accepted(&self, theirs: &str, ours: &str) {
        let bad = tampered(theirs, ours);
        for key in &self.public {
            let option = if key.ends_with("jwks") { "--jwks" } else { "--key" };
            let checks = format!("validate --json --aud web --iss elsewhere {option} {key}");
            let checks = format!("{checks} --alg {}", self.alg);
            let answer = self.folder.jot(&format!("{checks} {theirs}"));
            assert_eq!(answer.code, 0, "{key} {answer:?}");
            let (header, claims) = parts(theirs);
            assert_eq!(answer.json()["header"], header);
            assert_eq!(answer.json()["claims"], claims);

            let answer = self.folder.jot(&format!("{checks} {bad}"));
            assert_eq!((answer.code, &answer.json()["stage"]), (12, &json!("signature")), "{key}");
        }
    }
}

#[test]
fn a_secret_is_a_text() {
    for (alg, length) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        let secret: String = ('!'..='~').chain('!'..='~').take(length).collect();
        let variables = [("JOT_KEYS__ENV", "SECRET"), ("JOT_KEYS__ALG", alg), ("SECRET", &secret)];
        let folder = Folder::with(variables);
        folder.write("secret", &secret);
        let pair = Pair { folder, alg, private: vec!["secret"], public: vec!["secret"] };
        let ours = pair.folder.jot(ISSUE).text();
        let theirs = pair.we_verify_theirs(&ours);
        pair.they_verify_ours(&ours, &theirs);
    }
}

#[test]
fn a_key_set_of_several_is_searched_by_kid() {
    let folder = Folder::new();
    let mut keys = Vec::new();
    for name in ["one", "two"] {
        folder.jot(&format!("keygen --quiet --alg ES256 --out {name}")).text();
        keys.push(folder.jot(&format!("key export {name}.pub")).json());
    }
    folder.write("both.jwks", json!({"keys": keys}).to_string());
    for (name, key, other) in [("one", &keys[0], &keys[1]), ("two", &keys[1], &keys[0])] {
        let private = format!("{name}.pem");
        for library in LIBRARIES {
            let always = ["sign", "--library", library, "--alg", "ES256", "--key", &private];
            let sign = |kid: &Value| {
                // One key in 64 has an id that begins with a dash.
                let kid = format!("--kid={}", kid.as_str().unwrap());
                let named = ["--claims", CLAIMS, &kid];
                let answer = folder.peer(&PYJWT, &[&always[..], &named].concat(), "");
                answer["token"].as_str().unwrap().to_owned()
            };
            let right = sign(&key["kid"]);
            let ours = folder.jot(&format!("validate --jwks both.jwks {right}"));
            assert_eq!(ours.code, 0, "{ours:?}");
            let wrong = sign(&other["kid"]);
            assert_eq!(folder.jot(&format!("validate --jwks both.jwks {wrong}")).code, 12);
        }
    }
}

#[test]
fn a_token_that_nobody_signed_is_refused_by_all() {
    let pair = Pair::new("RS256");
    let (_, claims) = parts(&pair.folder.jot(ISSUE).text());
    for alg in ["none", "None", "NONE"] {
        let token = unsigned(&json!({"alg": alg, "typ": "JWT"}), &claims);
        for library in LIBRARIES {
            assert_eq!(pair.verify(library, "public.pem", &token)["valid"], false, "{library}");
        }
        for key in ["", "--key public.pem", "--jwks public.jwks --alg RS256"] {
            let answer = pair.folder.jot(&format!("validate --json {key} {token}"));
            assert_eq!((answer.code, &answer.json()["stage"]), (11, &json!("alg")), "{key}");
            let reason = answer.json()["reason"].as_str().unwrap().to_owned();
            assert!(reason.contains(&format!("not signed (alg \"{alg}\")")), "{reason}");
        }
    }
}
