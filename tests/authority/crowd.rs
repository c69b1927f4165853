//! A crowd that issues, refreshes, revokes and purges one store at once: as threads of two
//! authorities under one fast clock, and as processes.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use jot::authority::Rules;
use jot::authority::issue::Grant;
use jot::authority::refresh::Wish;
use jot::authority::revoke::{Note, What};
use jot::authority::rules::Rotation;
use jot::claims::Kind;
use jot::error::{Code, Error, Stage};

use super::world::*;

/// How long the crowd is at it.
const LASTS: Duration = Duration::from_secs(3);

/// What everybody knows: refresh tokens, and those of which a revocation was acknowledged.
#[derive(Default)]
struct Known {
    tokens: Mutex<Vec<String>>,
    revoked: Mutex<Vec<String>>,
}

impl Known {
    fn add(&self, token: String) {
        self.tokens.lock().unwrap().push(token);
    }

    fn revoke(&self, token: String) {
        self.revoked.lock().unwrap().push(token);
    }

    /// Any token, and any that is revoked, as the turn has it.
    fn any(&self, turn: usize) -> [Option<String>; 2] {
        [&self.tokens, &self.revoked].map(|list| {
            let list = list.lock().unwrap();
            list.len().checked_sub(1).map(|last| list[last - turn % (last + 1).min(50)].clone())
        })
    }
}

/// A refresh may find its token revoked or over, and nothing else.
fn allowed(error: &Error) {
    let over = [Stage::Revoked, Stage::Expired].map(Code::Refused);
    assert!(over.contains(&error.code()), "{error}");
}

fn assert_dead(world: &World, token: &str) {
    assert_ne!(world.stage(token), None, "a lost revocation");
    if claims(token).kind == Some(Kind::Refresh) {
        allowed(&world.try_refresh(token, Wish::Access).unwrap_err());
    }
}

fn turn(world: &World, known: &Known, turn: usize) {
    let [token, revoked] = known.any(turn);
    let Some(token) = token else { return known.add(world.pair("bob").0) };
    match turn % 8 {
        0 => known.add(world.pair("bob").0),
        1..4 => match world.try_refresh(&token, [Wish::Update, Wish::Renewal][turn % 2]) {
            Ok(refreshed) => known.add(refreshed.refresh.text),
            Err(error) => allowed(&error),
        },
        4 => {
            let (username, lifetime) = ("bob".to_owned(), Some(30 * DAY));
            let lone = world.issue(Grant { username, lifetime, ..Grant::default() });
            for token in [token, lone.access.unwrap().text] {
                let what = [What::Token(token.clone())];
                world.authority.revoke(&what, &Note::default()).unwrap();
                known.revoke(token);
            }
        }
        5 => _ = world.authority.purge().unwrap(),
        _ => {
            let Some(revoked) = revoked else { return };
            assert_dead(world, &revoked);
        }
    }
}

#[test]
fn of_two_authorities_no_revocation_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jot.db");
    let rules = || Rules { rotation: Rotation::Always, ..rules() };
    let worlds = [world_in(&path, rules()), world_in(&path, rules())];
    let (known, end) = (Known::default(), Instant::now() + LASTS);
    thread::scope(|scope| {
        for number in 0..6 {
            let (known, world) = (&known, &worlds[number % 2]);
            scope.spawn(move || {
                let mut at = number;
                while Instant::now() < end {
                    turn(world, known, at);
                    at += 7;
                }
            });
        }
        // Weeks pass meanwhile, so that there is something to purge.
        while Instant::now() < end {
            let now = worlds[0].now() + 600;
            for world in &worlds {
                world.clock.set(now);
            }
            thread::sleep(Duration::from_millis(1));
        }
    });
    let revoked = known.revoked.into_inner().unwrap();
    assert!(revoked.len() > 20, "{} revocations are too few to tell", revoked.len());
    for token in &revoked {
        assert_dead(&worlds[0], token);
    }
    assert_sound(&path);
}

fn assert_sound(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    let told: String =
        connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(told, "ok");
}

/// Runs jot in a folder of its own settings, keys and store.
fn jot(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jot"));
    command.args(arguments).current_dir(folder).env_clear();
    command.output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The codes of success and of a token that was revoked or has ended.
fn assert_allowed(output: &Output) {
    let allowed = [0, 14, 16].map(Some);
    assert!(allowed.contains(&output.status.code()), "{output:?}");
}

fn refresh_token(output: &Output) -> String {
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["refresh"].as_str().unwrap().to_owned()
}

fn command(folder: &Path, known: &Known, turn: usize) {
    let [token, revoked] = known.any(turn);
    let Some(token) = token.filter(|_| !turn.is_multiple_of(6)) else {
        let issued = jot(folder, &["issue", "--user", "bob", "--type", "pair"]);
        return known.add(refresh_token(&issued));
    };
    match (turn % 6, revoked) {
        (1 | 2, _) => {
            let refreshed = jot(folder, &["refresh", "--update", &token]);
            assert_allowed(&refreshed);
            if refreshed.status.success() {
                known.add(refresh_token(&refreshed));
            }
        }
        (3, _) => {
            let revoked = jot(folder, &["revoke", &token]);
            assert!(revoked.status.success(), "{revoked:?}");
            known.revoke(token);
        }
        (4, _) => {
            let purged = jot(folder, &["revocations", "purge"]);
            assert!(purged.status.success(), "{purged:?}");
        }
        (_, Some(revoked)) => {
            let judged = jot(folder, &["validate", "--type", "refresh", &revoked]);
            assert_eq!(judged.status.code(), Some(16), "{judged:?}");
        }
        _ => {}
    }
}

#[test]
fn of_many_processes_no_revocation_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let made = jot(folder.path(), &["keygen", "--alg", "EdDSA"]);
    assert!(made.status.success(), "{made:?}");
    let first = jot(folder.path(), &["issue", "--user", "bob", "--type", "pair"]);
    let (known, end) = (Known::default(), Instant::now() + LASTS);
    known.add(refresh_token(&first));
    thread::scope(|scope| {
        for number in 0..4 {
            let (known, folder) = (&known, folder.path());
            scope.spawn(move || {
                let mut at = number;
                while Instant::now() < end {
                    command(folder, known, at);
                    at += 5;
                }
            });
        }
    });
    let revoked = known.revoked.into_inner().unwrap();
    assert!(revoked.len() > 3, "{} revocations are too few to tell", revoked.len());
    for token in &revoked {
        let judged = jot(folder.path(), &["validate", "--type", "refresh", token]);
        assert_eq!(judged.status.code(), Some(16), "{}", told(&judged));
    }
    assert_sound(&folder.path().join("jot.db"));
}
