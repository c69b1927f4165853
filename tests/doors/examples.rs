//! The examples of both originals' documentation, typed as they stand there with our server's
//! address, and what the documentation says they print.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::served::{Folder, Served};

const BLACKLISTED: [&str; 4] = [
    "b'{\"msg\": \"Token successfully blacklisted.\"}'",
    "b'{\"msg\": \"Tokens successfully deleted.\"}'",
    r#"b'{"error": "Can\'t update refresh token."}'"#,
    r#"b'{"error": "Can\'t update access token."}'"#,
];

/// Alice with the documentation's password, and TLS as the documentation has it.
fn folder(mode: &'static str) -> Folder {
    let folder = Folder::empty().with_key();
    let add = ["user", "add", "alice", "--allow-weak-password", "--password-stdin"];
    folder.run(&add, "pass");
    folder.with("JOT_SERVER__MODE", mode).with("JOT_SERVER__TLS_SELF_SIGNED", "true")
}

/// The documentation's site.
fn named(folder: Folder) -> Folder {
    folder
        .with("JOT_TOKEN__ISS", "iss")
        .with("JOT_TOKEN__AUD", "aud")
        .with("JOT_TOKEN__SUB", "constant:sub")
}

fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/doors/examples").join(name)
}

fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?} is not here ({error}): run tests/run, which installs it")
    });
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "this is the tests' own, not a setting of jot")]
fn python() -> String {
    let python = std::env::var("JOT_TEST_REQUESTS_PYTHON");
    python.expect("requests is not here: run tests/run, which installs it")
}

/// A program that believes the server's certificate where it asks for one.
fn trusting(served: &Served, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    let certificate = served.folder.file("tls-self-signed.crt");
    command.env("REQUESTS_CA_BUNDLE", &certificate).env("CURL_CA_BUNDLE", certificate);
    command
}

#[track_caller]
fn example(name: &str, served: &Served, expected: &[&str]) {
    let url = format!("{}://{}", served.scheme, served.address);
    let text = printed(trusting(served, python()).arg(place("djwto.py")).args([name, &url]));
    assert_eq!(text.lines().collect::<Vec<_>>(), expected, "{name}");
}

#[test]
fn json() {
    let served = folder("json").serve();
    let tokens = "{'refresh': 'TOKEN', 'access': 'TOKEN'}";
    example("json_login", &served, &[tokens]);
    example("json_validate", &served, &["{'msg': 'Token is valid'}"]);
    example("json_refresh_access", &served, &[tokens]);
    example("json_update_refresh", &served, &[tokens]);
    let [out, _, update, access] = BLACKLISTED;
    example("json_logout", &served, &[out, update, access]);
}

#[test]
fn one_cookie() {
    let served = folder("one-cookie").serve();
    example("cookies_login", &served, &["csrftoken, jwt_access, jwt_refresh"]);
    example("cookies_validate", &served, &["{'msg': 'Token is valid'}"; 2]);
    example("cookies_logout", &served, &BLACKLISTED);
}

#[test]
fn two_cookies() {
    let served = folder("two-cookies").serve();
    let cookies = "csrftoken, jwt_access_payload, jwt_access_token, jwt_refresh";
    example("cookies_login", &served, &[cookies]);
    example("cookies_validate", &served, &["{'msg': 'Token is valid'}"; 2]);
    example("cookies_logout", &served, &BLACKLISTED);
}

/// As documented, with the session's id besides.
#[test]
fn the_payload() {
    let served = named(folder("two-cookies")).serve();
    let plain = payload(&served);
    assert_eq!(
        plain,
        r#"{"aud": "aud", "exp": TIME, "iat": TIME, "iss": "iss", "jti": "UUID", "refresh_iat": TIME, "sid": "SID", "sub": "sub", "type": "access", "user": {"id": 1, "perms": [], "username": "alice"}}"#
    );
}

/// What the documentation does in an `AppConfig` is a claim of the settings here.
#[test]
fn the_payload_with_an_email() {
    let folder = named(folder("two-cookies"));
    folder.run(&["user", "set", "alice", "--attr", "email=alice@djwto.com"], "");
    let settings = "[claims.map]\n\"user.email\" = \"email\"\n";
    std::fs::write(folder.file("jot.toml"), settings).unwrap();
    let users =
        r#""user": {"email": "alice@djwto.com", "id": 1, "perms": [], "username": "alice"}}"#;
    let payload = payload(&folder.serve());
    assert!(payload.ends_with(users), "{payload}");
}

fn payload(served: &Served) -> String {
    let url = format!("{}://{}", served.scheme, served.address);
    let text = printed(trusting(served, python()).arg(place("djwto.py")).args(["payload", &url]));
    let text = text.trim_end().strip_prefix("b'").and_then(|text| text.strip_suffix('\''));
    text.unwrap().trim_end().to_owned()
}

#[test]
fn protected_views() {
    let served = folder("two-cookies").serve();
    let empty = "Cookie \"jwt_access_token\" cannot be empty.";
    example("protected", &served, &[empty, "200", "Invalid permissions for jwt token."]);
    served.folder.run(&["user", "perm", "alice", "--add", "perm1"], "");
    example("protected", &served, &[empty, "200", "200"]);
}

fn curl(served: &Served, name: &str, refresh: &str) -> String {
    let url = format!("{}://{}", served.scheme, served.address);
    printed(trusting(served, place("ninja.sh")).args([name, &url, refresh]))
}

fn members(text: &str) -> Vec<(String, String)> {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let members = value.as_object().unwrap().iter();
    members.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

#[test]
fn ninja() {
    let folder = Folder::empty().with_key();
    let add = ["user", "add", "my-username", "--allow-weak-password", "--password-stdin"];
    folder.run(&add, "my-password");
    // As under DEBUG, which the documentation's cookie is from.
    let served = folder.with("JOT_NINJA__SECURE", "false").serve();
    let names = |text: &str| members(text).into_iter().map(|(name, _)| name).collect::<Vec<_>>();

    let signed_in = curl(&served, "mobile_sign_in", "");
    // The documentation's "acess" is a slip.
    assert_eq!(names(&signed_in), ["refresh", "access"]);
    let refresh = &members(&signed_in)[0].1;
    assert_eq!(names(&curl(&served, "mobile_token_refresh", refresh)), ["access"]);

    let signed_in = curl(&served, "web_sign_in", "");
    let (head, body) = signed_in.split_once("\r\n\r\n").unwrap();
    assert_eq!(names(body), ["access"]);
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let (refresh, rest) = cookie.strip_prefix("refresh=").unwrap().split_once("; ").unwrap();
    let (expires, rest) = rest.strip_prefix("expires=").unwrap().split_once("; ").unwrap();
    assert_eq!(expires.len(), "Fri, 09 Feb 2024 03:49:33 GMT".len());
    let documented = "HttpOnly; Max-Age=2592000; Path=/api/auth/web/token-refresh; SameSite=Strict";
    assert_eq!(rest, documented);
    assert_eq!(names(&curl(&served, "web_token_refresh", refresh)), ["access"]);
}
