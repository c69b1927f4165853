//! `man/` and `completions/` are what jot prints now, and what help says is worth printing.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const REFRESH: &str = "stale: refresh it with these two commands, then look at the difference:\n  \
    rm -rf man && target/debug/jot man man\n  \
    for s in bash:jot.bash zsh:_jot fish:jot.fish elvish:jot.elv powershell:_jot.ps1; do \
    target/debug/jot completions ${s%%:*} > completions/${s#*:}; done\n";

const SHELLS: [(&str, &str); 5] = [
    ("bash", "jot.bash"),
    ("zsh", "_jot"),
    ("fish", "jot.fish"),
    ("elvish", "jot.elv"),
    ("powershell", "_jot.ps1"),
];

fn jot(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jot")).args(words).output().unwrap()
}

fn printed(words: &[&str]) -> String {
    let output = jot(words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn kept(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let read = |path: PathBuf| {
        (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
    };
    entries.map(|entry| read(entry.unwrap().path())).collect()
}

fn assert_same(kept: &BTreeMap<String, String>, now: &BTreeMap<String, String>) {
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(kept), names(now), "{REFRESH}");
    for (name, text) in now {
        assert!(kept[name] == *text, "{name} is {REFRESH}");
    }
}

#[test]
fn man_is_what_jot_man_writes() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("new/man");
    printed(&["man", made.to_str().unwrap()]);
    assert_same(&files(&kept("man")), &files(&made));
}

#[test]
fn completions_are_what_jot_completions_prints() {
    let now = SHELLS.map(|(shell, file)| (file.to_owned(), printed(&["completions", shell])));
    assert_same(&files(&kept("completions")), &BTreeMap::from(now));
}

/// The names and texts of the commands below one, from its help.
fn commands(above: &[&str]) -> Vec<(String, String)> {
    let help = printed(&[above, &["--help"]].concat());
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let rows = listed.take_while(|line| !line.is_empty()).map(|line| line.trim().split_once("  "));
    rows.map(|row| row.expect("a command with its text"))
        .map(|(name, about)| (name.to_owned(), about.trim().to_owned()))
        .collect()
}

#[test]
fn every_command_has_a_page_and_a_sentence_that_is_its_own() {
    let pages = files(&kept("man"));
    let mut count = 1;
    for (name, about) in commands(&[]) {
        let below = commands(&[&name]);
        count += 1 + below.len();
        let below = below.into_iter().map(|(sub, about)| (format!("{name} {sub}"), about));
        for (path, about) in std::iter::once((name.clone(), about)).chain(below) {
            let about = about.split(" [alias").next().unwrap();
            assert!(!about.contains(['.', '`']), "jot {path}: one sentence, without a stop");
            assert!(about.starts_with(char::is_uppercase), "jot {path}: {about}");
            let words: Vec<_> = path.split(' ').chain(["--help"]).collect();
            assert_eq!(printed(&words).lines().next(), Some(about), "jot {path} --help");
            let page = &pages[&format!("jot-{}.1", path.replace(' ', "-"))];
            let name =
                format!("jot\\-{} \\- {}", path.replace(' ', "\\-"), about.replace('\'', "\\*(Aq"));
            assert!(page.contains(&name), "jot {path}: the page has no {name}");
        }
    }
    assert_eq!(count, pages.len());
}

#[test]
fn a_page_has_what_a_reader_looks_for() {
    let pages = files(&kept("man"));
    let issue = &pages["jot-issue.1"];
    for section in ["NAME", "SYNOPSIS", "OPTIONS", "ALIASES", "EXAMPLES", "\"SEE ALSO\""] {
        assert!(issue.contains(&format!("\n.SH {section}\n")), "{section}");
    }
    assert!(pages["jot.1"].contains(".SH \"EXIT CODES\"\n"));
    assert!(pages.values().all(|page| page.contains(".TH JOT")));
}

/// What bash offers for a line, by its own completion.
fn offered(line: &str) -> Vec<String> {
    let words: Vec<_> = line.split(' ').collect();
    let script = format!(
        "source {}; COMP_WORDS=({}); COMP_CWORD={}; _jot jot '{}' '{}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        kept("completions/jot.bash").display(),
        words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        words.len() - 1,
        words.last().unwrap(),
        words[words.len() - 2],
    );
    let output = Command::new("bash").args(["--norc", "-c", &script]).output().unwrap();
    assert!(output.stderr.is_empty(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_flags_and_values() {
    assert!(offered("jot ").contains(&"issue".to_owned()));
    assert_eq!(offered("jot iss"), ["issue"]);
    assert_eq!(offered("jot mi"), ["mint"]);
    assert_eq!(offered("jot user a"), ["add"]);
    assert_eq!(offered("jot issue --au"), ["--aud"]);
    assert_eq!(offered("jot keygen --format pk"), ["pkcs8", "pkcs1"]);
    assert_eq!(offered("jot mint --type pa"), ["pair"]);
    assert_eq!(offered("jot completions z"), ["zsh"]);
}

#[test]
fn a_shell_that_is_unknown_and_a_folder_that_cannot_be_are_told() {
    assert_eq!(jot(&["completions", "tcsh"]).status.code(), Some(2));
    let output = jot(&["man", "/dev/null/pages"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("\"/dev/null/pages\""));
}

#[test]
fn the_readme_holds_the_reference_of_settings() {
    let readme = fs::read_to_string(kept("README.md")).unwrap();
    let reference = printed(&["settings", "reference"]).replace("## ", "### ");
    for section in reference.trim().split("\n\n") {
        assert!(readme.contains(section), "README.md lacks or has otherwise:\n{section}");
    }
}

#[test]
fn the_readme_holds_the_table_of_findings() {
    let readme = fs::read_to_string(kept("README.md")).unwrap();
    let table = printed(&["doctor", "--explain"]);
    assert!(readme.contains(&table), "README.md lacks or has otherwise:\n{table}");
}
