//! A server that is asked anything, over a real connection: heads, cookies, forms, tokens.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jot::authority::people::{NewPassword, Person};
use jot::authority::{Authority, Keys, Rules};
use jot::chance::Seeded;
use jot::clock::System;
use jot::event::Source;
use jot::key::ring::Ring;
use jot::key::{Place, TooOpen, Wanted};
use jot::password::Weak;
use jot::server::accept::Limits;
use jot::server::doors::{Attributes, Doors, Mode, Site};
use jot::server::{Listeners, Parts, Server};
use jot::settings::{Settings, Surroundings};
use jot::store::sqlite::Sqlite;

const KEY: &str =
    r#"{"kty":"oct","alg":"HS256","k":"Zm9yIGZ1enppbmcgYWxvbmU6IDMyIGJ5dGVzIG9yIG1vcmUgb2YgaXQ"}"#;

/// The longest that any answer may take: what is sent is whole, nothing is to be waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// One server for all that is asked.
static SERVER: LazyLock<SocketAddr> = LazyLock::new(start);

/// Any bytes, as one client sends them. Whatever is answered begins as HTTP does, and is no 500.
pub(crate) fn request(bytes: &[u8]) {
    let mut stream = TcpStream::connect(*SERVER).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    _ = stream.write_all(bytes);
    _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => panic!("no answer came"),
        _ => {}
    }
    assert!(!PANICKED.load(Ordering::SeqCst), "a connection panicked");
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "{answer:?}");
    assert!(!answer.starts_with(b"HTTP/1.1 500"), "{}", String::from_utf8_lossy(&answer));
}

/// Whether any thread panicked: a connection that does ends without an answer, as others may.
static PANICKED: AtomicBool = AtomicBool::new(false);

fn start() -> SocketAddr {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICKED.store(true, Ordering::SeqCst);
        hook(panic);
    }));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = Server::new(Parts { authority: authority(), doors: doors(), tls: None });
            let doors = tokio::net::TcpListener::from_std(listener).unwrap();
            let listeners = Listeners { doors, operators: None };
            server.run(listeners, Limits::default(), std::future::pending()).await.unwrap();
        });
    });
    address
}

fn authority() -> Arc<Authority> {
    let env = [("JOT_PASSWORD__MEMORY_KIB".to_owned(), "128".to_owned())];
    let surroundings = Surroundings { env: env.to_vec(), ..Surroundings::default() };
    let rules = Rules::from(&Settings::load(None, &[], surroundings).unwrap());
    let keys = Keys::when_needed(|_| {
        let place = Place::Text { what: "the fuzzer's key".into(), text: KEY.to_owned().into() };
        Ring::open(&place, &Wanted::default(), TooOpen::Refuse)
    });
    let store = Box::new(Sqlite::in_memory().unwrap());
    let around = (Box::new(System) as _, Box::new(Seeded::new(1)) as _);
    let authority = Authority::new(keys, rules, store, around);
    let password = NewPassword { text: "a phrase with blanks", weak: Weak::Refused };
    let (alice, source) = (Person::named("alice"), Source::command_line());
    authority.add_user(&alice, Some(password), &source).unwrap();
    authority.warm_up().unwrap();
    Arc::new(authority)
}

fn doors() -> Doors {
    let attributes = Attributes { secure: true, http_only: true, same_site: "Lax", domain: None };
    Doors {
        mode: Mode::TwoCookies,
        refresh_path: "/api/token/refresh".to_owned(),
        csrf: true,
        cookies: attributes.clone(),
        ninja: attributes,
        ninja_cookie: ("refresh".to_owned(), "/api/auth/web/token-refresh".to_owned()),
        site: Site {
            origins: vec!["http://localhost".to_owned()],
            allowed: vec!["https://app.example".to_owned()],
            secure: false,
            proxies: vec!["127.0.0.0/8".parse().unwrap()],
        },
    }
}
