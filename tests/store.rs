//! The store: one suite of promises that every engine keeps, and what is true of a file only.

#[cfg(test)]
#[path = "support/acts.rs"]
mod acts;

#[cfg(test)]
#[path = "store/users.rs"]
mod users;

#[cfg(test)]
#[path = "store/clients.rs"]
mod clients;

#[cfg(test)]
#[path = "store/suite.rs"]
mod suite;

#[cfg(test)]
#[path = "store/sessions.rs"]
mod sessions;

#[cfg(test)]
#[path = "store/refusals.rs"]
mod refusals;

#[cfg(test)]
#[path = "store/outbox.rs"]
mod outbox;

#[cfg(test)]
#[path = "store/counters.rs"]
mod counters;

#[cfg(test)]
#[path = "store/file.rs"]
mod file;

#[cfg(test)]
#[path = "store/backup.rs"]
mod backup;

#[cfg(test)]
#[path = "store/django.rs"]
mod django;

#[cfg(test)]
#[path = "store/django_file.rs"]
mod django_file;

/// Runs the suite on one engine; `$fresh` makes an empty store.
macro_rules! promises {
    ($engine:ident, $fresh:expr, $($suite:ident::$promise:ident),* $(,)?) => {
        #[cfg(test)]
        mod $engine {
            $(#[test]
            fn $promise() {
                crate::$suite::$promise(&$fresh);
            })*
        }
    };
}

promises! {
    sqlite, jot::store::sqlite::Sqlite::in_memory().unwrap(),
    users::users_are_added_once_and_listed_by_name,
    users::a_user_is_replaced_only_while_the_row_is_what_it_was,
    users::a_removed_user_is_found_by_nothing_and_the_name_is_nobodys,
    users::a_name_that_is_given_up_is_nobodys_until_it_is_added,
    users::an_id_is_given_once,
    users::groups_give_their_members_what_they_have_today,
    users::any_user_with_a_password,
    users::all_of_a_list_of_changes_or_none,
    clients::clients_are_added_once_and_listed_by_id,
    clients::a_removed_client_is_found_by_nothing_and_stays_removed,
    clients::of_a_client_its_token_is_asked_for_and_no_user,
    suite::events_are_told_in_their_order,
    outbox::letters_of_a_stream_go_one_after_the_other,
    outbox::a_letter_that_is_given_up_is_told_of_in_its_event,
    outbox::a_letter_that_another_one_took_is_the_others,
    outbox::failed_logins_crowd_nothing_else_out,
    outbox::a_full_outbox_gives_up_its_oldest,
    outbox::a_purge_takes_letters_that_nobody_sends,
    counters::counters_are_replaced_only_while_they_are_what_they_were,
    counters::an_account_knows_the_eight_networks_of_its_latest_logins,
    counters::a_purge_takes_counters_and_networks_that_are_over,
    counters::counters_are_lifted_by_account_and_by_network,
    suite::what_is_recorded_is_found_and_all_or_nothing,
    sessions::a_session_is_replaced_only_while_it_is_what_it_was,
    sessions::of_many_rotations_at_once_one_wins,
    suite::the_ledger_is_listed_latest_first,
    suite::a_prefix_is_taken_literally,
    sessions::sessions_are_found_by_any_of_their_ids,
    suite::a_purge_takes_only_what_is_over,
    refusals::a_refusal_is_stored_once,
    refusals::a_watermark_binds_its_subject_only,
    refusals::a_token_is_refused_by_its_name_first,
    refusals::a_watermark_ends_the_sessions_it_covers,
    refusals::a_session_is_ended_by_its_refusal,
    refusals::a_refusal_can_be_taken_back,
    refusals::refusals_are_listed_latest_first,
    refusals::refusals_are_found_by_prefix,
    refusals::what_stands_about_a_token_is_told_in_one_answer,
}
