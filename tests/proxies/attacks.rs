//! Requests that no honest client sends.

use crate::front::{BOTH, ENCODED, Front, TOLD, folder, spoken};

/// A head with a token and these lines, byte for byte.
fn head(start: &str, token: &str, lines: &str) -> String {
    format!(
        "{start}\r\nhost: x\r\nauthorization: Bearer {token}\r\nconnection: close\r\n{lines}\r\n"
    )
}

/// Nothing that the application saw says anything but the truth.
#[track_caller]
fn was_told_the_truth(front: &Front) {
    for head in front.upstream.seen() {
        let spoken = spoken(&head);
        let names: Vec<_> = spoken.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, TOLD, "{:?} {head}", front.kind);
        assert_eq!(
            (spoken[0].1, spoken[1].1, spoken[2].1),
            (ENCODED, "1", "news.change"),
            "{head}"
        );
    }
}

#[test]
fn nobody_speaks_for_jot() {
    for kind in BOTH {
        let front = Front::of(kind, folder());
        let (_, access) = front.tokens();
        let bearer = format!("Bearer {access}");
        for name in [
            "Jot-User",
            "Jot_User",
            "jot-user",
            "jot_user",
            "JOT-USER",
            "JOT_USER",
            "jOt-uSeR",
            "Jot-User_Id",
            "Jot_User-Id",
            "Jot-Perms",
            "Jot_Perms",
            "Jot-Session",
            "Jot_Session",
            "Jot.User",
            "Jot!User",
            "Jot~User",
            "Jot-Error",
        ] {
            let forged = (name, "admin");
            let authorized = ("authorization", bearer.as_str());
            for headers in [
                vec![authorized, forged],
                vec![forged, authorized, forged],
                vec![authorized, forged, ("connection", name)],
                vec![authorized, ("connection", name)],
            ] {
                let answer = front.ask("GET", "/", &headers);
                assert_eq!(answer.status, 200, "{kind:?} {headers:?} {answer:?}");
                was_told_the_truth(&front);
            }
        }
        let forged = TOLD.map(|name| (name, "admin"));
        let passed = front.upstream.seen().len();
        assert_eq!(front.ask("GET", "/", &forged).status, 401);
        assert_eq!(front.upstream.seen().len(), passed);
    }
}

#[test]
fn a_head_that_is_too_long_is_the_clients_fault() {
    for kind in BOTH {
        let front = Front::of(kind, folder());
        let (_, access) = front.tokens();
        let sizes = (11_000..18_000).step_by(500).chain([1_000, 7_900, 8_192, 32_768, 65_536]);
        for size in sizes {
            let filler = "x".repeat(size);
            let many = (0..size / 100).map(|line| format!("x-{line}: {}\r\n", "y".repeat(93)));
            let many: String = many.collect();
            let answer = front.send(head("GET / HTTP/1.1", &filler, ""));
            assert!((400..500).contains(&answer.status), "{kind:?} {size} {answer:?}");
            let cookie = format!("cookie: a={filler}\r\n");
            let answer = front.send(head("GET / HTTP/1.1", &access, &cookie));
            assert!(answer.status == 200 || size > 14_000, "{kind:?} {size} {answer:?}");
            for request in [
                head("GET / HTTP/1.1", &access, &format!("cookie: a={filler}\r\n")),
                head("GET / HTTP/1.1", &access, &format!("x-forwarded-for: {filler}\r\n")),
                head("GET / HTTP/1.1", &access, &many),
                head(&format!("GET /{filler} HTTP/1.1"), &access, ""),
                head(&format!("GET /?{filler} HTTP/1.1"), &access, ""),
            ] {
                let answer = front.send_raw(&request);
                let status = answer.split(' ').nth(1).unwrap_or_else(|| panic!("{size}"));
                assert!(
                    status.starts_with('4') || status == "200",
                    "{kind:?} {size} {answer} {request:.80}"
                );
            }
        }
        was_told_the_truth(&front);
    }
}

#[test]
fn two_authorizations_are_none() {
    for kind in BOTH {
        let front = Front::of(kind, folder());
        let (_, access) = front.tokens();
        let good = format!("Bearer {access}");
        let (good, bad) = (("authorization", good.as_str()), ("authorization", "Bearer x"));
        for headers in
            [[good, good], [good, bad], [bad, good], [("authorization", "Basic x"), good]]
        {
            let answer = front.ask("GET", "/", &headers);
            // nginx asks nobody.
            assert!([400, 401].contains(&answer.status), "{kind:?} {answer:?}");
            assert!(front.upstream.seen().is_empty());
        }
        for value in
            ["Bearer", "Bearer  ", "Bearerx", &access, &format!("Bearer {access}, Bearer {access}")]
        {
            front.refuses(&front.ask("GET", "/", &[("authorization", value)]), 401, "missing");
        }
    }
}

/// Requests with a token, and with something in them that one server could read otherwise than another.
fn ambiguous(access: &str) -> Vec<String> {
    let hidden = "GET /hidden HTTP/1.1\r\nhost: x\r\nJot-User: admin\r\n\r\n";
    let length = hidden.len();
    let chunk = format!("0\r\n\r\n{hidden}");
    let both = format!("transfer-encoding: chunked\r\ncontent-length: {}\r\n", chunk.len());
    Vec::from([
        head("POST / HTTP/1.1", access, &both) + &chunk,
        head("POST / HTTP/1.1", access, &format!("{both}transfer-encoding: x\r\n")) + &chunk,
        head("POST / HTTP/1.1", access, "transfer-encoding: xchunked\r\n") + &chunk,
        head("POST / HTTP/1.1", access, "transfer-encoding : chunked\r\n") + &chunk,
        head("POST / HTTP/1.1", access, "transfer-encoding:\x0bchunked\r\n") + &chunk,
        head("GET / HTTP/1.1", access, &format!("content-length: {length}\r\n")) + hidden,
        head("GET / HTTP/1.1", access, "content-length: 0\r\ncontent-length: 9\r\n") + hidden,
        head("GET / HTTP/1.1", access, "content-length: +0\r\n") + hidden,
        head("GET / HTTP/1.1", access, "") + hidden,
        head("GET / HTTP/1.0", access, "transfer-encoding: chunked\r\n") + &chunk,
        head("GET / HTTP/1.1", access, "Jot-User : admin\r\n"),
        head("GET / HTTP/1.1", access, "Jot-User\t: admin\r\n"),
        head("GET / HTTP/1.1", access, "x: y\r\n Jot-User: admin\r\n"),
        head("GET / HTTP/1.1", access, "x: y\r\n\tJot-User: admin\r\n"),
        head("GET / HTTP/1.1", access, " Jot-User: admin\r\n"),
        head("GET / HTTP/1.1", access, "x: y\nJot-User: admin\n"),
        head("GET / HTTP/1.1", access, "x: y\rJot-User: admin\r\n"),
        head("GET / HTTP/1.1", access, "x: y\0\r\nJot-User: admin\r\n"),
        head("GET / HTTP/1.1", access, "Jot-User\0: admin\r\n"),
        head("GET / HTTP/1.1", access, ": x\r\nJot-User: admin\r\n"),
        head("GET http://x/ HTTP/1.1", access, "Jot-User: admin\r\n"),
        head("GET //x/ HTTP/1.1", access, "Jot-User: admin\r\n"),
        head("GET /\r\nJot-User: admin HTTP/1.1", access, ""),
        head("GET /%0d%0aJot-User:%20admin HTTP/1.1", access, ""),
        head("GET / HTTP/1.1\r\nJot-User: admin", access, ""),
        head(
            "GET / HTTP/1.1",
            access,
            "connection: upgrade\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAARAAAAAAAIAAAAA\r\n",
        ) + hidden,
        head("GET / HTTP/1.1", access, "expect: 100-continue\r\ncontent-length: 3\r\n")
            + "abc"
            + hidden,
    ])
}

#[test]
fn what_two_servers_could_read_in_two_ways_passes_in_neither() {
    for kind in BOTH {
        let front = Front::of(kind, folder());
        let (_, access) = front.tokens();
        for request in ambiguous(&access) {
            front.send_raw(&request);
            was_told_the_truth(&front);
            assert!(
                !front.upstream.seen().iter().any(|head| head.contains("/hidden")),
                "{kind:?} {request}"
            );
        }
    }
}

#[test]
fn a_second_request_on_a_connection_is_asked_about_too() {
    for kind in BOTH {
        let front = Front::of(kind, folder());
        let (_, access) = front.tokens();
        let first = format!("GET /1 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {access}\r\n\r\n");
        let second = "GET /2 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        let answers = front.send_raw(first + second);
        for status in ["HTTP/1.1 200 ", "HTTP/1.1 401 "] {
            assert!(answers.contains(status), "{kind:?} {answers}");
        }
        assert_eq!(front.upstream.seen().len(), 1);
    }
}

#[test]
fn old_clients_are_asked_about_as_well() {
    for kind in BOTH {
        let front = Front::of(kind, folder());
        let (_, access) = front.tokens();
        front.refuses(&front.send("GET / HTTP/1.0\r\n\r\n"), 401, "missing");
        front.send_raw("GET /\r\n\r\n");
        assert!(front.upstream.seen().is_empty());
        let request = format!("GET / HTTP/1.0\r\nauthorization: Bearer {access}\r\n\r\n");
        assert_eq!(front.send(request).status, 200, "{kind:?}");
        was_told_the_truth(&front);
    }
}
