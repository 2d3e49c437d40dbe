//! Texts in a case, notices, customers' links.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    case::Message,
    id::{CaseId, LinkId, NoticeId},
    link::Link,
    notice::{Notice, NoticeFilter, NoticeRow, NoticeState},
    page::{PageOf, Rows},
};

forward! {
    /// Adds a text to a case; false when one with this id is there already.
    fn message_add(message: &Message) -> bool = message::add;
    /// The newest texts of a case, newest first.
    fn messages_of_case(case: CaseId, limit: i64) -> Vec<Message> = message::of_case;
    /// Adds a notice; false when one with this id is there already.
    fn notice_add(notice: &Notice) -> bool = notice::add;
    /// The notice with this id.
    fn notice_by_id(id: NoticeId) -> Option<Notice> = notice::by_id;
    /// The notice with this Message-ID (angle brackets included).
    fn notice_by_message_id(message_id: &str) -> Option<Notice> = notice::by_message_id;
    /// The notices of a case, newest first.
    fn notices_of_case(case: CaseId) -> Vec<Notice> = notice::of_case;
    /// Keeps what became of a notice; stale when it is no longer in `from`.
    fn notice_save(notice: &Notice, from: NoticeState) -> () = notice::save;
    /// A page of the mail, newest first.
    fn notice_list(filter: &NoticeFilter, page: PageOf) -> Rows<NoticeRow> = notice::list;
    /// How many notices are in each state that has any.
    fn notice_counts() -> Vec<(NoticeState, i64)> = notice::counts;
    /// Notices that failed or came back.
    fn notice_trouble() -> i64 = notice::trouble;
    /// Notices of the case that were given or are owed: the ground of a quarantine needs one.
    fn notice_given_or_owed(case: CaseId) -> i64 = notice::given_or_owed;
    /// Keeps a link under the SHA-256 of its secret.
    fn link_add(link: &Link, secret_hash: &[u8]) -> () = link::add;
    /// The link with this hash, alive or not: see [`Link::alive`].
    fn link_by_hash(secret_hash: &[u8]) -> Option<Link> = link::by_hash;
    /// The links of a case, newest first.
    fn links_of_case(case: CaseId) -> Vec<Link> = link::of_case;
    /// Withdraws one link; false when it was withdrawn before.
    fn link_revoke(id: LinkId, at: DateTime<Utc>) -> bool = link::revoke;
    /// Withdraws every living link of a case; how many there were.
    fn link_revoke_of_case(case: CaseId, at: DateTime<Utc>) -> i64 = link::revoke_of_case;
}
