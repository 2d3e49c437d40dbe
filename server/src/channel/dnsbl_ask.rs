//! Asking a block list (RFC 5782): names, answers, and what an answer means.
use super::Problem;
use domain::lease::{address_key, address_of};
use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig},
    net::{DnsError, NetError, runtime::TokioRuntimeProvider},
    proto::rr::RData,
};
use ipnet::IpNet;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

/// Longest wait for an answer; asked once more after it.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(3);
/// Characters kept of a list's words.
const REASON_CHARS_MAX: usize = 300;

/// Who asks: a resolver without a cache, so that what is cleared is seen.
pub(super) fn resolver(server: Option<SocketAddr>) -> Result<TokioResolver, Problem> {
    let builder = match server {
        None => TokioResolver::builder_tokio().map_err(|error| format!("the system names no DNS server: {error}"))?,
        Some(server) => {
            let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
                connection.port = server.port();
                connection
            });
            let server = NameServerConfig::new(server.ip(), true, connections.to_vec());
            let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        }
    };
    let mut builder = builder;
    let options = builder.options_mut();
    options.cache_size = 0;
    options.timeout = ANSWER_TIME_MAX;
    options.attempts = 1;
    options.use_hosts_file = ResolveHosts::Never;
    builder.build().map_err(|error| format!("no DNS: {error}"))
}

/// The name under which an address stands in a zone: octets or nibbles backwards.
pub(super) fn name(address: IpAddr, zone: &str) -> String {
    let zone = zone.trim_end_matches('.');
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            format!("{d}.{c}.{b}.{a}.{zone}")
        }
        IpAddr::V6(v6) => {
            let nibbles = v6.octets().into_iter().rev().flat_map(|byte| [byte & 15, byte >> 4]);
            let mut name: String = nibbles.map(|nibble| format!("{nibble:x}.")).collect();
            name.push_str(zone);
            name
        }
    }
}

/// The addresses a name stands for; none: not listed.
pub(super) async fn addresses(resolver: &TokioResolver, name: &str) -> Result<Vec<Ipv4Addr>, NetError> {
    match resolver.ipv4_lookup(format!("{name}.")).await {
        Ok(found) => Ok(found
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::A(address) => Some(address.0),
                _ => None,
            })
            .collect()),
        // No such name, or a name without an address. A server that fails or refuses is another error.
        Err(NetError::Dns(DnsError::NoRecordsFound(_))) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The list's words about a name, or empty.
pub(super) async fn reason(resolver: &TokioResolver, name: &str) -> String {
    let Ok(found) = resolver.txt_lookup(format!("{name}.")).await else { return String::new() };
    let texts = found.answers().iter().filter_map(|record| match &record.data {
        RData::TXT(text) => Some(text.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect::<String>()),
        _ => None,
    });
    let words = texts.collect::<Vec<_>>().join(" ");
    words.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(REASON_CHARS_MAX).collect()
}

/// What the addresses mean: `None`, not listed; else the answers as text. An answer that is an error of the list, or that
/// no list gives, is a problem of the channel.
pub(super) fn meaning(mut found: Vec<Ipv4Addr>, ignored: &[Ipv4Addr]) -> Result<Option<String>, Problem> {
    for address in &found {
        match address.octets() {
            [127, 255, 255, 252] => return Err("says that its zone's name is mistyped (127.255.255.252)".to_owned()),
            [127, 255, 255, 254] => {
                return Err("refuses our DNS server as a public one (127.255.255.254): set dnsbl.resolver".to_owned());
            }
            [127, 255, 255, 255] => return Err("says that we ask too much (127.255.255.255)".to_owned()),
            [127, 255, 255, _] => return Err(format!("answers with an error ({address})")),
            [127, ..] => {}
            _ => return Err(format!("answers {address}, which no block list does: is its domain still its own?")),
        }
    }
    found.retain(|address| !ignored.contains(address));
    found.sort_unstable();
    found.dedup();
    let answers: Vec<String> = found.iter().map(Ipv4Addr::to_string).collect();
    Ok((!answers.is_empty()).then(|| answers.join(" ")))
}

/// A failed question in plain words.
pub(super) fn plain(error: &NetError) -> Problem {
    match error {
        NetError::Timeout => "no answer in time".to_owned(),
        NetError::Dns(DnsError::ResponseCode(code)) => format!("the DNS server answers {code}"),
        other => format!("cannot be asked: {other}"),
    }
}

/// Checks the entries every list must have and must not have (RFC 5782 §5): only then its answers are worth anything.
pub(super) async fn check(resolver: &TokioResolver, zone: &str, v6: bool) -> Result<(), Problem> {
    let (listed, not) = if v6 {
        let mapped = |last| IpAddr::V6(Ipv4Addr::new(127, 0, 0, last).to_ipv6_mapped());
        (mapped(2), mapped(1))
    } else {
        (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)), IpAddr::V4(Ipv4Addr::LOCALHOST))
    };
    let ask = async |address| {
        let found = addresses(resolver, &name(address, zone)).await.map_err(|error| plain(&error))?;
        meaning(found, &[])
    };
    if ask(listed).await?.is_none() {
        return Err(format!("does not list its test entry {listed}: nothing it says is trusted"));
    }
    if ask(not).await?.is_some() {
        return Err(format!("lists {not}, so perhaps everything: nothing it says is trusted"));
    }
    Ok(())
}

/// The addresses to ask about, in order: the own IPv4 ranges and single hosts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Targets(Vec<(u128, u128)>);

impl Targets {
    /// IPv6 ranges are left out: nobody can ask about all of their addresses.
    pub(super) fn new(ranges: impl IntoIterator<Item = IpNet>, hosts: impl IntoIterator<Item = IpAddr>) -> Self {
        let nets = ranges.into_iter().filter_map(|net| match net {
            IpNet::V4(v4) => Some((key(v4.network().into()), key(v4.broadcast().into()))),
            IpNet::V6(_) => None,
        });
        let mut spans: Vec<_> = nets.chain(hosts.into_iter().map(|host| (key(host), key(host)))).collect();
        spans.sort_unstable();
        Self(spans)
    }

    /// The first address behind `last`.
    pub(super) fn after(&self, last: Option<IpAddr>) -> Option<IpAddr> {
        let next = last.map_or(0, |last| key(last).saturating_add(1));
        let first = self.0.iter().filter(|(_, to)| *to >= next).map(|(from, _)| (*from).max(next)).min();
        first.map(|key| address_of(key.to_be_bytes()))
    }

    /// Whether an IPv6 address is among them.
    pub(super) fn has_v6(&self) -> bool {
        self.0.iter().any(|(from, _)| Ipv6Addr::from(*from).to_ipv4_mapped().is_none())
    }

    /// How many addresses, roughly: what stands in two ranges counts twice.
    pub(super) fn len(&self) -> u128 {
        self.0.iter().map(|(from, to)| to - from + 1).sum()
    }
}

fn key(address: IpAddr) -> u128 {
    u128::from_be_bytes(address_key(address))
}

#[cfg(test)]
mod tests {
    use super::{Targets, meaning, name};
    use std::net::IpAddr;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn names_are_backwards() {
        assert_eq!(name(ip("192.0.2.99"), "bl.example."), "99.2.0.192.bl.example");
        let v6 = name(ip("2001:db8:1:2:3:4:567:89ab"), "bl.example");
        assert_eq!(v6, "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.bl.example");
    }

    #[test]
    fn error_codes_are_no_listings() {
        let said =
            |text: &[&str]| meaning(text.iter().map(|one| one.parse().unwrap()).collect(), &[[127, 0, 0, 10].into()]);
        assert_eq!(said(&[]), Ok(None));
        assert_eq!(said(&["127.0.0.4", "127.0.0.2", "127.0.0.4"]), Ok(Some("127.0.0.2 127.0.0.4".into())));
        assert_eq!(said(&["127.0.0.10"]), Ok(None));
        for code in ["127.255.255.252", "127.255.255.254", "127.255.255.255", "127.255.255.1", "192.0.2.1"] {
            assert!(said(&["127.0.0.2", code]).is_err(), "{code}");
        }
    }

    #[test]
    fn every_address_is_asked_once_in_order() {
        let nets = ["198.51.100.0/30", "192.0.2.4/31", "198.51.100.2/31", "2001:db8::/32"];
        let targets = Targets::new(nets.iter().map(|net| net.parse().unwrap()), [ip("2001:db8::25"), ip("192.0.2.4")]);
        let mut seen = Vec::new();
        let mut last = None;
        while let Some(next) = targets.after(last) {
            seen.push(next.to_string());
            last = Some(next);
        }
        let wanted =
            ["192.0.2.4", "192.0.2.5", "198.51.100.0", "198.51.100.1", "198.51.100.2", "198.51.100.3", "2001:db8::25"];
        assert_eq!(seen, wanted);
        assert!(targets.has_v6());
    }
}
