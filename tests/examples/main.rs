//! Every example of every help text is typed into a shell, as a new user would, and works.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "a shell needs the path of who runs the tests")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

/// A folder after the first steps, with what the examples call by name.
struct Prepared {
    folder: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

static PREPARED: LazyLock<Prepared> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let run = |line: &str| text(&expect(&shell(folder.path(), &[], line), line).stdout);
    run("jot keygen");
    run("echo 'correct horse battery' | jot user add alice --password-stdin");
    let json = |line: &str| serde_json::from_str::<Value>(&run(line)).unwrap();
    let pair = json("jot issue --user alice --type pair");
    let lone = json("jot issue --user alice --json");
    let key = json("jot key list --json");
    let session = json("jot session --json");
    let member = |of: &Value, name: &str| of[name].as_str().unwrap().to_owned();
    let variables = vec![
        ("TOKEN", member(&lone, "token")),
        ("JTI", member(&lone, "jti")),
        ("REFRESH", member(&pair, "refresh")),
        ("ACCESS", member(&pair, "access")),
        ("KID", member(&key, "kid")),
        ("SID", member(&session, "sid")),
    ];
    Prepared { folder, variables }
});

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A line in the shell of a new user, who has jot on the path and nothing set. The server's
/// usual port may be taken here.
fn command(folder: &Path, variables: &[(&str, String)], line: &str) -> Command {
    let jot = Path::new(env!("CARGO_BIN_EXE_jot")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut command = Command::new("sh");
    command
        .args(["-c", line])
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:{path}", jot.display()))
        .env("HOME", folder)
        .env("JOT_SERVER__LISTEN", "127.0.0.1:0")
        .envs(variables.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn shell(folder: &Path, variables: &[(&str, String)], line: &str) -> Output {
    command(folder, variables, line).output().unwrap()
}

fn expect<'a>(output: &'a Output, line: &str) -> &'a Output {
    let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "$ {line}\n{told}{}", output.status);
    output
}

/// Runs an example to its end; a server has none, so it is asked to stop as soon as it listens.
fn play(folder: &Path, variables: &[(&str, String)], line: &str) -> String {
    if !line.starts_with("jot serve") || line.contains("--check") {
        return text(&expect(&shell(folder, variables, line), line).stdout);
    }
    let mut server = command(folder, variables, &format!("exec {line}")).spawn().unwrap();
    let mut stderr = BufReader::new(server.stderr.take().unwrap());
    let mut told = String::new();
    stderr.read_line(&mut told).unwrap();
    let asked = shell(folder, &[], &format!("kill -TERM {}", server.id()));
    stderr.read_to_string(&mut told).unwrap();
    assert!(told.starts_with("listening on http://127.0.0.1:"), "$ {line}\n{told}");
    assert!(asked.status.success() && server.wait().unwrap().success(), "$ {line}\n{told}");
    told
}

fn help(words: &[&str]) -> String {
    let line = format!("jot {} --help", words.join(" "));
    text(&expect(&shell(Path::new("/"), &[], &line), &line).stdout)
}

fn commands(help: &str) -> Vec<String> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let rows = listed.take_while(|line| !line.is_empty());
    rows.map(|row| row.split_whitespace().next().unwrap().to_owned()).collect()
}

fn examples(help: &str) -> Vec<String> {
    help.lines().filter_map(|line| line.strip_prefix("  $ ")).map(str::to_owned).collect()
}

/// A copy of the prepared folder, modes kept.
fn fresh() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("place");
    let from = PREPARED.folder.path().display();
    let line = format!("cp -Rp '{from}' '{}'", place.display());
    expect(&shell(Path::new("/"), &[], &line), &line);
    (folder, place)
}

/// Plays the examples of one command and of those below it, in their order.
fn play_all(name: &str) {
    let own = help(&[name]);
    let (_folder, place) = fresh();
    assert!(own.contains("\nExamples:\n  $ "), "jot {name} --help has no examples");
    let below = commands(&own).into_iter().flat_map(|below| examples(&help(&[name, &below])));
    let played: Vec<_> = examples(&own).into_iter().chain(below).collect();
    assert!(played.iter().any(|line| line.contains(&format!("jot {name}"))), "{played:?}");
    for line in played {
        play(&place, &PREPARED.variables, &line);
    }
}

#[test]
fn every_command_has_examples_and_they_work() {
    let all = commands(&help(&[]));
    assert!(all.len() >= 16, "{all:?}");
    std::thread::scope(|scope| {
        for half in all.chunks(all.len().div_ceil(2)) {
            scope.spawn(|| half.iter().for_each(|name| play_all(name)));
        }
    });
}

#[test]
fn the_first_steps_work_in_an_empty_folder() {
    let steps = examples(&help(&[]));
    assert_eq!(steps.len(), 5);
    let folder = tempfile::tempdir().unwrap();
    let (mut token, mut jti) = (String::new(), String::new());
    for step in steps {
        let line = step.replace("<token>", &token).replace("<jti>", &jti);
        let told = play(folder.path(), &[], &line);
        if line.starts_with("jot issue") {
            token = told.trim().to_owned();
        } else if line.starts_with("jot decode") {
            let (_, after) = told.split_once("\"jti\": \"").unwrap();
            jti = after.split('"').next().unwrap().to_owned();
        }
    }
    assert!(!token.is_empty() && !jti.is_empty());
    let names = fs::read_dir(folder.path()).unwrap().count();
    assert!(names >= 3, "a key pair and a store are there");
}
