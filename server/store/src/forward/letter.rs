//! Letters to reporters and what they were asked.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    id::{EventId, LetterId, QuestionId, ReportId},
    letter::{Letter, LetterKind},
    notice::NoticeState,
    page::{PageOf, Rows},
    question::Question,
};

forward! {
    /// Adds a letter; false when one with this id is there already.
    fn letter_add(letter: &Letter) -> bool = letter::add;
    /// The letter with this id.
    fn letter_by_id(id: LetterId) -> Option<Letter> = letter::by_id;
    /// The letter with this Message-ID.
    fn letter_by_message_id(message_id: &str) -> Option<Letter> = letter::by_message_id;
    /// The letters about a report, newest first, at most 50.
    fn letters_of_report(report: ReportId) -> Vec<Letter> = letter::of_report;
    /// A page of all letters, newest first.
    fn letter_list(page: PageOf) -> Rows<Letter> = letter::list;
    /// Keeps what became of a letter; stale when it is no longer in `from`.
    fn letter_save(letter: &Letter, from: NoticeState) -> () = letter::save;
    /// How many letters of a kind went to an address since an instant.
    fn letters_since(recipient: &str, kind: LetterKind, since: DateTime<Utc>) -> i64 = letter::since;
    /// How many letters there are.
    fn letter_count() -> i64 = letter::count;
    /// Keeps a question under the SHA-256 of its secret; false when one with this id is there already.
    fn question_add(question: &Question, secret_hash: &[u8]) -> bool = question::add;
    /// The question with this hash, open or not: see [`Question::open`].
    fn question_by_hash(secret_hash: &[u8]) -> Option<Question> = question::by_hash;
    /// The questions about a report, newest first.
    fn questions_of_report(report: ReportId) -> Vec<Question> = question::of_report;
    /// The questions about one event, newest first.
    fn questions_of_event(event: EventId) -> Vec<Question> = question::of_event;
    /// Writes the reporter's words down; stale when the question was answered or is over.
    fn question_answer(id: QuestionId, at: DateTime<Utc>, text: &str) -> () = question::answer;
    /// Reports whose last question nobody answered in time.
    fn questions_expired(now: DateTime<Utc>, limit: i64) -> Vec<ReportId> = question::expired;
}
