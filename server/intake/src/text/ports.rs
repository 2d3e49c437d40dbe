//! The source ports of an address: behind addresses that many share, each port may be another customer.
use super::candidate::{Candidate, How};
use super::lines::{Ready, Setting};

/// So many ports of one address are told apart, each an event of its own; more are one event that says so.
pub(crate) const APART: usize = 32;

/// A source port and the lines that name it, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Port {
    pub(crate) number: u16,
    pub(crate) lines: Vec<usize>,
}

/// One candidate for each source port that its lines name, or that the text lists in a field of its own. Lines that name
/// none belong to the port before them.
pub(crate) fn apart(candidate: &Candidate, stated: &[u16]) -> Vec<Candidate> {
    let of =
        |number: u16, logs: Vec<usize>| Candidate { port: Some(number), ports: Vec::new(), logs, ..candidate.clone() };
    match candidate.ports.len() {
        0 | 1 if candidate.port.is_none() && (2..=APART).contains(&stated.len()) => {
            stated.iter().map(|number| of(*number, candidate.logs.clone())).collect()
        }
        2..=APART => {
            let mut split: Vec<Candidate> = candidate.ports.iter().map(|port| of(port.number, Vec::new())).collect();
            let mut current = 0;
            for line in &candidate.logs {
                let named = candidate.ports.iter().position(|port| port.lines.binary_search(line).is_ok());
                current = named.unwrap_or(current);
                if let Some(one) = split.get_mut(current) {
                    one.logs.push(*line);
                }
            }
            split
        }
        _ => {
            let only = stated.first().copied().filter(|_| stated.len() == 1);
            vec![Candidate { port: candidate.port.or(only), ..candidate.clone() }]
        }
    }
}

/// The source ports that the text gives in fields of their own. Where files are shared, any port is the sharer's.
pub(crate) fn stated(lines: &[Ready], sharing: bool) -> Vec<u16> {
    let mut ports = Vec::new();
    for line in lines.iter().filter(|l| l.setting == Setting::Plain) {
        let Some((key, value)) = line.lower.split_once([':', '=', '|', '\t']) else { continue };
        let key: String = key.chars().filter(|c| c.is_alphanumeric()).collect();
        let key = key.strip_suffix('s').unwrap_or(&key);
        let own =
            ["sourceport", "srcport", "sport", "quellport", "portsource", "attackerport", "remoteport"].contains(&key);
        let any = sharing && ["port", "ipport", "portnumber", "infringersport"].contains(&key);
        if !(own || any) {
            continue;
        }
        for port in list(value).unwrap_or_default() {
            if !ports.contains(&port) && ports.len() <= APART {
                ports.push(port);
            }
        }
    }
    ports
}

/// Numbers between commas and blanks and nothing else: `4711, 4712 and 4713`.
fn list(text: &str) -> Option<Vec<u16>> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '"' | '[' | ']'));
    let words = words.filter(|w| !w.is_empty() && !matches!(*w, "and" | "und" | "et" | "y" | "&"));
    words.map(|w| w.parse::<u16>().ok().filter(|p| *p > 0)).collect()
}

/// `SPT=4711`, `src_port: 4711` on the same line.
pub(crate) fn on_line(lower: &str, how: How) -> Option<u16> {
    if matches!(how, How::Head | How::Bare) {
        return None;
    }
    const NAMES: [&str; 9] = [
        "spt=",
        "srcport=",
        "src_port=",
        "sport=",
        "source port: ",
        "source port ",
        "src port: ",
        "\"src_port\":",
        "src port ",
    ];
    NAMES.iter().find_map(|name| {
        let rest = lower.get(lower.find(name)? + name.len()..)?;
        let digits = rest.trim_start_matches([' ', '"']);
        let digits = digits.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse::<u16>().ok().filter(|p| *p > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_ports_and_what_is_none() {
        assert_eq!(list(" 4711, 4712 and 4713"), Some(vec![4711, 4712, 4713]));
        assert_eq!(list("4711"), Some(vec![4711]));
        assert_eq!(list("4711-4720"), None);
        assert_eq!(list("tcp 80"), None);
        assert_eq!(list("0"), None);
    }
}
