//! jot's own commands, killed at any moment. One that ended well has done what it says.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use jot::chance::{Chance, Seeded};
use jot::revocation::Target;
use jot::store::Store;
use rusqlite::Connection;

use crate::world::{claims, open};

const KILLS: usize = 60;

/// Runs jot; after that long it is killed, if it still runs. None: it was.
fn jot(folder: &Path, arguments: &[&str], lives: Duration) -> Option<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jot"));
    command.args(arguments).current_dir(folder).env_clear();
    let mut running =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    thread::sleep(lives);
    running.kill().unwrap();
    let output = running.wait_with_output().unwrap();
    let code = output.status.code()?;
    assert_eq!(code, 0, "jot {arguments:?}: {output:?}");
    Some(output)
}

fn refresh_token(output: &Output) -> String {
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["refresh"].as_str().unwrap().to_owned()
}

#[test]
fn commands_are_killed_and_nothing_that_they_finished_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (folder, chance) = (folder.path(), Seeded::new(5));
    let long = Duration::from_millis(600);
    jot(folder, &["keygen", "--alg", "EdDSA"], long).unwrap();
    let mut finished = [0; 3];
    for _ in 0..KILLS {
        let issue = ["issue", "--user", "bob", "--type", "pair"];
        let mut bytes = [0; 6];
        chance.fill(&mut bytes);
        let mut lives = bytes.chunks(2).map(|two| {
            Duration::from_micros(u64::from(u16::from_le_bytes([two[0], two[1]])) * 2 / 3)
        });
        let mut lives = || lives.next().unwrap();
        let Some(pair) = jot(folder, &issue, lives()) else { continue };
        let refresh = refresh_token(&pair);
        let sid = claims(&refresh).sid.unwrap();
        let store = open(&folder.join("jot.db"));
        assert!(store.session(&sid).unwrap().is_some());
        finished[0] += 1;
        if let Some(next) = jot(folder, &["refresh", "--update", &refresh], lives()) {
            let session = store.session(&sid).unwrap().unwrap();
            assert_eq!(session.current.jti, claims(&refresh_token(&next)).jti.unwrap());
            finished[1] += 1;
        }
        let revoked = jot(folder, &["revoke", &refresh], lives()).is_some();
        let ended = store.session(&sid).unwrap().unwrap().ended.is_some();
        let refused = store.revocation(&Target::Session(sid)).unwrap().is_some();
        assert_eq!(ended, refused, "half revoked");
        assert!(ended || !revoked, "a lost revocation");
        finished[2] += usize::from(revoked);
    }
    assert!(finished.iter().all(|count| *count > 2 && *count < KILLS), "{finished:?}");
    let raw = Connection::open(folder.join("jot.db")).unwrap();
    let told: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(told, "ok");
}
