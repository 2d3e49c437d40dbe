//! Which of the web addresses and hosts in a text the report is about, and why: fields, headings, sentences, the subject.
use super::document::Document;
use super::farewell;
use super::lines::{Ready, Setting};
use super::names::{self, Kind};
use super::url;
use crate::address;
use domain::event::{Source, SourceKind, url_host};
use std::collections::HashSet;

/// From here on a page is more than a link that happens to stand there.
pub(crate) const SOME: i32 = 60;
/// A page or a whole host that a sentence speaks of.
pub(crate) const SAID: i32 = 70;
/// From here on a page is named as the offence whatever else the text says.
pub(crate) const STRONG: i32 = 75;
/// A page that is named so is meant, whatever the matter.
pub(crate) const CERTAIN: i32 = 86;
/// A page in a field or under a heading that can only mean the offence.
pub(crate) const NAMED: i32 = 92;
/// Pages that are named nearly as clearly as the clearest belong to the report too.
const NEAR: i32 = 10;
/// Weight of a page below the letter.
const BELOW: i32 = 61;
/// Most pages taken from one report.
const MOST: usize = 500;

/// A page or host and how it is named.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// As it stands in the text, whole again.
    pub(crate) url: String,
    /// Lower case, without `www.`.
    pub(crate) host: String,
    pub(crate) weight: i32,
    pub(crate) reason: &'static str,
    /// Line of the best find; the subject has none.
    pub(crate) line: Option<usize>,
}

impl Page {
    /// What an event about it points at.
    pub(crate) fn source(&self) -> Source {
        let text = crate::limits::clip(&self.url, crate::limits::SOURCE_BYTES);
        if self.url.contains("://") {
            return Source::new(SourceKind::Url, text, None);
        }
        address::source_of(text, None).unwrap_or_else(|| Source::new(SourceKind::Host, text, None))
    }
}

/// The pages that a text could be about, clearest first; those of the reporter himself and of well-known helpers are left out.
pub(crate) fn all(document: &Document, lines: &[Ready]) -> Vec<Page> {
    let own = Own::of(document, lines);
    let mut search = Search { pages: Vec::new(), foreign: HashSet::new(), own };
    let mut heading = Heading::default();
    let mut farewell = false;
    for (at, line) in lines.iter().enumerate() {
        if line.setting != Setting::Plain || search.pages.len() >= MOST {
            continue;
        }
        let bare = line.lower.trim();
        farewell = (farewell || farewell::is_farewell(bare)) && !farewell::begins_again(bare);
        let spots = spots(line);
        let mut before: Option<(usize, names::Look)> = None;
        for spot in &spots {
            let mut look = names::look(line, spot.start, &heading.text, spot.defanged);
            // "The domains one.example, two.example and three.example": what is said of the first is said of all.
            let shared = before.filter(|(end, _)| is_joined(line.text.get(*end..spot.start)));
            if let Some((_, first)) = shared {
                look = first;
            }
            before = Some((spot.start + spot.text.len(), look));
            // A host that fills its line is an entry of a list.
            let whole = !spot.text.starts_with("www.") && line.text.trim() == spot.text;
            look.whole |= whole;
            if whole && matches!(look.kind, Kind::Alone | Kind::Bare) && !spot.text.contains("://") {
                look.kind = Kind::Said;
                look.whole = true;
            }
            search.add(spot, look, at, farewell);
        }
        heading.follow(bare, spots.is_empty());
    }
    search.subject(&document.subject, lines);
    search.finish()
}

/// Whether nothing but a sign or "and" stands between two entries of a list.
fn is_joined(gap: Option<&str>) -> bool {
    gap.is_some_and(|gap| matches!(gap.trim(), "," | ";" | "and" | "&" | ", and" | "und" | "et" | "y" | "e"))
}

/// The pages that are named as the offence.
pub(crate) fn accused(pages: &[Page]) -> Vec<&Page> {
    let best = pages.iter().map(|p| p.weight).max().unwrap_or(0);
    if best < SOME {
        return Vec::new();
    }
    let floor = (best - NEAR).max(SOME);
    let mut chosen: Vec<&Page> = pages.iter().filter(|p| p.weight >= floor).collect();
    without_strays(&mut chosen);
    // The pages that the text lists say more than the mere name of their host.
    let merely = |p: &Page| !p.url.contains('/');
    if !chosen.is_empty() && chosen.iter().all(|p| merely(p)) {
        let deep = |p: &&Page| {
            p.url.contains("://") && p.url.splitn(4, '/').nth(3).is_some_and(|path| path.len() > 3) && p.weight >= SOME
        };
        let listed: Vec<&Page> =
            pages.iter().filter(deep).filter(|p| chosen.iter().any(|c| c.host == p.host)).collect();
        if chosen.iter().all(|c| listed.iter().any(|p| p.host == c.host)) {
            return listed;
        }
        // A service that is named, and the list of what it streams from elsewhere.
        chosen.extend(streams(pages, &chosen));
    }
    // A host says nothing more beside a page on it or below it.
    let paged: HashSet<String> =
        chosen.iter().filter(|p| p.url.contains("://")).map(|p| url::base(&p.host).to_owned()).collect();
    chosen.retain(|p| p.url.contains("://") || p.url.contains('/') || !paged.contains(url::base(&p.host)));
    chosen
}

/// The one list of many pages on a host of their own.
fn streams<'p>(pages: &'p [Page], chosen: &[&Page]) -> Vec<&'p Page> {
    const LIST: usize = 5;
    let listed = |p: &&Page| {
        let deep = p.url.splitn(4, '/').nth(3).is_some_and(|path| path.len() > 3);
        p.weight >= SOME
            && deep
            && p.url.contains("://")
            && chosen.iter().all(|c| url::base(&c.host) != url::base(&p.host))
    };
    let rest: Vec<&Page> = pages.iter().filter(listed).collect();
    let one = rest.first().is_some_and(|first| rest.iter().all(|p| p.host == first.host));
    if one && rest.len() >= LIST { rest } else { Vec::new() }
}

/// A list of pages on one host leaves out a single page elsewhere that is named less clearly: a reporter's own, mostly.
fn without_strays(chosen: &mut Vec<&Page>) {
    const LIST: usize = 5;
    let on = |host: &str| chosen.iter().filter(|p| url::base(&p.host) == url::base(host)).count();
    let listed = chosen.iter().filter(|p| on(&p.host) >= LIST).map(|p| p.weight).max();
    let Some(weight) = listed else { return };
    let strays: Vec<String> =
        chosen.iter().filter(|p| p.weight < weight && on(&p.host) == 1).map(|p| p.url.clone()).collect();
    chosen.retain(|p| !strays.contains(&p.url));
}

/// The sentence or heading above a line.
#[derive(Default)]
struct Heading {
    text: String,
    /// Lines without a link since it.
    age: usize,
    /// Whether an empty line followed it.
    ended: bool,
}

impl Heading {
    fn follow(&mut self, bare: &str, plain: bool) {
        if bare.is_empty() {
            self.ended = true;
            return;
        }
        if !plain {
            // A sentence that ended behind a link announces nothing more.
            let ended = self.text.ends_with(['.', ':', '：', '!', '?', ']']) || self.ended;
            if !ended && bare.ends_with(['.', ')']) {
                self.text.clear();
            }
            // Entries of a list keep the heading; so do remarks between them.
            (self.age, self.ended) = (0, true);
            return;
        }
        let announces = self.text.ends_with([':', '：']);
        if announces
            && !bare.ends_with([':', '：'])
            && bare.len() <= 50
            && self.age < 6
            && !names::is_rightful_name(bare)
        {
            self.age += 1;
            return;
        }
        // "Infringed material:" above "The work in question is located at:".
        let under = announces
            && !self.ended
            && bare.ends_with(':')
            && bare.len() > 40
            && self.text.len() <= 60
            && self.age == 0;
        if !under && (self.ended || announces || self.text.ends_with(['.', '!', '?']) || self.text.len() > 400) {
            self.text.clear();
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(bare);
        (self.age, self.ended) = (0, false);
    }
}

/// A link or host in a line.
struct Spot {
    text: String,
    host: String,
    start: usize,
    defanged: bool,
}

fn spots(line: &Ready) -> Vec<Spot> {
    if !line.text.contains('.') && !line.text.contains("://") {
        return Vec::new();
    }
    let mut found: Vec<Spot> = Vec::new();
    for (start, link) in url::in_line(&line.text) {
        let host = url_host(link).unwrap_or_default().to_ascii_lowercase();
        let defanged = is_defanged(line, link);
        found.push(Spot { text: link.to_owned(), host: bare_host(&host).to_owned(), start, defanged });
    }
    for (start, word) in url::hosts_in_line(&line.text) {
        if found.iter().any(|s| (s.start..s.start + s.text.len()).contains(&start)) {
            continue;
        }
        let host = word.split(['/', ':', '?']).next().unwrap_or(word).to_ascii_lowercase();
        let defanged = is_defanged(line, word);
        found.push(Spot { text: word.to_owned(), host: bare_host(&host).to_owned(), start, defanged });
    }
    found
}

/// Somebody took care that nobody clicks: the link does not stand in the line as it is meant.
fn is_defanged(line: &Ready, link: &str) -> bool {
    let head: String = link.chars().take(60).collect();
    line.defanged && !line.raw.contains(&head)
}

fn bare_host(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// Whose pages are never the offence: the reporter's, the recipients', and those of everybody who is written to or from.
struct Own {
    /// Of the reporter.
    sure: HashSet<String>,
    /// Of the recipients.
    desks: HashSet<String>,
    /// Of the mail addresses in the text.
    likely: HashSet<String>,
}

impl Own {
    fn of(document: &Document, lines: &[Ready]) -> Self {
        // Reporters write to the owner of the page too: only mailboxes for complaints are the provider's.
        let desks = document.to.iter().filter(|to| {
            let name = to.split('@').next().unwrap_or_default();
            ["abuse", "noc", "cert", "security", "master", "legal", "dmca", "copyright"]
                .iter()
                .any(|d| name.contains(d))
        });
        let domain = |a: &String| address::domain_of(a).map(|d| url::base(&d).to_owned());
        let (sure, desks) = (document.from.iter().filter_map(domain).collect(), desks.filter_map(domain).collect());
        let mut likely = HashSet::new();
        let mut farewell = false;
        for line in lines.iter().filter(|l| l.setting != Setting::MailBody) {
            let bare = line.lower.trim();
            farewell = (farewell || farewell::is_farewell(bare)) && !farewell::begins_again(bare);
            let signed = farewell || line.setting == Setting::Signature;
            if signed && line.text.contains('@') && likely.len() < 100 {
                let domain = address::mail_address_in(&line.text).and_then(address::domain_of);
                likely.extend(domain.map(|d| url::base(&d).to_owned()));
            }
        }
        Self { sure, desks, likely }
    }
}

struct Search {
    pages: Vec<Page>,
    /// Hosts of pages that the text calls somebody else's.
    foreign: HashSet<String>,
    own: Own,
}

impl Search {
    fn add(&mut self, spot: &Spot, look: names::Look, at: usize, farewell: bool) {
        let base = url::base(&spot.host);
        let is_link = spot.text.contains("://");
        // Of the recipient's own pages only those are meant that the text calls so.
        let named = is_link && matches!(look.kind, Kind::Yours | Kind::BadField | Kind::BadHeading | Kind::Field);
        if url::is_known(&spot.host) || self.own.sure.contains(base) || self.own.desks.contains(base) && !named {
            return;
        }
        let (mut weight, reason) = match look.kind {
            Kind::Other => {
                if look.sure && !spot.defanged {
                    self.foreign.insert(spot.host.clone());
                }
                return;
            }
            Kind::Yours => (99, "the words that say who hosts it"),
            Kind::BadField => (95, "a field that names the page"),
            Kind::BadHeading => (92, "a list under a heading that announces it"),
            Kind::Field if spot.defanged => (92, "a field that names a page"),
            Kind::Field => (86, "a field that names a page"),
            Kind::Heading if spot.defanged => (90, "a link under a sentence that announces it"),
            Kind::Heading => (86, "a link under a sentence that announces it"),
            _ if spot.defanged => (88, "a link that the reporter made unclickable"),
            Kind::BadSaid => (80, "the sentence that complains about it"),
            Kind::Said => (SAID, "the words around it"),
            Kind::Alone => (62, "a link on a line of its own"),
            Kind::Bare => (20, "a link in the text"),
        };
        // A mere host is said of many things; a page is one.
        if !is_link && !spot.text.contains('/') && !look.whole {
            weight -= 12;
        }
        if weight < SOME && !is_link {
            return;
        }
        if farewell {
            // Lists of files stand below the signature too; links to a company's own page are short.
            let path = spot.text.splitn(4, '/').nth(3).map_or(0, str::len);
            let deep = is_link && path >= 10 && weight >= SOME;
            let entry = is_link || spot.text.contains('/') || look.kind == Kind::BadField;
            weight = if weight >= 88 && entry {
                weight - 5
            } else if deep {
                weight.min(SOME + 1)
            } else {
                weight / 3
            };
        }
        if self.own.likely.contains(base) && weight < 86 {
            weight /= 3;
        }
        match self.pages.iter_mut().find(|p| p.url == spot.text) {
            Some(page) if page.weight < weight => {
                (page.weight, page.reason, page.line) = (weight, reason, Some(at));
            }
            Some(_) => {}
            None => self.pages.push(Page {
                url: spot.text.clone(),
                host: spot.host.clone(),
                weight,
                reason,
                line: Some(at),
            }),
        }
    }

    /// A subject names the offender's host, and the text speaks of it again.
    fn subject(&mut self, subject: &str, lines: &[Ready]) {
        let whole = super::refang::refang(subject).into_owned();
        let links = url::in_line(&whole).into_iter().map(|(_, l)| l.to_owned());
        let hosts = url::hosts_in_line(&whole).into_iter().map(|(_, h)| h.to_owned());
        for text in links.chain(hosts).take(4).collect::<Vec<_>>() {
            let is_link = text.contains("://");
            let host = if is_link { url_host(&text).unwrap_or_default() } else { &text };
            let host = host.split(['/', ':']).next().unwrap_or_default().to_ascii_lowercase();
            let host = bare_host(&host).to_owned();
            let base = url::base(&host);
            let defanged = whole != subject && !subject.contains(&text);
            let own = self.own.sure.contains(base)
                || self.own.desks.contains(base)
                || !defanged && !is_link && self.own.likely.contains(base);
            // A page of which the text speaks ill elsewhere is not the rightful one, whatever one sentence seems to say.
            let ill = self.pages.iter().any(|p| p.host == host && p.weight >= 70);
            if url::is_known(&host) || own || self.foreign.contains(&host) && !ill {
                continue;
            }
            self.foreign.remove(&host);
            let again = lines.iter().any(|l| l.setting == Setting::Plain && l.lower.contains(&host));
            let mut paged = false;
            for page in self.pages.iter_mut().filter(|p| p.host == host || p.host.ends_with(&format!(".{host}"))) {
                paged = true;
                page.weight = (page.weight + 12).clamp(84, 100);
            }
            if !paged && (again || defanged || is_link) {
                let reason = "the subject names it";
                self.pages.push(Page { url: text, host, weight: 84, reason, line: None });
            }
        }
    }

    fn finish(mut self) -> Vec<Page> {
        // Below a letter only a list of pages on one host is more than its own links.
        let below: Vec<String> = self.pages.iter().filter(|p| p.weight == BELOW).map(|p| p.host.clone()).collect();
        for page in self.pages.iter_mut().filter(|p| p.weight == BELOW) {
            if below.iter().filter(|host| **host == page.host).count() < 2 {
                page.weight = 20;
            }
        }
        let foreign = self.foreign;
        self.pages.retain(|p| !foreign.contains(&p.host) || p.weight >= 92);
        self.pages.sort_by_key(|p| (std::cmp::Reverse(p.weight), p.line));
        self.pages
    }
}
