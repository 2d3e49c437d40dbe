//! The provider: its terms, customers and lines, and who held which address when.
use super::{people, rng::Rng};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use std::{fmt::Write as _, net::IpAddr};

/// How a line reaches the internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Shares an IPv4 address with others by port blocks.
    Shared,
    /// Has an address of its own that changes every few days.
    Dynamic,
    /// Has a fixed address.
    Fixed,
    /// A rented server with a fixed address.
    Server,
}

/// A line and who pays for it.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) access: Access,
    pub(super) customer: String,
    pub(super) service: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) german: bool,
    pub(super) product: &'static str,
    pub(super) protected: &'static str,
    /// Prefix of the line, without its length: `2001:db8:0:100`.
    pub(super) prefix: String,
    fixed: Option<IpAddr>,
}

/// An address with its ports, held by a line for a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) address: IpAddr,
    pub(super) ports: (u16, u16),
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

/// Everything the books know.
pub(super) struct Provider {
    pub(super) lines: Vec<Line>,
    /// What each line held in IPv4, in order.
    held: Vec<Vec<Held>>,
    begins: DateTime<Utc>,
}

/// Ports of one block of a shared address.
const BLOCK: u16 = 2_016;
/// Blocks of one shared address, from port 1024 on.
const BLOCKS: usize = 31;

/// Own ranges: prefix and use. The other halves belong to nobody here.
pub(super) const RANGES: &[(&str, &str)] = &[
    ("192.0.2.0/25", "CGNAT pool"),
    ("198.51.100.0/24", "DSL and cable, changing addresses"),
    ("203.0.113.0/25", "Business lines, fixed addresses"),
    ("203.0.113.128/25", "Hosting"),
    ("2001:db8::/33", "Customers' IPv6 prefixes"),
];

impl Provider {
    /// A provider with so many customers whose books begin at `begins` and go on to `ends`.
    pub(super) fn new(customers: usize, begins: DateTime<Utc>, ends: DateTime<Utc>, rng: &mut Rng) -> Self {
        let lines: Vec<Line> = (0..customers).map(|index| line(index, customers, rng)).collect();
        let mut held: Vec<Vec<Held>> = vec![Vec::new(); lines.len()];
        let of = |access: Access| -> Vec<usize> { (0..lines.len()).filter(|at| lines[*at].access == access).collect() };
        let span = (begins, ends);
        rotate(&of(Access::Dynamic), &mut held, span, TimeDelta::days(3), rng, |slot| (pool(100, slot), (0, u16::MAX)));
        let mut shared = of(Access::Shared);
        // The others have IPv6 only.
        shared.truncate(BLOCKS * 125);
        rotate(&shared, &mut held, span, TimeDelta::days(20), rng, |slot| {
            let block = u16::try_from(slot % BLOCKS).unwrap_or(0);
            let first = 1024 + block * BLOCK;
            (IpAddr::from([192, 0, 2, octet(1 + slot / BLOCKS)]), (first, first + BLOCK - 1))
        });
        for (index, line) in lines.iter().enumerate() {
            if let Some(address) = line.fixed {
                held[index].push(Held { address, ports: (0, u16::MAX), from: begins, to: DateTime::<Utc>::MAX_UTC });
            }
        }
        Self { lines, held, begins }
    }

    /// What the line held at that time in IPv4.
    pub(super) fn held_at(&self, line: usize, at: DateTime<Utc>) -> Option<Held> {
        self.held.get(line)?.iter().rev().find(|held| held.from <= at && at < held.to).copied()
    }

    /// Terms in two versions, as `lazaret import terms` takes them.
    pub(super) fn terms_csv() -> String {
        let mut out = String::from("version,published_at,clause,text,permits,days_max\n");
        let rows = [
            (
                "2024-05",
                "2024-05-01T00:00:00Z",
                "7.1",
                "The customer keeps his devices free of malware and does not disturb others.",
                "",
                "30",
            ),
            (
                "2024-05",
                "2024-05-01T00:00:00Z",
                "7.2",
                "If a device of the customer endangers others, the provider may block single ports or restrict the line to an information page, after telling the customer, until the cause is removed, at most 14 days.",
                "port_block walled_garden",
                "14",
            ),
            (
                "2026-03",
                "2026-03-01T00:00:00Z",
                "7.1",
                "The customer keeps his devices free of malware and does not disturb others.",
                "",
                "30",
            ),
            (
                "2026-03",
                "2026-03-01T00:00:00Z",
                "7.2",
                "If a device of the customer endangers others, the provider may block single ports or restrict the line to an information page until the cause is removed, at most 30 days. The customer is told before or at the same time.",
                "port_block walled_garden",
                "30",
            ),
            (
                "2026-03",
                "2026-03-01T00:00:00Z",
                "7.3",
                "Servers that are used for attacks or fraud may be suspended, at most 14 days.",
                "port_block walled_garden suspension",
                "14",
            ),
        ];
        for (version, published, clause, text, permits, days) in rows {
            let _ = writeln!(out, "{version},{published},{clause},\"{text}\",{permits},{days}");
        }
        out
    }

    /// Customers with contracts and services, as `lazaret import customers` takes them.
    pub(super) fn customers_csv(&self, rng: &mut Rng) -> String {
        let mut out = String::from(
            "customer_number,name,email,phone,language,contract_number,terms_version,accepted_at,service_number,product,username,circuit_id,mac,protected,addresses\n",
        );
        for (index, line) in self.lines.iter().enumerate() {
            let newer = rng.chance(45);
            let version = if newer { "2026-03" } else { "2024-05" };
            let accepted = match rng.between(0, 99) {
                0..=2 => String::new(),
                _ if newer => text(self.begins - TimeDelta::days(rng.between(1, 120))),
                _ => text(self.begins - TimeDelta::days(rng.between(200, 700))),
            };
            let user =
                if line.access == Access::Server { String::new() } else { format!("{}@access.example", line.service) };
            let circuit = if line.access == Access::Server {
                String::new()
            } else {
                format!("bng-{}/0/{}", 1 + index % 4, index)
            };
            let bytes = rng.bits().to_be_bytes();
            let mac = format!("02:00:5e:{:02x}:{:02x}:{:02x}", bytes[0], bytes[1], bytes[2]);
            let language = if line.german { "de" } else { "en" };
            let phone = format!("+43 1 555 {:04}", 100 + index % 9_000);
            let fixed = line.fixed.map(|address| address.to_string()).unwrap_or_default();
            let _ = writeln!(
                out,
                "{},\"{}\",{},{phone},{language},V-{},{version},{accepted},{},{},{user},{circuit},{mac},\"{}\",{fixed}",
                line.customer,
                line.name,
                line.email,
                50_000 + index,
                line.service,
                line.product,
                line.protected
            );
        }
        out
    }

    /// Hosted domains, mail accounts and the one shared server, as `lazaret import names` takes them.
    pub(super) fn names_csv(&self) -> String {
        let mut out = String::from("kind,name,service_number,from,to\n");
        let from = text(self.begins);
        let businesses = self.lines.iter().filter(|line| matches!(line.access, Access::Fixed | Access::Server));
        for (index, line) in businesses.enumerate() {
            let host = format!("{}-{index}.example", people::plain(&line.name).replace('.', "-"));
            let _ = writeln!(out, "host,{host},{},{from},", line.service);
            let _ = writeln!(out, "mail,info@{host},{},{from},", line.service);
        }
        if let Some(shared) = self.lines.iter().find(|line| line.access == Access::Server) {
            let _ = writeln!(out, "server,web1.hosting.example,{},{from},", shared.service);
        }
        out
    }

    /// Leases, as `lazaret import leases` takes them. The newest of a line are still held.
    pub(super) fn leases_csv(&self, ends: DateTime<Utc>) -> String {
        let mut out = String::from("address,port_from,port_to,service_number,from,to,source\n");
        for (line, held) in self.lines.iter().zip(&self.held) {
            for held in held.iter().filter(|_| line.fixed.is_none()) {
                let ports = if held.ports == (0, u16::MAX) {
                    ",".to_owned()
                } else {
                    format!("{},{}", held.ports.0, held.ports.1)
                };
                let to = if held.to < ends { text(held.to) } else { String::new() };
                let source = if line.access == Access::Shared { "cgnat log nat-1" } else { "radius bng-3" };
                let _ = writeln!(out, "{},{ports},{},{},{to},{source}", held.address, line.service, text(held.from));
            }
            let from = text(self.begins);
            let _ = writeln!(out, "{}00::/56,,,{},{from},,dhcpv6", line.prefix, line.service);
        }
        out
    }
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn octet(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn pool(third: u8, slot: usize) -> IpAddr {
    IpAddr::from([198, 51, third, octet(1 + slot)])
}

/// Gives every line a slot, and all of them new slots every so often. A slot changes hands at its own minute of the
/// night, so no two lines ever hold it at once.
fn rotate(
    lines: &[usize],
    held: &mut [Vec<Held>],
    (begins, ends): (DateTime<Utc>, DateTime<Utc>),
    every: TimeDelta,
    rng: &mut Rng,
    slot: impl Fn(usize) -> (IpAddr, (u16, u16)),
) {
    let mut slots: Vec<usize> = (0..lines.len()).collect();
    let moment =
        |epoch: DateTime<Utc>, slot: usize| epoch + TimeDelta::seconds(3 * i64::try_from(slot % 4_000).unwrap_or(0));
    let mut epoch = begins;
    while epoch < ends {
        rng.shuffle(&mut slots);
        for (line, place) in lines.iter().zip(&slots) {
            let (address, ports) = slot(*place);
            let (from, to) = (moment(epoch, *place), moment(epoch + every, *place) - TimeDelta::seconds(40));
            held[*line].push(Held { address, ports, from, to });
        }
        epoch += every;
    }
}

/// Where in the list of lines each kind of access ends; the documentation ranges hold no more addresses.
fn borders(customers: usize) -> [usize; 3] {
    let fixed = (customers * 5 / 100).clamp(people::PROTECTED.len(), 120).min(customers);
    let server = fixed + (customers * 4 / 100).min(110);
    [fixed, server, server + (customers * 11 / 100).min(250)]
}

/// Number of the customer with that line.
pub(super) fn customer_number(index: usize) -> String {
    format!("{}", 100_200 + index)
}

fn line(index: usize, customers: usize, rng: &mut Rng) -> Line {
    let [fixed, server, dynamic] = borders(customers);
    let access = match index {
        _ if index < fixed => Access::Fixed,
        _ if index < server => Access::Server,
        _ if index < dynamic => Access::Dynamic,
        _ => Access::Shared,
    };
    let (given, german) = *rng.pick(people::GIVEN);
    let family = *rng.pick(people::FAMILY);
    let (mut name, mut protected, mut product) = (format!("{given} {family}"), "", product(access, rng));
    if let Some((who, why, what)) = people::PROTECTED.get(index) {
        (name, protected, product) = ((*who).to_owned(), *why, *what);
    } else if matches!(access, Access::Fixed | Access::Server) {
        name = format!("{} {family}", rng.pick(people::TRADES));
    }
    let host = rng.pick(&["mail.example", "post.example", "home.example", "web.example"]);
    let address = match access {
        Access::Fixed => Some(IpAddr::from([203, 0, 113, octet(2 + index)])),
        Access::Server => Some(IpAddr::from([203, 0, 113, octet(130 + index - fixed)])),
        Access::Dynamic | Access::Shared => None,
    };
    Line {
        access,
        customer: customer_number(index),
        service: format!("{}-{}", if access == Access::Server { "sv" } else { "ln" }, 20_000 + index),
        email: format!("{}.{}@{host}", people::plain(&name), 10 + index),
        german,
        name,
        product,
        protected,
        prefix: format!("2001:db8:{:x}:{:x}", index / 256, index % 256),
        fixed: address,
    }
}

fn product(access: Access, rng: &mut Rng) -> &'static str {
    let products: &[&'static str] = match access {
        Access::Shared => &["Fibre 250", "Fibre 500", "Fibre 1000", "Cable 300", "Mobile Home 5G"],
        Access::Dynamic => &["DSL 50", "DSL 100", "Cable 150"],
        Access::Fixed => &["Business Fibre 200", "Business Fibre 1000", "Business DSL 100"],
        Access::Server => &["Root Server M", "Root Server XL", "Web Hosting Pro"],
    };
    rng.pick::<&'static str>(products)
}
