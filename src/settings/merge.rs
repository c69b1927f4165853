//! The one merge: default, then file, then environment, then command line, for every row alike.

use std::path::Path;

use crate::error::{Code, Error};
use crate::settings::file::{self, Document};
use crate::settings::table::{Spec, Value};
use crate::settings::{
    Claims, Cookies, Events, Given, Hooks, Keys, Ninja, Password, Refresh, Server, Settings,
    Source, Store, Surroundings, Throttle, Token, contradiction, near, position, specs,
    unknown_setting, value, variable,
};

/// The settings and what is wrong with them. They are made even from what has problems, so that
/// contradictions show too.
pub(super) fn assemble(
    named: Option<&Path>,
    flags: &[(&str, &str)],
    surroundings: Surroundings,
) -> (Option<Settings>, Vec<Error>) {
    let mut problems = Vec::new();
    let found = file::find(named, &surroundings);
    let document = found.and_then(|(path, named)| {
        file::read(path, named, &surroundings.cwd).map_err(|error| problems.push(error)).ok()
    });
    let base = document.as_ref().map_or(surroundings.cwd.as_path(), Document::folder);
    let mut given = Vec::with_capacity(96);
    for spec in specs() {
        let value = value::from_text(spec, spec.default, base).unwrap_or_else(|fault| {
            problems.push(problem(Code::Failed, "default", spec, fault));
            Value::Unset
        });
        given.push(Given { value, source: Source::Default });
    }
    if let Some(document) = &document {
        for (index, value, line) in file::values(document, &mut problems) {
            given[index] = Given { value, source: Source::File(document.path.clone(), line) };
        }
    }
    from_environment(&surroundings, &mut given, &mut problems);
    from_flags(flags, &surroundings.cwd, &mut given, &mut problems);
    let settings = fill(given, document, surroundings);
    if let Some(settings) = &settings {
        contradiction::find(settings, &mut problems);
    }
    (settings, problems)
}

fn from_environment(surroundings: &Surroundings, given: &mut [Given], problems: &mut Vec<Error>) {
    let ours = |(name, _): &&(String, String)| name.starts_with("JOT_");
    for (name, text) in surroundings.env.iter().filter(ours) {
        let wanted = name["JOT_".len()..].replacen("__", ".", 1).to_ascii_lowercase();
        let found = position(&wanted).filter(|(_, spec)| variable(spec) == *name);
        let Some((index, spec)) = found else {
            // Without the two underscores it may be anybody's, unless it reads like one of ours.
            let single = wanted.replacen('_', ".", 1);
            if wanted.contains('.') || position(&single).is_some() {
                let error = Error::new(Code::Settings, format!("{name}: unknown setting"));
                let meant = near::setting(if wanted.contains('.') { &wanted } else { &single });
                problems.push(match meant {
                    Some(spec) => error.hint(format!("did you mean {}?", variable(spec))),
                    None => error.hint("unset it"),
                });
            }
            continue;
        };
        match value::from_text(spec, text, &surroundings.cwd) {
            Ok(value) => given[index] = Given { value, source: Source::Environment(name.clone()) },
            Err(fault) => problems.push(problem(Code::Settings, name, spec, fault)),
        }
    }
}

fn from_flags(flags: &[(&str, &str)], cwd: &Path, given: &mut [Given], problems: &mut Vec<Error>) {
    for (name, text) in flags {
        match position(name) {
            Some((index, spec)) => match value::from_text(spec, text, cwd) {
                Ok(value) => given[index] = Given { value, source: Source::Flag },
                Err(fault) => problems.push(problem(Code::Usage, "command line", spec, fault)),
            },
            None => problems.push(unknown_setting(name)),
        }
    }
}

fn fill(
    given: Vec<Given>,
    document: Option<Document>,
    surroundings: Surroundings,
) -> Option<Settings> {
    let rows = &mut specs().zip(given.iter().map(|given| given.value.clone()));
    Some(Settings {
        token: Token::take(rows)?,
        refresh: Refresh::take(rows)?,
        keys: Keys::take(rows)?,
        store: Store::take(rows)?,
        claims: Claims::take(rows)?,
        ninja: Ninja::take(rows)?,
        password: Password::take(rows)?,
        throttle: Throttle::take(rows)?,
        cookies: Cookies::take(rows)?,
        server: Server::take(rows)?,
        events: Events::take(rows)?,
        hooks: Hooks::take(rows)?,
        given,
        document,
        surroundings,
    })
}

pub(super) fn problem(code: Code, place: &str, spec: &Spec, fault: value::Fault) -> Error {
    let entry = fault.entry.map(|entry| format!(".{}", entry.escape_debug())).unwrap_or_default();
    let error = Error::new(code, format!("{place}: {}{entry}: {}", spec.name, fault.message));
    match fault.hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
