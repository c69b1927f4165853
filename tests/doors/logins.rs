//! Who may not come in, and who may come in but not there: logins refused, permissions lacking.

use serde_json::{Value, json};

use crate::client::set_cookies;
use crate::door::{Door, UNAUTHORIZED, Visit, hands_out_nothing};
use crate::http::{Answer, form};
use crate::served::{FORM, Folder, JSON, PASSWORD, Served, WRONG};

const MODES: [&str; 3] = ["json", "one-cookie", "two-cookies"];

/// Alice's login at each door: in that mode djwto's, and the two of ninja.
fn logins(served: &Served) -> [(&'static str, Answer); 3] {
    let body = json!({"username": "alice", "password": PASSWORD}).to_string();
    let fields = form(&[("username", "alice"), ("password", PASSWORD)]);
    [
        ("error", served.post("/login/", FORM, fields)),
        ("detail", served.post("/api/auth/mobile/sign-in", JSON, &body)),
        ("detail", served.post("/api/auth/web/sign-in", JSON, &body)),
    ]
}

#[test]
fn a_disabled_and_a_removed_user_are_told_that_the_password_is_wrong() {
    for mode in MODES {
        for act in [&["user", "disable", "alice"][..], &["user", "remove", "alice", "--yes"]] {
            let served = Folder::ready().with("JOT_SERVER__MODE", mode).serve();
            served.folder.run(act, "");
            for (member, answer) in logins(&served) {
                let body = if member == "error" { WRONG } else { UNAUTHORIZED };
                answer.is(401, body);
                let tokens = set_cookies(&answer);
                assert!(tokens.iter().all(|cookie| cookie.name == "csrftoken"), "{tokens:?}");
            }
        }
    }
}

#[test]
fn a_login_while_the_store_is_away_is_503() {
    for mode in MODES {
        let served = Folder::ready().with("JOT_SERVER__MODE", mode).serve();
        let (path, aside) = (served.folder.file("jot.db"), served.folder.file("aside.db"));
        std::fs::rename(&path, &aside).unwrap();
        for (member, answer) in logins(&served) {
            let words = format!("{{\"{member}\": \"Service unavailable.\"}}");
            answer.is(503, &words);
            assert_eq!(answer.header("retry-after"), Some("5"));
            hands_out_nothing(&answer);
        }
        std::fs::rename(&aside, &path).unwrap();
        for (_, answer) in logins(&served) {
            assert_eq!(answer.status, 200, "{answer:?}");
        }
    }
}

/// The key is as needed as the store: nobody is told that a password is wrong for lack of it.
#[test]
fn a_login_without_a_key_is_503() {
    let served = Served::ready();
    std::fs::write(served.folder.file("jwt-signing.ring"), "nonsense").unwrap();
    for (_, answer) in logins(&served) {
        assert_eq!(answer.status, 503, "{answer:?}");
        hands_out_nothing(&answer);
    }
}

#[test]
fn a_permission_that_is_lacking_is_403_as_measured() {
    let visit = Visit::at(Door::Forward);
    let verify = |query: &str| {
        let bearer = format!("Bearer {}", visit.access);
        visit.served.ask("GET", &format!("/auth/verify{query}"), &[("authorization", &bearer)])
    };
    for query in ["", "?perm=news.change", "?perm=news.change&perm=news.change&type=access"] {
        assert_eq!(verify(query).status, 200, "{query}");
    }
    let lacking = |answer: &Answer, words: &str| {
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, body["error"].as_str()), (403, Some(words)), "{answer:?}");
        let challenge = "Bearer realm=\"api\", error=\"insufficient_scope\"";
        assert_eq!(answer.header("www-authenticate"), Some(challenge));
        assert_eq!(answer.header("jot-error"), Some("permission"));
        for name in ["jot-user", "jot-user-id", "jot-perms", "jot-session"] {
            assert_eq!(answer.header(name), None);
        }
        hands_out_nothing(answer);
    };
    // All that are asked for, not one of them.
    for query in
        ["?perm=news.add", "?perm=news.change&perm=news.add", "?perm=", "?perm=NEWS.change"]
    {
        lacking(&verify(query), "Insufficient Permissions.");
    }
    lacking(&verify("?claim=user.id:2"), "The claim user.id is not what was asked for.");
    lacking(&verify("?claim=user:alice"), "The claim user is not what was asked for.");
    lacking(&verify("?type=any"), "The type asked for must be access or refresh.");
    assert_eq!(verify("?claim=user.username:alice&claim=user.id:1").status, 200);
    visit.served.folder.run(&["user", "perm", "alice", "--remove", "news.change"], "");
    let none = visit.served.folder.run(&["issue", "--user", "alice"], "");
    let bearer = format!("Bearer {none}");
    let path = "/auth/verify?perm=news.change";
    let answer = visit.served.ask("GET", path, &[("authorization", &bearer)]);
    lacking(&answer, "Invalid permissions for jwt token.");
    // A token that is refused is that first, whatever it may do.
    let path = "/auth/verify?perm=news.add";
    assert_eq!(visit.served.ask("GET", path, &[("authorization", "Bearer abc")]).status, 401);
}

#[test]
fn who_passes_is_told_in_headers_that_hold_any_name() {
    let folder = Folder::empty().with_key();
    let name = "Zo\u{eb} \u{1f9a6}, %";
    let add = ["user", "add", name, "--perm", "a.b", "--perm", "c.\u{e9}", "--password-stdin"];
    folder.run(&add, PASSWORD);
    let served = folder.serve();
    let answer = served.login(name, PASSWORD);
    let access = answer.member("access");
    let bearer = format!("Bearer {access}");
    let told = served.ask("GET", "/auth/verify", &[("authorization", &bearer)]);
    assert_eq!((told.status, told.body.as_str()), (200, ""));
    let header = |name: &str| told.header(name).unwrap();
    assert_eq!(header("jot-user"), "Zo%C3%AB%20%F0%9F%A6%A6%2C%20%25");
    assert_eq!((header("jot-user-id"), header("jot-perms")), ("1", "a.b c.%C3%A9"));
    assert_eq!(header("jot-session"), crate::token::text(&access, "sid"));
    assert_eq!(header("cache-control"), "no-store");
}
