//! Classes 1 to 5 and 10: the key, the algorithm and the signature of a token that somebody made up.

use std::fs;
use std::net::TcpListener;

use jot::key::Part;

use crate::served::Folder;
use crate::target::*;

/// CVE-2016-10555, CVE-2022-29217, CVE-2026-34950; RFC 8725 3.1.
#[test]
fn c01_a_public_key_is_no_hmac_secret() {
    for alg in ["RS256", "ES256", "EdDSA"] {
        let target = Target::new(alg);
        let kid = format!(r#","kid":"{}""#, target.key().kid());
        let mut tokens = Vec::new();
        for secret in public_forms(&target.folder) {
            for (name, hmac) in HMACS {
                for kid in ["", &kid] {
                    tokens.push(mac(&format!(r#"{{"alg":"{name}"{kid}}}"#), &secret, hmac));
                }
            }
        }
        target.refuses(&tokens, "alg");
        fs::write(
            target.folder.file("set"),
            target.folder.run(&["key", "export", "--format", "jwks"], ""),
        )
        .unwrap();
        for flags in [["--key", "jwt-signing.pub"], ["--jwks", "set"]] {
            for stage in target.judged(&flags, &tokens) {
                // In a set a key's own id counts, and a header that lacks it meets the algorithm.
                assert_eq!(stage.as_deref(), Some("alg"), "{alg} {flags:?}");
            }
        }
        let good = forge(&target.header(&kid), claims(), &target.key());
        assert_eq!(target.stage(&good), None);
    }
}

/// Every form of bytes in which somebody could hold the public key.
fn public_forms(folder: &Folder) -> Vec<Vec<u8>> {
    let mut forms = vec![Vec::new(), fs::read(folder.file("jwt-signing.pub")).unwrap()];
    for format in ["pem", "pkcs1", "sec1", "der", "jwk", "jwks"] {
        let output = folder.told(&["key", "export", "--format", format], "");
        if !output.status.success() {
            continue;
        }
        if let Ok(text) = std::str::from_utf8(&output.stdout) {
            let text = text.trim_end();
            let flat: String = text.lines().filter(|line| !line.starts_with("---")).collect();
            let (windows, blank) = (text.replace('\n', "\r\n"), format!(" {text}"));
            let line = format!("{text}\n");
            forms.extend([text.to_owned(), line, windows, blank, flat].map(String::into_bytes));
        }
        forms.push(output.stdout);
    }
    let jwk = key(folder, "jwt-signing.pem").jwk(Part::Public).unwrap();
    for member in ["n", "x", "y", "kid"] {
        let text = jwk.get(member).and_then(jot::json::Json::as_str).unwrap_or_default();
        forms.extend([text.as_bytes().to_vec(), decode(text)]);
    }
    forms
}

/// CVE-2015-2951; RFC 8725 3.2.
#[test]
fn c02_nobody_signed_is_no_algorithm() {
    let target = Target::ready();
    let good = forge(&target.header(""), claims(), &target.key());
    let own = good.rsplit_once('.').unwrap().1;
    let mut tokens = Vec::new();
    for alg in [
        r#""none""#,
        r#""None""#,
        r#""nOnE""#,
        r#""NONE""#,
        r#""none ""#,
        r#""n\u006fne""#,
        r#""""#,
        "null",
        "0",
        "false",
        r#"["none"]"#,
        r#"{"none":1}"#,
    ] {
        for header in [format!(r#"{{"alg":{alg}}}"#), format!(r#"{{"typ":"JWT","alg":{alg}}}"#)] {
            let parts = format!("{}.{}", encode(&header), encode(claims()));
            tokens.extend(["", ".", "..", ".AAAA"].map(|end| format!("{parts}{end}")));
            tokens.push(format!("{parts}.{own}"));
        }
    }
    tokens.push(format!("{}.{}.", encode("{}"), encode(claims())));
    tokens.push(format!("{}.{}.{own}", encode(r#"{"typ":"JWT"}"#), encode(claims())));
    for (token, stage) in tokens.iter().zip(target.stages(&tokens)) {
        assert!(matches!(stage.as_deref(), Some("parse" | "alg")), "{token} {stage:?}");
    }
}

/// CVE-2026-23993.
#[test]
fn c03_an_algorithm_that_is_not_known_is_not_guessed() {
    let target = Target::ready();
    let key = target.key();
    let near =
        ["es256", "ES256 ", " ES256", "ES256\\u0000", "ES256K", "ES512", "HS1", "RS1", "dir", "*"];
    let drawn = (1..=200_u64).map(|seed| {
        let bits = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let length = usize::try_from(bits % 12).unwrap() + 1;
        format!("{bits:016x}")[..length].to_uppercase()
    });
    let algs: Vec<_> = near.into_iter().map(str::to_owned).chain(drawn).collect();
    let forged = |alg: &String| forge(&format!(r#"{{"alg":"{alg}"}}"#), claims(), &key);
    let tokens: Vec<_> = algs.iter().map(forged).collect();
    target.refuses(&tokens, "alg");
}

/// CVE-2018-0114, CVE-2026-27962; RFC 8725 3.10.
#[test]
fn c04_a_key_that_comes_with_the_token_is_not_looked_at_nor_fetched() {
    let (target, theirs) = (Target::ready(), Target::ready());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    let (own, kid) = (theirs.key(), target.key());
    let jwk = own.jwk(Part::Public).unwrap();
    let headers = [
        format!(r#","jwk":{jwk}"#),
        format!(r#","jwk":{jwk},"kid":"{}""#, own.kid()),
        format!(r#","jwk":{jwk},"kid":"{}""#, kid.kid()),
        format!(r#","jku":"{url}""#),
        format!(r#","jku":"{url}","kid":"{}""#, own.kid()),
        format!(r#","x5u":"{url}""#),
        format!(r#","x5c":["{}"]"#, encode([0x30; 64])),
        format!(r#","kid":"{url}""#),
        format!(r#","iss":"{url}""#),
    ];
    let tokens = headers.map(|more| forge(&target.header(&more), claims(), &own));
    for flags in [&[][..], &["--key", "jwt-signing.pub"]] {
        for (token, stage) in tokens.iter().zip(target.judged(flags, &tokens)) {
            assert!(matches!(stage.as_deref(), Some("key" | "signature")), "{token} {stage:?}");
        }
    }
    target.folder.add_user("alice", crate::served::PASSWORD);
    let served = target.folder.serve();
    for token in &tokens {
        assert_eq!(served.validate(token).status, 403);
    }
    served.stopped();
    listener.set_nonblocking(true).unwrap();
    let visit = listener.accept().map_err(|error| error.kind());
    assert_eq!(visit.unwrap_err(), std::io::ErrorKind::WouldBlock, "nobody came");
}

/// CVE-2025-65945.
#[test]
fn c05_a_kid_is_only_ever_compared() {
    let (target, theirs) = (Target::ready(), Target::ready());
    let key = theirs.key();
    let evil = target.folder.file("evil.pem");
    fs::copy(theirs.folder.file("jwt-signing.pem"), &evil).unwrap();
    fs::write(target.folder.file("secret"), [b'x'; 32]).unwrap();
    let long = "k".repeat(1 << 20);
    let mut tokens = Vec::new();
    for kid in [
        "evil",
        "evil.pem",
        "./evil.pem",
        evil.to_str().unwrap(),
        "../../dev/null",
        "/dev/null",
        "/proc/sys/kernel/randomize_va_space",
        "' UNION SELECT 'x",
        "' OR '1'='1",
        "$(id)",
        "|id",
        "__proto__",
        "http://127.0.0.1:9/",
        "%00",
        "\\u0000",
        "k\\u0000",
        "",
    ] {
        let kid = format!(r#","kid":"{kid}""#);
        tokens.push(forge(&target.header(&kid), claims(), &key));
        tokens.push(forge(&target.header(&kid), claims(), &target.key()));
    }
    target.refuses(&tokens, "key");
    // The secret of such a file, or of an empty one, is nobody's.
    let named = |kid: &str, secret: &[u8]| {
        mac(&format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#), secret, HMACS[0].1)
    };
    target.refuses(&[named("secret", &[b'x'; 32]), named("/dev/null", b"")], "key");
    let long = forge(&target.header(&format!(r#","kid":"{long}""#)), claims(), &key);
    target.refuses(&[long], "parse");
}

/// CVE-2022-21449, RUSTSEC-2022-0093.
#[test]
fn c10_a_signature_of_zeros_is_none() {
    let ec = Target::ready();
    let good = forge(&ec.header(""), claims(), &ec.key());
    let bytes = signature(&good);
    let (r, s) = bytes.split_at(32);
    let zero = [0_u8; 32];
    let bad = [
        [zero, zero].concat(),
        [&zero, s].concat(),
        [r, &zero].concat(),
        [&P256[..], s].concat(),
        [r, &P256].concat(),
        der(r, s),
        [&[0], r, &[0], s].concat(),
        bytes[..63].to_vec(),
        Vec::new(),
    ];
    ec.refuses(&bad.map(|bytes| signed_by(&good, &bytes)), "signature");

    let ed = Target::new("EdDSA");
    let good = forge(&ed.header(""), claims(), &ed.key());
    let bytes = signature(&good);
    let larger = [&bytes[..32], &sum(&bytes[32..], &ED25519)].concat();
    // A point of order 1 and s = 0 would verify under a key of small order.
    let small = [&[1][..], &[0; 63]].concat();
    let bad = [larger, small, vec![0; 64], [&bytes[..], &[0]].concat(), bytes[..63].to_vec()];
    ed.refuses(&bad.map(|bytes| signed_by(&good, &bytes)), "signature");
}
