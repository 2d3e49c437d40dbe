//! A ledger entry as a sentence: who did what, in the words of the trade.

use domain::{
    act::Act,
    actor::Actor,
    case::{Message, Outcome},
    ledger::Entry,
};

use super::queue::outcome_words;
use crate::ui::{defang, number::plural, time};

/// An entry in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prose {
    /// The colour of the state it led to, or none.
    pub class: &'static str,
    /// Who, or what.
    pub who: String,
    /// Did what; follows `who` after a blank.
    pub did: String,
    /// Words of a person.
    pub quote: Option<String>,
    /// Context in a few words.
    pub small: String,
}

/// The entry in words; none for what would only be noise in a timeline (a link made beside a notice).
pub fn prose(entry: &Entry, messages: &[Message]) -> Option<Prose> {
    let act = Act::parse(&entry.act)?;
    let who = name(&entry.actor);
    let (class, did) = sentence(act, entry, &who)?;
    // What the mailer or the network did is told of the thing, not of the machine.
    let machine = entry.actor.starts_with("system:");
    let who = match act {
        Act::NoticeSent | Act::NoticeDeferred | Act::NoticeFailed | Act::NoticeBounced => "Notice".to_owned(),
        Act::QuarantineInForce | Act::QuarantineLifted | Act::QuarantineFailed | Act::QuarantineBegun if machine => {
            "Quarantine".to_owned()
        }
        _ => who,
    };
    Some(Prose { class, who, did, quote: quote(act, entry, messages), small: small(entry) })
}

fn name(actor: &str) -> String {
    let label = Actor::label(actor);
    if actor.starts_with("system:") { capital(label) } else { label.to_owned() }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

fn sentence(act: Act, entry: &Entry, who: &str) -> Option<(&'static str, String)> {
    let text = |fact: &str| entry.text(fact);
    Some(match act {
        Act::LinkMade | Act::PassingSent => return None,
        Act::EvidencePassed => ("", passed(entry)),
        Act::PassingDeferred => ("", format!("could not reach {} yet, to be tried again", text("target"))),
        Act::PassingFailed => ("quarantined", format!("could not pass the evidence on to {}", text("target"))),
        Act::CaseReread => ("", format!("read {} of this case differently; they stay as they are", events(entry))),
        Act::CaseCorrected => ("closed", corrected(entry)),
        Act::CaseOpened if entry.has("correction") => {
            ("open", format!("opened the case from {} that had been laid to another customer", events(entry)))
        }
        Act::CaseJoined if entry.has("correction") => {
            ("", format!("added {} that had been laid to another customer", events(entry)))
        }
        Act::CaseOpened => ("open", format!("opened the case from {}", events(entry))),
        Act::CaseJoined if text("new") == "open" => ("open", format!("added {}: it is open again", events(entry))),
        Act::CaseJoined => ("", format!("added {}", events(entry))),
        Act::CaseAssigned if text("assignee") == who => ("", "took the case".to_owned()),
        Act::CaseAssigned => ("", format!("gave the case to {}", text("assignee"))),
        Act::CaseHandedBack => ("", "handed the case back to the queue".to_owned()),
        Act::CaseSnoozed if text("until").is_empty() => ("", "woke the case".to_owned()),
        Act::CaseSnoozed => ("", format!("snoozed the case until {}", instant(&text("until")))),
        Act::CaseNoted => ("", "noted for colleagues".to_owned()),
        Act::CaseReplied => ("notified", "answered the customer".to_owned()),
        Act::CaseStated => ("answered", stated(&text("claim"))),
        Act::CaseSettled => ("", "had nothing to add".to_owned()),
        Act::CaseClosed => ("closed", closed(&text("outcome"))),
        Act::CaseReopened => ("open", "took the case up again".to_owned()),
        Act::NoticeQueued if text("subject").is_empty() => ("", "had the notice sent again".to_owned()),
        Act::NoticeQueued => ("", format!("wrote the notice “{}” to {}", text("subject"), text("recipient"))),
        Act::NoticeSent => ("notified", "delivered".to_owned()),
        Act::NoticeDeferred => ("", "not taken yet, to be tried again".to_owned()),
        Act::NoticeFailed => ("quarantined", "could not be sent".to_owned()),
        Act::NoticeBounced => ("quarantined", "came back: it does not count as given".to_owned()),
        Act::NoticeCancelled => ("", "took the notice back before it was sent".to_owned()),
        Act::LinkRevoked => ("", "withdrew the customer's links".to_owned()),
        Act::AttributionDoubted => ("quarantined", "found leases that speak against whose an event was".to_owned()),
        Act::AttributionUpheld if entry.actor.starts_with("system:") => {
            ("", "found that the leases agree again about whose an event was".to_owned())
        }
        Act::AttributionUpheld => ("", "looked at the later leases and kept whose an event was".to_owned()),
        Act::AttributionDoubtReopened => ("", "opened the doubt about whose an event was again".to_owned()),
        Act::AddressLookedUp => ("", format!("looked up {}", defang(&text("what")))),
        Act::ResolverAnswered => ("", format!("answered about {}", defang(&text("what")))),
        Act::QuarantineOrdered => ("", format!("ordered: {}", words(&text("measure")))),
        Act::QuarantineInForce => ("quarantined", "in force, confirmed by the network".to_owned()),
        Act::QuarantineLifted => ("released", "lifted, confirmed by the network".to_owned()),
        other => network(other, &text("new"), entry.actor.starts_with("customer:"))?,
    })
}

/// Restrictions, releases, objections, and whatever has no sentence of its own.
fn network(act: Act, new: &str, by_customer: bool) -> Option<(&'static str, String)> {
    let (class, did) = match act {
        // The grant above it says it.
        Act::QuarantineLifting if by_customer => return None,
        Act::QuarantineLifting => ("", "had the quarantine lifted"),
        Act::QuarantineBegun => ("", "asked of the network"),
        Act::QuarantineFailed => ("quarantined", "not put in force by the network"),
        Act::QuarantineApproved => ("", "signed the order"),
        Act::QuarantineRefused => ("", "did not sign the order"),
        Act::QuarantineCancelled => ("", "withdrew the order before it began"),
        Act::QuarantineReviewed => ("", "reviewed the quarantine and moved its date"),
        Act::QuarantineRetried => ("", "had the network asked again"),
        Act::QuarantineRepaired => ("quarantined", "found that the network had lost the quarantine, and asked again"),
        Act::ReleaseAsked => ("answered", "asked for release"),
        Act::ReleaseGranted if by_customer => ("released", "was released at once by the self-release rule"),
        Act::ReleaseGranted => ("released", "granted the release"),
        Act::ReleaseRefused => ("", "refused the release"),
        Act::DisputeOpened => ("answered", "objected"),
        Act::DisputeDecided if new == "upheld" => ("released", "decided the objection: upheld"),
        Act::DisputeDecided => ("", "decided the objection: rejected"),
        other => return Some(("", words(&other.as_str().replace('.', ": ")))),
    };
    Some((class, did.to_owned()))
}

fn passed(entry: &Entry) -> String {
    let what = if entry.has("events") { events(entry) } else { "the evidence".to_owned() };
    match entry.text("way").as_str() {
        "download" => format!("took {what} away as a file (XARF)"),
        "webhook" => format!("passed {what} on to the webhook {} (XARF)", entry.text("target")),
        _ => format!("passed {what} on to {} (XARF)", defang(&entry.text("target"))),
    }
}

fn events(entry: &Entry) -> String {
    plural(entry.text("events").parse().unwrap_or(0), "event", "events")
}

fn corrected(entry: &Entry) -> String {
    let whose = match entry.text("to").as_str() {
        "another customer" => "another customer's".to_owned(),
        "nobody known" => "nobody's we know".to_owned(),
        other => format!("of {other}"),
    };
    let events = events(entry);
    let were = if events.starts_with("1 ") { "was" } else { "were" };
    let closed = if entry.has("outcome") { "; nothing is left, and the case is closed" } else { "" };
    format!("found that {events} {were} {whose}{closed}")
}

fn stated(claim: &str) -> String {
    match claim {
        "fixed" => "stated: fixed",
        "not_me" => "stated: it was not me",
        "need_help" => "asked for help",
        "dispute" => "objected",
        _ => "wrote",
    }
    .to_owned()
}

fn closed(outcome: &str) -> String {
    let words = Outcome::parse(outcome).map_or("", outcome_words);
    if words.is_empty() { "closed the case".to_owned() } else { format!("closed the case: {}", words.to_lowercase()) }
}

fn words(word: &str) -> String {
    word.replace('_', " ")
}

fn instant(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), time::full)
}

/// Words of people: the text itself, or of the message named; else the reason.
fn quote(act: Act, entry: &Entry, messages: &[Message]) -> Option<String> {
    let named = entry.text("message");
    let message = messages.iter().find(|message| !named.is_empty() && message.id.to_string() == named);
    if act == Act::ReleaseGranted && entry.actor.starts_with("customer:") {
        return None;
    }
    let said = match act {
        Act::CaseNoted | Act::CaseReplied | Act::CaseStated | Act::DisputeOpened => {
            message.map(|message| message.text.clone()).unwrap_or_else(|| entry.text("text"))
        }
        _ => String::new(),
    };
    [said, entry.text("why"), entry.text("reason")].into_iter().find(|text| !text.is_empty())
}

/// What stands below: answers, grounds, policy.
fn small(entry: &Entry) -> String {
    // What our own relay and back end say stays as they said it.
    let mut parts: Vec<String> = [entry.text("answer")].into_iter().filter(|text| !text.is_empty()).collect();
    let mut add = |label: &str, fact: &str| {
        let text = entry.text(fact);
        if !text.is_empty() {
            parts.push(if label.is_empty() { defang(&text) } else { format!("{label} {}", defang(&text)) });
        }
    };
    add("grouping:", "grouping");
    add("policy:", "policy");
    add("clause", "clause");
    add("template", "template");
    if !entry.text("new").is_empty() && !entry.text("old").is_empty() && entry.text("old") != entry.text("new") {
        parts.push(format!("{} → {}", words(&entry.text("old")), words(&entry.text("new"))));
    }
    parts.join(" · ")
}
