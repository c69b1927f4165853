//! What a user may rely on of the settings: which file counts, which layer wins, the exact words
//! for what is refused, what is trusted to run a command, and what the table says.

#![expect(clippy::unwrap_used, reason = "what fails here is a failed test")]

mod layers;
mod refused;
mod table;
mod trust;

use std::fs;
use std::path::PathBuf;

use jot::error::{Code, Error};
use jot::settings::{Settings, Surroundings};

/// A folder with an own configuration folder beside the current one.
struct Place {
    root: tempfile::TempDir,
    env: Vec<(String, String)>,
}

impl Place {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["work/inner", "config/jot"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        Self { root, env: Vec::new() }
    }

    fn with(text: &str) -> Self {
        let place = Self::new();
        place.write("work/jot.toml", text);
        place
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(path), text).unwrap();
    }

    fn surroundings(&self) -> Surroundings {
        let config = Some(self.path("config"));
        Surroundings { env: self.env.clone(), cwd: self.path("work"), config }
    }

    fn load(&self) -> Result<Settings, Error> {
        Settings::load(None, &[], self.surroundings())
    }

    fn check(&self) -> Vec<Error> {
        Settings::check(None, &[], self.surroundings())
    }
}

fn said(error: &Error) -> (String, String) {
    assert_eq!(error.code(), Code::Settings, "{error}");
    (error.to_string(), error.hint_text().unwrap_or_default().to_owned())
}
