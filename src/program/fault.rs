//! Whether a command could be started, seen before it has to be.

use std::path::Path;

use rustix::fs::{Access, access};

use super::Program;

/// Where programs are looked for by a command that has no PATH.
const PATH: &str = "/bin:/usr/bin";

impl Program {
    /// Why it cannot be started, if that can be seen: what its file needs is not looked at.
    pub fn fault(&self) -> Option<&'static str> {
        let name = self.argv.first().map(String::as_str).unwrap_or_default();
        if name.contains('/') {
            let file = self.folder.join(name);
            return match (file.is_file(), is_executable(&file)) {
                (false, _) => Some("does not exist"),
                (true, false) => Some("is not executable"),
                (true, true) => None,
            };
        }
        let known = self.environment.iter().find(|(variable, _)| variable == "PATH");
        let path = known.map_or(PATH, |(_, folders)| folders);
        let file = |folder: &str| self.folder.join(folder).join(name);
        let found = path.split(':').map(file).any(|file| is_executable(&file));
        if found { None } else { Some("is not in PATH") }
    }
}

fn is_executable(file: &Path) -> bool {
    file.is_file() && access(file, Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_looked_for_where_it_would_be_started_from() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        let tool = folder.path().join("bin/tool");
        fs::write(&tool, "").unwrap();
        fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.path().join("bin/text"), "").unwrap();
        let fault = |name: &str, path: Option<&str>| {
            let environment = path.map(|path| ("PATH".to_owned(), path.to_owned()));
            let environment = environment.into_iter().collect();
            let argv = vec![name.to_owned()];
            Program { argv, folder: folder.path().to_owned(), environment }.fault()
        };
        assert_eq!(fault("bin/tool", None), None);
        assert_eq!(fault(tool.to_str().unwrap(), None), None);
        assert_eq!(fault("./bin/text", None), Some("is not executable"));
        assert_eq!(fault("./tool", Some("bin")), Some("does not exist"));
        assert_eq!(fault("./bin", None), Some("does not exist"));
        assert_eq!(fault("tool", Some("/none:bin")), None);
        assert_eq!(fault("text", Some("bin")), Some("is not in PATH"));
        assert_eq!(fault("tool", None), Some("is not in PATH"));
        assert_eq!(fault("sh", None), None);
    }
}
