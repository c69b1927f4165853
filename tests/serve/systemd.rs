//! What systemd hands over and is told.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::served::{Folder, PASSWORD, Served};

const LAUNCHER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/launch.py");

/// `jot` with these arguments, started with sockets of these kinds.
fn launched(folder: &Folder, (kinds, names): (&str, &str), arguments: &[&str]) -> Command {
    let jot = folder.jot(arguments);
    let mut command = Command::new("python3");
    command.args([LAUNCHER, kinds, names]).arg(jot.get_program()).args(jot.get_args());
    for (name, value) in jot.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.current_dir(folder.path.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn a_socket_that_was_handed_over_is_listened_on() {
    let folder = Folder::ready();
    // The port of the settings is not asked for: somebody else may have it.
    let command = launched(&folder, ("tcp", "jot.socket"), &["serve", "--listen", "192.0.2.1:1"]);
    let served = folder.serve_by(command);
    assert_ne!(served.address.port(), 1);
    assert_eq!(served.login("alice", PASSWORD).status, 200);
    let log = served.stopped();
    assert!(log.iter().all(|line| line.contains("\"jot::event\"")), "{log:?}");
}

#[test]
fn systemds_own_launcher_starts_it_at_the_first_connection() {
    let folder = Folder::ready();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let jot = folder.jot(&[]);
    let mut command = Command::new("systemd-socket-activate");
    command.arg(format!("--listen={port}")).arg("-E").arg("JOT_PASSWORD__MEMORY_KIB=128");
    command.arg(jot.get_program()).arg("serve").current_dir(folder.path.path());
    command.stderr(Stdio::null());
    let _running = crate::served::Running(command.spawn().unwrap());
    let start = std::time::Instant::now();
    let stream = loop {
        match std::net::TcpStream::connect(port) {
            Ok(stream) => break stream,
            Err(error) => assert!(start.elapsed() < Duration::from_secs(20), "{error}"),
        }
    };
    let mut stream = stream;
    let head = crate::http::head("GET", "/readyz", &[], 0);
    std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
    crate::http::read(stream).is(200, r#"{"status": "ready"}"#);
}

#[test]
fn what_is_no_listener_is_refused() {
    for (kinds, names, seen) in [
        ("udp", "", "the socket \"unnamed\" that was handed over is none for TCP"),
        ("unix", "a", "the socket \"a\" that was handed over is none for TCP"),
        ("connected", "a", "is a connection already: Accept=no is expected"),
        ("closed", "a", "is not open"),
        ("tcp,tcp", "a:b", "2 sockets were handed over, and one is expected"),
    ] {
        let folder = Folder::ready();
        let output = launched(&folder, (kinds, names), &["serve"]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{kinds}: {said}");
        assert!(said.contains(seen), "{kinds}: {said}");
    }
}

#[test]
fn sockets_for_another_process_are_left_alone() {
    let folder = Folder::ready();
    let mut command = folder.jot(&["serve", "--check", "--listen", "127.0.0.1:0"]);
    command.env("LISTEN_PID", "1").env("LISTEN_FDS", "1");
    assert!(command.output().unwrap().status.success());
    command.env("LISTEN_PID", "me");
    let Output { status, stderr, .. } = command.output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert!(status.code() == Some(1) && said.contains("LISTEN_PID"), "{said}");
}

/// The states that a manager is told.
fn heard(socket: &UnixDatagram) -> String {
    let mut bytes = [0; 512];
    let length = socket.recv(&mut bytes).unwrap();
    String::from_utf8(bytes[..length].to_vec()).unwrap()
}

fn tells(name: &str, address: &SocketAddr) {
    let socket = UnixDatagram::bind_addr(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let folder = Folder::ready();
    let mut command = folder.jot(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("NOTIFY_SOCKET", name);
    let served: Served = folder.serve_by(command);
    assert_eq!(heard(&socket), "READY=1");
    for settings in ["[token]\niss = \"a\"\n", "broken"] {
        std::fs::write(served.folder.file("jot.toml"), settings).unwrap();
        served.signal("HUP");
        let reloading = heard(&socket);
        let since = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap();
        assert!(since.parse::<u64>().unwrap() > 0);
        assert_eq!(heard(&socket), "READY=1");
    }
    served.signal("TERM");
    assert_eq!(heard(&socket), "STOPPING=1");
    assert!(served.ended().0.success());
}

#[test]
fn a_manager_is_told_how_the_server_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    tells(path.to_str().unwrap(), &SocketAddr::from_pathname(&path).unwrap());
    let name = format!("jot-test-{}", std::process::id());
    tells(&format!("@{name}"), &SocketAddr::from_abstract_name(name).unwrap());
}

#[test]
fn a_manager_that_is_not_there_is_no_reason_to_end() {
    let folder = Folder::ready();
    let mut command = folder.jot(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("NOTIFY_SOCKET", "/nonexistent/notify");
    let served = folder.serve_by(command);
    assert_eq!(served.login("alice", PASSWORD).status, 200);
    served.stopped();
}
