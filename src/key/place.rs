//! Where the keys of a ring lie: a folder, a text someone else read, or what a command prints.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use super::read::{self, LIMIT};
use super::ring::{Entry, Times};
use super::{Key, KeySet, Part, TooOpen, Wanted, file, read_file, unfit, unreadable};
use crate::error::{Code, Error, Result};

/// The endings of a private key's file.
const ENDINGS: [&str; 4] = ["pem", "jwk", "key", "der"];

/// A place for keys.
pub enum Place {
    /// A folder with NAME.pem, .jwk, .key or .der and perhaps NAME.pub beside it.
    Folder {
        /// The folder.
        path: PathBuf,
        /// The name of the key.
        name: String,
    },
    /// The value of an environment variable, which the settings have read.
    Text {
        /// What it is, for messages: "the environment variable `JOT_KEY`".
        what: String,
        /// The key.
        text: Zeroizing<String>,
    },
    /// A command that prints the key.
    Command {
        /// The program and its arguments; no shell is involved.
        argv: Vec<String>,
        /// The folder it runs in, that of whoever approved it: not the one that jot happens to be
        /// called from, where a program of the same name may lie.
        folder: PathBuf,
    },
}

impl Place {
    /// The keys that are there.
    pub(super) fn read(
        &self,
        wanted: &Wanted<'_>,
        open: TooOpen,
        part: Part,
    ) -> Result<Vec<Entry>> {
        match self {
            Self::Folder { path, name } => of_folder(path, name, wanted, (open, part)),
            Self::Text { what, text } if text.trim().is_empty() => {
                Err(Error::new(Code::KeyMissing, format!("{what} is not set or empty")))
            }
            Self::Text { what, text } => of_text(text.as_bytes(), what, wanted),
            Self::Command { argv, folder } => {
                let origin = command_name(argv);
                of_text(&printed(argv, folder, &origin)?, &origin, wanted)
            }
        }
    }

    /// Where a private key was looked for.
    pub(super) fn whereabouts(&self) -> String {
        match self {
            Self::Folder { path, name } => {
                format!("{} was not found in {}", missing(name), file::quoted(path))
            }
            Self::Text { what, .. } => format!("{what} holds only a public one"),
            Self::Command { argv, .. } => {
                format!("{} printed only a public one", command_name(argv))
            }
        }
    }
}

/// Also where that cannot be known: reading it then says why.
fn is_there(path: &Path) -> bool {
    !matches!(path.try_exists(), Ok(false))
}

fn missing(name: &str) -> String {
    format!("{}.pem", name.escape_debug())
}

fn of_folder(
    path: &Path,
    name: &str,
    wanted: &Wanted<'_>,
    (open, part): (TooOpen, Part),
) -> Result<Vec<Entry>> {
    let named = |ending: &str| path.join(format!("{name}.{ending}"));
    let found: Vec<_> =
        ENDINGS.iter().map(|ending| named(ending)).filter(|path| is_there(path)).collect();
    let public = Some(named("pub")).filter(|path| is_there(path));
    let private = match found.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        [one, other, ..] => {
            let (one, other) = (file::quoted(one), file::quoted(other));
            return Err(unfit(format!("{one} and {other} both claim to be the private key"))
                .hint("keep one of them there"));
        }
    };
    let Some(private) = private else {
        let Some(public) = public else {
            let (folder, expected) = (file::quoted(path), missing(name));
            let sentence = format!("there is no key in {folder}: expected {expected}");
            return Err(Error::new(Code::KeyMissing, sentence).hint("jot keygen"));
        };
        return only_public(public, None, wanted, open);
    };
    if let (Part::Public, Some(public)) = (part, &public) {
        // Who only verifies never has the private key in memory, nor is asked for its passphrase.
        if let Ok(metadata) = private.metadata() {
            read::check_open(&private, &metadata, open)?;
        }
        return only_public(public.clone(), Some(private), wanted, open);
    }
    let key = private_half(&private, wanted, open)?;
    if let Some(public) = &public {
        let other = public_half(public, &Wanted { algs: &[key.alg()], ..*wanted });
        if other?.thumbprint() != key.thumbprint() {
            let (one, other) = (file::quoted(&private), file::quoted(public));
            return Err(unfit(format!("{one} and {other} are not halves of one pair")).hint(
                format!(
                    "make the public half anew: rm {public} && jot key export {private} --format pem --out {public}",
                    public = file::shell_word(public),
                    private = file::shell_word(&private),
                ),
            ));
        }
    }
    Ok(vec![Entry { key, times: Times::default(), private: Some(private), public }])
}

fn only_public(
    public: PathBuf,
    private: Option<PathBuf>,
    wanted: &Wanted<'_>,
    open: TooOpen,
) -> Result<Vec<Entry>> {
    if let Ok(metadata) = public.metadata() {
        read::check_everybodys(&public, &metadata, open)?;
    }
    let key = public_half(&public, wanted)?;
    Ok(vec![Entry { key, times: Times::default(), private, public: Some(public) }])
}

fn private_half(path: &Path, wanted: &Wanted<'_>, open: TooOpen) -> Result<Key> {
    let key = one(read_file(path, wanted, open)?, path)?;
    if key.is_private() {
        return Ok(key);
    }
    let (path, what) = (file::quoted(path), key.description());
    Err(unfit(format!("{path}: this is {what}; the private half is expected there"))
        .hint("name the file of a public key NAME.pub"))
}

/// Whoever may read it may have it, so that its permissions do not matter.
fn public_half(path: &Path, wanted: &Wanted<'_>) -> Result<Key> {
    let key = one(read_file(path, wanted, TooOpen::Accept)?, path)?;
    if !key.is_secret() {
        return Ok(key);
    }
    let (path, what) = (file::quoted(path), key.description());
    Err(unfit(format!("{path}: this is {what}; the public half is expected there")))
}

fn one(set: KeySet, path: &Path) -> Result<Key> {
    let count = set.keys.len();
    match set.keys.into_iter().next() {
        Some(key) if count == 1 => Ok(key),
        _ => {
            let path = file::quoted(path);
            Err(unfit(format!("{path}: there are {count} keys; exactly one is expected")))
        }
    }
}

fn of_text(bytes: &[u8], origin: &str, wanted: &Wanted<'_>) -> Result<Vec<Entry>> {
    let set = read::read(bytes, origin, wanted)?;
    let count = set.keys.iter().filter(|key| key.is_private()).count();
    if count > 1 {
        let sentence = format!("{origin}: there are {count} private keys; one is expected");
        return Err(unfit(sentence));
    }
    let times = Times::default();
    Ok(set.keys.into_iter().map(|key| Entry { key, times, private: None, public: None }).collect())
}

/// The arguments may hold what is nobody's business.
fn command_name(argv: &[String]) -> String {
    let program = argv.first().map(String::as_str).unwrap_or_default();
    format!("the key command \"{}\"", program.escape_debug())
}

fn printed(argv: &[String], folder: &Path, origin: &str) -> Result<Zeroizing<Vec<u8>>> {
    let failed = |why: String| unreadable(format!("{origin} {why}"));
    let [program, arguments @ ..] = argv else { return Err(failed("is empty".to_owned())) };
    let cannot = |error: std::io::Error| failed(format!("cannot be run: {}", error.kind()));
    // A bare name is looked for in PATH.
    let program = if program.contains('/') { folder.join(program) } else { PathBuf::from(program) };
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let bytes = child.stdout.take().map(read::bounded).transpose().map_err(cannot)?;
    let bytes = bytes.unwrap_or_default();
    if bytes.len() > LIMIT {
        let _ = child.kill();
    }
    let status = child.wait().map_err(cannot)?;
    if bytes.len() <= LIMIT && !status.success() {
        return Err(failed(format!("failed ({status})")));
    }
    if bytes.trim_ascii().is_empty() {
        return Err(failed("printed nothing".to_owned()));
    }
    Ok(bytes)
}
