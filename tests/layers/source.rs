//! Rust text taken apart just far enough: comments and what is compiled for tests only are gone,
//! and each string literal is replaced in the code by its number.

use std::fs;
use std::path::{Path, PathBuf};

/// One file of the program.
pub(crate) struct Source {
    /// Its path below `src`, such as `key/ring.rs`.
    pub(crate) path: String,
    /// The text as it is.
    pub(crate) text: String,
    /// The code that users get, literals as `"0"`, `"1"` and so on.
    pub(crate) code: String,
    /// The literals, as written.
    pub(crate) literals: Vec<String>,
}

/// Every file below `src` that is not for tests only.
pub(crate) fn all() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        let (code, literals) = blanked(&text);
        let path = path.strip_prefix(&root).unwrap().display().to_string();
        (Source { path, text, code: String::new(), literals }, code)
    };
    let mut of_tests = Vec::new();
    let mut sources: Vec<_> = paths.iter().map(read).collect();
    for (source, code) in &mut sources {
        let (kept, files) = without_tests(code);
        let folder = source.path.trim_end_matches(".rs").to_owned();
        of_tests.extend(files.iter().map(|name| format!("{folder}/{name}.rs")));
        source.code = kept;
    }
    let sources = sources.into_iter().map(|(source, _)| source);
    sources.filter(|source| !of_tests.contains(&source.path)).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            paths.push(path);
        }
    }
}

/// The code without comments, and its literals.
pub(crate) fn blanked(text: &str) -> (String, Vec<String>) {
    let (mut code, mut literals) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some((open, close)) = opening(rest, code.chars().last()) {
            let end = end_of(&rest[open..], &close, open > 1 || rest.starts_with('r'));
            code.extend(["\"", &literals.len().to_string(), "\""]);
            literals.push(rest[open..open + end].to_owned());
            open + end + close.len()
        } else if let Some(length) = character(rest) {
            code.push_str("' '");
            length
        } else {
            code.push(c);
            c.len_utf8()
        };
        rest = &rest[taken.min(rest.len())..];
    }
    (code, literals)
}

/// How long the opening of a string is, and how the string closes.
fn opening(rest: &str, before: Option<char>) -> Option<(usize, String)> {
    if rest.starts_with('"') {
        return Some((1, "\"".to_owned()));
    }
    if before.is_some_and(|c| c != 'b' && (c.is_alphanumeric() || c == '_')) {
        return None;
    }
    let hashes = rest.strip_prefix('r')?;
    let count = hashes.len() - hashes.trim_start_matches('#').len();
    let opened = hashes[count..].starts_with('"');
    opened.then(|| (count + 2, format!("\"{}", "#".repeat(count))))
}

fn end_of(text: &str, close: &str, raw: bool) -> usize {
    let mut from = 0;
    while let Some(at) = text[from..].find(close) {
        let escapes = text[..from + at].chars().rev().take_while(|c| *c == '\\').count();
        if raw || escapes % 2 == 0 {
            return from + at;
        }
        from += at + 1;
    }
    text.len()
}

/// The length of a character literal; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if let Some(escaped) = inner.strip_prefix('\\') {
        let first = escaped.chars().next()?.len_utf8();
        return Some(2 + first + escaped[first..].find('\'')? + 1);
    }
    let first = inner.chars().next()?.len_utf8();
    inner[first..].starts_with('\'').then_some(first + 2)
}

/// The code without its `#[cfg(test)]` items, and the names of the modules among them that are
/// files of their own.
fn without_tests(code: &str) -> (String, Vec<String>) {
    let (mut kept, mut files) = (String::new(), Vec::new());
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        kept.push_str(&rest[..at]);
        let item = &rest[at..];
        let end = item.find(['{', ';']).unwrap_or(item.len());
        if item[end..].starts_with(';') {
            files.extend(item[..end].split_once("mod ").map(|(_, name)| name.trim().to_owned()));
            rest = &item[end + 1..];
        } else {
            rest = &item[end + balanced(&item[end..], '{', '}')..];
        }
    }
    kept.push_str(rest);
    (kept, files)
}

/// The length of what stands between a bracket and its counterpart, both included.
pub(crate) fn balanced(text: &str, open: char, close: char) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        depth = if c == open { depth + 1 } else { depth - usize::from(c == close) };
        if depth == 0 {
            return at + c.len_utf8();
        }
    }
    text.len()
}

/// The literals inside the brackets of each call that the code makes of a name such as `.hint(`.
pub(crate) fn said<'a>(source: &'a Source, call: &'a str) -> Vec<Vec<&'a str>> {
    let brackets = source.code.match_indices(call).map(|(at, _)| {
        let inside = &source.code[at + call.len() - 1..];
        &inside[..balanced(inside, '(', ')')]
    });
    let numbers = |inside: &'a str| inside.split('"').skip(1).step_by(2);
    brackets.map(|inside| numbers(inside).map(|number| literal(source, number)).collect()).collect()
}

fn literal<'a>(source: &'a Source, number: &str) -> &'a str {
    &source.literals[number.parse::<usize>().unwrap()]
}
