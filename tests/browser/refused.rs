//! What a person sees who is refused.

use crate::browser::{Browser, Habit};
use crate::site::{MODES, PASSWORD, Site, submit};

#[test]
fn a_wrong_password_keeps_the_name_and_tells_nothing() {
    let site = Site::with("one-cookie", &[]);
    let browser = Browser::open();
    browser.go(&site.url("/login/?next=/livez"));
    let tell = |browser: &Browser| {
        browser.sees_error();
        for field in ["#username", "#password"] {
            assert_eq!(browser.attribute(field, "aria-invalid").as_deref(), Some("true"));
            let by = browser.attribute(field, "aria-describedby").unwrap();
            assert_eq!(browser.attribute(&format!("#{by}"), "role").as_deref(), Some("alert"));
        }
        assert_eq!(
            (browser.value("#password").as_str(), browser.focus().as_str()),
            ("", "password")
        );
        browser.text("#problem")
    };
    submit(&browser, "wrong");
    let wrong = tell(&browser);
    assert_eq!(browser.value("#username"), "alice");
    browser.type_into("#username", "nobody");
    browser.type_into("#password", PASSWORD);
    browser.press("button");
    assert_eq!(tell(&browser), wrong);
    browser.is_content();
    submit(&browser, PASSWORD);
    assert!(crate::browser::soon(|| browser.url() == site.url("/livez")), "{}", browser.url());
}

#[test]
fn who_keeps_no_cookies_is_told_so() {
    for mode in MODES {
        let site = Site::with(mode, &[]);
        let browser = Browser::with(Habit::NoCookies);
        browser.go(&site.url("/account/"));
        browser.sees("Log in");
        submit(&browser, PASSWORD);
        browser.sees("Cookies are needed");
        browser.picture(&format!("no-cookies-{mode}"));
        browser.press(".button");
        browser.sees("Log in");
        assert_eq!(site.sessions(), 0);
    }
}

/// A browser that comes back from a refresh without the new access cookie is not sent round in
/// circles; and one that has kept its refresh cookie goes on.
#[test]
fn who_does_not_keep_the_access_cookie_is_told_so() {
    let site = Site::with("one-cookie", &[]);
    let browser = Browser::open();
    site.log_in(&browser);
    browser.forget_cookies();
    browser.go(&site.url("/api/token/refresh/continue?kept=1&next=/account/"));
    browser.sees("Cookies are needed");
    browser.press(".button");
    browser.sees("Your account");
    assert_eq!(site.generation(), 1);
}

#[test]
fn an_old_form_changes_nothing() {
    let site = Site::with("one-cookie", &[]);
    let browser = Browser::open();
    site.log_in(&browser);
    let first = browser.window();
    browser.new_window();
    site.log_in(&browser);
    browser.to_window(&first);
    browser.press(".foot button");
    browser.sees("Please try again");
    assert_eq!(site.sessions(), 2);
    browser.picture("refused");
    browser.press(".button");
    browser.sees("Your account");
    browser.is_content();
}
