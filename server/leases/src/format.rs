//! The forms in which lease sources write.
use std::fmt;

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Kea's lease file for IPv4, `kea-leases4.csv`.
    Kea,
    /// Kea's lease file for IPv6, `kea-leases6.csv`.
    Kea6,
    /// ISC `dhcpd.leases`.
    Isc,
    /// ISC `dhcpd6.leases`.
    Isc6,
    /// FreeRADIUS accounting detail files.
    RadiusDetail,
    /// Logs of address translation, port blocks and single ports: Juniper, Cisco, A10, NFWare, 6WIND.
    Cgnat,
    /// `conntrack -E -o timestamp` of a Linux router.
    Conntrack,
    /// Our own CSV.
    Csv,
    /// Our own JSON, one object a line.
    Ndjson,
}

impl Format {
    /// Every form.
    pub const ALL: &'static [Self] = &[
        Self::Kea,
        Self::Kea6,
        Self::Isc,
        Self::Isc6,
        Self::RadiusDetail,
        Self::Cgnat,
        Self::Conntrack,
        Self::Csv,
        Self::Ndjson,
    ];

    /// The word for it in settings and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kea => "kea",
            Self::Kea6 => "kea6",
            Self::Isc => "isc",
            Self::Isc6 => "isc6",
            Self::RadiusDetail => "radius-detail",
            Self::Cgnat => "cgnat",
            Self::Conntrack => "conntrack",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }

    /// The form of that word. The makers of translators may be named too: all their forms are known from their lines.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        if word.starts_with("cgnat-") {
            let known = ["cgnat-juniper", "cgnat-cisco", "cgnat-a10", "cgnat-nfware", "cgnat-6wind"];
            return known.contains(&word.as_str()).then_some(Self::Cgnat);
        }
        Self::ALL.iter().copied().find(|format| format.as_str() == word)
    }

    /// Whether a later row changes what an earlier one said, so that a file must be read from its beginning.
    pub const fn remembers(self) -> bool {
        matches!(self, Self::Kea | Self::Kea6 | Self::Isc | Self::Isc6)
    }

    /// Whether the first line says what the columns are.
    pub const fn has_header(self) -> bool {
        matches!(self, Self::Kea | Self::Kea6 | Self::Csv)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// By which name a holder is called when a source gives several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prefer {
    /// The circuit (option 82, line of an access node), else the device's MAC address. RADIUS: the user name first.
    #[default]
    Best,
    /// Only the circuit.
    Circuit,
    /// Only the MAC address.
    Mac,
    /// Only the user name.
    Username,
}

impl Prefer {
    /// The choice of that word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "" | "best" => Some(Self::Best),
            "circuit" => Some(Self::Circuit),
            "mac" => Some(Self::Mac),
            "username" => Some(Self::Username),
            _ => None,
        }
    }
}
