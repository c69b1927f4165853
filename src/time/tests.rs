//! What durations and moments mean, as tables.

use super::*;

fn said<T: std::fmt::Debug>(answer: Result<T>) -> (String, String) {
    let error = answer.unwrap_err();
    assert_eq!(error.code(), Code::Usage);
    (error.to_string(), error.hint_text().unwrap_or_default().to_owned())
}

#[test]
fn durations_are_read() {
    let cases = [
        ("1h30m", 5400),
        ("30d", 2_592_000),
        ("2w", 1_209_600),
        ("1w2d3h4m5s", 604_800 + 183_845),
        ("0s", 0),
        ("36525d", MAX_DURATION),
    ];
    for (text, seconds) in cases {
        assert_eq!(duration(text).unwrap(), seconds, "{text}");
    }
    assert_eq!(duration_or_never("never").unwrap(), None);
}

#[test]
fn what_is_no_duration_is_refused_with_what_was_expected() {
    let cases = [
        ("", "expected a whole number"),
        ("-5m", "expected a whole number"),
        ("90", "expected a unit after 90: w, d, h, m or s"),
        ("1h30", "expected a unit after 30: w, d, h, m or s"),
        ("5min", "unknown unit \"min\", expected w, d, h, m or s"),
        ("1.5h", "unknown unit \".\", expected w, d, h, m or s"),
        ("5\u{1b}", "unknown unit \"\\u{1b}\", expected w, d, h, m or s"),
        ("٣m", "expected a whole number"),
        ("5m1h", "\"h\" stands after a unit that is not larger"),
        ("5m5m", "\"m\" stands after a unit that is not larger"),
        ("36526d", "longer than 36525d, a hundred years"),
        ("9223372036854775807w", "longer than 36525d, a hundred years"),
    ];
    for (text, why) in cases {
        let expected = format!("\"{}\" is not a duration: {why}", text.escape_debug());
        let hint = "write it like 90s, 5m, 1h30m, 30d or 2w".to_owned();
        assert_eq!(said(duration(text)), (expected, hint));
    }
}

#[test]
fn moments_are_read() {
    let now = 1_800_000_000;
    let cases = [
        ("now", now),
        ("+1d", now + DAY),
        ("-2h", now - 7200),
        ("2027-01-01", 1_798_761_600),
        ("2027-01-01T10:00:00Z", 1_798_797_600),
        ("2027-01-01T10:00:00.9Z", 1_798_797_600),
        ("2027-01-01T10:00:00+01:00", 1_798_794_000),
        ("2027-01-01T10:00:00-05:30", 1_798_817_400),
        ("1700000000", 1_700_000_000),
        ("253402207200", MAX_MOMENT),
    ];
    for (text, expected) in cases {
        assert_eq!(moment(text, now).unwrap(), expected, "{text}");
    }
}

#[test]
fn what_is_no_moment_is_refused() {
    let expected = "expected a date, a time with its offset, or seconds";
    let outside = "it lies outside the years 1970 to 9999";
    let cases = [
        ("", "it is empty"),
        ("tomorrow", expected),
        ("2027-1-1", expected),
        ("2027-01-01T10Z", expected),
        ("20270101T100000Z", expected),
        ("2027-01-01T10:00:00Z[UTC]", expected),
        ("2027-01-0é", expected),
        ("2027-01-01T10:00:00", "its offset is missing, expected Z or +01:00 after the time"),
        ("2027-02-30", "no such date or time"),
        ("1969-12-31", outside),
        ("253402207201", outside),
        ("99999999999999999999", outside),
    ];
    for (text, why) in cases {
        let message = format!("\"{text}\" is not a moment: {why}");
        assert_eq!(said(moment(text, 0)).0, message);
    }
    let (message, hint) = said(moment("1700000000123", 0));
    assert!(message.ends_with("it looks like milliseconds, expected seconds"), "{message}");
    assert_eq!(hint, "drop the last three digits: 1700000000");
    assert!(said(moment("-2h", 0)).0.ends_with(outside));
    assert!(said(moment("+1d", i64::MAX)).0.ends_with(outside));
    assert!(said(moment("+1x", 0)).0.starts_with("\"1x\" is not a duration"));
    assert!(said(moment("-5", 0)).0.starts_with("\"5\" is not a duration"));
}

#[test]
fn times_are_written() {
    assert_eq!(utc(1_798_797_600).as_deref(), Some("2027-01-01T10:00:00Z"));
    assert_eq!(utc(-62_135_596_800).as_deref(), Some("0001-01-01T00:00:00Z"));
    assert_eq!([-62_135_596_801, i64::MIN, i64::MAX].map(utc), [const { None }; 3]);
    let zone = TimeZone::fixed(jiff::tz::offset(-5));
    assert_eq!(in_zone(1_798_797_600, zone).as_deref(), Some("2027-01-01 05:00:00 -05:00"));
    assert!(local(1_798_797_600).is_some());
}

#[test]
fn relative_words_have_at_most_two_units() {
    let cases = [
        (252, "in 4m 12s"),
        (-(2 * DAY + 3 * 3600 + 59), "2d 3h ago"),
        (0, "now"),
        (-60, "1m ago"),
        (DAY + 59, "in 1d"),
        (i64::MAX, "in 106751991167300d 15h"),
        (i64::MIN, "106751991167300d 15h ago"),
    ];
    for (moment, words) in cases {
        assert_eq!(relative(moment, 0), words);
    }
}

#[test]
fn a_span_is_read_back() {
    for seconds in [0, 1, 59, 300, 5400, 86_399, 604_800, 7_776_000, MAX_DURATION] {
        assert_eq!(duration(&span(seconds)).unwrap(), seconds);
    }
    assert_eq!(span(5400), "1h30m");
}

#[test]
fn a_databases_time_is_in_utc_unless_it_says_otherwise() {
    for (text, moment) in [
        ("2027-01-01 00:00:00", 1_798_761_600),
        ("2027-01-01 00:00:00.999999", 1_798_761_600),
        ("2027-01-01T00:00:00", 1_798_761_600),
        ("2027-01-01 00:00:00Z", 1_798_761_600),
        ("2027-01-01 00:00:00+00:00", 1_798_761_600),
        ("2027-01-01 01:30:00.5+01:30", 1_798_761_600),
        ("2026-12-31 19:00:00-05:00", 1_798_761_600),
        ("1970-01-01 00:00:00", 0),
    ] {
        assert_eq!(stamp(text).unwrap(), moment, "{text}");
    }
    for text in [
        "",
        "yesterday",
        "2027-01-01",
        "2027-01-01 ",
        "2027-01-01 00:00",
        "2027-02-30 00:00:00",
        "2027-01-01 25:00:00",
        "1969-12-31 23:59:59",
        "1798761600",
        "2027-01-01 00:00:00 UTC",
        "2027-01-01 00:00:00+01:00[Europe/Paris]",
        "2027-01-01 00:00:0\u{fc}",
    ] {
        let error = stamp(text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("\"{text}\" is not a time")), "{error}");
    }
}
