//! The words of a notice: a template file with fixed placeholders, filled with the facts of the real case.
use super::{Desk, DeskError};
use app::ui::defang;
use chrono::{DateTime, Utc};
use domain::{
    advice::{Advice, Group, clause_sentence, quarantine_sentence},
    case::{Case, CaseState, Sightings},
    correction::TEMPLATE,
    customer::{Contract, Customer},
    evidence::Event,
    language::Language,
    limit::ANSWER_TIME,
    notice::{Draft, LINK_MARK, faults, faults_without_link},
    page::PageOf,
    portal::redact,
    quarantine::Quarantine,
    refusal::Refusal,
    terms::Clause,
};
use minijinja::{Environment, UndefinedBehavior};
use std::{collections::BTreeMap, sync::LazyLock};
use store::Conn;

/// Template that carries a reply; it is not offered for notices.
pub(super) const REPLY: &str = "reply";
/// Steps a template may take: a thousand times what ours need.
const FUEL: u64 = 50_000;
/// Lines of evidence in a mail.
const EVIDENCE_LINES_MAX: usize = 8;

macro_rules! template {
    ($name:literal) => {
        ($name, include_str!(concat!("../../templates/notice/", $name, ".txt")))
    };
}

const TEMPLATES: &[(&str, &str)] = &[
    template!("attack.de"),
    template!("attack.en"),
    template!("bot.de"),
    template!("bot.en"),
    template!("content.de"),
    template!("content.en"),
    template!("correction.de"),
    template!("correction.en"),
    template!("copyright.de"),
    template!("copyright.en"),
    template!("ddos.de"),
    template!("ddos.en"),
    template!("open_service.de"),
    template!("open_service.en"),
    template!("other.de"),
    template!("other.en"),
    template!("reply.de"),
    template!("reply.en"),
    template!("server.de"),
    template!("server.en"),
    template!("spam.de"),
    template!("spam.en"),
    template!("weakness.de"),
    template!("weakness.en"),
];

// No filters, tests or functions: placeholders and conditions are all a template can say.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment
});

/// What the placeholders are filled from.
struct Facts {
    sightings: Sightings,
    events: Vec<Event>,
    quarantine: Option<(Quarantine, Clause, Option<Contract>)>,
}

/// What a correction notice takes back.
pub(super) struct Wrong {
    /// When he was told what was not his.
    pub(super) told: Vec<DateTime<Utc>>,
    /// He is cut for it, and that ends now.
    pub(super) lifting: bool,
    /// He was cut for it, and is not any more.
    pub(super) lifted: bool,
    /// Some of it was his.
    pub(super) part: bool,
}

impl Desk {
    /// The notice of that template and language about the case as it is now.
    pub(super) async fn draft(
        &self,
        conn: &mut Conn,
        case: &Case,
        customer: &Customer,
        template: Group,
        language: Language,
    ) -> Result<Draft, DeskError> {
        let facts = facts(conn, case).await?;
        let words = self.words(case, customer, &facts, language, template);
        let (subject, body) = render(template.as_str(), language, &words)?;
        Ok(drafted(template.as_str(), language, customer, subject, body))
    }

    /// The mail that carries a reply.
    pub(super) fn reply_draft(&self, case: &Case, customer: &Customer, text: &str) -> Result<Draft, DeskError> {
        let language = language_of(customer);
        let words = BTreeMap::from([
            ("customer_name", addressed(&customer.name)),
            ("case_number", case.number.clone()),
            // The link's place is ours alone.
            ("text", text.replace(LINK_MARK, "link")),
            ("link", LINK_MARK.to_owned()),
            ("desk_name", self.config.text("desk.name").to_owned()),
        ]);
        let (subject, body) = render(REPLY, language, &words)?;
        Ok(drafted(REPLY, language, customer, subject, body))
    }

    /// The mail that takes back what the customer was wrongly told: no word about anybody else, and no link.
    pub(super) fn correction_draft(&self, case: &Case, customer: &Customer, wrong: &Wrong) -> Result<Draft, DeskError> {
        let (language, zone) = (language_of(customer), self.config.offset(self.clock.now()));
        let told: Vec<String> =
            wrong.told.iter().map(|at| format!("{} {}", language.moment(*at, zone), Language::zone(zone))).collect();
        let said = |yes: bool| if yes { "yes".to_owned() } else { String::new() };
        let phone = self.config.text("desk.phone").to_owned();
        let words = BTreeMap::from([
            ("customer_name", addressed(&customer.name)),
            ("case_number", case.number.clone()),
            ("told", language.list(&told)),
            ("lifting", said(wrong.lifting)),
            ("lifted", said(wrong.lifted)),
            ("part", said(wrong.part)),
            ("phone", phone),
            ("desk_name", self.config.text("desk.name").to_owned()),
        ]);
        let (subject, body) = render(TEMPLATE, language, &words)?;
        let body = body.replace(LINK_MARK, "link");
        let recipient = customer.email.trim().to_owned();
        let faults = faults_without_link(&recipient, &subject, &body);
        Ok(Draft { template: TEMPLATE.to_owned(), language, recipient, subject, body, faults })
    }

    fn words(
        &self,
        case: &Case,
        customer: &Customer,
        facts: &Facts,
        language: Language,
        template: Group,
    ) -> BTreeMap<&'static str, String> {
        let zone = self.config.offset(self.clock.now());
        let advice = Advice::of(template, language);
        let moment = |at| format!("{} {}", language.moment(at, zone), Language::zone(zone));
        let (quarantine, clause) = match &facts.quarantine {
            Some((held, clause, contract)) => (
                quarantine_sentence(held.measure, &held.ports, held.starts_at, held.expires_at, zone, language),
                clause_sentence(
                    &clause.number,
                    &clause.text,
                    &clause.terms_version,
                    contract.as_ref().and_then(|contract| contract.accepted_at),
                    zone,
                    language,
                ),
            ),
            None => (String::new(), String::new()),
        };
        let deadline = match case.state {
            CaseState::Closed | CaseState::Released => String::new(),
            _ => language.day(self.clock.now() + ANSWER_TIME, zone),
        };
        let words = BTreeMap::from([
            ("customer_name", addressed(&customer.name)),
            ("case_number", case.number.clone()),
            ("what", advice.what.to_owned()),
            ("source", sources(&facts.events, language)),
            ("first_seen", moment(case.first_event_at)),
            ("last_seen", moment(case.last_event_at)),
            ("count", language.times(facts.sightings.times.max(1))),
            ("evidence", evidence(&facts.events, advice.expert)),
            ("steps", advice.steps_text()),
            ("link", LINK_MARK.to_owned()),
            ("deadline", deadline),
            ("quarantine", quarantine),
            ("clause", clause),
            ("desk_name", self.config.text("desk.name").to_owned()),
        ]);
        words
            .into_iter()
            .map(|(name, text)| (name, if name == "link" { text } else { text.replace(LINK_MARK, "link") }))
            .collect()
    }
}

/// The language the customer is written to.
pub(super) fn language_of(customer: &Customer) -> Language {
    Language::of_tag(&customer.language).unwrap_or(Language::En)
}

fn drafted(template: &str, language: Language, customer: &Customer, subject: String, body: String) -> Draft {
    let recipient = customer.email.trim().to_owned();
    let faults = faults(&recipient, &subject, &body);
    Draft { template: template.to_owned(), language, recipient, subject, body, faults }
}

async fn facts(conn: &mut Conn, case: &Case) -> Result<Facts, DeskError> {
    let held = conn.quarantines_of_case(case.id).await?.into_iter().find(|quarantine| quarantine.state.live());
    let quarantine = match held {
        None => None,
        Some(held) => {
            let clause = conn.clause_by_id(held.clause).await?.ok_or(Refusal::NotFound)?;
            let contract = match conn.service_by_id(held.service).await? {
                Some(service) => conn.contract_by_id(service.contract).await?,
                None => None,
            };
            Some((held, clause, contract))
        }
    };
    Ok(Facts {
        sightings: conn.case_sightings(case.id).await?,
        events: conn.events_of_case(case.id, PageOf::default()).await?.rows,
        quarantine,
    })
}

fn render(
    name: &str,
    language: Language,
    words: &BTreeMap<&'static str, String>,
) -> Result<(String, String), DeskError> {
    let name = format!("{name}.{language}");
    let broken = |why: String| DeskError::Broken(format!("template {name}: {why}"));
    let source = TEMPLATES.iter().find(|(known, _)| *known == name).ok_or_else(|| broken("is missing".to_owned()))?;
    let text = ENVIRONMENT.render_str(source.1, words).map_err(|error| broken(error.to_string()))?;
    let (subject, body) = text.split_once('\n').ok_or_else(|| broken("has no text".to_owned()))?;
    let subject = subject.strip_prefix("Subject: ").ok_or_else(|| broken("has no subject line".to_owned()))?;
    Ok((subject.trim().to_owned(), body.trim().to_owned() + "\n"))
}

/// The customer's own addresses, newest first, three at the most.
fn sources(events: &[Event], language: Language) -> String {
    let mut known: Vec<String> = Vec::new();
    for event in events {
        let source = defang(&one_line(&event.observation.source.value));
        if !known.contains(&source) {
            known.push(source);
        }
    }
    known.truncate(3);
    language.list(&known)
}

/// The newest observations without anybody else's data, and the hint for somebody technical.
fn evidence(events: &[Event], expert: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for event in events.iter().take(EVIDENCE_LINES_MAX) {
        let source = &event.observation.source;
        let port = source.port.map(|port| format!(" port {port}")).unwrap_or_default();
        let details = redact::details(&event.observation.details);
        let details: Vec<String> = details.iter().map(|detail| defang(&detail.value)).collect();
        let at = event.at.format("%Y-%m-%d %H:%M:%S UTC");
        lines.push(
            format!("{at}  {}{port}  {}", defang(&one_line(&source.value)), details.join(", ")).trim_end().to_owned(),
        );
    }
    if !expert.is_empty() {
        lines.push(String::new());
        lines.push(expert.to_owned());
    }
    lines.join("\n").trim().to_owned()
}

/// How a person is addressed: books say `Okafor, Nadia`, letters `Nadia Okafor`.
fn addressed(name: &str) -> String {
    let name = one_line(name);
    match name.split_once(", ") {
        Some((last, first)) if !first.contains(',') && !first.is_empty() => format!("{first} {last}"),
        _ => name,
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_has_both_templates_and_hostile_words_stay_words() {
        let names = [
            "customer_name",
            "case_number",
            "what",
            "source",
            "first_seen",
            "last_seen",
            "count",
            "evidence",
            "steps",
            "link",
            "deadline",
            "quarantine",
            "clause",
            "desk_name",
            "text",
            "told",
            "lifting",
            "lifted",
            "part",
            "phone",
        ];
        let words: BTreeMap<&'static str, String> =
            names.into_iter().map(|name| (name, format!("{{{{ {name} }}}} {{% for %}} <b>"))).collect();
        for &language in Language::ALL {
            for name in Group::ALL.iter().map(|group| group.as_str()).chain([REPLY, TEMPLATE]) {
                let (subject, body) = render(name, language, &words).unwrap();
                assert!(
                    !subject.contains('\n') && body.contains("{{ customer_name }} {% for %} <b>"),
                    "{name} {language}"
                );
            }
        }
    }

    #[test]
    fn people_are_addressed_as_in_a_letter() {
        assert_eq!(addressed("Okafor, Nadia"), "Nadia Okafor");
        assert_eq!(addressed("Bakkerij De Vries BV"), "Bakkerij De Vries BV");
        assert_eq!(addressed("Meyer, Schulz, Partner"), "Meyer, Schulz, Partner");
    }

    #[test]
    fn an_unknown_placeholder_is_a_fault() {
        assert!(ENVIRONMENT.render_str("{{ nobody }}", BTreeMap::<&str, String>::new()).is_err());
        let endless = "{% for a in x %}{% for b in x %}{% for c in x %}{{ a }}{% endfor %}{% endfor %}{% endfor %}";
        let words = BTreeMap::from([("x", "x".repeat(1000))]);
        assert!(ENVIRONMENT.render_str(endless, words).is_err());
    }
}
