//! The settings file: which one it is, its text, and the value and line of every key in it.

use std::fs;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Code, Error, Result};
use crate::json::Json;
use crate::settings::table::{Spec, Value};
use crate::settings::{Surroundings, merge, near, position, value};

const MAX_LENGTH: u64 = 1 << 20;
const MAX_PROBLEMS: usize = 100;

/// A settings file as it was read.
#[derive(Clone)]
pub(super) struct Document {
    pub(super) path: PathBuf,
    pub(super) text: String,
    /// Named by `--settings` or `JOT_SETTINGS`, not merely found.
    pub(super) named: bool,
    /// The path as messages say it: short where it lies below the current folder.
    pub(super) shown: String,
    pub(super) mode: u32,
}

impl Document {
    /// The folder that relative paths in it start from.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }
}

/// The path of the settings file and whether it was named: `--settings`, else `JOT_SETTINGS`, else
/// the nearest `jot.toml` upward, else the one in the user's configuration folder.
pub(super) fn find(flag: Option<&Path>, surroundings: &Surroundings) -> Option<(PathBuf, bool)> {
    let variable =
        || surroundings.variable("JOT_SETTINGS").filter(|v| !v.is_empty()).map(Path::new);
    if let Some(named) = flag.or_else(variable) {
        return Some((surroundings.cwd.join(named), true));
    }
    let upward = surroundings.cwd.ancestors().map(|folder| folder.join("jot.toml"));
    let own = surroundings.folder().map(|folder| folder.join("jot.toml"));
    // Whatever stands there is meant, even if it then cannot be read.
    let stands = |path: &PathBuf| match fs::symlink_metadata(path) {
        Ok(_) => true,
        Err(error) => error.kind() == ErrorKind::PermissionDenied,
    };
    upward.chain(own).find(stands).map(|path| (path, false))
}

/// Whether everybody can put files into a folder, as into /tmp.
fn is_everybodys(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|facts| facts.permissions().mode() & 0o002 != 0)
}

/// Reads a settings file.
pub(super) fn read(path: PathBuf, named: bool, cwd: &Path) -> Result<Document> {
    let below = path.strip_prefix(cwd).ok().filter(|path| !path.as_os_str().is_empty());
    let shown = below.unwrap_or(&path).display().to_string();
    let wrong = |why: &str| Error::new(Code::Settings, format!("settings file \"{shown}\": {why}"));
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => wrong("there is no such file"),
        _ => wrong(&format!("cannot be read: {error}")),
    };
    // Asked before it is opened: a pipe without a writer would never open.
    if !fs::metadata(&path).map_err(unreadable)?.is_file() {
        return Err(wrong("is not a file"));
    }
    if !named && path.parent().is_some_and(is_everybodys) {
        return Err(wrong("lies in a folder that everybody can write to, it may be anybody's")
            .hint("name it with --settings if it is yours"));
    }
    let file = fs::File::open(&path).map_err(unreadable)?;
    let facts = file.metadata().map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(MAX_LENGTH + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_LENGTH {
        return Err(wrong("is larger than 1 MiB"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = String::from_utf8_lossy(before).matches('\n').count() + 1;
        Error::new(Code::Settings, format!("{shown}:{line}: not UTF-8"))
    })?;
    Ok(Document { path, text, named, shown, mode: facts.permissions().mode() })
}

/// Every value of the file, with the position of its row in the table and its line.
pub(super) fn values(document: &Document, problems: &mut Vec<Error>) -> Vec<(usize, Value, usize)> {
    let mut values = Vec::new();
    let (table, errors) = DeTable::parse_recoverable(&document.text);
    let lines = Lines::of(&document.text);
    let place = |offset: usize| format!("{}:{}", document.shown, lines.at(offset));
    if !errors.is_empty() {
        let said = errors.iter().take(MAX_PROBLEMS).map(|error| syntax(document, error, &place));
        problems.extend(said);
        return values;
    }
    for (key, content) in in_order(table.get_ref()) {
        let section = key.get_ref().as_ref();
        let known = super::SECTIONS.iter().any(|(known, ..)| *known == section);
        match content.get_ref() {
            DeValue::Table(entries) if known => {
                for (key, content) in in_order(entries) {
                    let offset = key.span().start;
                    match setting(document, &format!("{section}.{}", key.get_ref()), content) {
                        Ok((index, value)) => values.push((index, value, lines.at(offset))),
                        Err(problem) => problems.push(problem.tell(&place, offset)),
                    }
                    if problems.len() >= MAX_PROBLEMS {
                        return values;
                    }
                }
            }
            DeValue::Table(_) => {
                problems.push(near::unknown_section(&place(key.span().start), section));
            }
            _ => problems.push(near::unknown_key(&place(key.span().start), section)),
        }
        if problems.len() >= MAX_PROBLEMS {
            return values;
        }
    }
    values
}

/// A TOML value as JSON, its members in the order of the file.
pub(super) fn json(value: &DeValue<'_>) -> std::result::Result<Json, &'static str> {
    Ok(match value {
        DeValue::String(text) => Json::string(text.as_ref()),
        DeValue::Boolean(flag) => Json::Bool(*flag),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
            .map(Json::integer)
            .map_err(|_| "a whole number of more than 64 bits")?,
        DeValue::Float(float) => {
            let number = float.as_str().parse().ok().and_then(serde_json::Number::from_f64);
            Json::Number(number.ok_or("a number that JSON does not have")?.to_string())
        }
        DeValue::Datetime(_) => return Err("a date without quotes, expected a text"),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| json(item.get_ref()));
            Json::Array(items.collect::<std::result::Result<_, _>>()?)
        }
        DeValue::Table(table) => {
            let mut members = Vec::with_capacity(table.len());
            for (key, value) in in_order(table) {
                members.push((key.get_ref().clone().into_owned(), json(value.get_ref())?));
            }
            Json::Object(members)
        }
    })
}

/// What is wrong with a key of the file.
enum Wrong {
    Unknown(String),
    Unfit { spec: &'static Spec, fault: value::Fault, entry: Option<usize> },
}

impl Wrong {
    fn tell(self, place: &dyn Fn(usize) -> String, key: usize) -> Error {
        match self {
            Self::Unknown(name) => near::unknown_key(&place(key), &name),
            Self::Unfit { spec, fault, entry } => {
                merge::problem(Code::Settings, &place(entry.unwrap_or(key)), spec, fault)
            }
        }
    }
}

/// One setting of the file: the position of its row, and its value.
fn setting(
    document: &Document,
    name: &str,
    content: &Spanned<DeValue<'_>>,
) -> std::result::Result<(usize, Value), Wrong> {
    let (index, spec) = position(name).ok_or_else(|| Wrong::Unknown(name.to_owned()))?;
    let unfit = |fault: value::Fault| {
        let entry = fault.entry.as_deref().and_then(|entry| offset_of(content, entry));
        Wrong::Unfit { spec, fault, entry }
    };
    let json = json(content.get_ref()).map_err(|why| unfit(value::Fault::new(why)))?;
    let value = value::check(spec, &json, document.folder()).map_err(unfit)?;
    let mode = document.mode & 0o777;
    if spec.secret && value != Value::Unset && mode & 0o077 != 0 {
        let said = format!("others can read this secret, mode {mode:04o}, expected 0600");
        let hint = format!("chmod 600 {}", quoted(&document.shown));
        return Err(unfit(value::Fault::new(said).hint(hint)));
    }
    Ok((index, value))
}

fn syntax(document: &Document, error: &toml::de::Error, place: &dyn Fn(usize) -> String) -> Error {
    let span = error.span().unwrap_or(0..0);
    let here = place(span.start);
    let what = match (error.message(), document.text.get(span)) {
        ("duplicate key", Some(key)) => format!("duplicate key \"{}\"", key.escape_debug()),
        (message, _) => format!("not TOML: {message}"),
    };
    Error::new(Code::Settings, format!("{here}: {what}"))
}

fn offset_of(content: &Spanned<DeValue<'_>>, entry: &str) -> Option<usize> {
    let table = content.get_ref().as_table()?;
    table.iter().find(|(key, _)| key.get_ref() == entry).map(|(key, _)| key.span().start)
}

fn in_order<'a, 'i>(
    table: &'a DeTable<'i>,
) -> Vec<(&'a Spanned<std::borrow::Cow<'i, str>>, &'a Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// A path as a shell reads it.
pub(super) fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@%".contains(c);
    if path.chars().all(plain) && !path.starts_with('-') {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}

/// Where each line begins.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(offset, _)| offset + 1).collect())
    }

    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|begin| *begin <= offset) + 1
    }
}
