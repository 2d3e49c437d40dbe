//! Whether a text is a complaint to a provider at all, and whether somebody answers one.
use super::complaint_words::{FORWARDS, MANY, PERSONAL, RECEIPTS, SPAM, STRONG, WEAK};
use super::document::{Document, Place};
use super::handed;

/// How sure we are that a text is a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It says so plainly.
    Plain,
    /// It says so in words that others use too.
    Complaint,
    /// Nothing says so.
    Unclear,
    /// It answers an earlier mail.
    Answer,
    /// It went to many.
    Bulk,
    /// A service tells somebody about his own account.
    Personal,
}

/// Judges a text by its subject and what the reporter wrote, in lower case.
pub(crate) fn judge(document: &Document, words: &str) -> Verdict {
    let subject = document.subject.to_lowercase();
    // Who shows a mail with its traces and calls it spam complains, whatever the shown mail says.
    let called = SPAM.iter().any(|w| subject.contains(w) || words.contains(w)) || is_named(&subject);
    if called && handed::shows_mail_unquoted(document) && !is_answer(document) || handed::is_handed_in(document) {
        return Verdict::Plain;
    }
    // Sites that publish complaints answer those who object, and providers those who complain.
    let closes = RECEIPTS.iter().any(|r| words.contains(r)) || subject.contains("your takedown request");
    let answers = is_answer(document) && !FORWARDS.iter().any(|f| words.contains(f)) && !complains_anew(document);
    if answers || closes {
        return Verdict::Answer;
    }
    let strong_said = STRONG.iter().any(|s| words.contains(s));
    let strong_said = strong_said || is_named(&subject) || STRONG.iter().any(|s| subject.contains(s));
    if called && handed::shows_mail(document) {
        return Verdict::Plain;
    }
    // Whoever passes a mail on to a mailbox for complaints, with its traces, complains about it.
    if traces(document, 1) && is_passed_on(&subject) && document.to.iter().any(|to| to.starts_with("abuse@")) {
        return Verdict::Complaint;
    }
    let many = document.bulk || MANY.iter().any(|m| words.contains(m));
    if many {
        // Senders' gateways and abuse mailboxes kept as lists mark complaints like newsletters.
        return if strong_said { Verdict::Complaint } else { Verdict::Bulk };
    }
    if !strong_said && PERSONAL.iter().any(|p| words.contains(p)) {
        return Verdict::Personal;
    }
    let strong = |text: &str| STRONG.iter().any(|s| text.contains(s));
    let weak = |text: &str| WEAK.iter().filter(|s| text.contains(*s)).take(2).count() == 2;
    if is_named(&subject) || strong(&subject) || strong_said {
        Verdict::Plain
    } else if weak(&subject) || weak(words) {
        Verdict::Complaint
    } else {
        Verdict::Unclear
    }
}

/// Whether a subject is that of a mail passed on.
fn is_passed_on(subject: &str) -> bool {
    let bare = without_gateway(subject);
    let returned = ["failure notice", "undeliver", "returned mail", "delivery status", "unzustellbar"];
    if returned.iter().any(|r| subject.contains(r)) {
        return false;
    }
    ["fw:", "fwd:", "wg:", "tr:", "rv:", "re:", "fw ", "i:"].iter().any(|p| bare.starts_with(p))
        || subject.contains("(fwd)")
}

/// A subject without what gateways and ticket desks put in front.
fn without_gateway(subject: &str) -> &str {
    let mut bare = subject.trim_start();
    // "[Ticket#1] [External Sender] Re: ...".
    while let Some((_, rest)) = bare.strip_prefix('[').and_then(|r| r.split_once(']')) {
        bare = rest.trim_start();
    }
    bare
}

/// Whether so many servers' lines about another mail stand in the text.
fn traces(document: &Document, least: usize) -> bool {
    let traces = document.lines.iter().filter(|l| matches!(l.place, Place::Body | Place::Attachment));
    traces
        .filter(|l| l.text.trim_start_matches(['>', ' ']).get(..9).is_some_and(|h| h.eq_ignore_ascii_case("received:")))
        .take(least)
        .count()
        == least
}

/// Whether a subject calls the mail a complaint.
pub(crate) fn is_named(subject: &str) -> bool {
    let subject = subject.to_lowercase();
    ["abuse", "complaint", "abus", "misbruik", "missbrauch"].iter().any(|w| subject.contains(w))
}

/// Whether a mail answers an earlier one. Ticket systems and mail programs put references on first reports and on forwarded
/// ones too: only a subject that says "re" over a text that quotes, or that refers to another mail, makes an answer.
pub(crate) fn is_answer(document: &Document) -> bool {
    let subject = document.subject.to_lowercase();
    let prefix = ["re:", "aw:", "sv:", "antw:", "odp:", "ha:", "vs:", "réf:", "re :", "re[", "aw["];
    let bare = without_gateway(&subject);
    let Some(rest) = prefix.iter().find_map(|p| bare.strip_prefix(p)) else { return false };
    document.answers && !answers_shown(document, rest.trim())
}

/// Whether an answer complains by itself: it names what it is about, says so and asks for something; the page is back, or who
/// was asked first pointed to somebody else.
fn complains_anew(document: &Document) -> bool {
    const ASKS: [&str; 6] =
        ["would you please", "please take", "please remove", "please suspend", "please disable", "removal of this"];
    const SETTLED: [&str; 12] = [
        "we have removed",
        "has been removed",
        "have been removed",
        "was removed",
        "suspended",
        "resolved",
        "no longer",
        "thank you for your report",
        "thank you for reporting",
        "thanks for reporting",
        "we have received your",
        "we have taken",
    ];
    let own = document.lines.iter().filter(|l| l.place == Place::Body);
    let own =
        own.take_while(|l| !handed::is_earlier(&l.text) && !l.text.starts_with('>') && !l.text.starts_with("From:"));
    let mut text = String::new();
    for line in own.take(60) {
        text.push_str(&line.text.to_lowercase());
        text.push(' ');
    }
    let names =
        text.contains("://") && ["phish", "fraudulent", "malicious", "infring"].iter().any(|w| text.contains(w));
    let plain =
        STRONG.iter().any(|s| text.contains(s)) || WEAK.iter().filter(|s| text.contains(*s)).take(2).count() == 2;
    names && plain && ASKS.iter().any(|a| text.contains(a)) && !SETTLED.iter().any(|s| text.contains(s))
}

/// Whether somebody answers the very mail that he shows: he tells its sender and us what he thinks of it.
fn answers_shown(document: &Document, title: &str) -> bool {
    let title = crate::limits::clip(title, 24);
    let field = format!("subject: {title}");
    let shown = || document.lines.iter().any(|l| l.text.to_lowercase().contains(&field));
    title.len() >= 8 && handed::shows_mail(document) && shown()
}
