//! What systemd, or who speaks its protocols, hands over and wants to be told: a listening socket
//! (`sd_listen_fds(3)`) and how the server is (`sd_notify(3)`).

use std::net::TcpListener;
use std::os::fd::{IntoRawFd, OwnedFd};
use std::os::unix::net::{SocketAddr, UnixDatagram};

use jot::error::{Code, Error, Result};
use jot::settings::Surroundings;
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{SocketType, getpeername, sockopt};
use rustix::time::{ClockId, clock_gettime};

/// The listener that this process was started with, if it was started with one.
pub(super) fn listener() -> Result<Option<TcpListener>> {
    let handed = sd_listen_fds::get()
        .map_err(|_| unfit("LISTEN_FDS and LISTEN_PID are not the numbers they should be"))?;
    let mut sockets: Vec<_> =
        handed.into_iter().map(|(name, socket)| (name, socket.into_std())).collect();
    // Programs that jot runs have no use for them.
    let is_open = |(_, socket): &(_, OwnedFd)| fcntl_setfd(socket, FdFlags::CLOEXEC).is_ok();
    if !sockets.iter().all(is_open) {
        // What is not open must not be closed either.
        for (_, socket) in sockets {
            _ = socket.into_raw_fd();
        }
        return Err(unfit("a socket that LISTEN_FDS promises is not open"));
    }
    match (sockets.pop(), sockets.len()) {
        (None, _) => Ok(None),
        (Some((name, socket)), 0) => {
            let name = name.unwrap_or_else(|| "unnamed".to_owned());
            listening(socket, &name.escape_debug().to_string()).map(Some)
        }
        (_, more) => {
            Err(unfit(format!("{} sockets were handed over, and one is expected", more + 1)))
        }
    }
}

fn listening(socket: OwnedFd, name: &str) -> Result<TcpListener> {
    let refuse = |why: &str| unfit(format!("the socket \"{name}\" that was handed over {why}"));
    if sockopt::socket_type(&socket) != Ok(SocketType::STREAM) {
        return Err(refuse("is none for TCP: ListenStream= is expected"));
    }
    if getpeername(&socket).is_ok() {
        return Err(refuse("is a connection already: Accept=no is expected"));
    }
    let listener = TcpListener::from(socket);
    listener
        .local_addr()
        .map_err(|_| refuse("is none for TCP: an address and port are expected"))?;
    listener.set_nonblocking(true).map_err(|why| refuse(&format!("cannot be used: {why}")))?;
    Ok(listener)
}

fn unfit(seen: impl Into<String>) -> Error {
    Error::new(Code::Failed, seen)
}

/// Who started the server and wants to be told how it is; perhaps nobody.
pub(super) struct Manager(Option<(UnixDatagram, SocketAddr)>);

impl Manager {
    /// The one whose socket the environment names.
    pub(super) fn of(surroundings: &Surroundings) -> Self {
        let address = surroundings.variable("NOTIFY_SOCKET").and_then(address);
        Self(address.and_then(|address| Some((UnixDatagram::unbound().ok()?, address))))
    }

    /// Connections are served, with the settings as they are now.
    pub(super) fn ready(&self) {
        self.tell("READY=1");
    }

    /// The settings are being read. The time tells this reload from one before.
    pub(super) fn reloading(&self) {
        let now = clock_gettime(ClockId::Monotonic);
        let microseconds = now.tv_sec * 1_000_000 + now.tv_nsec / 1000;
        self.tell(&format!("RELOADING=1\nMONOTONIC_USEC={microseconds}"));
    }

    /// Nobody is let in any more.
    pub(super) fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// A manager that does not hear keeps nobody from being served.
    fn tell(&self, state: &str) {
        if let Some((socket, address)) = &self.0
            && let Err(error) = socket.send_to_addr(state.as_bytes(), address)
        {
            tracing::warn!(%error, "NOTIFY_SOCKET cannot be told");
        }
    }
}

/// A path, or after "@" a name without a file, which only Linux has.
fn address(name: &str) -> Option<SocketAddr> {
    #[cfg(target_os = "linux")]
    if let Some(name) = name.strip_prefix('@') {
        use std::os::linux::net::SocketAddrExt;
        return SocketAddr::from_abstract_name(name).ok();
    }
    SocketAddr::from_pathname(name).ok()
}
