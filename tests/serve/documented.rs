//! `/openapi.json`: a document that validators take, and that the doors keep to in each mode.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::operators::{get, judged};
use crate::served::{Folder, Served};

/// What the doors of a server in that mode look like.
fn documented(mode: &'static str, allow_update: &'static str) -> (Served, String) {
    let folder = Folder::ready().with("JOT_SERVER__MODE", mode);
    folder.run(&["user", "perm", "alice", "--add", "oauth.introspect"], "");
    let (served, operators) =
        folder.with("JOT_REFRESH__ALLOW_UPDATE", allow_update).serve_operated();
    let answer = get(operators, "/openapi.json");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    (served, answer.body)
}

#[test]
fn the_document_is_valid_and_so_are_its_examples() {
    for mode in ["json", "one-cookie", "two-cookies"] {
        for allow_update in ["true", "false"] {
            let (_, document) = documented(mode, allow_update);
            let examples = judged(&["openapi"], &document)["examples"].as_u64().unwrap();
            assert!(examples > 10, "{mode} {allow_update}: {examples}");
        }
    }
    let (_, document) = documented("json", "true");
    let document: Value = serde_json::from_str(&document).unwrap();
    assert!(document["paths"]["/api/token/refresh/update_refresh/"]["post"].is_object());
}

#[track_caller]
fn found(served: &Served, document: &str) -> Value {
    judged(&["ask", &format!("http://{}", served.address)], document)
}

/// Schemathesis finds nothing, and every operation was done at least once.
#[track_caller]
fn conforms(mode: &'static str, allow_update: &'static str) {
    let (served, document) = documented(mode, allow_update);
    let found = found(&served, &document);
    assert_eq!(found["code"], 0, "{}", found["said"].as_str().unwrap());
    let document: Value = serde_json::from_str(&document).unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values());
    let ids = operations.filter(|operation| {
        operation["responses"].as_object().unwrap().keys().any(|status| status.starts_with('2'))
    });
    let ids: BTreeSet<_> =
        ids.map(|operation| operation["operationId"].clone().to_string()).collect();
    let done = found["done"].as_array().unwrap().iter().map(Value::to_string);
    assert_eq!(done.collect::<BTreeSet<_>>(), ids);
    assert!(ids.len() >= 15);
}

#[test]
fn the_doors_do_what_the_document_says_in_json() {
    conforms("json", "true");
}

#[test]
fn the_doors_do_what_the_document_says_in_one_cookie() {
    conforms("one-cookie", "true");
}

#[test]
fn the_doors_do_what_the_document_says_where_nothing_is_updated() {
    conforms("json", "false");
}

#[test]
fn what_the_document_does_not_say_is_found() {
    let (served, document) = documented("json", "true");
    let mut document: Value = serde_json::from_str(&document).unwrap();
    let answers = &mut document["paths"]["/login/"]["post"]["responses"];
    assert!(answers.as_object_mut().unwrap().remove("401").is_some());
    let found = found(&served, &document.to_string());
    assert_eq!(found["code"], 1, "{}", found["said"].as_str().unwrap());
    assert!(found["said"].as_str().unwrap().contains("Undocumented status code"));
}
