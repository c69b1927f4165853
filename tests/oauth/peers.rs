//! Clients that others wrote: oauth4webapi and jose for JavaScript, Authlib and joserfc for Python.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::site::Site;
use crate::token;

/// What a peer tells of its life with the server; `program` runs its script.
fn told(site: &Site, program: &str, script: &str, refresh: &str) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oauth").join(script);
    let issuer = format!("http://{}", site.served.address);
    let output = Command::new(program)
        .arg(script)
        .args([&issuer, "billing", &site.secret, refresh])
        .output()
        .unwrap_or_else(|error| panic!("{program} ({error}): run tests/run, which installs it"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "these are the tests' own, not settings of jot")]
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run tests/run, which does"))
}

#[test]
fn oauth4webapi_and_jose() {
    variable("JOT_TEST_OAUTH_NODE");
    let site = Site::ready();
    let (refresh, _) = site.served.tokens();
    let told = told(&site, "node", "peer.mjs", &refresh);
    let issuer = format!("http://{}", site.served.address);
    assert_eq!(told["metadata"]["issuer"], issuer);
    assert_eq!(told["basic"]["scope"], "news.view news.change");
    assert_eq!(told["post"]["scope"], "news.view");
    for seen in ["verified", "accepted"] {
        assert_eq!(told[seen]["sub"], "billing", "{seen}");
        assert_eq!(
            (&told[seen]["iss"], &told[seen]["aud"]),
            (&issuer.as_str().into(), &issuer.as_str().into())
        );
    }
    assert_eq!(
        (&told["live"]["active"], &told["live"]["client_id"]),
        (&true.into(), &"billing".into())
    );
    for seen in ["dead", "ended"] {
        assert_eq!(told[seen], serde_json::json!({"active": false}), "{seen}");
    }
    assert_eq!(told["person"]["user"]["username"], "alice");
    assert_eq!(told["person"]["sid"], token::text(&refresh, "sid"));
    for (seen, error, status) in
        [("refused", "invalid_grant", 400), ("scope", "invalid_scope", 400)]
    {
        assert_eq!((&told[seen]["error"], &told[seen]["status"]), (&error.into(), &status.into()));
    }
    assert_eq!(told["unknown"]["status"], 401, "{}", told["unknown"]);
    assert_eq!(told["unknown"]["cause"][0]["scheme"], "basic", "{}", told["unknown"]);
}

#[test]
fn authlib_and_joserfc() {
    let site = Site::ready();
    let (refresh, _) = site.served.tokens();
    let told = told(&site, &variable("JOT_TEST_OAUTH_PYTHON"), "peer.py", &refresh);
    for method in ["client_secret_basic", "client_secret_post"] {
        assert_eq!(told[method]["scope"], "news.view", "{method}");
    }
    assert_eq!(told["claims"]["sub"], "billing");
    assert_eq!(
        (&told["live"]["active"], &told["live"]["scope"]),
        (&true.into(), &"news.view".into())
    );
    assert_eq!((&told["revoked"], &told["dead"]["active"]), (&200.into(), &false.into()));
    assert_eq!(told["person"]["sid"], token::text(&refresh, "sid"));
    assert_eq!(told["refused"], "invalid_grant");
}
