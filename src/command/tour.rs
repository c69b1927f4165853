//! `jot tour`: a token's whole life, played by this very program in a temporary folder.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use jot::chance;
use serde_json::Value;

use crate::command::{Context, Ended};
use crate::output::{Ink, Output};

const PASSWORD: &str = "a long walk in the rain";

pub(crate) fn run(context: &Context) -> Result<Ended> {
    let stage = Stage::new(&context.output)?;
    stage.tell("A key pair, and a user who may log in.");
    stage.play(0, &["keygen"], "", "")?;
    stage.play(
        0,
        &["user", "add", "alice", "--perm", "news.change", "--password-stdin"],
        PASSWORD,
        "",
    )?;

    stage.tell("A token: issued, looked at, checked.");
    let token = stage.play(0, &["issue", "--user", "alice"], "", "")?;
    stage.play(0, &["decode", token.trim()], "", "$TOKEN")?;
    stage.play(0, &["validate", "--perm", "news.change", token.trim()], "", "$TOKEN")?;

    stage.tell("It leaks: refused from now on, wherever it is shown.");
    stage.play(0, &["revoke", "--reason", "leaked in a log", token.trim()], "", "$TOKEN")?;
    stage.play(16, &["validate", token.trim()], "", "$TOKEN")?;
    stage.play(0, &["revocations"], "", "")?;

    stage.tell("A session: a pair of tokens, and new ones when the first run out.");
    let pair = stage.play(0, &["issue", "--user", "alice", "--type", "pair"], "", "")?;
    let refresh = member(&pair, "refresh")?;
    let updated = stage.play(0, &["refresh", "--update", &refresh], "", "$REFRESH")?;
    stage.play(0, &["validate", &member(&updated, "access")?], "", "$ACCESS")?;

    stage.tell("The login server, on the same key and store.");
    serve(&stage)?;
    stage.tell("That was all: the folder is gone again.");
    Ok(Ended::Done)
}

/// Logs in over HTTP, and has the token refused there by a revocation from the command line.
fn serve(stage: &Stage<'_>) -> Result<()> {
    let server = Server::start(stage)?;
    let login = format!("username=alice&password={}", PASSWORD.replace(' ', "+"));
    let answer = stage.ask(&server, ("/login/", None, &login), 200)?;
    let access = member(&answer, "access")?;
    stage.ask(&server, ("/validate_access/", Some(&access), ""), 200)?;
    stage.play(0, &["revoke", &access], "", "$ACCESS")?;
    stage.ask(&server, ("/validate_access/", Some(&access), ""), 403)?;
    Ok(())
}

/// The temporary folder, removed when the tour ends, however it ends.
struct Stage<'a> {
    folder: PathBuf,
    output: &'a Output,
}

impl<'a> Stage<'a> {
    fn new(output: &'a Output) -> Result<Self> {
        let name = format!("jot-tour-{}", chance::uuid(&chance::System));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        let stage = Self { folder, output };
        // Settings that lie in a folder above are not the tour's.
        std::fs::write(stage.folder.join("jot.toml"), "")?;
        Ok(stage)
    }

    fn tell(&self, words: &str) {
        _ = self.output.result(&format!("\n{}", self.output.paint(Ink::Title, words)));
    }

    fn show(&self, line: &str) {
        _ = self.output.result(&self.output.paint(Ink::Faint, &format!("\n$ {line}")));
    }

    /// Runs jot and shows it; `name` stands in for the last word, a token. Anything but the
    /// expected exit code ends the tour.
    fn play(&self, expected: i32, words: &[&str], stdin: &str, name: &str) -> Result<String> {
        let mut shown: Vec<_> = words
            .iter()
            .map(|word| if word.contains(' ') { format!("'{word}'") } else { (*word).to_owned() })
            .collect();
        if let (false, Some(last)) = (name.is_empty(), shown.last_mut()) {
            name.clone_into(last);
        }
        let input = if stdin.is_empty() { String::new() } else { format!("echo '{stdin}' | ") };
        self.show(&format!("{input}jot {}", shown.join(" ")));
        let mut child = self
            .jot(words)?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut pipe) = child.stdin.take() {
            pipe.write_all(stdin.as_bytes())?;
        }
        let ended = child.wait_with_output()?;
        let (out, err) =
            (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
        for text in [&out, &err] {
            if !text.is_empty() {
                _ = self.output.result(text);
            }
        }
        if expected != 0 {
            _ = self.output.result(&format!("(exit code {expected})"));
        }
        if ended.status.code() != Some(expected) {
            bail!(
                "jot {} ended with {}, exit code {expected} was expected",
                words.first().unwrap_or(&""),
                ended.status
            );
        }
        Ok(out.into_owned())
    }

    /// Posts to the server and shows it.
    fn ask(
        &self,
        server: &Server,
        (path, token, form): (&str, Option<&str>, &str),
        expected: u16,
    ) -> Result<String> {
        let header = if token.is_some() { " -H \"Authorization: Bearer $ACCESS\"" } else { "" };
        let data = if form.is_empty() { String::new() } else { format!(" -d '{form}'") };
        self.show(&format!("curl -X POST{header}{data} http://{}{path}", server.address));
        let bearer =
            token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\n{bearer}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{form}",
            server.address,
            form.len()
        );
        let mut stream = TcpStream::connect(&server.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("the server sent no body")?;
        let status = head.lines().next().unwrap_or_default();
        _ = self.output.result(&format!("{status}\n{body}"));
        if !status.contains(&format!(" {expected} ")) {
            bail!("{path} answered \"{status}\", {expected} was expected");
        }
        Ok(body.to_owned())
    }

    /// This program, with none of the caller's own settings.
    fn jot(&self, words: &[&str]) -> Result<Command> {
        let mut jot = Command::new(std::env::current_exe()?);
        jot.args(words).current_dir(&self.folder).env("XDG_CONFIG_HOME", &self.folder);
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("JOT_"))
        {
            jot.env_remove(name);
        }
        Ok(jot)
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        // What cannot be removed stays in the system's temporary folder, which is cleaned anyway.
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A running `jot serve`, ended when it is dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(stage: &Stage<'_>) -> Result<Self> {
        let words = ["serve", "--listen", "127.0.0.1:0"];
        stage.show(&format!("jot {} &", words.join(" ")));
        let mut child = stage
            .jot(&words)?
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = child.stderr.take().context("the server has no stderr")?;
        let mut server = Self { child, address: String::new() };
        let mut first = String::new();
        BufReader::new(stderr).read_line(&mut first)?;
        _ = stage.output.result(&first);
        let address = first.trim().strip_prefix("listening on http://");
        address.context("the server did not say where it listens")?.clone_into(&mut server.address);
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn member(json: &str, name: &str) -> Result<String> {
    let json: Value = serde_json::from_str(json).context("the answer is not JSON")?;
    json[name].as_str().map(str::to_owned).with_context(|| format!("the answer has no {name}"))
}
