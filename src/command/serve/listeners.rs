//! Where the server listens: for everybody, and for its operators if the settings say so.

use std::io::{self, ErrorKind};
use std::net::{self, SocketAddr};

use jot::error::{Code, Error};
use jot::server::Listeners;
use jot::settings::Settings;
use tokio::net::TcpListener;

/// The listeners, or what keeps each from being one.
pub(super) struct Bound {
    doors: Listening,
    operators: Option<Listening>,
}

/// An address, and what came of listening there.
type Listening = (SocketAddr, io::Result<TcpListener>);

impl Bound {
    /// Listens where the settings say, for everybody at what was handed over if anything was.
    pub(super) async fn to(settings: &Settings, handed: Option<net::TcpListener>) -> Self {
        let server = &settings.server;
        let bound = match handed {
            Some(listener) => TcpListener::from_std(listener),
            None => TcpListener::bind(server.listen).await,
        };
        let doors = (server.listen, bound);
        let operators = match server.operators_listen {
            Some(address) => Some((address, TcpListener::bind(address).await)),
            None => None,
        };
        Self { doors, operators }
    }

    /// Refuses addresses that cannot be listened on, and answers those that somebody listens on: by
    /// the server that is to be replaced, or told to read its settings, as a rule.
    pub(super) fn taken(self) -> Result<Vec<SocketAddr>, Error> {
        let mut taken = Vec::new();
        let mut note = |(address, bound): &Listening| {
            let is_taken = bound.as_ref().is_err_and(|error| error.kind() == ErrorKind::AddrInUse);
            taken.extend(is_taken.then_some(*address));
            is_taken
        };
        if !note(&self.doors) {
            of_doors(self.doors)?;
        }
        if let Some(operators) = self.operators.filter(|operators| !note(operators)) {
            of_operators(operators)?;
        }
        Ok(taken)
    }

    /// The listeners.
    pub(super) fn listeners(self) -> Result<Listeners, Error> {
        let doors = of_doors(self.doors)?;
        Ok(Listeners { doors, operators: self.operators.map(of_operators).transpose()? })
    }
}

fn of_doors((address, bound): Listening) -> Result<TcpListener, Error> {
    bound.map_err(|why| {
        cannot_listen(address, &why).hint(match why.kind() {
            ErrorKind::AddrNotAvailable => format!(
                "this machine has no such address; it is itself here: jot serve --listen 127.0.0.1:{}",
                address.port()
            ),
            _ => "take a free port: jot serve --listen 127.0.0.1:0".to_owned(),
        })
    })
}

fn of_operators((address, bound): Listening) -> Result<TcpListener, Error> {
    bound.map_err(|why| {
        cannot_listen(address, &why).hint(match why.kind() {
            ErrorKind::AddrNotAvailable => {
                "set server.operators_listen to an address of this machine; `jot settings show` says where it is set"
            }
            _ => "set server.operators_listen to a free port; `jot settings show` says where it is set",
        })
    })
}

fn cannot_listen(address: SocketAddr, why: &io::Error) -> Error {
    Error::new(Code::Failed, format!("cannot listen on {address}: {why}"))
}
