//! One message owed to one recipient about a case, with its delivery states.
use crate::{
    actor::Permission,
    id::{CaseId, CustomerId, NoticeId},
    refusal::Refusal,
    words::words,
};
use chrono::{DateTime, Utc};

words! {
    /// Where a notice stands.
    NoticeState {
        /// Written and owed; waits for the mailer or for a retry.
        Queued = "queued",
        /// Handed to the relay; the answer is not known yet.
        Sending = "sending",
        /// The relay took it: given.
        Sent = "sent",
        /// The relay refused it for good, or too often.
        Failed = "failed",
        /// It came back: not given.
        Bounced = "bounced",
        /// Taken back within the undo time.
        Cancelled = "cancelled",
    }
}

words! {
    /// Everything that can happen to a notice.
    NoticeCommand {
        /// The mailer takes it.
        Begin = "begin",
        /// The relay took it.
        Accept = "accept",
        /// Try later.
        Defer = "defer",
        /// For good.
        Fail = "fail",
        /// It came back.
        Bounce = "bounce",
        /// Send again after a failure.
        Retry = "retry",
        /// Take back.
        Cancel = "cancel",
    }
}

/// Where notices of this desk go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailWay {
    /// To a relay.
    Relay,
    /// Nowhere yet: no relay is set, they wait and count as given to nobody.
    Waiting,
    /// Onto the mail page, where they count as given: for trying the desk out.
    Kept,
}

use NoticeCommand as N;
use NoticeState::{Bounced, Cancelled, Failed, Queued, Sending, Sent};

/// The only authority on what may happen to a notice: command, legal from, leads to.
pub const MOVES: &[(N, &[NoticeState], NoticeState)] = &[
    (N::Begin, &[Queued, Sending], Sending),
    (N::Accept, &[Sending], Sent),
    (N::Defer, &[Sending], Queued),
    (N::Fail, &[Sending], Failed),
    (N::Bounce, &[Sent], Bounced),
    (N::Retry, &[Failed], Queued),
    (N::Cancel, &[Queued], Cancelled),
];

/// Decides where `command` leads from `state`.
///
/// # Errors
/// [`Refusal::Invalid`] when the table has no such move.
pub fn step(state: NoticeState, command: N) -> Result<NoticeState, Refusal> {
    let found = MOVES.iter().find(|(known, from, _)| *known == command && from.contains(&state));
    found
        .map(|row| row.2)
        .ok_or_else(|| Refusal::invalid("notice", format!("is {state}: {command} is not possible from there")))
}

/// The right a member of staff needs for a command; none = the mailer's alone.
pub const fn right(command: N) -> Option<Permission> {
    match command {
        N::Retry | N::Cancel => Some(Permission::WorkCases),
        N::Begin | N::Accept | N::Defer | N::Fail | N::Bounce => None,
    }
}

/// Whether a notice that stands `alone` may be taken back while its case has a quarantine that is not over (`held`):
/// design rule 4 wants a notice given or owed for as long as somebody is cut off.
///
/// # Errors
/// [`Refusal::Invalid`] when it is the only one.
pub fn may_take_back(held: bool, alone: bool) -> Result<(), Refusal> {
    if held && alone {
        let problem = "is the ground of this case's quarantine: nobody is cut off without being told. \
                       Release or withdraw the quarantine, or send another notice, then take this one back";
        return Err(Refusal::invalid("notice", problem));
    }
    Ok(())
}

/// A notice as written and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Identifier, given by the form, so that a double click writes once.
    pub id: NoticeId,
    /// About which case.
    pub case: CaseId,
    /// To whom.
    pub customer: CustomerId,
    /// Name of the template, such as `bot`.
    pub template: String,
    /// Language of the text.
    pub language: String,
    /// Address.
    pub recipient: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// RFC 5322 Message-ID with its angle brackets: one per notice, the same at every try.
    pub message_id: String,
    /// Where it stands.
    pub state: NoticeState,
    /// Tries so far.
    pub attempts: i64,
    /// What the relay last said.
    pub answer: String,
    /// Written.
    pub created_at: DateTime<Utc>,
    /// Not before (undo time, back-off).
    pub next_at: DateTime<Utc>,
    /// The relay took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// It came back.
    pub bounced_at: Option<DateTime<Utc>>,
}

/// Before the key in the address to which a notice that cannot be delivered returns.
pub(crate) const RETURN_MARK: &str = "bounce+";

impl Notice {
    /// The Message-ID of notice `id`: its local part is the key by which a returning mail is known. `tag` is random, so
    /// that knowing the id, which stands in pages and in the record, is not enough to say that the notice came back.
    #[must_use]
    pub fn message_id_of(id: NoticeId, tag: &str, domain: &str) -> String {
        format!("<{id}.{tag}@{domain}>")
    }

    /// The local part of the Message-ID: known to the relays on the way, to the recipient, and to nobody else.
    #[must_use]
    pub fn return_key(&self) -> &str {
        self.message_id.trim_start_matches('<').split('@').next().unwrap_or_default()
    }

    /// The envelope's return path: the address to which a bounce comes (VERP).
    #[must_use]
    pub fn return_address(&self, domain: &str) -> String {
        format!("{RETURN_MARK}{}@{domain}", self.return_key())
    }

    /// The notice that a return address at `domain` names, with the key to be compared with its [`Self::return_key`].
    #[must_use]
    pub fn named_by(address: &str, domain: &str) -> Option<(NoticeId, String)> {
        let (local, at) = address.trim().rsplit_once('@')?;
        // Relays on the way may change the case of letters.
        let local = local.to_ascii_lowercase();
        let key = local.strip_prefix(RETURN_MARK).filter(|_| at.eq_ignore_ascii_case(domain))?;
        Some((key.split('.').next()?.parse().ok()?, key.to_owned()))
    }
}

/// A row of the mail page.
#[derive(Debug, Clone)]
pub struct NoticeRow {
    /// The notice.
    pub notice: Notice,
    /// Human number of the case.
    pub case_number: String,
    /// Name of the customer.
    pub customer_name: String,
}

/// Filter of the mail page; lives in the URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeFilter {
    /// Only in this state.
    pub state: Option<NoticeState>,
    /// A word of the recipient's address, the customer's name or the case's number.
    pub text: String,
}

/// A notice before it is sent, as the compose page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Name of the template.
    pub template: String,
    /// Language of the text.
    pub language: crate::language::Language,
    /// Address it goes to.
    pub recipient: String,
    /// Subject line.
    pub subject: String,
    /// Plain text; [`LINK_MARK`] stands where the customer's own link will be.
    pub body: String,
    /// What forbids to send it as it is.
    pub faults: Vec<String>,
}

/// Stands in a draft for the customer's own link, which is made when the notice is sent.
pub const LINK_MARK: &str = "[link]";

/// Characters of a subject line at most.
pub const SUBJECT_CHARS_MAX: usize = 200;

/// What a member of staff sends: the draft, perhaps edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeForm {
    /// Identifier, made with the page, so that a double click sends once.
    pub id: NoticeId,
    /// Name of the template.
    pub template: String,
    /// Language of the text.
    pub language: crate::language::Language,
    /// Subject line; none = as the template says.
    pub subject: Option<String>,
    /// Text; none = as the template says.
    pub body: Option<String>,
    /// The case's version when the page was made.
    pub version: i64,
}

/// Why a notice cannot go to this address; none when it can. One recipient, no control characters, no display name.
#[must_use]
pub fn address_fault(address: &str) -> Option<&'static str> {
    if address.is_empty() {
        return Some("the customer has no mail address: call, or write a letter");
    }
    if address.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"')) {
        return Some(
            "the customer's mail address holds characters that no address has: correct it in the customer's data",
        );
    }
    let Some((local, domain)) = address.rsplit_once('@') else {
        return Some("the customer's mail address has no @: correct it in the customer's data");
    };
    let labels_fit = domain.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    if local.is_empty() || local.len() > 64 || domain.len() > 255 || local.contains('@') || !labels_fit {
        return Some("the customer's mail address is not complete: correct it in the customer's data");
    }
    None
}

/// Checks what would be sent: every fault in words; none when it may go out.
#[must_use]
pub fn faults(recipient: &str, subject: &str, body: &str) -> Vec<String> {
    let mut faults = faults_without_link(recipient, subject, body);
    if body.matches(LINK_MARK).count() != 1 {
        faults.push(format!("the text must hold {LINK_MARK} exactly once, where the customer's own link will stand"));
    }
    faults
}

/// The same for a mail that leads to no page of the customer's.
#[must_use]
pub fn faults_without_link(recipient: &str, subject: &str, body: &str) -> Vec<String> {
    let mut faults: Vec<String> = address_fault(recipient).map(str::to_owned).into_iter().collect();
    let chars = subject.chars().count();
    if subject.trim().is_empty() || chars > SUBJECT_CHARS_MAX {
        faults.push(format!("the subject needs 1 to {SUBJECT_CHARS_MAX} characters; it has {chars}"));
    }
    if subject.chars().any(char::is_control) {
        faults.push("the subject holds a line break or another control character".to_owned());
    }
    if body.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        faults.push("the text holds control characters".to_owned());
    }
    let chars = body.chars().count();
    if chars > BODY_CHARS_MAX {
        faults.push(format!("the text may have at most {BODY_CHARS_MAX} characters; it has {chars}"));
    }
    faults
}

/// Characters of a notice at most.
pub const BODY_CHARS_MAX: usize = 20_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_plain_address_and_nothing_else() {
        for good in ["n.okafor@mail.example", "a+b@sub.mail.example", "müller@mail.example"] {
            assert_eq!(address_fault(good), None, "{good}");
        }
        for bad in [
            "",
            "nobody",
            "@mail.example",
            "a@",
            "a@b..example",
            "a@b.example\r\nBcc: c@d.example",
            "a@b.example, c@d.example",
            "\"a\" <a@b.example>",
            "a@b@c.example",
            "a b@c.example",
        ] {
            assert!(address_fault(bad).is_some(), "{bad:?}");
        }
    }

    #[test]
    fn a_return_address_names_its_notice() {
        let id = NoticeId::new();
        let key = format!("{id}.0123456789abcdef");
        let address = format!("Bounce+{}@Mail.EXAMPLE", key.to_uppercase());
        assert_eq!(Notice::named_by(&address, "mail.example"), Some((id, key)));
        // Mails of an earlier version carried the id alone.
        assert_eq!(Notice::named_by(&format!("bounce+{id}@mail.example"), "mail.example"), Some((id, id.to_string())));
        for other in ["abuse@mail.example", "bounce+17@mail.example", "bounce+@mail.example", "bounce+x", ""] {
            assert_eq!(Notice::named_by(other, "mail.example"), None, "{other}");
        }
        assert_eq!(Notice::named_by(&format!("bounce+{id}@elsewhere.example"), "mail.example"), None);
    }

    #[test]
    fn only_a_notice_that_a_cut_rests_on_stays() {
        assert!(may_take_back(true, true).is_err());
        assert!(may_take_back(true, false).is_ok());
        assert!(may_take_back(false, true).is_ok());
    }

    #[test]
    fn a_header_cannot_be_smuggled_in() {
        let body = format!("Dear customer,\n{LINK_MARK}");
        assert!(faults("a@b.example", "[L-2026-000001] News", &body).is_empty());
        assert_eq!(faults("a@b.example", "News\r\nBcc: c@d.example", &body).len(), 1);
        assert_eq!(faults("a@b.example", "News", "no link").len(), 1);
        assert_eq!(faults("a@b.example", "", &format!("{body}\u{1b}[31m")).len(), 2);
    }
}
