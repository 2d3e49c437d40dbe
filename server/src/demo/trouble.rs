//! What goes wrong on the customers' lines: which line, what, for how long, and who will report it.
use super::{
    people,
    provider::{Access, Provider},
    reports::{self, Feed, Mail, Sighting},
    rng::Rng,
};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde_json::json;
use std::{collections::BTreeMap, net::IpAddr};

/// A kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A service that anybody can abuse.
    Open(Feed),
    /// A bot that calls home to a sinkhole.
    Bot(Feed),
    /// Guesses passwords; seen by honeypots.
    Guessing(Feed),
    /// Guesses passwords; a server owner's fail2ban writes.
    Fail2ban,
    /// Sends spam.
    Spam,
    /// Scans ports.
    Scan,
    /// Shares films.
    Copyright,
    /// Hosts a false bank.
    Phishing,
}

const fn feed(name: &'static str, tag: &'static str, port: u16) -> Feed {
    Feed { name, tag, port }
}

const OPEN: &[Feed] = &[
    feed("scan_dns", "dns-openresolver", 53),
    feed("scan_ntp", "ntp-version", 123),
    feed("scan_ssdp", "ssdp", 1900),
    feed("scan_memcached", "memcached", 11211),
    feed("scan_snmp", "snmp", 161),
    feed("scan_telnet", "telnet", 23),
    feed("scan_rdp", "rdp", 3389),
];
const OPEN_V6: &[Feed] = &[feed("scan6_ssh", "ssh", 22), feed("scan6_smb", "smb", 445)];
const BOTS: &[Feed] = &[
    feed("event4_sinkhole", "avalanche-andromeda", 80),
    feed("event4_sinkhole_http", "mirai-like", 8080),
    feed("event4_sinkhole", "android-badbox", 443),
];
const GUESSING: Feed = feed("event4_honeypot_brute_force", "ssh-brute-force", 22);

/// Lines that are infected again and again.
const REGULARS: usize = 8;

/// Something that goes on at a line for some days.
struct Trouble {
    line: usize,
    kind: Kind,
    begins: DateTime<Utc>,
    days: i64,
    per_day: i64,
}

/// Reports in the order in which they arrive.
pub(super) fn arrivals(
    provider: &Provider,
    events: usize,
    (begins, ends): (DateTime<Utc>, DateTime<Utc>),
    rng: &mut Rng,
) -> Vec<(DateTime<Utc>, Mail)> {
    let mut world = World { provider, rng, files: BTreeMap::new(), mails: Vec::new(), serial: 1, seen: 0, ends };
    let days = (ends - begins).num_days().max(1);
    while world.seen < events {
        let trouble = world.trouble(begins, days);
        world.happen(&trouble);
    }
    world.known_cases(begins, ends);
    for day in 0..days {
        world.everyday(begins + TimeDelta::days(day));
    }
    world.delivered()
}

struct World<'w> {
    provider: &'w Provider,
    rng: &'w mut Rng,
    files: BTreeMap<(i64, Feed), Vec<Sighting>>,
    mails: Vec<(DateTime<Utc>, Mail)>,
    serial: u64,
    seen: usize,
    ends: DateTime<Utc>,
}

impl World<'_> {
    fn trouble(&mut self, begins: DateTime<Utc>, days: i64) -> Trouble {
        let line = self.rng.below(self.provider.lines.len());
        let access = self.provider.lines[line].access;
        // Shared addresses hide services; servers and fixed lines are where things stand open.
        let dice = self.rng.between(0, 99);
        let kind = match (access, dice) {
            (Access::Shared, 0..=29) => Kind::Open(*self.rng.pick(OPEN_V6)),
            (Access::Server, 0..=9) => Kind::Phishing,
            (_, 0..=34) => Kind::Open(*self.rng.pick(OPEN)),
            (_, 35..=59) => Kind::Bot(*self.rng.pick(BOTS)),
            (_, 60..=66) => Kind::Guessing(GUESSING),
            (Access::Shared, 67..=73) => Kind::Scan,
            (_, 67..=75) => Kind::Fail2ban,
            (_, 76..=87) => Kind::Spam,
            (_, 88..=94) => Kind::Scan,
            _ => Kind::Copyright,
        };
        let (days_long, per_day) = match kind {
            Kind::Open(_) => (self.rng.between(12, 45), 2),
            Kind::Bot(_) => (self.rng.between(4, 16), self.rng.between(2, 6)),
            Kind::Guessing(_) => (self.rng.between(2, 6), self.rng.between(3, 12)),
            Kind::Fail2ban => (self.rng.between(1, 4), self.rng.between(1, 4)),
            Kind::Spam => (self.rng.between(1, 5), self.rng.between(2, 9)),
            Kind::Scan => (self.rng.between(1, 4), self.rng.between(1, 5)),
            Kind::Copyright => (1, self.rng.between(1, 2)),
            Kind::Phishing => (self.rng.between(1, 3), 2),
        };
        let start = begins + TimeDelta::minutes(self.rng.between(0, days * 24 * 60 - 1));
        Trouble { line, kind, begins: start, days: days_long, per_day }
    }

    /// What every desk knows: the line that is infected again and again, and the protected line that has a bot now.
    fn known_cases(&mut self, begins: DateTime<Utc>, ends: DateTime<Utc>) {
        let lines = self.provider.lines.len();
        for regular in 0..REGULARS {
            let line = (people::PROTECTED.len() + 1 + regular * 3) % lines;
            let mut begins = begins + TimeDelta::days(2 + i64::try_from(regular).unwrap_or(0));
            while begins < ends {
                self.happen(&Trouble { line, kind: Kind::Bot(BOTS[1]), begins, days: 3, per_day: 3 });
                begins += TimeDelta::days(13);
            }
        }
        for line in 0..people::PROTECTED.len().min(lines) {
            let begins = ends - TimeDelta::days(4 + 2 * i64::try_from(line).unwrap_or(0));
            self.happen(&Trouble { line, kind: Kind::Bot(BOTS[0]), begins, days: 3, per_day: 4 });
            // Once more at the end, so that signatures are asked for on the last day.
            let begins = ends - TimeDelta::days(2);
            self.happen(&Trouble { line, kind: Kind::Bot(BOTS[0]), begins, days: 2, per_day: 3 });
        }
    }

    fn happen(&mut self, trouble: &Trouble) {
        for day in 0..trouble.days {
            for _ in 0..trouble.per_day {
                let at = trouble.begins + TimeDelta::days(day) + TimeDelta::seconds(self.rng.between(0, 86_399));
                if at < self.ends {
                    self.see(trouble, at);
                }
            }
        }
    }

    fn sighting(&mut self, trouble: &Trouble, at: DateTime<Utc>) -> Option<Sighting> {
        let line = &self.provider.lines[trouble.line];
        let six = matches!(trouble.kind, Kind::Open(feed) if feed.name.starts_with("scan6"));
        let (address, ports) = if six {
            let host: IpAddr = format!("{}0{}::1{:x}", line.prefix, trouble.line % 4, trouble.line).parse().ok()?;
            (host, None)
        } else {
            let held = self.provider.held_at(trouble.line, at)?;
            (held.address, Some(held.ports))
        };
        let open = matches!(trouble.kind, Kind::Open(_));
        let port = ports.filter(|_| !open).map(|(low, high)| {
            let port = self.rng.between(i64::from(low.max(1024)), i64::from(high));
            u16::try_from(port).unwrap_or(high)
        });
        self.serial += 1;
        self.seen += 1;
        Some(Sighting { at, address, port, serial: self.serial })
    }

    fn see(&mut self, trouble: &Trouble, at: DateTime<Utc>) {
        let Some(seen) = self.sighting(trouble, at) else { return };
        let soon = at + TimeDelta::minutes(self.rng.between(4, 170));
        let mail = match trouble.kind {
            Kind::Open(feed) | Kind::Bot(feed) | Kind::Guessing(feed) => {
                let day = at.timestamp().div_euclid(86_400);
                self.files.entry((day, feed)).or_default().push(seen);
                return;
            }
            Kind::Fail2ban => reports::fail2ban(&seen, "ssh", 22, self.rng.between(3, 60)),
            Kind::Spam => {
                let subjects =
                    ["Your parcel is waiting", "Cheap watches", "Re: invoice 2231", "You have won", "Lose weight now"];
                let subject = *self.rng.pick(&subjects);
                reports::arf(&seen, subject)
            }
            Kind::Scan if self.rng.chance(50) => reports::xarf3(&seen, "PortScan", 445),
            Kind::Scan => reports::xarf4(
                &seen,
                ("Sensor Network", "sensor.example"),
                ("connection", "port_scan"),
                json!({ "protocol": "tcp", "destination_ip": "192.0.2.200", "destination_port": 445, "first_seen": seen.at.to_rfc3339() }),
            ),
            Kind::Copyright => reports::xarf4(
                &seen,
                ("Rights Agency", "rights.example"),
                ("copyright", "p2p"),
                json!({ "p2p_protocol": "bittorrent", "swarm_info": { "info_hash": format!("{:040x}", seen.serial) }, "work_title": "A Film" }),
            ),
            Kind::Phishing => reports::xarf4(
                &seen,
                ("Bank CERT", "bankcert.example"),
                ("content", "phishing"),
                json!({ "url": format!("http://{}/login-secure/{:x}", seen.address, seen.serial), "target_brand": "Example Bank" }),
            ),
        };
        if self.rng.chance(1) {
            self.mails.push((soon + TimeDelta::minutes(20), mail.clone()));
        }
        self.mails.push((soon, mail));
    }

    /// What every day brings: letters, addresses that belong to nobody, shared addresses without a port.
    fn everyday(&mut self, day: DateTime<Utc>) {
        let at = |rng: &mut Rng| day + TimeDelta::minutes(rng.between(0, 1_439));
        if self.rng.chance(70) {
            let when = at(self.rng);
            self.serial += 1;
            let (subject, body) = *self.rng.pick(people::LETTERS);
            let address = format!("203.0.113.{}", self.rng.between(1, 200));
            let seen = (when - TimeDelta::hours(7)).format("%d %b %Y %H:%M UTC").to_string();
            let body = body.replace("{address}", &address).replace("{seen}", &seen);
            self.mails.push((when, reports::letter(when, self.serial, (subject, &body))));
        }
        let nobodys: [(IpAddr, i64); 3] = [
            (IpAddr::from([203, 0, 113, 245]), 25),
            (IpAddr::from([192, 0, 2, 201]), 20),
            (IpAddr::from([192, 0, 2, u8::try_from(self.rng.between(1, 40)).unwrap_or(1)]), 55),
        ];
        for (address, percent) in nobodys {
            if self.rng.chance(percent) {
                let when = at(self.rng);
                self.serial += 1;
                let seen = Sighting { at: when, address, port: None, serial: self.serial };
                let mail = reports::fail2ban(&seen, "imap", 143, self.rng.between(3, 40));
                self.mails.push((when + TimeDelta::minutes(9), mail));
            }
        }
    }

    /// Files come in the night after their day; one in forty comes twice.
    fn delivered(self) -> Vec<(DateTime<Utc>, Mail)> {
        let mut all = self.mails;
        for (index, ((day, feed), mut rows)) in self.files.into_iter().enumerate() {
            rows.sort_by_key(|row| (row.at, row.serial));
            let Some(start) = DateTime::from_timestamp(day * 86_400, 0) else { continue };
            let start = start.duration_trunc(TimeDelta::days(1)).unwrap_or(start);
            let minutes = i64::try_from(index % 50).unwrap_or(0);
            let mail = reports::shadowserver(feed, start, &rows);
            let arrives = start + TimeDelta::hours(28) + TimeDelta::minutes(minutes);
            if index % 40 == 7 {
                all.push((arrives + TimeDelta::hours(3), mail.clone()));
            }
            all.push((arrives, mail));
        }
        all.retain(|(at, _)| *at < self.ends);
        all.sort_by_key(|(at, _)| *at);
        all
    }
}
