//! Paths such as `crate::key::ring`, found in code without its comments and literals.

use crate::source::balanced;

/// What is named below a root, groups taken apart: `crate::{a, b::c}` gives `a` and `b::c`.
pub(crate) fn below(code: &str, root: &str) -> Vec<String> {
    let start = format!("{root}::");
    let mut found: Vec<_> =
        places(code, &start).flat_map(|at| tree(&code[at + start.len()..])).collect();
    found.sort();
    found.dedup();
    found
}

/// Whether a crate, or a path such as `std::env`, is named.
pub(crate) fn names(code: &str, path: &str) -> bool {
    if let Some((root, rest)) = path.split_once("::") {
        return below(code, root)
            .iter()
            .any(|used| used == rest || used.starts_with(&format!("{rest}::")));
    }
    let alone = [format!("use {path};"), format!("use {path} as"), format!("#[{path}")];
    places(code, &format!("{path}::")).next().is_some()
        || alone.iter().any(|text| code.contains(text))
}

/// Where a text begins that is no part of a longer word or path.
fn places<'a>(code: &'a str, text: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_whole = |at: &usize| {
        !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
            || code[..*at].ends_with("{:")
    };
    code.match_indices(text).map(|(at, _)| at).filter(is_whole)
}

fn tree(text: &str) -> Vec<String> {
    if text.starts_with('{') {
        let inner = &text[1..balanced(text, '{', '}') - 1];
        return split(inner).into_iter().flat_map(|one| tree(one.trim())).collect();
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let deeper = rest.strip_prefix("::").map(tree).unwrap_or_default();
    match deeper.is_empty() {
        true if name.is_empty() => Vec::new(),
        true => vec![name.to_owned()],
        false => deeper.into_iter().map(|one| format!("{name}::{one}")).collect(),
    }
}

/// The parts between the commas that stand in no bracket.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

#[test]
fn paths_are_found_in_groups_and_not_in_longer_words() {
    let code = "use crate::{error::{Code, Error}, key};\nlet x = crate::alg::parse; mycrate::no; a::crate::no";
    assert_eq!(below(code, "crate"), ["alg::parse", "error::Code", "error::Error", "key"]);
    assert!(
        names("use rsa::X;", "rsa") && names("rsa::f()", "rsa") && names("use rsa as r;", "rsa")
    );
    assert!(!names("use super::rsa::X;", "rsa") && !names("parsa::x", "rsa"));
    assert!(names("use std::{env, fs};", "std::env") && names("std::env::var()", "std::env"));
    assert!(!names("use std::environment;", "std::env"));
}

#[test]
fn comments_literals_and_tests_are_taken_out() {
    let text = "// crate::a\nfn f<'a>(c: char) { g(\"crate::b \\\" \", r#\"crate::\"c\"#, '\"', 'x') /* crate::d */ }";
    let (code, literals) = crate::source::blanked(text);
    assert_eq!(literals, ["crate::b \\\" ", "crate::\"c"]);
    assert_eq!(code, "\nfn f<'a>(c: char) { g(\"0\", \"1\", ' ', ' ')  }");
}
