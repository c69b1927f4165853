//! The page of one's own account: who one is, and which sessions go on.

use maud::{Markup, html};

use crate::authority::own::Own;
use crate::server::people::page::{self, Page, Width};
use crate::session::Session;
use crate::time;

/// The most permissions that are shown without being asked for.
const FEW: usize = 6;

/// What the page of an account shows.
#[derive(Debug, Clone, Copy)]
pub(in crate::server::people) struct Account<'a> {
    /// What proves that the forms are ours.
    pub(in crate::server::people) csrf: &'a str,
    /// What the user may know.
    pub(in crate::server::people) own: &'a Own,
    /// The session that is asking.
    pub(in crate::server::people) sid: &'a str,
    /// Whether one of them was just ended.
    pub(in crate::server::people) ended: bool,
}

/// The page.
pub(in crate::server::people) fn page(account: &Account<'_>) -> Page {
    let proof = page::proof(account.csrf);
    let content = html! {
        div.head {
            div {
                h1 { "Your account" }
                p.soft { "Logged in as " strong.word { (account.own.username) } }
            }
            form method="post" action="/account/logout/" {
                (proof)
                button type="submit" { "Log out" }
            }
        }
        @if account.ended {
            p.note role="status" { "The session has ended." }
        }
        (permissions(account))
        section aria-labelledby="sessions" {
            h2 #sessions { "Where you are logged in" }
            p.soft { "End a session that you do not know. All times are UTC." }
            form method="post" action="/account/end_session/" {
                (proof)
                (table(account))
            }
            @if account.own.more {
                p.soft { "There are more sessions than are shown here." }
            }
        }
        form.foot method="post" action="/account/logout_everywhere/" {
            (proof)
            p.soft { "Ends every session, this one too. Do this if somebody may know your password." }
            button.quiet type="submit" { "Log out everywhere" }
        }
    };
    Page { title: "Your account".to_owned(), width: Width::Wide, content }
}

fn permissions(account: &Account<'_>) -> Markup {
    let count = account.own.permissions.len();
    html! {
        @if account.own.superuser {
            p { "You may do everything here." }
        }
        @if count > 0 {
            details open[count <= FEW] {
                summary { "Permissions (" (count) ")" }
                ul.permissions {
                    @for permission in &account.own.permissions { li { (permission) } }
                }
            }
        }
    }
}

/// The roles say what the elements are also where a narrow window shows them one below another.
fn table(account: &Account<'_>) -> Markup {
    html! {
        table role="table" aria-labelledby="sessions" {
            thead role="rowgroup" {
                tr role="row" {
                    th role="columnheader" scope="col" { "Session" }
                    th role="columnheader" scope="col" { "Begun" }
                    th role="columnheader" scope="col" { "Last refreshed" }
                    th role="columnheader" scope="col" { "Ends" }
                    th role="columnheader" scope="col" { span.unseen { "Log out" } }
                }
            }
            tbody role="rowgroup" {
                @for session in &account.own.sessions { (row(session, account.sid)) }
            }
        }
    }
}

fn row(session: &Session, own: &str) -> Markup {
    let short = session.sid.get(..8).unwrap_or(&session.sid);
    html! {
        tr role="row" {
            th role="rowheader" scope="row" { code { (short) } }
            td role="cell" data-of="Begun" { (moment(session.created)) }
            td role="cell" data-of="Last refreshed" {
                @match session.rotated {
                    Some(at) => (moment(at)),
                    None => "not yet",
                }
            }
            td role="cell" data-of="Ends" { (moment(session.current.expires)) }
            td role="cell" {
                @if session.sid == own {
                    span.this { "This session" }
                } @else {
                    button.quiet name="sid" value=(session.sid)
                        aria-label={ "Log out session " (short) } { "Log out" }
                }
            }
        }
    }
}

fn moment(moment: i64) -> Markup {
    html! { time datetime=[time::utc(moment)] { (time::minute(moment)) } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Refresh;
    use crate::user::Subject;

    fn session(sid: &str) -> Session {
        Session {
            sid: sid.to_owned(),
            subject: Subject { id: Some(1), username: "alice".to_owned() },
            created: 1_795_600_440,
            generation: 0,
            current: Refresh { jti: String::new(), issued: 0, expires: 1_795_686_840 },
            previous: None,
            rotated: None,
            recovered: None,
            ended: None,
        }
    }

    #[test]
    fn only_other_sessions_can_be_ended_one_by_one() {
        let own = Own {
            username: "<alice>".to_owned(),
            superuser: false,
            permissions: vec!["news.change".to_owned()],
            sessions: vec![session("3f6b7a20-own"), session("b1c2d3e4-other")],
            more: false,
        };
        let account = Account { csrf: "proof", own: &own, sid: "3f6b7a20-own", ended: false };
        let text = page(&account).content.into_string();
        assert!(text.contains("&lt;alice&gt;") && text.contains("This session"), "{text}");
        assert_eq!(text.matches("name=\"sid\"").count(), 1, "{text}");
        assert!(text.contains("value=\"b1c2d3e4-other\""), "{text}");
        assert!(text.contains("datetime=\"2026-11-25T09:54:00Z\">25 Nov 2026, 09:54<"), "{text}");
        assert_eq!(text.matches("value=\"proof\"").count(), 3, "{text}");
    }
}
