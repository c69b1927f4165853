//! Classes 18 to 22: which token which door takes, and who is given one.

use crate::http::{self, Answer, form};
use crate::served::{FORM, Folder, JSON, PASSWORD, Served};

/// A door that takes tokens: how one is shown there.
type Door = fn(&Served, &str) -> Answer;

const DOORS: [(&str, Door); 5] = [
    ("access", |served, token| served.validate(token)),
    ("forward-auth", |served, token| shown(served, ("GET", "/auth/verify"), token)),
    ("refresh", |served, token| {
        let headers = [FORM, ("authorization", &format!("Bearer {token}")[..])];
        posted(served, "/api/token/refresh/refresh_access/", &headers, "jwt_type=refresh")
    }),
    ("mobile", |served, token| {
        let body = serde_json::json!({ "refresh": token }).to_string();
        served.post("/api/auth/mobile/token-refresh", JSON, body)
    }),
    ("oauth", |served, token| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        served.post("/oauth/token", FORM, form(&fields))
    }),
];

fn shown(served: &Served, (method, path): (&str, &str), token: &str) -> Answer {
    served.ask(method, path, &[("authorization", &format!("Bearer {token}"))])
}

fn posted(served: &Served, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    http::send(served.address, &http::head("POST", path, headers, body.len()), body.as_bytes())
}

/// A server whose tokens name an audience that is its own, with a client; the client's secret.
fn site() -> (Folder, String) {
    let folder =
        Folder::ready().with("JOT_TOKEN__AUD", "api").with("JOT_TOKEN__ISS", "https://x.y");
    let secret = folder.run(&["client", "add", "billing", "--perm", "news.change"], "");
    (folder, secret)
}

fn client(served: &Served, secret: &str) -> Answer {
    let fields =
        [("grant_type", "client_credentials"), ("client_id", "billing"), ("client_secret", secret)];
    served.post("/oauth/token", FORM, form(&fields))
}

fn mobile(served: &Served, password: &str) -> Answer {
    let body = serde_json::json!({"username": "alice", "password": password}).to_string();
    served.post("/api/auth/mobile/sign-in", JSON, body)
}

/// The value of a cookie that a login sets.
fn csrf(folder: Folder) -> (Folder, String) {
    let served = folder.with("JOT_SERVER__MODE", "one-cookie").serve();
    let answer = served.login("alice", PASSWORD);
    let set = |(name, value): &(String, String)| {
        let rest = value.strip_prefix("csrftoken=").filter(|_| name == "set-cookie")?;
        Some(rest.split(';').next().unwrap().to_owned())
    };
    let token = answer.headers.iter().find_map(set).unwrap();
    (served.stopped_in().0.with("JOT_SERVER__MODE", "json"), token)
}

/// RFC 8725 3.11, RFC 9068: each kind of token at each door; only its own doors take it.
#[test]
fn c18_a_token_of_one_kind_is_none_of_another() {
    let (folder, secret) = site();
    let (folder, csrf) = csrf(folder);
    let logout = folder.run(&["issue", "--user", "alice"], "");
    folder.run(&["revoke", &logout], "");
    let served = folder.serve();
    let (refresh, access) = served.tokens();
    let ninja = mobile(&served, PASSWORD);
    let client = client(&served, &secret).member("access_token");
    let tokens = [
        ("an access token", access, &["access", "forward-auth"][..]),
        ("a refresh token", refresh, &["refresh", "oauth"]),
        ("an access token of ninja's", ninja.member("access"), &["forward-auth"]),
        ("a refresh token of ninja's", ninja.member("refresh"), &["mobile", "oauth"]),
        ("a client's token", client, &["forward-auth"]),
        ("a CSRF token", csrf, &[]),
        ("a client's secret", secret, &[]),
        ("a revoked token", logout, &[]),
    ];
    for (what, token, own) in &tokens {
        for (name, door) in DOORS {
            let answer = door(&served, token);
            let taken = answer.status == 200;
            assert_eq!(taken, own.contains(&name), "{what} at {name}: {answer:?}");
        }
    }
}

/// Somebody's tokens and secrets, and every door that would make new ones of them.
fn given(served: &Served, before: &(String, String, String)) -> Vec<(&'static str, u16)> {
    let (refresh, ninja, secret) = before;
    let door = |name: &str| DOORS.iter().find(|(door, _)| *door == name).unwrap().1;
    let body = "jwt_type=refresh";
    let bearer = format!("Bearer {refresh}");
    let headers = [FORM, ("authorization", bearer.as_str())];
    vec![
        ("client", client(served, secret).status),
        ("login", served.login("alice", PASSWORD).status),
        ("sign-in", mobile(served, PASSWORD).status),
        ("refresh", door("refresh")(served, refresh).status),
        ("update", posted(served, "/api/token/refresh/update_refresh/", &headers, body).status),
        ("mobile", door("mobile")(served, ninja).status),
        ("oauth", door("oauth")(served, refresh).status),
        ("oauth of ninja's", door("oauth")(served, ninja).status),
    ]
}

/// CVE-2024-22513, CVE-2026-1609, CVE-2026-9798, CVE-2026-88770: one gate before every door.
#[test]
fn c20_who_may_have_no_token_gets_one_at_no_door() {
    const ALICE: [&str; 7] =
        ["login", "sign-in", "refresh", "update", "mobile", "oauth", "oauth of ninja's"];
    let ends: [(&[&str], &str, &[&str]); 6] = [
        (&["user", "disable", "alice"], "", &ALICE),
        (&["user", "remove", "alice", "--yes"], "", &ALICE),
        (&["user", "passwd", "alice", "--password-stdin"], "nine loud herons mend roofs", &ALICE),
        (&["revoke", "--user", "alice"], "", &ALICE[2..]),
        (&["revoke", "--all", "--yes"], "", &ALICE[2..]),
        (&["client", "remove", "billing", "--yes"], "", &["client"]),
    ];
    for (command, input, refused) in ends {
        let (folder, secret) = site();
        let served = folder.serve();
        let (refresh, access) = served.tokens();
        let before = (refresh, mobile(&served, PASSWORD).member("refresh"), secret);
        served.folder.run(command, input);
        for (door, status) in given(&served, &before) {
            let kept = !refused.contains(&door);
            assert_eq!(status == 200, kept, "{command:?} {door}: {status}");
        }
        let gone = refused.contains(&"oauth");
        assert_eq!(served.validate(&access).status == 403, gone, "{command:?}");
        if command[1] != "--all" && gone && command[0] == "user" {
            let told = served.folder.told(&["issue", "--user", "alice"], "");
            assert_eq!(told.status.success(), command[1] == "passwd", "{command:?} {told:?}");
        }
    }
}

/// One refresh token shown by 16 at once, in each of 8 rounds, is rotated once.
#[test]
fn c21_a_refresh_token_that_is_raced_rotates_once() {
    let (folder, _) = site();
    let served = folder.serve();
    let (mut refresh, _) = served.tokens();
    for round in 1..=8 {
        let ask = || DOORS[4].1(&served, &refresh);
        let answers: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..16).map(|_| scope.spawn(ask)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let given: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert!(answers.iter().all(|answer| [200, 503].contains(&answer.status)), "{answers:?}");
        let jti = |answer: &&Answer| crate::token::text(&answer.member("refresh_token"), "jti");
        let mut ids: Vec<_> = given.iter().map(jti).collect();
        ids.dedup();
        assert_eq!(ids.len(), 1, "all of them get the same successor");
        refresh = given[0].member("refresh_token");
        let sessions = served.folder.run(&["--json", "session", "list"], "");
        let session: serde_json::Value = serde_json::from_str(sessions.trim()).unwrap();
        assert_eq!(session["generation"], round);
    }
}

/// GHSA-cq42-vhv7-xr7p, CVE-2026-19607: guessing is slow, and locks nobody else out.
#[test]
fn c22_who_guesses_is_held_back_and_the_owner_is_not() {
    let served = Folder::ready().with("JOT_SERVER__TRUSTED_PROXIES", "127.0.0.1").serve();
    let login = |password: &str, from: &str| {
        let body = form(&[("username", "alice"), ("password", password)]);
        posted(&served, "/login/", &[FORM, ("x-forwarded-for", from)], &body)
    };
    assert_eq!(login(PASSWORD, "198.51.100.7").status, 200);
    let guesses: Vec<_> = (0..40).map(|_| login("wrong", "192.0.2.66").status).collect();
    assert!(guesses[..10].iter().all(|status| *status == 401), "{guesses:?}");
    assert!(guesses[10..].iter().all(|status| *status == 429), "{guesses:?}");
    let held = login(PASSWORD, "192.0.2.66");
    assert_eq!(held.status, 429, "not even the right one is judged there");
    assert!(held.header("retry-after").is_some());
    assert_eq!(login(PASSWORD, "198.51.100.7").status, 200);
}
