//! Findings as a command tells them, and the rules behind them.

use anyhow::Result;
use jot::finding::{self, Finding, Rule, Severity};
use serde_json::{Value, json};

use crate::cli::ExplainArgs;
use crate::command::{Context, Ended};
use crate::output::{Ink, Outcome, Output, escape};

/// How a command ends that found something which matters.
const FOUND: u8 = 1;

/// Tells the findings: a page by severity, or one document a line. `none` is what the page says
/// where there are none, `last` what it says in any case.
pub(super) fn tell(
    findings: &[Finding],
    (none, last): (&str, &str),
    context: &Context,
) -> Result<Ended> {
    let output = &context.output;
    let outcome = if context.json() {
        let mut lines = output.lines();
        for finding in findings {
            if lines.json(&document(finding))? == Outcome::Closed {
                break;
            }
        }
        lines.finish()?
    } else {
        let page = if findings.is_empty() { format!("{none}\n") } else { page(findings, output) };
        output.result(&(page + last))?
    };
    let is_high = findings.iter().any(|finding| finding.rule.severity == Severity::High);
    Ok(if is_high { Ended::With(FOUND) } else { outcome.into() })
}

fn page(findings: &[Finding], output: &Output) -> String {
    let mut page = String::new();
    for severity in Severity::ALL {
        let of_it = findings.iter().filter(|finding| finding.rule.severity == severity);
        for (number, finding) in of_it.enumerate() {
            if number == 0 {
                page.push_str(&output.paint(Ink::Title, severity.name()));
                page.push('\n');
            }
            let id = output.paint(ink(severity), finding.rule.id);
            let (title, seen) = (finding.rule.title, escape(&finding.seen));
            let to_do = escape(finding.to_do());
            let lines = [
                format!("  {id}: {title}"),
                format!("    seen: {seen}"),
                format!("    to do: {to_do}"),
            ];
            page.extend(lines.into_iter().flat_map(|line| [line, "\n".to_owned()]));
        }
    }
    page
}

fn ink(severity: Severity) -> Ink {
    match severity {
        Severity::High | Severity::Medium => Ink::Alert,
        Severity::Low | Severity::Info => Ink::Faint,
    }
}

fn document(finding: &Finding) -> Value {
    let Rule { id, severity, title, .. } = finding.rule;
    json!({
        "rule": id,
        "severity": severity.name(),
        "title": title,
        "seen": finding.seen,
        "remedy": finding.to_do(),
    })
}

/// What `--explain` asks for, if it was said: one rule, or all.
pub(super) fn explain(args: &ExplainArgs, context: &Context) -> Result<Option<Ended>> {
    let output = &context.output;
    let outcome = match args.explain.as_deref() {
        None => return Ok(None),
        Some("") if context.json() => {
            let mut lines = output.lines();
            for rule in finding::all() {
                if lines.json(&explained(rule))? == Outcome::Closed {
                    break;
                }
            }
            lines.finish()?
        }
        Some("") => output.result(&finding::reference())?,
        Some(id) => {
            let rule = finding::rule(id)?;
            output.answer(|| explained(rule), || in_words(rule))?
        }
    };
    Ok(Some(outcome.into()))
}

fn explained(rule: &Rule) -> Value {
    let Rule { id, severity, title, why, remedy, source } = rule;
    json!({
        "rule": id,
        "severity": severity.name(),
        "title": title,
        "why": why,
        "remedy": remedy,
        "source": source,
    })
}

fn in_words(rule: &Rule) -> String {
    let Rule { id, severity, title, why, remedy, source } = rule;
    let severity = severity.name();
    format!("{id} ({severity}): {title}\nwhy: {why}\nto do: {remedy}\nsource: {source}")
}
