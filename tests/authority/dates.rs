//! Times in tokens: mistyped ones are refused whether or not anybody asked, the others to the
//! second; and what else must be there.

use jot::authority::Rules;
use jot::authority::validate::Asked;
use jot::claims::check::Times;
use jot::error::Stage;

use super::world::*;

const BAD: [&str; 22] = [
    "null",
    "true",
    r#""1800000060""#,
    r#""""#,
    "[]",
    "[1800000060]",
    "{}",
    "-1",
    "-0",
    "-0.5",
    "1e400",
    "-1e400",
    "1e17",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "99999999999999999999999999",
    r#""NaN""#,
    r#""Infinity""#,
    "-1e-400",
    "false",
];

fn body(exp: &str, rest: &str) -> String {
    format!(r#"{{"jti":"j","type":"access","user":{{"id":null}},"exp":{exp}{rest}}}"#)
}

fn loose() -> World {
    world(Rules { iat: false, ..rules() })
}

#[test]
fn a_mistyped_time_is_refused_whether_or_not_it_is_required() {
    let world = loose();
    let lenient = Asked { times: Times::Beginning, leeway: Some(1 << 40), ..Asked::default() };
    for bad in BAD {
        let good = (NOW + 60).to_string();
        for claims in [
            body(bad, ""),
            body(&good, &format!(",\"nbf\":{bad}")),
            body(&good, &format!(",\"iat\":{bad}")),
        ] {
            let token = world.sign("JWT", &claims);
            assert_eq!(world.stage(&token), Some(Stage::Claims), "{claims}");
            assert_eq!(world.judged(&token, &lenient), Some(Stage::Claims), "{claims}");
        }
    }
}

#[test]
fn an_end_is_judged_to_the_second() {
    let world = loose();
    for (exp, leeway, expected) in [
        (NOW.to_string(), 0, Some(Stage::Expired)),
        ((NOW + 1).to_string(), 0, None),
        (format!("{NOW}.0"), 0, Some(Stage::Expired)),
        (format!("{NOW}.999"), 0, Some(Stage::Expired)),
        (format!("{}.0", NOW + 1), 0, None),
        ("1.800000001e9".into(), 0, None),
        ("18000000010E-1".into(), 0, None),
        ("0".into(), 0, Some(Stage::Expired)),
        ((NOW - 10).to_string(), 10, Some(Stage::Expired)),
        ((NOW - 9).to_string(), 10, None),
        ("9007199254740992".into(), i64::MAX, None),
    ] {
        let token = world.sign("JWT", &body(&exp, ""));
        let asked = Asked { leeway: Some(leeway), ..Asked::default() };
        assert_eq!(world.judged(&token, &asked), expected, "{exp} with {leeway}");
        let asked = Asked { times: Times::Beginning, ..Asked::default() };
        assert_eq!(world.judged(&token, &asked), None, "{exp}");
    }
}

#[test]
fn a_beginning_is_judged_to_the_second() {
    let world = loose();
    for (nbf, leeway, expected) in [
        (NOW.to_string(), 0, None),
        ((NOW + 1).to_string(), 0, Some(Stage::NotYetValid)),
        (format!("{NOW}.001"), 0, Some(Stage::NotYetValid)),
        ((NOW + 10).to_string(), 10, None),
        ((NOW + 11).to_string(), 10, Some(Stage::NotYetValid)),
        ("9007199254740992".into(), i64::MAX, None),
    ] {
        let token = world.sign("JWT", &body(&(NOW + 60).to_string(), &format!(",\"nbf\":{nbf}")));
        let asked = Asked { leeway: Some(leeway), ..Asked::default() };
        assert_eq!(world.judged(&token, &asked), expected, "{nbf} with {leeway}");
    }
}

#[test]
fn at_another_moment_a_token_is_what_it_was_then() {
    let world = world(Rules { nbf: 5, ..rules() });
    let token = world.access("alice");
    for (at, expected) in [
        (NOW + 4, Some(Stage::NotYetValid)),
        (NOW + 5, None),
        (NOW + ACCESS - 1, None),
        (NOW + ACCESS, Some(Stage::Expired)),
    ] {
        assert_eq!(world.judged(&token, &Asked { at: Some(at), ..Asked::default() }), expected);
    }
}

#[test]
fn what_our_tokens_must_have_is_required_and_no_less_by_asking() {
    let world = world(rules());
    let all = [
        ("jti", r#""jti":"j""#.to_owned()),
        ("exp", format!(r#""exp":{}"#, NOW + 60)),
        ("iat", format!(r#""iat":{NOW}"#)),
        ("type", r#""type":"access""#.to_owned()),
        ("user", r#""user":{"id":null}"#.to_owned()),
    ];
    let with = |without: &str| {
        let kept = all.iter().filter(|(name, _)| *name != without).map(|(_, text)| text.as_str());
        world.sign("JWT", &format!("{{{}}}", kept.collect::<Vec<_>>().join(",")))
    };
    assert_eq!(world.stage(&with("")), None);
    for name in ["jti", "exp", "iat", "type", "user"] {
        assert_eq!(world.stage(&with(name)), Some(Stage::Claims), "{name}");
    }
    let asked = Asked { require: vec!["sid".into()], ..Asked::default() };
    assert_eq!(world.judged(&with(""), &asked), Some(Stage::Claims));
    for mistyped in
        [r#""jti":7"#, r#""jti":null"#, r#""sid":7,"jti":"j""#, r#""sid":null,"jti":"j""#]
    {
        let rest =
            format!(r#""exp":{},"iat":{NOW},"type":"access","user":{{"id":null}}"#, NOW + 60);
        let claims = format!("{{{mistyped},{rest}}}");
        assert_eq!(world.stage(&world.sign("JWT", &claims)), Some(Stage::Claims), "{mistyped}");
    }
}

#[test]
fn permissions_are_whole_words_and_all_of_them() {
    let world = world(rules());
    world.add_with("alice", &["app.view", "app.add"]);
    let token = world.access("alice");
    for (wanted, expected) in [
        (&["app.view"][..], None),
        (&["app.add", "app.view"], None),
        (&["app.view", "app.delete"], Some(Stage::Permission)),
        (&["app"], Some(Stage::Permission)),
        (&["app.view app.add"], Some(Stage::Permission)),
        (&["APP.VIEW"], Some(Stage::Permission)),
        (&[""], Some(Stage::Permission)),
    ] {
        let permissions = wanted.iter().map(|p| (*p).to_owned()).collect();
        let asked = Asked { permissions, ..Asked::default() };
        assert_eq!(world.judged(&token, &asked), expected, "{wanted:?}");
    }
}
