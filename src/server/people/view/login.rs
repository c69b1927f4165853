//! The page to log in.

use maud::html;

use crate::server::people::next::{ACCOUNT, LOGIN};
use crate::server::people::page::{Page, hidden, proof};

/// What the page to log in shows.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::server::people) struct Login<'a> {
    /// What proves that the form is ours.
    pub(in crate::server::people) csrf: &'a str,
    /// Where to go on afterwards.
    pub(in crate::server::people) next: &'a str,
    /// The name as it was typed before.
    pub(in crate::server::people) username: &'a str,
    /// What went before.
    pub(in crate::server::people) before: Before,
}

/// What went before somebody sees the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::server::people) enum Before {
    /// Nothing to speak of.
    #[default]
    Nothing,
    /// This session ended.
    LoggedOut,
    /// All of the user's sessions ended.
    LoggedOutEverywhere,
    /// Something was to be done, and nobody was logged in any more.
    NothingDone,
    /// The name or the password was wrong; which of them is nobody's business.
    Wrong,
    /// One of them was not there.
    Missing,
}

impl Before {
    /// What is wrong.
    fn problem(self) -> Option<&'static str> {
        match self {
            Self::Wrong => Some("This name and password do not match. Check both and try again."),
            Self::NothingDone => Some(
                "This was not done: you were not logged in any more. Log in, then do it again.",
            ),
            Self::Missing => Some("Enter both your user name and your password."),
            _ => None,
        }
    }

    /// What is well.
    fn notice(self) -> Option<&'static str> {
        match self {
            Self::LoggedOut => Some("You are logged out."),
            Self::LoggedOutEverywhere => {
                Some("You are logged out everywhere. All your sessions have ended.")
            }
            _ => None,
        }
    }
}

/// The page. A name that is there already need not be typed again.
pub(in crate::server::people) fn page(login: &Login<'_>) -> Page {
    let problem = login.before.problem();
    let title = if problem.is_some() { "Error: Log in" } else { "Log in" };
    let (invalid, problem_id) = (problem.map(|_| "true"), problem.map(|_| "problem"));
    let named = !login.username.is_empty();
    let next = Some(login.next).filter(|next| *next != ACCOUNT);
    let content = html! {
        h1 { "Log in" }
        @if let Some(notice) = login.before.notice() {
            p.note role="status" { (notice) }
        }
        @if let Some(problem) = problem {
            p.problem #problem role="alert" { (problem) }
        }
        form method="post" action=(LOGIN) {
            (proof(login.csrf))
            @if let Some(next) = next { (hidden("next", next)) }
            label for="username" { "User name" }
            input #username name="username" type="text" value=(login.username) required
                autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false"
                aria-invalid=[invalid] aria-describedby=[problem_id] autofocus[!named];
            label for="password" { "Password" }
            input #password name="password" type="password" required
                autocomplete="current-password"
                aria-invalid=[invalid] aria-describedby=[problem_id] autofocus[named];
            button.full type="submit" { "Log in" }
        }
    };
    Page::narrow(title, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(login: Login<'_>) -> String {
        page(&login).content.into_string()
    }

    #[test]
    fn a_name_is_kept_and_the_password_never() {
        let text = shown(Login { username: "\"><b>", before: Before::Wrong, ..Login::default() });
        assert!(text.contains("value=\"&quot;&gt;&lt;b&gt;\""), "{text}");
        assert!(!text.contains("type=\"password\" value"), "{text}");
        assert_eq!(text.matches("aria-describedby=\"problem\"").count(), 2, "{text}");
        assert_eq!(text.matches("autofocus").count(), 1, "{text}");
    }

    #[test]
    fn nothing_tells_what_was_wrong() {
        let problem = Before::Wrong.problem().unwrap();
        for word in ["unknown", "disabled", "exist", "wrong password"] {
            assert!(!problem.contains(word), "{problem}");
        }
    }
}
