//! The process that is killed: this test binary once more. It changes a store as fast as it can,
//! and says on a pipe what is done, each time only after the change has returned.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jot::authority::people::Person;
use jot::authority::refresh::Wish;
use jot::authority::revoke::{Note, What};
use jot::chance::{Chance, Seeded, System};
use jot::clock::Fixed;
use jot::revocation::{Revocation, Target};
use jot::store::Change;

use crate::acknowledged::{Acknowledged, check};
use crate::world::{NOW, World, authority_over, claims, here, open, rules, world_in};

/// How often a writer is killed.
const KILLS: usize = 200;
/// After how many a new store is begun.
const OF_ONE_STORE: usize = 25;

/// Where the writer finds its store: then, and only then, it is one.
const STORE: &str = "JOT_TEST_KILLED_STORE";

/// What the writer's lines begin with; the test harness says other things on the same pipe.
const MARK: &str = "\u{1}done ";

#[test]
fn what_a_killed_process_acknowledged_is_there_and_nothing_is_half_done() {
    let chance = Seeded::new(9);
    let mut acknowledged = 0;
    for _ in 0..KILLS / OF_ONE_STORE {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jot.db");
        let mut known = Acknowledged::default();
        for _ in 0..OF_ONE_STORE {
            let mut bytes = [0; 2];
            chance.fill(&mut bytes);
            let moment = Duration::from_micros(u64::from(u16::from_le_bytes(bytes)) * 3 / 2);
            known.read(&killed(&path, moment), MARK);
            if path.exists() {
                check(&path, &known);
            }
        }
        acknowledged += known.count();
    }
    assert!(acknowledged > 5 * KILLS, "only {acknowledged} changes were acknowledged");
}

/// What a writer said before it was killed, so long after it began to write.
fn killed(store: &Path, after: Duration) -> String {
    let mut writer = Command::new(std::env::current_exe().unwrap());
    writer.args(["writer::the_writer", "--exact", "--nocapture"]).env(STORE, store);
    let mut writer: Child = writer.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
    let mut said = writer.stdout.take().unwrap();
    let reader = thread::spawn(move || {
        let mut text = String::new();
        said.read_to_string(&mut text).unwrap();
        text
    });
    thread::sleep(after);
    writer.kill().unwrap();
    let status = writer.wait().unwrap();
    assert_eq!(status.code(), None, "it ended by itself");
    reader.join().unwrap()
}

/// Writes until it is killed, or at most for a while; where nobody wants to kill it, it has nothing
/// to do.
#[test]
fn the_writer() {
    let variable = std::env::vars_os().find(|(name, _)| name == STORE);
    let Some((_, store)) = variable else { return };
    // Each process has another chance: ids must not come twice.
    let around = (Box::new(Fixed::at(NOW)) as _, Box::new(System) as _);
    let authority = authority_over(Box::new(open(Path::new(&store))), rules(), around);
    let world = World { authority, clock: Arc::default() };
    let end = Instant::now() + Duration::from_secs(20);
    let mut number = 0;
    while Instant::now() < end {
        number += 1;
        change(&world, number);
    }
}

fn say(what: &str) {
    let mut pipe = std::io::stdout().lock();
    pipe.write_all(format!("\n{MARK}{what}\n").as_bytes()).and_then(|()| pipe.flush()).unwrap();
}

/// A name that nobody had before, in this process or in one before it.
fn fresh() -> String {
    jot::chance::uuid(&System).simple().to_string()
}

/// One round of changes of every kind.
fn change(world: &World, number: usize) {
    let access = world.access("lone");
    say(&format!("minted {}", claims(&access).jti.unwrap()));
    let (refresh, _) = world.pair("pair");
    let sid = claims(&refresh).sid.unwrap();
    say(&format!("begun {sid}"));
    let next = world.refresh(&refresh, Wish::Update).refresh;
    say(&format!("refreshed {sid} {}", claims(&next).jti.unwrap()));
    let revoke = |what| world.authority.revoke(&[what], &Note::default()).unwrap();
    if number.is_multiple_of(2) {
        revoke(What::Token(refresh));
        say(&format!("ended {sid}"));
    } else {
        revoke(What::Token(access.clone()));
        say(&format!("revoked {}", claims(&access).jti.unwrap()));
    }
    let name = format!("u{}", fresh());
    world.authority.add_user(&Person::named(&name), None, &here()).unwrap();
    say(&format!("added {name}"));
    world.authority.set_active(&name, false, &here()).unwrap();
    say(&format!("disabled {name}"));
    if number.is_multiple_of(3) {
        world.authority.remove_user(&name, &here()).unwrap();
        say(&format!("removed {name}"));
    }
    scatter(world);
    say(&format!("purged {}", world.authority.purge().unwrap().revocations));
}

/// Refusals that were over long ago, for the purge to take away.
fn scatter(world: &World) {
    let dust = |_| Revocation {
        target: Target::Token(format!("dust{}", fresh())),
        username: None,
        until: NOW - 100 * 86_400,
        at: NOW - 200 * 86_400,
        reason: None,
        by: None,
    };
    let dust: Vec<_> = (0..20).map(dust).collect();
    let changes: Vec<_> = dust.iter().map(Change::Revoke).collect();
    world.authority.store().write(&changes).unwrap();
}

#[test]
fn a_store_that_was_killed_while_it_was_made_is_made_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    for micros in (0..40).map(|step| step * 500) {
        let path = folder.path().join(format!("{micros}.db"));
        killed(&path, Duration::from_micros(micros));
        world_in(&path, rules()).pair("alice");
        let left = fs::read_dir(folder.path()).unwrap().count();
        assert!(left > 0);
    }
}
