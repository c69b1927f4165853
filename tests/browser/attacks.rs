//! Pages of others that want something of a person who is logged in.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use crate::browser::Browser;
use crate::site::{MODES, PASSWORD, Site, submit, until_access_is_over};

/// A page on another site: for a browser, `localhost` is another one than 127.0.0.1. It is served as
/// long as the test runs.
fn elsewhere(page: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(&stream).lines();
            while lines.next().is_some_and(|line| !line.unwrap_or_default().is_empty()) {}
            let length = page.len();
            _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{page}"
            );
        }
    });
    format!("http://localhost:{port}/")
}

#[test]
fn next_ends_here_whatever_it_says() {
    let site = Site::with("one-cookie", &[]);
    let browser = Browser::open();
    for next in [
        "//evil.example",
        "%2f%2fevil.example",
        "/%5cevil.example",
        "%5c/evil.example",
        "/%09/evil.example",
        "/%0a/evil.example",
        "https:evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//alice@evil.example",
        "/%2e%2e//evil.example",
        "/%252f..",
        "/login/?next=//evil.example",
        "%E2%80%AE/evil.example",
        "/account/&next=//evil.example",
    ] {
        browser.go(&site.url(&format!("/login/?next={next}")));
        submit(&browser, PASSWORD);
        browser.sees("Your account");
        assert_eq!(browser.url(), site.url("/account/"), "{next}");
        browser.go(&site.url(&format!("/api/token/refresh/continue?next={next}")));
        browser.sees("Your account");
        assert_eq!(browser.url(), site.url("/account/"), "{next}");
    }
    browser.is_content();
}

#[test]
fn a_link_of_another_site_goes_on_with_the_session() {
    for mode in MODES {
        let site = Site::new(mode);
        let browser = Browser::open();
        site.log_in(&browser);
        until_access_is_over();
        browser.go(&elsewhere(format!("<h1>Mail</h1><a href=\"{}\">x</a>", site.url("/account/"))));
        browser.press("a");
        browser.sees("Your account");
        assert_eq!(site.generation(), 1);
    }
}

#[test]
fn frames_pictures_and_forms_of_another_site_change_nothing() {
    let site = Site::with("one-cookie", &[]);
    let browser = Browser::open();
    site.log_in(&browser);
    let go_on = site.url("/api/token/refresh/continue?next=/account/");
    let out = site.url("/account/logout/");
    let page = format!(
        "<h1>Win</h1><iframe src=\"{go_on}\"></iframe><img src=\"{go_on}\">\
         <form method=post action=\"{out}\"><button>Win</button></form>"
    );
    browser.go(&elsewhere(page));
    browser.sees("Win");
    assert_eq!(site.generation(), 0);
    browser.press("button");
    browser.sees("Please try again");
    assert_eq!((site.generation(), site.sessions()), (0, 1));
    browser.go(&site.url("/account/"));
    browser.sees("Your account");
}
