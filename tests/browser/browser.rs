//! A Chromium with a profile of its own, as a person uses it: looks, types, presses.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::driver::Driver;

/// The member by which `WebDriver` names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long something is waited for that a page is about to show.
const SOON: Duration = Duration::from_secs(10);

pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const TAB: &str = "\u{e004}";

/// What is special about a browser.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Nothing.
    Plain,
    /// Its user allows no scripts.
    NoScripts,
    /// Its user allows no cookies.
    NoCookies,
    /// It is not waited for while it loads a page.
    Hasty,
}

pub(crate) struct Browser {
    driver: Driver,
    session: String,
}

impl Browser {
    pub(crate) fn open() -> Self {
        Self::with(Habit::Plain)
    }

    pub(crate) fn with(habit: Habit) -> Self {
        let driver = Driver::start();
        let block = |name: &str| json!({ format!("profile.managed_default_content_settings.{name}"): 2, format!("profile.default_content_setting_values.{name}"): 2 });
        let preferences = match habit {
            Habit::NoScripts => block("javascript"),
            Habit::NoCookies => block("cookies"),
            Habit::Plain | Habit::Hasty => json!({}),
        };
        // Nothing leaves this machine. As root, Chromium runs without its sandbox or not at all.
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--hide-scrollbars",
            "--lang=en",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "acceptInsecureCerts": true,
            "pageLoadStrategy": if habit == Habit::Hasty { "none" } else { "normal" },
            "goog:chromeOptions": {"args": arguments, "prefs": preferences},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let begun = driver.ask("POST", "/session", &wanted).unwrap_or_else(|error| {
            panic!("Chromium did not start, tests/run installs it: {error:#}")
        });
        let session = begun["sessionId"].as_str().unwrap().to_owned();
        Self { driver, session }
    }

    fn try_to(&self, method: &str, path: &str, body: &Value) -> Result<Value, Value> {
        self.driver.ask(method, &format!("/session/{}{path}", self.session), body)
    }

    #[track_caller]
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        self.try_to(method, path, body).unwrap_or_else(|error| panic!("{path}: {error:#}"))
    }

    #[track_caller]
    fn get(&self, path: &str) -> Value {
        self.ask("GET", path, &Value::Null)
    }

    #[track_caller]
    pub(crate) fn go(&self, url: &str) {
        self.ask("POST", "/url", &json!({"url": url}));
    }

    #[track_caller]
    pub(crate) fn reload(&self) {
        self.ask("POST", "/refresh", &json!({}));
    }

    #[track_caller]
    pub(crate) fn back(&self) {
        self.ask("POST", "/back", &json!({}));
    }

    pub(crate) fn url(&self) -> String {
        text(&self.get("/url"))
    }

    #[track_caller]
    pub(crate) fn source(&self) -> String {
        text(&self.get("/source"))
    }

    /// Opens another window of the same profile and goes there.
    #[track_caller]
    pub(crate) fn new_window(&self) -> String {
        let window = self.ask("POST", "/window/new", &json!({"type": "tab"}));
        let handle = text(&window["handle"]);
        self.to_window(&handle);
        handle
    }

    pub(crate) fn window(&self) -> String {
        text(&self.get("/window"))
    }

    #[track_caller]
    pub(crate) fn to_window(&self, handle: &str) {
        self.ask("POST", "/window", &json!({"handle": handle}));
    }

    fn find(&self, css: &str) -> Option<String> {
        let wanted = json!({"using": "css selector", "value": css});
        let found = self.try_to("POST", "/element", &wanted).ok()?;
        Some(text(&found[ELEMENT]))
    }

    /// Something of an element, as soon as it is there.
    #[track_caller]
    fn of(&self, css: &str, what: &str) -> Value {
        let mut got = None;
        let found = soon(|| {
            let read = |id: String| {
                self.try_to("GET", &format!("/element/{id}/{what}"), &Value::Null).ok()
            };
            got = self.find(css).and_then(read);
            got.is_some()
        });
        assert!(found, "no {css} at {}:\n{}", self.url(), self.source());
        got.unwrap_or_default()
    }

    /// What an element says.
    #[track_caller]
    pub(crate) fn text(&self, css: &str) -> String {
        text(&self.of(css, "text"))
    }

    #[track_caller]
    pub(crate) fn attribute(&self, css: &str, name: &str) -> Option<String> {
        self.of(css, &format!("attribute/{name}")).as_str().map(str::to_owned)
    }

    /// What is typed into a field.
    #[track_caller]
    pub(crate) fn value(&self, css: &str) -> String {
        text(&self.of(css, "property/value"))
    }

    /// How many elements there are.
    #[track_caller]
    pub(crate) fn count(&self, css: &str) -> usize {
        let wanted = json!({"using": "css selector", "value": css});
        self.ask("POST", "/elements", &wanted).as_array().map_or(0, Vec::len)
    }

    /// Whether an element comes to say this; a page may be on its way.
    pub(crate) fn says(&self, css: &str, wanted: &str) -> bool {
        let says =
            |id: String| self.try_to("GET", &format!("/element/{id}/text"), &Value::Null).ok();
        soon(|| self.find(css).and_then(says).is_some_and(|said| said == wanted))
    }

    /// The heading must come to be this.
    #[track_caller]
    pub(crate) fn sees(&self, heading: &str) {
        let seen = self.says("h1", heading);
        assert!(seen, "no \"{heading}\" at {}:\n{}", self.url(), self.source());
    }

    /// The window's title must come to say that something was wrong.
    #[track_caller]
    pub(crate) fn sees_error(&self) {
        let title = || text(&self.get("/title"));
        assert!(soon(|| title().starts_with("Error: ")), "{}", title());
    }

    #[track_caller]
    pub(crate) fn press(&self, css: &str) {
        let id = self.find(css).unwrap_or_else(|| panic!("no {css}:\n{}", self.source()));
        self.ask("POST", &format!("/element/{id}/click"), &json!({}));
    }

    #[track_caller]
    pub(crate) fn type_into(&self, css: &str, keys: &str) {
        let id = self.find(css).unwrap_or_else(|| panic!("no {css}:\n{}", self.source()));
        self.ask("POST", &format!("/element/{id}/clear"), &json!({}));
        self.ask("POST", &format!("/element/{id}/value"), &json!({"text": keys}));
    }

    /// Types wherever the focus is.
    #[track_caller]
    pub(crate) fn keys(&self, keys: &str) {
        let each = |key| {
            [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})]
        };
        let actions: Vec<_> = keys.chars().map(String::from).flat_map(each).collect();
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": actions});
        self.ask("POST", "/actions", &json!({"actions": [keyboard]}));
    }

    /// What has the focus: its id or else its text.
    #[track_caller]
    pub(crate) fn focus(&self) -> String {
        let id = text(&self.get("/element/active")[ELEMENT]);
        match text(&self.get(&format!("/element/{id}/property/id"))) {
            none if none.is_empty() => text(&self.get(&format!("/element/{id}/text"))),
            id => id,
        }
    }

    /// The names of the cookies that the browser would send to the page it is at.
    pub(crate) fn cookies(&self) -> Vec<String> {
        let cookies = self.get("/cookie");
        let mut names: Vec<_> =
            cookies.as_array().unwrap().iter().map(|cookie| text(&cookie["name"])).collect();
        names.sort();
        names
    }

    #[track_caller]
    pub(crate) fn forget_cookies(&self) {
        self.ask("DELETE", "/cookie", &Value::Null);
    }

    /// A command of the browser's own protocol.
    #[track_caller]
    pub(crate) fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.ask("POST", "/goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }

    /// Writes a picture of the page below `target`, for whoever wants to look at it.
    #[track_caller]
    pub(crate) fn picture(&self, name: &str) -> PathBuf {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
        fs::create_dir_all(&place).unwrap();
        let file = place.join(format!("{name}.png"));
        let picture = STANDARD.decode(text(&self.get("/screenshot"))).unwrap();
        fs::write(&file, picture).unwrap();
        file
    }

    /// What the browser complained of so far, but for the statuses of refusals.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.ask("POST", "/se/log", &json!({"type": "browser"}));
        let messages = log.as_array().unwrap().iter().map(|entry| text(&entry["message"]));
        messages
            .filter(|message| !message.contains("the server responded with a status of 4"))
            .collect()
    }

    /// The browser must have had nothing to complain of.
    #[track_caller]
    pub(crate) fn is_content(&self) {
        assert_eq!(self.complaints(), Vec::<String>::new());
    }
}

/// Whether something comes to be so.
pub(crate) fn soon(mut so: impl FnMut() -> bool) -> bool {
    let until = Instant::now() + SOON;
    loop {
        if so() {
            return true;
        }
        if Instant::now() > until {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
