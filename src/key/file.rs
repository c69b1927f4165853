//! The one way secrets reach a file: new, for the owner only, whole or not at all.
//!
//! Files that belong together, as the halves of a pair do, all arrive or none does.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::error::{Code, Error, Result};

/// A file to be written.
#[derive(Clone, Copy)]
pub struct Draft<'a> {
    /// Where.
    pub path: &'a Path,
    /// What it will hold.
    pub bytes: &'a [u8],
    /// Who may read it.
    pub access: Access,
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its owner (0600).
    Owner,
    /// Everybody, as far as the process's own mask allows (0644).
    Everybody,
}

/// What to do with a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Keep it, and write nothing.
    Keep,
    /// Put the new one in its place.
    Replace,
}

/// Writes all the drafts or, on any failure, none.
pub fn write(drafts: &[Draft<'_>], existing: Existing) -> Result<()> {
    if existing == Existing::Keep {
        check_free(drafts.iter().map(|draft| draft.path))?;
    }
    let prepared: Vec<_> = drafts.iter().map(prepare).collect::<Result<_>>()?;
    let mut placed = Vec::with_capacity(drafts.len());
    for (draft, temporary) in drafts.iter().zip(&prepared) {
        match place(draft.path, &temporary.0, existing) {
            Ok(before) => placed.push((draft.path, before)),
            Err(error) => {
                placed.into_iter().rev().for_each(|(path, before)| undo(path, before));
                return Err(told(draft.path, &error));
            }
        }
    }
    for draft in drafts {
        settle(draft.path);
    }
    Ok(())
}

/// Refuses if any of `paths` is there already: to be asked before a key takes long to make.
pub fn check_free<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<()> {
    match paths.into_iter().find(|path| path.symlink_metadata().is_ok()) {
        Some(path) => Err(told(path, &ErrorKind::AlreadyExists.into())),
        None => Ok(()),
    }
}

/// A path in a message.
pub fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.to_string_lossy().escape_debug())
}

/// A path that can be typed into a shell.
pub fn shell_word(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        return text.into_owned();
    }
    let dashed = if text.starts_with('-') { "./" } else { "" };
    format!("'{dashed}{}'", text.replace('\'', r"'\''"))
}

/// The permissions of a regular file, where there are such.
#[cfg(unix)]
pub(super) fn mode(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    metadata.is_file().then(|| metadata.permissions().mode() & 0o7777)
}

/// The permissions of a regular file, where there are such.
#[cfg(not(unix))]
pub(super) fn mode(_: &Metadata) -> Option<u32> {
    None
}

/// A file that is gone when this is, unless it was moved to its place.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The draft in a file beside its place, on the disk to the last byte.
fn prepare(draft: &Draft<'_>) -> Result<Temporary> {
    let failed = |error: io::Error| told(draft.path, &error);
    if draft.path.is_dir() {
        return Err(failed(ErrorKind::IsADirectory.into()));
    }
    let (temporary, mut file) = beside(draft.path, draft.access).map_err(failed)?;
    file.write_all(draft.bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(temporary)
}

fn beside(path: &Path, access: Access) -> io::Result<(Temporary, File)> {
    let mut attempt = 0_u32;
    loop {
        let temporary = sibling(path, attempt)?;
        match options(access).open(&temporary) {
            Ok(file) => return Ok((Temporary(temporary), file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && attempt < 1000 => {
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

fn sibling(path: &Path, attempt: u32) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(ErrorKind::InvalidFilename)?.to_string_lossy();
    Ok(path.with_file_name(format!(".{name}.{}-{attempt}", std::process::id())))
}

fn options(access: Access) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(if access == Access::Owner { 0o600 } else { 0o644 });
    }
    options
}

/// Moves `temporary` to `path` and gives back what was there before, under another name.
fn place(path: &Path, temporary: &Path, existing: Existing) -> io::Result<Option<Temporary>> {
    if existing == Existing::Keep {
        claim(path, temporary)?;
        return Ok(None);
    }
    let before = set_aside(path)?;
    fs::rename(temporary, path)?;
    Ok(before)
}

/// A link is made only where nothing is. Where the file system knows no links, an empty file
/// takes the place first.
fn claim(path: &Path, temporary: &Path) -> io::Result<()> {
    match fs::hard_link(temporary, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            OpenOptions::new().write(true).create_new(true).open(path)?;
            fs::rename(temporary, path).inspect_err(|_| drop(Temporary(path.to_owned())))
        }
        other => other,
    }
}

/// The file at `path` under a second name, from which it can be put back.
fn set_aside(path: &Path) -> io::Result<Option<Temporary>> {
    for attempt in 1000..2000 {
        let name = sibling(path, attempt)?;
        match fs::hard_link(path, &name) {
            Ok(()) => return Ok(Some(Temporary(name))),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(_) => {
                fs::copy(path, &name)?;
                return Ok(Some(Temporary(name)));
            }
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

fn undo(path: &Path, before: Option<Temporary>) {
    let _ = match before {
        Some(before) => fs::rename(&before.0, path),
        None => fs::remove_file(path),
    };
}

/// The name is on the disk too, where a folder can be synchronised.
fn settle(path: &Path) {
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn told(path: &Path, error: &io::Error) -> Error {
    let (file, folder) = (quoted(path), folder_of(path));
    let failed = |why: &str| Error::new(Code::Failed, format!("cannot write {file}: {why}"));
    match error.kind() {
        ErrorKind::AlreadyExists => {
            Error::new(Code::Exists, format!("{file} exists already and was not touched"))
                .hint("move it away first")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Error::new(Code::DiskFull, format!("cannot write {file}: the disk is full"))
        }
        ErrorKind::NotFound => failed(&format!("there is no folder {}", quoted(folder)))
            .hint(format!("mkdir -p {}", shell_word(folder))),
        ErrorKind::PermissionDenied => {
            failed(&format!("the folder {} may not be written to", quoted(folder)))
        }
        ErrorKind::ReadOnlyFilesystem => failed("the file system is read-only"),
        ErrorKind::IsADirectory => failed("a folder of that name is there"),
        kind => failed(&kind.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_replaced_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let (path, new) = (folder.path().join("key"), folder.path().join("new"));
        fs::write(&path, "old").unwrap();
        fs::write(&new, "new").unwrap();
        let before = place(&path, &new, Existing::Replace).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        undo(&path, before);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn each_failure_has_its_words() {
        for (kind, code, words) in [
            (ErrorKind::StorageFull, Code::DiskFull, "the disk is full"),
            (ErrorKind::QuotaExceeded, Code::DiskFull, "the disk is full"),
            (ErrorKind::AlreadyExists, Code::Exists, "exists already"),
            (ErrorKind::NotFound, Code::Failed, "there is no folder \"keys\""),
            (ErrorKind::PermissionDenied, Code::Failed, "the folder \"keys\" may not be"),
            (ErrorKind::ReadOnlyFilesystem, Code::Failed, "the file system is read-only"),
        ] {
            let error = told(Path::new("keys/jwt.pem"), &kind.into());
            assert_eq!(error.code(), code);
            assert!(error.to_string().contains("\"keys/jwt.pem\""), "{error}");
            assert!(error.to_string().contains(words), "{error}");
        }
    }

    #[test]
    fn a_path_can_be_typed() {
        for (path, word) in [
            ("keys/jwt-signing.pem", "keys/jwt-signing.pem"),
            ("my keys/a.pem", "'my keys/a.pem'"),
            ("it's", r"'it'\''s'"),
            ("-rf", "'./-rf'"),
        ] {
            assert_eq!(shell_word(Path::new(path)), word);
        }
    }
}
