//! Sessions as a person lives through them: coming, staying, leaving.

use crate::browser::{Browser, ENTER, Habit, TAB};
use crate::site::{MODES, PASSWORD, Site, submit, until_access_is_over};

#[test]
fn whoever_logged_in_stays_in() {
    for mode in MODES {
        let site = Site::new(mode);
        let browser = Browser::open();
        browser.go(&site.url("/account/"));
        browser.sees("Log in");
        submit(&browser, PASSWORD);
        browser.sees("Your account");
        assert_eq!(browser.url(), site.url("/account/"));
        assert_eq!(browser.text("strong"), "alice");
        assert_eq!(browser.count(".permissions li"), 2);

        until_access_is_over();
        assert_eq!(browser.cookies(), ["csrftoken"], "the access cookies end with their token");
        browser.reload();
        browser.sees("Your account");
        assert_eq!(browser.url(), site.url("/account/"));
        assert_eq!((site.generation(), site.sessions()), (1, 1));
        browser.is_content();
    }
}

#[test]
fn two_tabs_at_once_come_back_to_one_session() {
    let site = Site::new("one-cookie");
    let browser = Browser::with(Habit::Hasty);
    site.log_in(&browser);
    let first = browser.window();
    browser.go("about:blank");
    let second = browser.new_window();
    until_access_is_over();
    for _ in 0..2 {
        browser.go(&site.url("/account/"));
        browser.to_window(&first);
    }
    for window in [&first, &second] {
        browser.to_window(window);
        browser.sees("Your account");
    }
    assert_eq!((site.generation(), site.sessions()), (1, 1));
}

#[test]
fn nothing_is_kept_of_who_logged_out() {
    for (mode, cookies) in MODES.into_iter().zip([
        &["csrftoken", "jwt_access"][..],
        &["csrftoken", "jwt_access_payload", "jwt_access_token"],
    ]) {
        let site = Site::with(mode, &[]);
        let browser = Browser::open();
        site.log_in(&browser);
        assert_eq!(browser.cookies(), cookies);
        assert_eq!(site.generation(), 0);
        browser.press(".head button");
        browser.sees("Log in");
        assert_eq!(browser.text(".note"), "You are logged out.");
        assert_eq!(browser.cookies(), ["csrftoken"]);
        assert_eq!(site.sessions(), 0);

        browser.back();
        browser.sees("Log in");
        assert!(!browser.source().contains("alice"), "{}", browser.source());
        browser.is_content();
    }
}

#[test]
fn a_log_out_works_at_once_though_the_access_token_is_over() {
    for mode in MODES {
        let site = Site::new(mode);
        let browser = Browser::open();
        site.log_in(&browser);
        until_access_is_over();
        browser.press(".head button");
        browser.sees("Log in");
        assert_eq!(browser.text(".note"), "You are logged out.");
        assert_eq!(site.sessions(), 0);
        browser.back();
        browser.sees("Log in");
        assert_eq!(browser.count(".note"), 0, "it is said once");
        browser.is_content();
    }
}

#[test]
fn a_log_out_everywhere_ends_the_other_browser_too() {
    for mode in MODES {
        let site = Site::new(mode);
        let (here, there) = (Browser::open(), Browser::open());
        site.log_in(&here);
        site.log_in(&there);
        here.reload();
        assert_eq!(here.count("tbody tr"), 2);
        here.press(".foot button");
        here.sees("Log in");
        assert!(here.text(".note").contains("everywhere"));
        there.reload();
        there.sees("Log in");
        assert_eq!(site.sessions(), 0);
        here.is_content();
        there.is_content();
    }
}

#[test]
fn another_session_is_ended_and_no_more() {
    let site = Site::with("two-cookies", &[]);
    let (here, there) = (Browser::open(), Browser::open());
    site.log_in(&here);
    site.log_in(&there);
    here.reload();
    assert_eq!(here.count(".this"), 1);
    here.press("td button");
    here.sees("Your account");
    assert_eq!(here.text(".note"), "The session has ended.");
    assert_eq!((here.count("tbody tr"), site.sessions()), (1, 1));
    there.reload();
    there.sees("Log in");
    here.reload();
    here.sees("Your account");
}

#[test]
fn a_keyboard_is_enough() {
    let site = Site::with("one-cookie", &[]);
    let browser = Browser::open();
    browser.go(&site.url("/login/"));
    browser.sees("Log in");
    assert_eq!(browser.focus(), "username");
    browser.keys(&format!("alice{TAB}"));
    assert_eq!(browser.focus(), "password");
    browser.keys(&format!("{PASSWORD}{ENTER}"));
    browser.sees("Your account");
    browser.keys(TAB);
    assert_eq!(browser.focus(), "Log out");
    browser.picture("account-focus");
    browser.keys(ENTER);
    browser.sees("Log in");
    assert_eq!(site.sessions(), 0);
    browser.is_content();
}

#[test]
fn no_script_is_needed() {
    for mode in MODES {
        let site = Site::new(mode);
        let browser = Browser::with(Habit::NoScripts);
        // It is really so: a script of a page does not run.
        browser.go("data:text/html,<h1>off</h1><script>document.querySelector('h1').textContent='on'</script>");
        browser.sees("off");
        site.log_in(&browser);
        until_access_is_over();
        browser.reload();
        browser.sees("Your account");
        browser.press(".head button");
        browser.sees("Log in");
        assert_eq!(site.sessions(), 0);
    }
}
