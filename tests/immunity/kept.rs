//! Dangerous defaults d20 to d32: what other programs take, keep and fetch, and jot does not.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use crate::served::{FORM, Folder, PASSWORD, now, told};
use crate::target::*;
use crate::token;

/// A token's claims.
fn issued(folder: &Folder, more: &[&str]) -> serde_json::Value {
    token::claims(&folder.run(&[&["-q", "issue", "--user", "alice"], more].concat(), ""))
}

#[test]
fn d20_a_line_end_is_no_part_of_a_secret_or_a_token() {
    let folder = Folder::empty();
    let secret = "0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0u";
    for (file, end) in [("bare", ""), ("line", "\n"), ("windows", "\r\n")] {
        fs::write(folder.file(file), format!("{secret}{end}")).unwrap();
        fs::set_permissions(folder.file(file), fs::Permissions::from_mode(0o600)).unwrap();
        let token = mac(r#"{"alg":"HS256"}"#, secret.as_bytes(), HMACS[0].1);
        for around in [token.clone(), format!("{token}\r\n\n"), format!("  {token}\t")] {
            let output = folder.told(&["validate", "--alg", "HS256", "--key", file, "-"], &around);
            assert!(output.status.success(), "{file} {output:?}");
        }
    }
}

#[test]
fn d21_nothing_is_signed_with_an_empty_secret() {
    let folder = Folder::empty().with("JOT_KEYS__ALG", "HS256").with("JOT_KEYS__ENV", "SECRET");
    for secret in ["", "x", &"x".repeat(31)] {
        let output = told(folder.jot(&["issue", "--user", "alice"]).env("SECRET", secret), "");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(21), 0), "{secret:?}");
    }
}

#[test]
fn d22_no_input_and_no_pipe_makes_it_panic() {
    let folder = Folder::empty().with_key();
    fs::write(folder.file("bad"), "{\"a\":").unwrap();
    for arguments in [
        &["validate", "--jwks", "bad", "a.b.c"][..],
        &["validate", "--key", "none", "a.b.c"],
        &["issue", "--user", "alice", "-c", "@bad"],
        &["issue", "--batch", "bad"],
        &["decode", "@none"],
        &["decode", ""],
        &["user", "import", "--django", "bad"],
        &["restore", "bad", "--yes"],
        &["key", "import", "bad"],
    ] {
        let output = folder.told(arguments, "");
        let code = output.status.code().unwrap();
        assert!((1..=25).contains(&code), "{arguments:?} {output:?}");
        assert!(output.stdout.is_empty(), "what went wrong is said on stderr: {output:?}");
    }
    let script = "for c in '--help' 'settings reference' 'issue --user a' 'completions bash'; do
        { sleep 0.1; \"$0\" $c; echo $? >> codes; } | true; done; cat codes";
    let output = told(&mut shell(&folder, script), "");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "0\n0\n0\n0\n", "{:?}", output.stderr);
    assert!(!String::from_utf8(output.stderr).unwrap().contains("panic"));
}

#[test]
fn d23_every_token_ends() {
    let folder = Folder::empty().with_key();
    for (more, most) in [
        (&[][..], 3600),
        (&["--type", "refresh"], 30 * 86_400),
        (&["--profile", "ninja"], 3600),
        (&["--ttl", "never"], 30 * 86_400),
    ] {
        let exp = issued(&folder, more)["exp"].as_i64().unwrap();
        assert!(exp > now() && exp <= now() + most, "{more:?} {exp}");
    }
}

#[test]
fn d24_the_store_holds_no_token() {
    let served = Folder::ready().serve();
    let (refresh, access) = served.tokens();
    let answer = served.post(
        "/oauth/token",
        FORM,
        crate::http::form(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)]),
    );
    let minted = served.folder.run(&["issue", "--user", "alice"], "");
    served.folder.run(&["revoke", &minted], "");
    let next = answer.member("refresh_token");
    let (folder, _) = served.stopped_in();
    for entry in fs::read_dir(folder.path.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        for token in [&refresh, &access, &minted, &next] {
            for part in token.split('.').skip(1) {
                assert!(!bytes.contains(part), "{}", path.display());
            }
        }
        assert!(!bytes.contains(PASSWORD), "{}", path.display());
    }
}

#[test]
fn d25_who_is_removed_takes_the_tokens_along() {
    let folder = Folder::ready();
    let token = folder.run(&["issue", "--user", "alice"], "");
    folder.run(&["validate", &token], "");
    folder.run(&["user", "remove", "alice", "--yes"], "");
    assert_eq!(folder.told(&["validate", &token], "").status.code(), Some(16));
    let other = Folder::ready();
    let token = other.run(&["issue", "--user", "alice"], "");
    other.run(&["revoke", &token], "");
    assert_eq!(other.told(&["validate", &token], "").status.code(), Some(16));
}

#[test]
fn d26_rotation_and_revocation_are_on_as_delivered() {
    let served = Folder::ready().serve();
    let (refresh, access) = served.tokens();
    let ask = |token: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        served.post("/oauth/token", FORM, crate::http::form(&fields))
    };
    let next = ask(&refresh).member("refresh_token");
    assert_ne!(token::text(&next, "jti"), token::text(&refresh, "jti"));
    served.folder.run(&["user", "disable", "alice"], "");
    assert_eq!((served.validate(&access).status, ask(&next).status), (403, 400));
    // The key is a file of its own, whatever a Django site has for its own secret.
    let bare = Folder::empty();
    for name in ["SECRET_KEY", "DJANGO_SECRET_KEY", "JWT_SECRET"] {
        let mut issue = bare.jot(&["issue", "--user", "alice"]);
        let output = told(issue.env(name, "k".repeat(64)), "");
        assert_eq!(output.status.code(), Some(21), "{name}");
    }
}

/// RFC 7518 6.2.1.2: about one key in 85 has a number with a zero in front.
#[test]
fn d27_the_numbers_of_a_key_have_their_full_length() {
    use jot::key::{Part, generate};
    let mut chance = jot::chance::System::generator();
    let (mut zeros, mut seen) = (0, 0);
    while zeros == 0 && seen < 5000 {
        let key = generate(jot::alg::Algorithm::ES256, None, &mut chance).unwrap();
        let jwk = key.jwk(Part::Private).unwrap();
        for member in ["x", "y", "d"] {
            let text = jwk.get(member).and_then(jot::json::Json::as_str).unwrap();
            let bytes = decode(text);
            assert_eq!((text.len(), bytes.len()), (43, 32), "{member}");
            zeros += u32::from(bytes[0] == 0);
        }
        seen += 1;
    }
    assert!(zeros > 0, "none of {seen} keys had a zero in front");
}

#[test]
fn d28_a_thumbprint_has_no_padding() {
    for alg in ["RS256", "ES256", "ES384", "EdDSA", "HS256"] {
        let kid = key_id(alg);
        assert_eq!(decode(&kid).len(), 32, "{alg} {kid}");
        assert!(kid.len() == 43 && !kid.contains(['=', '+', '/']), "{alg} {kid}");
    }
}

fn key_id(alg: &'static str) -> String {
    let folder = Folder::empty();
    folder.run(&["keygen", "--alg", alg], "");
    let token = folder.run(&["-q", "issue", "--user", "alice"], "");
    token::part(&token, 0)["kid"].as_str().unwrap().to_owned()
}

#[test]
fn d30_a_pair_is_written_whole_or_not_at_all() {
    for taken in ["jwt-signing.pub", "jwt-signing.pem"] {
        let folder = Folder::empty();
        fs::create_dir(folder.file(taken)).unwrap();
        assert!(!folder.told(&["keygen", "--alg", "ES256"], "").status.success());
        assert_eq!(fs::read_dir(folder.path.path()).unwrap().count(), 1, "{taken}");
    }
}

#[test]
fn d31_no_key_is_fetched() {
    let target = Target::ready();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    let token = forge(&target.header(&format!(r#","jku":"{url}""#)), claims(), &target.key());
    for flag in ["--jwks", "--key"] {
        let output = target.folder.told(&["validate", flag, &url, &token], "");
        assert_eq!(output.status.code(), Some(21), "{output:?}");
    }
    for command in ["validate", "decode", "lint", "revoke"] {
        target.folder.told(&[command, &token], "");
    }
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn d32_help_needs_no_token_and_arguments_come_first() {
    let target = Target::ready();
    let good = forge(&target.header(""), claims(), &target.key());
    for arguments in [&["validate", "x", "--help"][..], &["decode", "x", "--help"], &["--version"]]
    {
        assert!(target.folder.told(arguments, "not a token").status.success(), "{arguments:?}");
    }
    let output = target.folder.told(&["validate", &good], "not a token");
    assert!(output.status.success(), "stdin is read where it is asked for: {output:?}");
}
