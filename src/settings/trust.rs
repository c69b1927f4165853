//! Whether a settings file may make jot run something.
//!
//! A file that was merely found (in a cloned repository, in a shared folder) may not, until its
//! user approved it. An approval names the path and the SHA-256 of the content: any change voids
//! it. Approvals are lines `SHA256  PATH` in `jot/trusted` in the user's configuration folder.

use std::fmt::Write as _;
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;

use crate::error::{Code, Error, Result};
use crate::settings::Surroundings;
use crate::settings::file::{self, Document};

/// Approves a settings file as it is now, and says where that is noted.
pub fn trust(path: &Path, surroundings: &Surroundings) -> Result<PathBuf> {
    let document = file::read(surroundings.cwd.join(path), true, &surroundings.cwd)?;
    let path = canonical(&document.path)?;
    let Some(folder) = surroundings.folder() else {
        return Err(Error::new(Code::Settings, "there is no configuration folder to note it in")
            .hint("set HOME or XDG_CONFIG_HOME"));
    };
    let approvals = folder.join("trusted");
    let failed = |error: std::io::Error| {
        let said = format!("cannot write \"{}\": {error}", approvals.display());
        Error::new(Code::Settings, said)
    };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(failed)?;
    let mut lines: Vec<String> = match fs::read_to_string(&approvals) {
        Ok(text) => text.lines().map(str::to_owned).collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(failed(error)),
    };
    lines.retain(|line| line.get(66..) != Some(path.as_str()));
    lines.push(line(&document, &path));
    // Written beside and renamed: whoever reads it meanwhile sees the old list or the new one.
    let fresh = folder.join(format!("trusted.{}", std::process::id()));
    let _ = fs::remove_file(&fresh);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&fresh)
        .map_err(failed)?;
    let written = file.write_all((lines.join("\n") + "\n").as_bytes());
    written.and_then(|()| fs::rename(&fresh, &approvals)).map_err(failed)?;
    Ok(approvals)
}

/// Refuses a file whose commands nobody approved.
pub(super) fn check(document: &Document, name: &str, surroundings: &Surroundings) -> Result<()> {
    let Some(folder) = surroundings.folder() else {
        return if document.named { Ok(()) } else { Err(untrusted(document, name)) };
    };
    // What others can write is not the user's own, wherever it lies.
    let own = document.mode & 0o022 == 0 && lies_in(document.folder(), &folder);
    if document.named || own {
        return Ok(());
    }
    let approvals = folder.join("trusted");
    let text = fs::read_to_string(&approvals).unwrap_or_default();
    let path = canonical(&document.path)?;
    let wanted = line(document, &path);
    if !text.lines().any(|line| line == wanted) {
        let known =
            text.lines().any(|line| line.split_once("  ").is_some_and(|(_, of)| of == path));
        return Err(if known { changed(document, name) } else { untrusted(document, name) });
    }
    let open = fs::metadata(&approvals).map_or(0o777, |facts| facts.permissions().mode()) & 0o022;
    if open != 0 {
        let said = format!("others can write the approvals in \"{}\"", approvals.display());
        return Err(Error::new(Code::SettingsUntrusted, said)
            .hint(format!("chmod 600 {}", file::quoted(&approvals.display().to_string()))));
    }
    Ok(())
}

fn untrusted(document: &Document, name: &str) -> Error {
    let said = format!("{}: {name} names a command and the file is not trusted", document.shown);
    Error::new(Code::SettingsUntrusted, said).hint("jot settings trust")
}

/// The file was approved, as it was then.
fn changed(document: &Document, name: &str) -> Error {
    let shown = &document.shown;
    let said =
        format!("{shown}: {name} names a command and the file has changed since it was trusted");
    Error::new(Code::SettingsUntrusted, said).hint("jot settings trust")
}

fn line(document: &Document, path: &str) -> String {
    let digest = digest::digest(&digest::SHA256, document.text.as_bytes());
    let mut line = String::with_capacity(66 + path.len());
    for byte in digest.as_ref() {
        // Writing to a String cannot fail.
        let _ = write!(line, "{byte:02x}");
    }
    line + "  " + path
}

/// Both are resolved, so that a link does not make a foreign folder the user's own.
fn lies_in(folder: &Path, own: &Path) -> bool {
    match (folder.canonicalize(), own.canonicalize()) {
        (Ok(folder), Ok(own)) => folder.starts_with(own),
        _ => false,
    }
}

/// The path without links, if it fits on a line.
fn canonical(path: &Path) -> Result<String> {
    let wrong = |why: &str| {
        Error::new(
            Code::SettingsUntrusted,
            format!("\"{}\" cannot be approved: {why}", path.display()),
        )
    };
    let path = path.canonicalize().map_err(|error| wrong(&error.to_string()))?;
    match path.to_str() {
        Some(path) if !path.contains(['\n', '\r']) => Ok(path.to_owned()),
        _ => Err(wrong("its path is not one line of UTF-8")),
    }
}
