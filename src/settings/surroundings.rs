//! What jot takes from the process that started it: its environment, its current folder and the
//! user's configuration folder. Tests make their own.

use std::fmt;
use std::path::PathBuf;

use crate::error::{Code, Error, Result};

/// The environment variables and folders that settings are looked for in.
#[derive(Clone, Default)]
pub struct Surroundings {
    /// Every environment variable that is UTF-8.
    pub env: Vec<(String, String)>,
    /// The current folder.
    pub cwd: PathBuf,
    /// The user's configuration folder, `~/.config` as a rule.
    pub config: Option<PathBuf>,
}

impl Surroundings {
    /// Those of this process. The only reader of the process's environment.
    pub fn of_the_process() -> Result<Self> {
        let mut env = Vec::new();
        for (name, value) in std::env::vars_os() {
            match (name.into_string(), value.into_string()) {
                (Ok(name), Ok(value)) => env.push((name, value)),
                (Ok(name), Err(_)) if name.starts_with("JOT_") => {
                    return Err(Error::new(Code::Settings, format!("{name}: not UTF-8")));
                }
                _ => {}
            }
        }
        // Without a current folder (it may have been removed) relative paths stay relative.
        let cwd = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        Ok(Self { env, cwd, config: None }.with_config())
    }

    /// An environment variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.env.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// jot's own folder in the user's configuration folder.
    pub fn folder(&self) -> Option<PathBuf> {
        self.config.as_ref().map(|config| config.join("jot"))
    }

    /// The configuration folder that the environment names; a relative one is ignored, as the XDG
    /// base directory specification asks.
    #[must_use]
    pub fn with_config(mut self) -> Self {
        let absolute =
            |name| self.variable(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
        self.config =
            absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")));
        self
    }
}

/// Variables may hold keys: their names and values are not told.
impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings").field("cwd", &self.cwd).finish_non_exhaustive()
    }
}
