//! Who passes, and who does not.

use std::time::Duration;

use crate::front::{BOTH, ENCODED, Front, Kind, TOLD, USER, folder, spoken};
use crate::http;
use crate::served::{JSON, PASSWORD, VALID};

/// The session of a token.
fn session(front: &Front, token: &str) -> String {
    let decoded = front.served.folder.run(&["--json", "decode", "-"], token);
    let decoded: serde_json::Value = serde_json::from_str(&decoded).unwrap();
    decoded["claims"]["sid"].as_str().unwrap_or_else(|| panic!("{decoded}")).to_owned()
}

#[test]
fn the_application_learns_who_it_is() {
    for kind in BOTH {
        let front = Front::of(kind, folder());
        let (_, access) = front.tokens();
        let told = [ENCODED, "1", "news.change", &session(&front, &access)];
        front.passes(&front.bearing(&access), told);
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "PURGE"] {
            let bearer = format!("Bearer {access}");
            front.passes(&front.ask(method, "/a?b=c", &[("authorization", &bearer)]), told);
        }
        for head in front.upstream.seen().iter().skip(1) {
            assert!(head.split(' ').nth(1) == Some("/a?b=c"), "{head}");
        }
    }
}

#[test]
fn jots_own_doors_need_no_token() {
    for kind in BOTH {
        let front = Front::of(kind, folder());
        let (refresh, _) = front.tokens();
        let bearer = format!("Bearer {refresh}");
        let path = "/api/token/refresh/refresh_access/";
        let answer = front.ask("POST", path, &[("authorization", &bearer)]);
        assert_eq!(answer.status, 200, "{kind:?} {answer:?}");
        let access = answer.member("access");
        assert_eq!(front.bearing(&access).status, 200);
        assert_eq!(front.upstream.seen().len(), 1);
        let bearer = format!("Bearer {access}");
        for path in ["/validate_access/", "/validate_access"] {
            let answer = front.ask("POST", path, &[("authorization", &bearer)]);
            assert_eq!((answer.status, answer.body.as_str()), (200, VALID), "{kind:?} {path}");
        }
        let body = format!(r#"{{"username":"{USER}","password":"{PASSWORD}"}}"#);
        for path in ["/login", "/login/", "/api/auth/mobile/sign-in", "/api/auth/web/sign-in"] {
            let head = http::head("POST", path, &[JSON], body.len());
            let answer = front.send(head + &body);
            assert_eq!(answer.status, 200, "{kind:?} {path} {answer:?}");
            assert!(!answer.member("access").is_empty());
        }
        assert_eq!(front.upstream.seen().len(), 1);
        // Names that only begin like a door are the application's.
        for path in ["/logins", "/validate_accesses", "/api/authority"] {
            assert_eq!(front.ask("GET", path, &[]).status, 401, "{kind:?} {path}");
        }
    }
}

#[test]
fn a_body_reaches_the_application_and_not_the_door() {
    for kind in BOTH {
        let front = Front::of(kind, folder());
        let (_, access) = front.tokens();
        // More than jot takes.
        let body = "x".repeat(200_000);
        for length in
            [format!("content-length: {}", body.len()), "transfer-encoding: chunked".into()]
        {
            let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
            let body = if length.starts_with('c') { &body } else { &chunked };
            let head = format!("POST / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {access}");
            let answer =
                front.send(format!("{head}\r\n{length}\r\nconnection: close\r\n\r\n{body}"));
            assert_eq!(answer.status, 200, "{kind:?} {answer:?}");
            let length: usize = answer.header("body-length").unwrap().parse().unwrap();
            assert!(length >= 200_000, "{kind:?} {answer:?}");
        }
    }
}

#[test]
fn permissions_that_need_much_room_pass() {
    for kind in BOTH {
        let folder = folder();
        let permissions: Vec<_> =
            (0..250).map(|number| format!("caf\u{e9}.change_{number}")).collect();
        let mut arguments = vec!["user", "perm", USER];
        arguments.extend(permissions.iter().flat_map(|one| ["--add", one]));
        folder.run(&arguments, "");
        let front = Front::of(kind, folder);
        let (_, access) = front.tokens();
        let answer = front.bearing(&access);
        assert_eq!(answer.status, 200, "{kind:?} {} {answer:?}", access.len());
        let (_, told) = spoken(&answer.body)[2];
        assert_eq!(told.split(' ').count(), 251, "{told}");
    }
}

#[test]
fn who_has_no_permission_is_refused() {
    for kind in BOTH {
        let folder = folder();
        folder.run(&["user", "perm", USER, "--remove", "news.change"], "");
        let front = Front::of(kind, folder);
        let (_, access) = front.tokens();
        front.refuses(&front.bearing(&access), 403, "permission");
        front.refuses(&front.ask("GET", "/", &[]), 401, "missing");
    }
}

#[test]
fn a_token_passes_until_it_expires() {
    let lifetime = Duration::from_secs(3);
    let fronts = BOTH.map(|kind| {
        let front = Front::of(kind, folder().with("JOT_TOKEN__ACCESS_LIFETIME", "3s"));
        let (_, access) = front.tokens();
        assert_eq!(front.bearing(&access).status, 200, "{kind:?}");
        (front, access)
    });
    std::thread::sleep(lifetime);
    for (front, access) in fronts {
        let answer = front.bearing(&access);
        assert_eq!((answer.status, answer.header("jot-error")), (401, Some("expired")));
        assert_eq!(front.upstream.seen().len(), 1);
    }
}

#[test]
fn a_session_that_is_revoked_is_refused_at_the_next_request() {
    for kind in BOTH {
        let front = Front::of(kind, folder());
        let (_, access) = front.tokens();
        assert_eq!(front.bearing(&access).status, 200);
        let passed = front.upstream.seen().len();
        front.served.folder.run(&["session", "revoke", &session(&front, &access)], "");
        let answer = front.bearing(&access);
        assert_eq!(
            (answer.status, answer.header("jot-error")),
            (401, Some("revoked")),
            "{answer:?}"
        );
        assert_eq!(front.upstream.seen().len(), passed);
    }
}

#[test]
fn a_refresh_token_passes_where_it_is_asked_for_and_nowhere_else() {
    for kind in BOTH {
        let front = Front::of(kind, folder());
        let (refresh, _) = front.tokens();
        front.refuses(&front.bearing(&refresh), 401, "claims");
        // The client's own query is the application's.
        for query in [
            "?type=refresh",
            "?perm=&type=refresh",
            "?%70erm=x&type=refresh",
            "a/../auth/verify?type=refresh",
        ] {
            let bearer = format!("Bearer {refresh}");
            let answer = front.ask("GET", &format!("/{query}"), &[("authorization", &bearer)]);
            front.refuses(&answer, 401, "claims");
        }

        let front = Front::asking(kind, folder(), "type=refresh");
        let (refresh, access) = front.tokens();
        front.refuses(&front.bearing(&access), 401, "claims");
        front.passes(
            &front.bearing(&refresh),
            [ENCODED, "1", "news.change", &session(&front, &refresh)],
        );
    }
}

#[test]
fn claims_are_asked_for_by_the_proxy() {
    for kind in BOTH {
        let front = Front::asking(kind, folder(), "claim=user.id:1");
        let (_, access) = front.tokens();
        assert_eq!(front.bearing(&access).status, 200);
        let front = Front::asking(kind, folder(), "claim=user.id:2");
        let (_, access) = front.tokens();
        front.refuses(&front.bearing(&access), 403, "permission");
    }
}

#[test]
fn what_a_token_does_not_say_is_not_told() {
    for kind in BOTH {
        let front = Front::asking(kind, folder(), "");
        let access = front.served.folder.run(&["issue", "--user", "guest"], "");
        let forged = TOLD.map(|name| (name, "forged"));
        let bearer = format!("Bearer {access}");
        let answer = front.ask("GET", "/", &[&forged[..], &[("authorization", &bearer)]].concat());
        assert_eq!(answer.status, 200, "{answer:?}");
        let spoken: Vec<_> =
            spoken(&answer.body).into_iter().filter(|(_, value)| !value.is_empty()).collect();
        assert_eq!(spoken, [("jot-user", "guest")], "{kind:?}");
    }
}

#[test]
fn nobody_passes_while_jot_is_away() {
    for kind in BOTH {
        let front = Front::of(kind, folder());
        let (_, access) = front.tokens();
        let store = rusqlite::Connection::open(front.served.folder.file("jot.db")).unwrap();
        store.execute_batch("ALTER TABLE users RENAME TO gone").unwrap();
        let answer = front.bearing(&access);
        assert!(answer.status >= 500, "{kind:?} {answer:?}");
        store.execute_batch("ALTER TABLE gone RENAME TO users").unwrap();
        assert_eq!(front.bearing(&access).status, 200);

        front.served.signal("KILL");
        let passed = front.upstream.seen().len();
        let answer = front.bearing(&access);
        assert!(answer.status >= 500, "{kind:?} {answer:?}");
        assert_eq!(front.upstream.seen().len(), passed);
    }
}

#[test]
fn the_door_itself_cannot_be_reached_through_the_proxy() {
    let front = Front::of(Kind::Nginx, folder());
    let (_, access) = front.tokens();
    let bearer = format!("Bearer {access}");
    let answer = front.ask("GET", "/jot/verify", &[("authorization", &bearer)]);
    assert_eq!(answer.status, 404);
}
