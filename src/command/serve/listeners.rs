//! Where the server listens: for everybody, and for its operators if the settings say so.

use std::io::{self, ErrorKind};
use std::net::{self, SocketAddr};

use jot::error::{Code, Error};
use jot::server::Listeners;
use jot::settings::Settings;
use tokio::net::TcpListener;

use crate::output::Output;

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

    /// Says what is wrong with the addresses. One that is taken is good all the same: by the server
    /// that is to be replaced.
    pub(super) fn check(self, output: &Output) -> Result<(), Error> {
        let taken = |(address, bound): &Listening| {
            let taken = bound.as_ref().is_err_and(|error| error.kind() == ErrorKind::AddrInUse);
            if taken {
                output.note(&format!("somebody listens on {address} already"));
            }
            taken
        };
        if !taken(&self.doors) {
            of_doors(self.doors)?;
        }
        if let Some(operators) = self.operators.filter(|operators| !taken(operators)) {
            of_operators(operators)?;
        }
        Ok(())
    }

    /// The listeners.
    pub(super) fn listeners(self) -> Result<Listeners, Error> {
        let doors = of_doors(self.doors)?;
        Ok(Listeners { doors, operators: self.operators.map(of_operators).transpose()? })
    }
}

fn of_doors((address, bound): Listening) -> Result<TcpListener, Error> {
    bound.map_err(|why| {
        cannot_listen(address, &why).hint("take a free port: jot serve --listen 127.0.0.1:0")
    })
}

fn of_operators((address, bound): Listening) -> Result<TcpListener, Error> {
    bound.map_err(|why| {
        cannot_listen(address, &why).hint(
            "set server.operators_listen to a free port; `jot settings show` says where it is set",
        )
    })
}

fn cannot_listen(address: SocketAddr, why: &io::Error) -> Error {
    Error::new(Code::Failed, format!("cannot listen on {address}: {why}"))
}
