//! Classes 11 to 17 and 19: what is heavy, ambiguous or guessable in a token or a key.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::served::{Folder, PASSWORD, told};
use crate::target::*;

/// RUSTSEC-2023-0071: no path leads from a token to the crate `rsa`.
#[test]
fn c11_the_rsa_crate_neither_signs_nor_decrypts() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    let mut users = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if fs::read_to_string(&path).unwrap().contains("use rsa::") {
                users.push(path);
            }
        }
    }
    assert!(!users.is_empty());
    for path in users {
        assert!(path.starts_with(root.join("src/key")), "{}", path.display());
        let code = fs::read_to_string(&path).unwrap();
        for never in ["SigningKey", "Decrypt", "Signer", "Pkcs1v15Sign"] {
            assert!(!code.contains(never), "{} has {never}", path.display());
        }
    }
}

/// CVE-2025-30204, CVE-2025-27144: memory that grows with the dots.
#[test]
fn c12_eight_megabytes_of_dots_cost_nothing() {
    let target = Target::ready();
    let dots = ".".repeat(8 << 20);
    for command in ["validate", "decode", "lint"] {
        // Two words for each dot would need 128 MiB more than there are.
        let script = format!("ulimit -v 200000; exec \"$0\" {command} -");
        let mut command_line = shell(&target.folder, &script);
        let began = Instant::now();
        let output = told(&mut command_line, &dots);
        assert!(began.elapsed() < Duration::from_secs(10), "{command}");
        assert_eq!(output.status.code(), Some(10), "{command} {output:?}");
        assert!(output.stdout.len() + output.stderr.len() < 1000, "{command}");
    }
    let served = target.folder.serve();
    assert!([400, 403, 431].contains(&served.validate(&dots[..200_000]).status));
}

/// CVE-2024-28180, CVE-2024-28176; RFC 8725 3.6.
#[test]
fn c13_a_compressed_token_is_not_inflated() {
    let target = Target::ready();
    let zips = [r#","zip":"DEF""#, r#","zip":"GZ""#, r#","zip":null"#, r#","\u007aip":"DEF""#];
    target.refuses(&zips.map(|more| forge(&target.header(more), claims(), &target.key())), "parse");
}

/// CVE-2022-36083, RUSTSEC-2026-0179: work that somebody else chooses.
#[test]
fn c14_nobody_else_says_how_hard_we_work() {
    let target = Target::ready();
    let header = r#"{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483647,"p2s":"AAAA"}"#;
    let slow = forge(header, claims(), &target.key());
    let began = Instant::now();
    target.refuses(&[slow], "alg");
    let salt = "c2FsdHNhbHRzYWx0";
    let tag = "A".repeat(43);
    let hashes = [
        format!("argon2$argon2id$v=19$m=4194304,t=1,p=1${salt}${tag}"),
        format!("argon2$argon2id$v=19$m=128,t=4294967295,p=1${salt}${tag}"),
        format!("pbkdf2_sha256$4294967295$salt${tag}="),
        format!("scrypt$salt$1073741824$8$5${tag}"),
    ];
    site(&target.folder.file("site.sqlite3"), &hashes);
    let told = target.folder.told(&["user", "import", "--django", "site.sqlite3"], "");
    let text = String::from_utf8([told.stdout, told.stderr].concat()).unwrap();
    assert_eq!(text.matches("mallory").count(), hashes.len(), "{text}");
    let served = target.folder.serve();
    for number in 0..hashes.len() {
        assert_eq!(served.login(&format!("mallory{number}"), "x").status, 401);
    }
    assert!(began.elapsed() < Duration::from_secs(20));
    assert!(!served.stopped().iter().any(|line| line.contains("panic")));
}

/// A Django site whose users have these hashes.
fn site(path: &Path, hashes: &[String]) {
    let site = Connection::open(path).unwrap();
    site.execute_batch(
        "CREATE TABLE auth_user (id integer PRIMARY KEY, password, last_login, is_superuser bool,
            username, last_name, email, is_staff bool, is_active bool, date_joined, first_name);
         CREATE TABLE auth_group (id integer PRIMARY KEY, name);
         CREATE TABLE django_content_type (id integer PRIMARY KEY, app_label, model);
         CREATE TABLE auth_permission (id integer PRIMARY KEY, content_type_id, codename, name);
         CREATE TABLE auth_user_groups (id integer PRIMARY KEY, user_id, group_id);
         CREATE TABLE auth_user_user_permissions (id integer PRIMARY KEY, user_id, permission_id);
         CREATE TABLE auth_group_permissions (id integer PRIMARY KEY, group_id, permission_id);",
    )
    .unwrap();
    for (number, hash) in hashes.iter().enumerate() {
        let row = "INSERT INTO auth_user VALUES (NULL, ?1, NULL, 0, ?2, '', '', 0, 1, '2026-01-01 00:00:00', '')";
        site.execute(row, (hash, format!("mallory{number}"))).unwrap();
    }
}

/// RFC 7515 4, RFC 8259 4: a text that can be read in two ways is read in none.
#[test]
fn c15_json_that_can_be_read_in_two_ways_is_not_read() {
    let target = Target::ready();
    let key = target.key();
    for more in [
        r#","alg":"none""#,
        r#","\u0061lg":"none""#,
        r#","kid":"a","kid":"b""#,
        r#","x":{"a":1,"a":2}"#,
        r#","x":"\ud800""#,
    ] {
        target.refuses(&[forge(&target.header(more), claims(), &key)], "parse");
    }
    let bom = forge(&format!("\u{feff}{}", target.header("")), claims(), &key);
    let deep = |depth| format!(r#""x":{}1{}"#, "[".repeat(depth), "]".repeat(depth));
    let header_deep = forge(&target.header(&format!(",{}", deep(3000))), claims(), &key);
    let header_byte =
        format!("{}.{}.AAAA", encode(b"{\"alg\":\"ES256\",\"x\":\"\xff\"}"), encode(claims()));
    let too_long = forge(&target.header(""), claims_with("", &deep(10_000)), &key);
    target.refuses(&[bom, header_deep, header_byte, too_long], "parse");
    let mut bytes = claims().into_bytes();
    bytes.splice(1..1, *b"\"\xff\":1,");
    let mut tokens = vec![forge(&target.header(""), bytes, &key)];
    for more in [
        r#""exp":9999999999"#,
        r#""\u0065xp":9999999999"#,
        r#""x":[{"a":1,"a":1}]"#,
        r#""x":"\ud800""#,
        &deep(3000),
    ] {
        tokens.push(forge(&target.header(""), claims_with("", more), &key));
    }
    for whole in [format!("\u{feff}{}", claims()), format!("[{}]", claims()), claims().repeat(2)] {
        tokens.push(forge(&target.header(""), whole, &key));
    }
    target.refuses(&tokens, "claims");
    let served = target.folder.serve();
    for body in [
        deep(10_000).split_once(':').unwrap().1,
        "{\"username\":\"a\",\"username\":\"b\"}",
        "\u{feff}{}",
    ] {
        let answer = served.post("/login/", crate::served::JSON, body);
        assert!([400, 401].contains(&answer.status), "{answer:?}");
    }
    assert_eq!(served.ask("GET", "/livez", &[]).status, 200);
}

/// RFC 7515 2: base64url without padding, one text for one token.
#[test]
fn c16_one_token_is_one_text() {
    let target = Target::ready();
    let good = forge(&target.header(""), claims(), &target.key());
    let parts: Vec<_> = good.split('.').map(str::to_owned).collect();
    let mut tokens = Vec::new();
    for at in 0..3 {
        for add in ["=", "==", "%3d", "+", "/", "AAAA="] {
            let mut changed = parts.clone();
            changed[at].push_str(add);
            tokens.push(changed.join("."));
        }
    }
    tokens.push(good.replacen('.', "%2e", 1));
    tokens.push(format!("{good}."));
    tokens.push(format!(".{good}"));
    target.refuses(&tokens, "parse");
    // The bits that a last letter leaves over are zero.
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let others: Vec<_> = alphabet
        .chars()
        .map(|last| format!("{}{last}", &good[..good.len() - 1]))
        .filter(|changed| *changed != good)
        .collect();
    assert!(target.stages(&others).iter().all(Option::is_some));
}

/// ECDSA has a second signature for each: what is revoked is the token's id, and no text of it.
#[test]
fn c16_a_second_signature_revives_nothing() {
    let target = Target::ready();
    let claims = claims_with("jti", r#""jti":"3f0e5a0e-7b0c-4c0e-9f55-0f7a3c6c1d2e""#);
    let good = forge(&target.header(""), claims, &target.key());
    let bytes = signature(&good);
    let other = signed_by(&good, &[&bytes[..32], &negated(&bytes[32..])].concat());
    assert_ne!(good, other);
    assert_eq!(target.stages(&[good.clone(), other.clone()]), [None, None]);
    target.folder.run(&["revoke", &good], "");
    target.refuses(&[good, other], "revoked");
}

/// RFC 8725 2.4 and 3.1: JWS in JSON is another form, and none of ours.
#[test]
fn c17_a_token_in_json_is_no_compact_one() {
    let target = Target::ready();
    let good = forge(&target.header(""), claims(), &target.key());
    let [header, payload, signature]: [&str; 3] =
        good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let flat =
        format!(r#"{{"payload":"{payload}","protected":"{header}","signature":"{signature}"}}"#);
    let general = format!(
        r#"{{"payload":"{payload}","signatures":[{{"protected":"{header}","signature":"{signature}"}}]}}"#
    );
    let dotted = format!(r#"{{"protected":"{header}.","payload":".{payload}.{signature}"}}"#);
    target.refuses(&[flat, general, dotted, format!("\"{good}\""), format!("[{good}]")], "parse");
}

/// CVE-2019-20933, CVE-2020-28637; RFC 7518 3.2, RFC 8725 3.5.
#[test]
fn c19_a_weak_secret_is_no_key() {
    for (alg, least) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        let target = Target::new(alg);
        let jwk = target.folder.run(&["key", "export", "--private", "--format", "jwk"], "");
        let jwk: serde_json::Value = serde_json::from_str(&jwk).unwrap();
        let secret = crate::target::decode(jwk["k"].as_str().unwrap());
        assert!(secret.len() >= least, "{}", secret.len());
    }
    let known = ["a-string-secret-at-least-256-bits-long", "12345678901234567890123456789012"];
    let short = "x".repeat(31);
    for secret in ["", "x", "secret", "your-256-bit-secret", &short].into_iter().chain(known) {
        let folder = Folder::empty().with("JOT_KEYS__ALG", "HS256").with("JOT_KEYS__ENV", "SECRET");
        let mut issue = folder.jot(&["issue", "--user", "alice"]);
        let output = told(issue.env("SECRET", secret).stderr(Stdio::piped()), "");
        assert_eq!(output.status.code(), Some(21), "{secret:?} {output:?}");
        assert!(output.stdout.is_empty());
        fs::write(folder.file("secret"), secret).unwrap();
        let target = Target::ready();
        let path = folder.file("secret");
        let flags =
            ["validate", "--allow-open-key", "--alg", "HS256", "--key", path.to_str().unwrap()];
        let token = mac(r#"{"alg":"HS256"}"#, secret.as_bytes(), HMACS[0].1);
        let output = target.folder.told(&[&flags[..], &[&token]].concat(), "");
        assert_eq!(output.status.code(), Some(21), "{secret:?} {output:?}");
    }
    // A password is no better for it.
    let folder = Folder::empty().with_key();
    for weak in ["password", "123456789012345", ""] {
        let output = folder.told(&["user", "add", "bob", "--password-stdin"], weak);
        assert!(!output.status.success(), "{weak}");
    }
    folder.add_user("bob", PASSWORD);
}
