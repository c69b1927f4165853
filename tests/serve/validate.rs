//! `POST /validate_access/`: what of our own making is refused, and what of others'.

use crate::served::{Folder, PASSWORD, Served, VALID, WRONG};

const NOT_VALID: &str = r#"{"error": "Value in HTTP_AUTHORIZATION header is not valid."}"#;
const REVOKED: &str = r#"{"error": "Token was revoked."}"#;
const TYPE: &str = r#"{"error": "Token type must be \"access\"."}"#;

#[test]
fn the_header_is_read_strictly_and_the_scheme_in_any_case() {
    let served = Served::ready();
    let (refresh, access) = served.tokens();
    for scheme in ["Bearer", "bearer", "BEARER"] {
        served.authorized(&format!("{scheme} {access}")).is(200, VALID);
    }
    for path in ["/validate_access", "/validate_access/"] {
        let bearer = format!("Bearer {access}");
        let headers = [("authorization", bearer.as_str())];
        served.ask("POST", path, &headers).is(200, VALID);
        let twice = [headers[0], headers[0]];
        served.ask("POST", path, &twice).is(403, NOT_VALID);
        served
            .ask("POST", path, &[])
            .is(403, r#"{"error": "Token not found in \"HTTP_AUTHORIZATION\" header."}"#);
    }
    for value in [
        "Bearer",
        "Bearer ",
        &access,
        &format!("Token xBearer {access}"),
        &format!("Bearer {access} {access}"),
        &format!("Bearer{access}"),
        &format!("Basic {access}"),
        "Bearer \u{e9}",
    ] {
        served.authorized(value).is(403, NOT_VALID);
    }
    served.validate(&refresh).is(403, TYPE);
}

#[test]
fn what_another_process_revokes_is_refused_at_the_next_request() {
    let served = Served::ready();
    let (_, first) = served.tokens();
    let (refresh, second) = served.tokens();
    served.validate(&first).is(200, VALID);
    served.folder.run(&["revoke", &first, "--reason", "a leak"], "");
    served.validate(&first).is(403, REVOKED);
    served.validate(&second).is(200, VALID);
    // A refresh token ends its session, and with it the session's access token.
    served.folder.run(&["revoke", "-"], &refresh);
    served.validate(&second).is(403, REVOKED);

    let (_, third) = served.tokens();
    served.folder.run(&["revoke", "--user", "alice"], "");
    served.validate(&third).is(403, REVOKED);
    let (_, after) = served.tokens();
    served.validate(&after).is(200, VALID);
}

#[test]
fn another_password_ends_what_the_old_one_began() {
    let served = Served::ready();
    let (_, access) = served.tokens();
    let other = "eight tall herons mend roofs";
    served.folder.run(&["user", "passwd", "alice", "--password-stdin"], other);
    served.validate(&access).is(403, REVOKED);
    served.login("alice", PASSWORD).is(401, WRONG);
    let answer = served.login("alice", other);
    served.validate(&answer.member("access")).is(200, VALID);
}

#[test]
fn a_disabled_users_token_is_refused() {
    let served = Served::ready();
    let (_, access) = served.tokens();
    let store = rusqlite::Connection::open(served.folder.file("jot.db")).unwrap();
    assert_eq!(store.execute("UPDATE users SET active = 0", []), Ok(1));
    served.validate(&access).is(403, REVOKED);
}

#[test]
fn tokens_of_other_makes_are_refused() {
    let served = Served::ready();
    let issue =
        |more: &[&str]| served.folder.run(&[&["issue", "--user", "alice"], more].concat(), "");
    served.validate(&issue(&[])).is(200, VALID);
    served.validate(&issue(&["--profile", "ninja"])).is(403, TYPE);
    served.validate(&issue(&["--type", "refresh"])).is(403, TYPE);
    served.validate(&issue(&["--aud", "other"])).is(403, r#"{"error": "Invalid audience"}"#);
    let foreign = Folder::ready().run(&["issue", "--user", "alice"], "");
    served.validate(&foreign).is(403, r#"{"error": "Signature verification failed"}"#);
}

#[test]
fn issuer_subject_and_audience_are_held_to_the_settings() {
    let folder = Folder::ready()
        .with("JOT_TOKEN__ISS", "https://one")
        .with("JOT_TOKEN__AUD", "api")
        .with("JOT_TOKEN__SUB", "constant:site");
    let served = folder.serve();
    let (_, access) = served.tokens();
    served.validate(&access).is(200, VALID);
    let claims = |iss: &str, aud: &str, sub: &str| {
        let now = crate::served::now();
        let exp = now + 300;
        served.folder.sign(&format!(
            r#"{{{iss}{sub}{aud}"iat":{now},"exp":{exp},"jti":"j","type":"access","user":{{"username":"alice","id":1,"perms":[]}}}}"#
        ))
    };
    let (iss, aud, sub) = (r#""iss":"https://one","#, r#""aud":["x","api"],"#, r#""sub":"site","#);
    served.validate(&claims(iss, aud, sub)).is(200, VALID);
    for (token, why) in [
        (claims("", aud, sub), "Token is missing the \\\"iss\\\" claim"),
        (claims(r#""iss":"https://one/","#, aud, sub), "Invalid issuer"),
        (claims(iss, aud, ""), "Token is missing the \\\"sub\\\" claim"),
        (claims(iss, aud, r#""sub":"alice","#), "Invalid subject"),
        (claims(iss, "", sub), "Token is missing the \\\"aud\\\" claim"),
        (claims(iss, r#""aud":"ap","#, sub), "Audience doesn't match"),
    ] {
        served.validate(&token).is(403, &format!("{{\"error\": \"{why}\"}}"));
    }
}
