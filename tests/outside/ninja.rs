//! The real django-ninja-simple-jwt 0.4.0: its keys and tokens here, ours behind its routers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::program::{Folder, NINJA};
use crate::shape::{self, Side};
use crate::token::{parts, tampered};

const PASSWORD: &str = "correct horse battery";
const PROTECTED: &str = "/api/protected/whoami";
const MOBILE: &str = "/api/auth/mobile/token-refresh";
const WEB: &str = "/api/auth/web/token-refresh";

/// Their keys, closed, and our user with their user's name and number.
fn site(variables: &[(&str, &str)], settings: &str) -> Folder {
    let folder = Folder::with(variables.iter().copied());
    folder.peer(&NINJA, &["make_rsa", "."], "");
    folder.set_mode("jwt-signing.pem", 0o600);
    folder.write("jot.toml", format!("token.profile = \"ninja\"\n{settings}"));
    folder.write("password", PASSWORD);
    folder.jot("user add alice --password-file password").text();
    folder
}

fn sign_in(folder: &Folder, door: &str) -> Value {
    let user = ["--username", "alice", "--password", PASSWORD];
    folder.peer(&NINJA, &[&["sign-in", "--door", door][..], &user].concat(), "")
}

fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

fn ask(folder: &Folder, requests: &Value) -> Vec<(u64, Value)> {
    let answers = folder.peer(&NINJA, &["play"], json!({ "requests": requests }).to_string());
    let answer = |answer: &Value| (answer["status"].as_u64().unwrap(), answer["body"].clone());
    answers.as_array().unwrap().iter().map(answer).collect()
}

fn bearer(token: &str) -> Value {
    let authorization = format!("Bearer {token}");
    json!({"method": "GET", "path": PROTECTED, "headers": {"authorization": authorization}})
}

fn mobile(token: &str) -> Value {
    json!({"method": "POST", "path": MOBILE, "json": {"refresh": token}})
}

fn web(token: &str) -> Value {
    let cookie = format!("refresh={token}");
    json!({"method": "POST", "path": WEB, "json": {}, "headers": {"cookie": cookie}})
}

/// A server that does not outlive its test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Our own server notes when alice was here, which a token of this profile tells.
fn log_in(folder: &Folder) {
    let server = folder
        .command(env!("CARGO_BIN_EXE_jot"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env("JOT_TOKEN__PROFILE", "djwto")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut server = Server(server);
    let mut lines = BufReader::new(server.0.stderr.take().unwrap()).lines().map(Result::unwrap);
    let address = lines
        .find_map(|line| line.split_once("listening on http://").map(|found| found.1.to_owned()))
        .expect("an address");
    let form = format!("username=alice&password={}", PASSWORD.replace(' ', "+"));
    let mut connection = TcpStream::connect(address).unwrap();
    let kind = "Content-Type: application/x-www-form-urlencoded\r\nConnection: close";
    let length = form.len();
    let head = format!("POST /login/ HTTP/1.1\r\nHost: jot\r\n{kind}\r\nContent-Length: {length}");
    write!(connection, "{head}\r\n\r\n{form}").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn the_keys_of_make_rsa_work_as_they_are() {
    let folder = Folder::new();
    folder.peer(&NINJA, &["make_rsa", "."], "");
    assert!(folder.read("jwt-signing.pem").contains("BEGIN RSA PRIVATE KEY"));
    folder.set_mode("jwt-signing.pem", 0o644);
    let issue = "issue --quiet --user alice --profile ninja";
    for arguments in ["key show", issue] {
        let answer = folder.jot(arguments);
        assert_eq!(answer.code, 21, "{arguments}: {answer:?}");
        assert!(answer.errors.contains("open to others (mode 0644)"), "{answer:?}");
        let hint = answer.errors.lines().find_map(|line| line.strip_prefix("hint: ")).unwrap();
        assert!(hint.starts_with("chmod 600 ") && hint.ends_with("jwt-signing.pem"), "{hint}");
    }
    let open = folder.jot(&format!("{issue} --allow-open-key")).text();
    folder.set_mode("jwt-signing.pem", 0o600);
    let closed = folder.jot(issue).text();
    let shown = folder.jot("key show --json").json();
    assert_eq!((&shown["alg"], &shown["bits"]), (&json!("RS256"), &json!(2048)));
    for token in [open, closed] {
        assert_eq!(parts(&token).0["kid"], shown["kid"]);
        let foreign =
            folder.jot(&format!("validate --key jwt-signing.pub --profile ninja {token}"));
        assert_eq!(foreign.code, 0, "{foreign:?}");
        let answers = ask(&folder, &json!([bearer(&token)]));
        let who = json!({"id": null, "username": "alice", "last_login": null});
        assert_eq!(answers, [(200, who)]);
    }
}

#[test]
fn their_tokens_are_taken_here() {
    let folder = site(&[], "");
    let mobile = sign_in(&folder, "mobile");
    let web = sign_in(&folder, "web");
    let refresh = text(&mobile, "refresh");
    let cookie = text(&web["cookies"]["refresh"], "value");
    let ours = folder.jot("issue --user alice").text();
    for more in ["", "--key jwt-signing.pub --profile ninja"] {
        let check = |arguments: &str, token: &str| {
            folder.jot(&format!("validate --json {more} {arguments} {token}"))
        };
        for token in [text(&mobile, "access"), text(&web["body"], "access")] {
            let answer = check("--type access", &token);
            assert_eq!(answer.code, 0, "{answer:?}");
            assert_eq!(answer.json()["claims"], parts(&token).1);
            assert_eq!(check("--type refresh", &token).code, 13);
            assert_eq!(check("", &tampered(&token, &ours)).code, 12);
        }
        for token in [&refresh, &cookie] {
            // Here a refresh token is as good as its session, and theirs has none.
            let code = if more.is_empty() { 16 } else { 0 };
            let answer = check("--type refresh", token);
            assert_eq!(answer.code, code, "{answer:?}");
            assert_eq!(check("--type access", token).code, 13);
        }
    }
    let access = text(&mobile, "access");
    assert_eq!(folder.jot(&format!("validate --profile djwto {access}")).code, 13);
    folder.jot(&format!("revoke {access}")).text();
    assert_eq!(folder.jot(&format!("validate {access}")).code, 16);
}

#[test]
fn our_tokens_are_taken_there() {
    let folder = site(&[], "");
    log_in(&folder);
    let pair = folder.jot("issue --type pair --user alice").json();
    let other = folder.jot("issue --type pair --user alice").json();
    let (access, refresh) = (text(&pair, "access"), text(&pair, "refresh"));
    let bad_access = tampered(&access, &text(&other, "access"));
    let bad_refresh = tampered(&refresh, &text(&other, "refresh"));
    let answers = ask(
        &folder,
        &json!([
            bearer(&access),
            mobile(&refresh),
            web(&refresh),
            bearer(&bad_access),
            bearer(&refresh),
            mobile(&bad_refresh),
            mobile(&access),
            web(&bad_refresh),
        ]),
    );
    let statuses: Vec<_> = answers.iter().map(|(status, _)| *status).collect();
    // 500 is how this release refuses on a protected path and at the door with the cookie.
    assert_eq!(statuses, [200, 200, 200, 500, 500, 401, 401, 500], "{answers:#?}");
    let claims = parts(&access).1;
    let who = json!({"id": 1, "username": "alice", "last_login": claims["last_login"]});
    assert_eq!(answers[0].1, who);
    for (_, body) in &answers[1..3] {
        let access = text(body, "access");
        let theirs = parts(&access).1;
        for name in ["user_id", "username", "last_login"] {
            assert_eq!(theirs[name], claims[name]);
        }
        let answer = folder.jot(&format!("validate {access}"));
        assert_eq!(answer.code, 0, "{answer:?}");
    }
}

#[test]
fn both_say_the_same_in_the_same_order() {
    for (variables, settings) in [
        (&[][..], ""),
        (
            &[("NINJA_ACCESS_LIFETIME", "60"), ("NINJA_REFRESH_LIFETIME", "3600")],
            "[ninja]\naccess_lifetime = \"1m\"\nrefresh_lifetime = \"1h\"",
        ),
    ] {
        let folder = site(variables, settings);
        log_in(&folder);
        let theirs = sign_in(&folder, "mobile");
        let ours = folder.jot("issue --type pair --user alice").json();
        for name in ["refresh", "access"] {
            let (theirs, ours) = (Side::of(&text(&theirs, name)), Side::of(&text(&ours, name)));
            shape::same(&theirs, &ours);
            for name in ["user_id", "username", "token_type"] {
                assert_eq!(theirs.claims[name], ours.claims[name]);
            }
            let time = |side: &Side, name: &str| side.claims[name].as_i64().unwrap();
            let lifetime = |side: &Side| time(side, "exp") - time(side, "iat");
            assert_eq!(lifetime(&theirs), lifetime(&ours), "{name}");
        }
    }
}
