//! Pictures of every page in light, dark and on a phone, for people to look at; and what a browser
//! can tell of their looks.

use serde_json::json;

use crate::browser::Browser;
use crate::site::{PASSWORD, Site, submit};

/// A window, and how its user likes it.
const LOOKS: [(&str, u32, u32, &str); 3] =
    [("light", 1100, 760, "light"), ("dark", 1100, 760, "dark"), ("phone", 360, 780, "light")];

#[test]
fn every_page_in_every_light() {
    let site = Site::with("one-cookie", &[]);
    let (other, browser) = (Browser::open(), Browser::open());
    site.log_in(&other);
    for (look, width, height, scheme) in LOOKS {
        let screen =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        browser.devtools("Emulation.setDeviceMetricsOverride", &screen);
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        browser.devtools("Emulation.setEmulatedMedia", &media);
        let take = |name: &str| {
            let wide = browser.devtools(
                "Runtime.evaluate",
                &json!({"expression": "document.documentElement.scrollWidth", "returnByValue": true}),
            );
            assert_eq!(wide["result"]["value"], json!(width), "{name} is wider than its window");
            browser.picture(&format!("{name}-{look}"));
        };
        browser.go(&site.url("/login/"));
        browser.sees("Log in");
        take("login");
        submit(&browser, "wrong");
        browser.sees_error();
        take("wrong");
        submit(&browser, PASSWORD);
        browser.sees("Your account");
        take("account");
        browser.press(".head button");
        browser.sees("Log in");
        take("out");
        browser.go(&site.url("/api/token/refresh/continue?kept=1&"));
        browser.sees("Cookies are needed");
        take("refused");
    }
    browser.is_content();
}
