//! `POST /login/`: who gets in, with which tokens, and who is told nothing.

use std::io::Write;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::http::{self, form};
use crate::served::{FORM, Folder, JSON, PASSWORD, Served, VALID, WRONG, now, told};

const AUTHENTICATED: &str = r#"{"msg": "User already authenticated."}"#;
const BOTH_REQUIRED: &str = r#"{"error": "{\"username\": [\"This field is required.\"], \"password\": [\"This field is required.\"]}"}"#;

/// The header or the claims of a token.
fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn names(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_login_gives_two_tokens_of_one_session() {
    let served = Served::ready();
    let before = now();
    let answer = served.login("alice", PASSWORD);
    let (refresh, access) = (answer.member("refresh"), answer.member("access"));
    answer.is(200, &format!("{{\"refresh\": \"{refresh}\", \"access\": \"{access}\"}}"));
    assert_eq!(answer.header("set-cookie"), None);

    let header = part(&access, 0);
    assert_eq!(names(&header), ["alg", "typ", "kid"]);
    assert_eq!((&header["alg"], &header["typ"]), (&"ES256".into(), &"JWT".into()));
    let (refresh, access) = (part(&refresh, 1), part(&access, 1));
    assert_eq!(names(&refresh), ["sub", "iat", "exp", "jti", "sid", "type", "user"]);
    assert_eq!(names(&access), ["sub", "iat", "exp", "jti", "sid", "type", "user", "refresh_iat"]);
    let user = serde_json::json!({"username": "alice", "id": 1, "perms": ["news.change"]});
    for (claims, kind, lifetime) in [(&refresh, "refresh", 86_400), (&access, "access", 300)] {
        assert_eq!((&claims["type"], &claims["sub"]), (&kind.into(), &"alice".into()));
        assert_eq!(claims["user"], user);
        let issued = claims["iat"].as_i64().unwrap();
        assert!((before..=now()).contains(&issued));
        assert_eq!(claims["exp"], issued + lifetime);
        assert_eq!(claims["jti"].as_str().unwrap().len(), 36);
    }
    assert_eq!(access["refresh_iat"], refresh["iat"]);
    assert_eq!(access["sid"], refresh["sid"]);
    assert_ne!(access["jti"], refresh["jti"]);

    let user = served.folder.run(&["--json", "user", "show", "alice"], "");
    let user: Value = serde_json::from_str(&user).unwrap();
    assert_eq!(user["last_login"], access["iat"]);
}

#[test]
fn forms_and_json_log_in_with_and_without_the_last_slash() {
    let served = Served::ready();
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let form = form(&fields);
    let json = serde_json::json!({"username": "alice", "password": PASSWORD}).to_string();
    let charset = ("content-type", "Application/JSON; charset=utf-8");
    for path in ["/login/", "/login"] {
        for (kind, body) in [(FORM, &form), (JSON, &json), (charset, &json)] {
            let answer = served.post(path, kind, body);
            assert_eq!(answer.status, 200, "{path} {kind:?} {answer:?}");
            served.validate(&answer.member("access")).is(200, VALID);
        }
    }
    // The name is as the store keeps it; of fields that stand twice a form means the last.
    assert_eq!(served.login("\u{ff41}lice", PASSWORD).status, 200);
    let twice = format!("username=bob&{form}&password={}", PASSWORD.replace(' ', "+"));
    assert_eq!(served.post("/login/", FORM, twice).status, 200);
}

#[test]
fn wrong_unknown_disabled_and_without_password_are_told_the_same() {
    let folder = Folder::ready();
    folder.add_user("ina", PASSWORD);
    let store = rusqlite::Connection::open(folder.file("jot.db")).unwrap();
    assert_eq!(store.execute("UPDATE users SET active = 0 WHERE username = 'ina'", []), Ok(1));
    let served = folder.serve();
    let wrong = served.login("alice", "not the password").undated();
    wrong.is(401, WRONG);
    let long = "a".repeat(10_000);
    for (name, password) in [
        ("nobody", "not the password"),
        ("nobody", PASSWORD),
        ("ina", PASSWORD),
        ("ina", "not the password"),
        ("ALICE", PASSWORD),
        (" alice", PASSWORD),
        ("alice", &PASSWORD.to_uppercase()),
        ("alice", &PASSWORD[1..]),
        ("alice", &long),
        (&long, PASSWORD),
        ("a\nb\u{1b}]0;x\u{7}", "x"),
        ("alice' OR '1'='1", "x"),
    ] {
        assert_eq!(served.login(name, password).undated(), wrong, "{name:?}");
    }
    // %FF is no UTF-8, as the original's transcript has it.
    assert_eq!(served.post("/login/", FORM, "username=%ff&password=x").undated(), wrong);
    assert_eq!(served.post("/login/", FORM, b"username=\xff&password=x").undated(), wrong);
}

#[test]
fn what_is_lacking_is_told_by_field() {
    let served = Served::ready();
    let required =
        |name: &str| format!(r#"{{"error": "{{\"{name}\": [\"This field is required.\"]}}"}}"#);
    let no_nul = r#"{"error": "{\"username\": [\"Null characters are not allowed.\"]}"}"#;
    for (kind, body, expected) in [
        (FORM, "", BOTH_REQUIRED),
        (JSON, "{}", BOTH_REQUIRED),
        (JSON, r#"{"username":null,"password":null}"#, BOTH_REQUIRED),
        (FORM, "username=&password=", BOTH_REQUIRED),
        (FORM, "username=alice", &required("password")),
        (JSON, r#"{"username":"alice"}"#, &required("password")),
        (FORM, "password=x", &required("username")),
        (FORM, "username=a%00b&password=x", no_nul),
        (JSON, r#"{"username":"a\u0000b","password":"x"}"#, no_nul),
        // JSON that does not say so is an unknown field of a form.
        (FORM, r#"{"username":"alice","password":"x"}"#, BOTH_REQUIRED),
        (("content-type", "text/plain"), r#"{"username":"alice"}"#, BOTH_REQUIRED),
    ] {
        served.post("/login/", kind, body).is(401, expected);
    }
}

#[test]
fn a_token_does_not_stand_for_a_password() {
    let served = Served::ready();
    let (refresh, access) = served.tokens();
    let without = |value: &str| served.ask("POST", "/login/", &[("authorization", value)]);
    without(&format!("Bearer {access}")).is(200, AUTHENTICATED);
    without(&format!("Bearer {refresh}")).is(401, BOTH_REQUIRED);
    for refused in ["Bearer garbage", "Bearer", "Basic x", &format!("Bearer {access}x")] {
        without(refused).is(401, BOTH_REQUIRED);
    }
    let posted = |token: &str, password: &str| {
        let body = form(&[("username", "alice"), ("password", password)]);
        let bearer = format!("Bearer {token}");
        let headers = [FORM, ("authorization", bearer.as_str())];
        let head = http::head("POST", "/login/", &headers, body.len());
        http::send(served.address, &head, body.as_bytes())
    };
    for token in [&access, "garbage"] {
        assert_eq!(posted(token, PASSWORD).header("content-length").map(str::len), Some(4));
        assert!(posted(token, PASSWORD).body.starts_with(r#"{"refresh": "#));
        posted(token, "wrong").is(401, WRONG);
    }
}

#[test]
fn a_user_added_meanwhile_can_log_in() {
    let served = Folder::empty().with_key().serve();
    served.login("bob", "six loud herons build boats").is(401, WRONG);
    served.folder.add_user("bob", "six loud herons build boats");
    assert_eq!(served.login("bob", "six loud herons build boats").status, 200);
}

#[test]
fn a_password_that_is_changed_while_it_is_hashed_is_the_old_one() {
    let folder = Folder::empty().with_key().with("JOT_PASSWORD__MEMORY_KIB", "19456");
    let served = folder.with("JOT_PASSWORD__ITERATIONS", "40").with_alice().serve();
    let login = form(&[("username", "alice"), ("password", PASSWORD)]);
    let head = http::head("POST", "/login/", &[FORM], login.len());
    let mut stream = http::connect(served.address);
    stream.write_all((head + &login).as_bytes()).unwrap();
    let other = "eight tall herons mend roofs";
    let mut passwd = served.folder.jot(&["user", "passwd", "alice", "--password-stdin"]);
    passwd.env("JOT_PASSWORD__ITERATIONS", "1").env("JOT_PASSWORD__MEMORY_KIB", "128");
    assert!(told(&mut passwd, other).status.success());
    http::read(stream).is(401, WRONG);
    assert_eq!(served.login("alice", other).status, 200);
}
