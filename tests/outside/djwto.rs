//! The real djwto 0.0.4 with the settings that mirror ours: its tokens here, ours at its doors.

use serde_json::{Value, json};

use crate::program::{Answer, DJWTO, Folder};
use crate::shape::{self, Side};
use crate::token::{parts, tampered};

/// One site as both describe it: djwto's variables, and the `[token]` section that mirrors them.
/// djwto has no name for the user in `sub`, so that ours has none either or a constant one.
struct Site {
    alg: &'static str,
    theirs: &'static [(&'static str, &'static str)],
    ours: &'static str,
}

const PLAIN: &str = "sub = \"none\"";

const DETAILED: [(&str, &str); 5] = [
    ("DJWTO_ISS_CLAIM", "https://login.example"),
    ("DJWTO_SUB_CLAIM", "shop"),
    ("DJWTO_AUD_CLAIM", "api,web"),
    // A negative one passes there, and spares the test from waiting.
    ("DJWTO_NBF_LIFETIME", "-60"),
    ("DJWTO_ACCESS_TOKEN_LIFETIME", "86400"),
];

const DETAILS: &str = "iss = \"https://login.example\"\nsub = \"constant:shop\"\n\
    aud = [\"api\", \"web\"]\nnbf = \"1h\"\naccess_lifetime = \"1d\"";

#[test]
fn hs256() {
    Site { alg: "HS256", theirs: &[], ours: PLAIN }.visit();
}

#[test]
fn hs256_with_every_claim() {
    Site { alg: "HS256", theirs: &DETAILED, ours: DETAILS }.visit();
}

#[test]
fn rs256() {
    Site { alg: "RS256", theirs: &[], ours: PLAIN }.visit();
}

#[test]
fn rs256_with_every_claim() {
    Site { alg: "RS256", theirs: &DETAILED, ours: DETAILS }.visit();
}

#[test]
fn es256_with_one_audience() {
    let theirs = &[("DJWTO_AUD_CLAIM", "api")];
    Site { alg: "ES256", theirs, ours: "sub = \"none\"\naud = \"api\"" }.visit();
}

#[test]
fn without_iat_and_jti() {
    let theirs = &[("DJWTO_IAT_CLAIM", "false"), ("DJWTO_JTI_CLAIM", "false")];
    Site { alg: "HS256", theirs, ours: "sub = \"none\"\niat = false\njti = false" }.visit();
}

impl Site {
    fn visit(&self) {
        let folder = self.set_up();
        let theirs = login(&folder);
        let ours = self.issue(&folder);
        self.shapes(&theirs, &ours);
        self.we_take_theirs(&folder, &theirs, &ours);
        they_take_ours(&folder, &ours, &theirs);
    }

    /// One key for both: djwto's own variable, or a pair that OpenSSL made.
    fn set_up(&self) -> Folder {
        let mut folder = Folder::with(self.theirs.iter().copied());
        let mut keys = format!("alg = \"{}\"", self.alg);
        folder.set("DJWTO_ALGORITHM", self.alg);
        if self.alg == "HS256" {
            let secret = "a secret that both sides were given, long enough";
            folder.set("DJWTO_SIGNING_KEY", secret);
            folder.write("verifying", secret);
            keys.push_str("\nenv = \"DJWTO_SIGNING_KEY\"");
        } else {
            let making = if self.alg == "RS256" { "genrsa 2048" } else { EC };
            let private = folder.ask("openssl", making, "").text();
            let public = folder.ask("openssl", "pkey -pubout", &private).text();
            for name in ["jwt-signing.pub", "verifying"] {
                folder.write(name, &public);
            }
            folder.write("jwt-signing.pem", &private);
            folder.set("DJWTO_SIGNING_KEY", private);
            folder.set("DJWTO_VERIFYING_KEY", public);
        }
        folder.write("jot.toml", format!("[token]\n{}\n[keys]\n{keys}\n", self.ours));
        folder.write("password", "correct horse battery");
        let added = ago(&folder, "user add alice --perm shop.view_order --password-file password");
        added.text();
        folder
    }

    /// Ours, with an `nbf` that has passed by now.
    fn issue(&self, folder: &Folder) -> Pair {
        let issue = "issue --type pair --user alice";
        let delayed = self.ours.contains("nbf");
        let answer = if delayed { ago(folder, issue) } else { folder.jot(issue) };
        Pair::of(&answer.json())
    }

    fn shapes(&self, theirs: &Pair, ours: &Pair) {
        for (theirs, ours) in [(&theirs.refresh, &ours.refresh), (&theirs.access, &ours.access)] {
            let (theirs, ours) = (Side::of(theirs), Side::of(ours));
            shape::same(&theirs, &ours);
            for name in ["iss", "sub", "aud", "type", "user"] {
                assert_eq!(theirs.claims.get(name), ours.claims.get(name), "{name}");
            }
            let lifetime = |side: &Side| {
                side.claims
                    .get("iat")
                    .map(|iat| side.claims["exp"].as_i64().unwrap() - iat.as_i64().unwrap())
            };
            assert_eq!(lifetime(&theirs), lifetime(&ours));
        }
        assert_eq!(Side::of(&theirs.access).claims.get("iss").is_some(), self.ours.contains("iss"));
    }

    fn we_take_theirs(&self, folder: &Folder, theirs: &Pair, ours: &Pair) {
        let foreign = format!("--key verifying --alg {} --profile djwto", self.alg);
        for more in ["", foreign.as_str()] {
            let check = |arguments: &str, token: &str| {
                folder.jot(&format!("validate --json {more} {arguments} {token}"))
            };
            let answer = check("--perm shop.view_order", &theirs.access);
            assert_eq!(valid(&answer)["claims"], parts(&theirs.access).1);
            assert_eq!(check("", &tampered(&theirs.access, &ours.access)).code, 12);
            assert_eq!(check("--perm shop.drop_order", &theirs.access).code, 17);
            assert_eq!(check("--type access", &theirs.refresh).code, 13);
            assert_eq!(check("--type refresh", &tampered(&theirs.refresh, &ours.refresh)).code, 12);

            let answer = check("--type refresh", &theirs.refresh);
            if more.is_empty() {
                // Here a refresh token is as good as its session, and theirs has none.
                assert_eq!(answer.code, 16, "{answer:?}");
                assert!(answer.json()["reason"].as_str().unwrap().contains("session"));
            } else {
                assert_eq!(valid(&answer)["claims"], parts(&theirs.refresh).1);
            }
        }
        if parts(&theirs.access).1.get("jti").is_some() {
            folder.jot(&format!("revoke {}", theirs.access)).text();
            assert_eq!(folder.jot(&format!("validate {}", theirs.access)).code, 16);
        }
    }
}

const EC: &str = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256";

struct Pair {
    refresh: String,
    access: String,
}

impl Pair {
    fn of(answer: &Value) -> Self {
        let text = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("{answer}"));
        Self { refresh: text("refresh").to_owned(), access: text("access").to_owned() }
    }
}

#[track_caller]
fn valid(answer: &Answer) -> Value {
    assert_eq!(answer.code, 0, "{answer:?}");
    answer.json()
}

/// What jot would have answered two hours ago.
fn ago(folder: &Folder, arguments: &str) -> Answer {
    folder.ask("faketime", &format!("-f -2h {} {arguments}", env!("CARGO_BIN_EXE_jot")), "")
}

fn login(folder: &Folder) -> Pair {
    let user = ["--username", "alice", "--password", "correct horse battery"];
    let arguments = [&["login"][..], &user, &["--perm", "shop.view_order"]].concat();
    Pair::of(&folder.peer(&DJWTO, &arguments, ""))
}

/// The status and the body of each request's answer.
fn ask(folder: &Folder, requests: &[(&str, &str, &str)]) -> Vec<(u64, Value)> {
    let requests: Vec<_> = requests
        .iter()
        .map(|(method, path, token)| {
            let authorization = format!("Bearer {token}");
            json!({"method": method, "path": path, "headers": {"authorization": authorization}})
        })
        .collect();
    let script = json!({"requests": requests}).to_string();
    let answers = folder.peer(&DJWTO, &["play"], script);
    let answer = |answer: &Value| (answer["status"].as_u64().unwrap(), answer["body"].clone());
    answers.as_array().unwrap().iter().map(answer).collect()
}

fn they_take_ours(folder: &Folder, ours: &Pair, theirs: &Pair) {
    let lone = folder.jot("issue --quiet --ttl 5m --user nobody").text();
    let (bad, bad_refresh) =
        (tampered(&ours.access, &theirs.access), tampered(&ours.refresh, &theirs.refresh));
    let refresh = "/api/token/refresh/refresh_access/";
    let answers = ask(
        folder,
        &[
            ("POST", "/validate_access/", &ours.access),
            ("GET", "/protected/", &ours.access),
            ("GET", "/protected/perm/", &ours.access),
            ("POST", "/api/token/refresh/validate_refresh/", &ours.refresh),
            ("POST", refresh, &ours.refresh),
            ("POST", refresh, &ours.access),
            ("POST", "/validate_access/", &bad),
            ("GET", "/protected/", &bad),
            ("POST", refresh, &bad_refresh),
            ("GET", "/protected/perm/", &lone),
        ],
    );
    let statuses: Vec<_> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 403, 403, 403, 403, 403], "{answers:#?}");
    assert_eq!(answers[1].1["claims"], parts(&ours.access).1);
    for (_, body) in &answers[6..9] {
        assert_eq!(body["error"], "Signature verification failed");
    }
    // djwto signs our refresh token's claims anew, and both go on here in the session they name.
    let refreshed = Pair::of(&answers[4].1);
    assert_eq!(parts(&refreshed.refresh).1, parts(&ours.refresh).1);
    valid(&folder.jot(&format!("validate --json {}", refreshed.access)));
    valid(&folder.jot(&format!("validate --json --type refresh {}", refreshed.refresh)));
    let sid = parts(&ours.refresh).1["sid"].as_str().unwrap().to_owned();
    folder.jot(&format!("revoke --yes --session {sid}")).text();
    assert_eq!(folder.jot(&format!("validate {}", refreshed.access)).code, 16);
}
