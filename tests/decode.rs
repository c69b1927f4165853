//! `jot decode` as a person and a script see it: the built binary, its exact words.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{Read, Write};
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

fn encode(text: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

fn token(header: &str, claims: &str) -> String {
    format!("{}.{}.{}", encode(header), encode(claims), encode([0x5a; 256]))
}

fn jot() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jot"));
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env("TZ", "UTC");
    command
}

fn decode(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = jot()
        .arg("decode")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Exit code, stdout, stderr.
fn told(arguments: &[&str], input: &str) -> (i32, String, String) {
    let output = decode(arguments, input.as_bytes());
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

const HEADER: &str = r#"{"typ":"JWT","alg":"RS256"}"#;

#[test]
fn a_page_for_people() {
    let claims =
        r#"{"sub":"alice","n":12345678901234567890123,"a":{"b":[1.10,[],{}]},"sub":"bob"}"#;
    let (code, stdout, stderr) = told(&[&token(HEADER, claims)], "");
    assert_eq!((code, stderr.as_str()), (0, ""));
    let page = r#"header
{
  "typ": "JWT",
  "alg": "RS256"
}

claims
{
  "sub": "alice",
  "n": 12345678901234567890123,
  "a": {
    "b": [
      1.10,
      [],
      {}
    ]
  },
  "sub": "bob"
}

signature: not checked
duplicate: claims.sub
note: there is no "exp": this token does not expire by itself
"#;
    assert_eq!(stdout, page);
}

#[test]
fn times_stand_beside_their_claims() {
    let claims = r#"{"exp":4102444800,"iat":1.30081938e+09,"nbf":1300819380123,"x":1300819380}"#;
    let (_, stdout, _) = told(&[&token(HEADER, claims)], "");
    assert!(stdout.contains("\"exp\": 4102444800,  # 2100-01-01T00:00:00Z, in "), "{stdout}");
    assert!(stdout.contains("\"iat\": 1.30081938e+09,  # 2011-03-22T18:43:00Z, "), "{stdout}");
    assert!(stdout.contains("\"nbf\": 1300819380123,  # 2011-03-22T18:43:00Z, "), "{stdout}");
    assert!(stdout.contains("\"x\": 1300819380\n"), "{stdout}");
    assert!(stdout.contains("\nnote: \"nbf\" looks like milliseconds"), "{stdout}");
    assert!(!stdout.contains("lifetime"), "a bar is for terminals: {stdout}");
}

#[test]
fn one_line_of_json() {
    let jwt = token(HEADER, r#"{"b":1.10,"a":12345678901234567890123,"exp":1,"exp":2}"#);
    let (code, stdout, stderr) = told(&["--json", &jwt], "");
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(
        stdout,
        "{\"header\":{\"typ\":\"JWT\",\"alg\":\"RS256\"},\
         \"claims\":{\"b\":1.10,\"a\":12345678901234567890123,\"exp\":1,\"exp\":2},\
         \"signature_checked\":false,\"duplicates\":[\"claims.exp\"],\"notes\":[]}\n"
    );
    let jwe = format!("{}.AA.AAAA.AAAA.AAAA", encode(r#"{"alg":"dir","enc":"A128GCM"}"#));
    assert_eq!(
        told(&["--json", &jwe], "").1,
        "{\"header\":{\"alg\":\"dir\",\"enc\":\"A128GCM\"},\"claims\":null,\
         \"signature_checked\":false,\"duplicates\":[],\
         \"notes\":[\"the header is all that can be read: the rest is encrypted\"]}\n"
    );
}

#[test]
fn every_form_of_the_argument() {
    let jwt = token(HEADER, r#"{"exp":1}"#);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("Bearer {jwt}\n")).unwrap();
    let at = format!("@{}", file.path().display());
    let wanted = told(&["--json", &jwt], "");
    assert_eq!(wanted.0, 0);
    assert_eq!(told(&["--json", "-"], &jwt), wanted);
    assert_eq!(told(&["--json"], &jwt), wanted);
    assert_eq!(told(&["--json", &at], ""), wanted);
    assert_eq!(told(&["--json", &format!("Authorization: Bearer {jwt}")], ""), wanted);
}

#[test]
fn what_is_no_token_is_told() {
    let expected = "a token is two or three parts of base64url joined by dots";
    let (code, stdout, stderr) = told(&["hello world"], "");
    assert_eq!((code, stdout.as_str()), (10, ""));
    assert_eq!(stderr, format!("jot: error: no token in this text of length 11; {expected}\n"));
    let (code, _, stderr) = told(&["-"], "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n");
    assert_eq!(code, 10);
    assert_eq!(
        stderr,
        "jot: error: this is a PEM \"RSA PRIVATE KEY\", not a token\n\
         hint: to look at a key: jot key show FILE\n"
    );
    let (code, stdout, stderr) = told(&["--json", "-"], "");
    assert_eq!((code, stderr.as_str()), (10, ""));
    assert_eq!(
        stdout,
        "{\"error\":{\"code\":\"parse\",\"exit\":10,\
         \"message\":\"the input is empty, a token was expected\",\
         \"hint\":\"paste a token, or pipe one into: jot decode -\"}}\n"
    );
    let (code, _, stderr) = told(&["@/no/such\u{202e}file"], "");
    assert_eq!(code, 1);
    assert!(
        stderr.starts_with("jot: error: cannot read \"/no/such\\u{202e}file\": No such file"),
        "{stderr}"
    );
}

#[test]
fn control_characters_never_get_out() {
    let evil = "\u{1b}]0;x\u{7}\r\n\u{202e}\u{9b}\u{7f}\u{200b}";
    let escaped = "\\u001b]0;x\\u0007\\r\\n\\u202e\\u009b\\u007f\\u200b";
    let claims = serde_json::json!({ evil: evil, "exp": evil }).to_string();
    let header = serde_json::json!({ "alg": evil, "crit": [evil] }).to_string();
    let duplicated = format!("{{\"\u{202e}\":1,\"\u{202e}\":2,{}", &claims[1..]);
    for claims in [claims, duplicated, format!("{evil} is not JSON")] {
        for flag in ["--quiet", "--json"] {
            let (code, stdout, stderr) = told(&[flag, &token(&header, &claims)], "");
            assert_eq!((code, stderr.as_str()), (0, ""));
            assert!(stdout.contains(escaped), "{stdout}");
            let out = stdout.chars().find(|c| jot::user::is_control(*c) && *c != '\n');
            assert_eq!(out, None, "{stdout}");
        }
    }
    let (code, stdout, stderr) = told(&["-"], evil);
    assert_eq!((code, stdout.as_str()), (10, ""));
    assert!(!stderr.trim_end().contains(jot::user::is_control), "{stderr:?}");
}

#[test]
fn colour_is_for_terminals_or_by_force() {
    let jwt = token(HEADER, r#"{"exp":1}"#);
    let run = |set: &[(&str, &str)], flag: &str| {
        let output = jot().args(["decode", flag, &jwt]).envs(set.iter().copied()).output().unwrap();
        text(&output.stdout)
    };
    assert!(!run(&[], "--quiet").contains('\u{1b}'));
    assert!(run(&[("CLICOLOR_FORCE", "1")], "--quiet").contains("\u{1b}[33mnot checked\u{1b}[0m"));
    assert!(!run(&[("NO_COLOR", "1")], "--quiet").contains('\u{1b}'));
    assert!(!run(&[("CLICOLOR_FORCE", "1")], "--json").contains('\u{1b}'));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let claims = format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20));
    for flag in ["--quiet", "--json"] {
        let mut child = jot()
            .args(["decode", flag, "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut one = [0];
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(token(HEADER, &claims).as_bytes()).unwrap();
        drop(stdin);
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut one).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    let jwt = token(HEADER, r#"{"exp":1}"#);
    for (argument, flag, code) in
        [(jwt.as_str(), "--quiet", 1), (&jwt, "--json", 1), ("", "--json", 10)]
    {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = jot().args(["decode", flag, argument]).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        let stderr = text(&output.stderr);
        assert!(stderr.starts_with("jot: error: "), "{stderr}");
        if code == 1 {
            assert_eq!(
                stderr,
                "jot: error: cannot write to standard output: \
                 No space left on device (os error 28)\n"
            );
        }
    }
}

#[test]
fn what_cannot_be_taken_apart_is_shown_as_it_stands() {
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let (code, stdout, stderr) = told(&["-"], &token(HEADER, &deep));
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.contains(&format!("\nclaims\n{deep}\n")), "{stdout}");
    let note = "note: the claims part is nested more than 64 deep and shown as it stands\n";
    assert!(stdout.ends_with(note), "{stdout}");
    let (code, stdout, _) = told(&["--json", &token(HEADER, r#"{"a":"\ud800"}"#)], "");
    assert_eq!(code, 0);
    assert!(stdout.contains(r#""claims":"{\"a\":\"\\ud800\"}","#), "{stdout}");
}

#[test]
fn sixteen_megabytes_are_read_and_no_more() {
    let room = (16 << 20) - 1000;
    let claims = format!("{{\"a\":\"{}\"}}", "x".repeat(room / 4 * 3));
    let jwt = token(HEADER, &claims);
    let output = decode(&["--json", "-"], jwt.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.len() > claims.len());
    let lines: Vec<_> = jwt.as_bytes().chunks(76).collect();
    assert_eq!(decode(&["-"], &lines.join(&b"\n"[..])[..16 << 20]).status.code(), Some(0));
    let (code, _, stderr) = told(&["-"], &"a".repeat((16 << 20) + 1));
    assert_eq!(code, 10);
    assert!(stderr.contains("at most 16777216"), "{stderr}");
}

#[test]
#[cfg(unix)]
fn a_terminal_sees_a_bar_and_is_asked_for_a_token() {
    let jwt = token(HEADER, r#"{"iat":1,"exp":11}"#);
    let run = |rest: &str| {
        let command = format!("{} decode {rest}", env!("CARGO_BIN_EXE_jot"));
        let mut session = rexpect::spawn(&command, Some(20_000)).unwrap();
        session.exp_eof().unwrap()
    };
    // The terminal's bytes come back as one character each.
    let bar: String = "█".repeat(30).bytes().map(char::from).collect();
    let shown = run(&jwt);
    assert!(shown.contains(&format!("lifetime: {bar} over, ended ")), "{shown}");
    let asked = run("");
    assert!(asked.contains("no token: expected TOKEN, - for standard input, or @FILE"), "{asked}");
}
