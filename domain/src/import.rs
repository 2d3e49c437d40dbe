//! Files that fill the desk with what the provider's books know: their columns, and what became of their rows.
use crate::words::words;

words! {
    /// What a file holds.
    ImportKind {
        /// Customers with contracts and services.
        Customers = "customers",
        /// Who held which address when.
        Leases = "leases",
        /// Terms versions and their clauses.
        Terms = "terms",
        /// How a deterministic CGNAT gives ports to inside addresses.
        CgnatRules = "cgnat-rules",
        /// Which hosts, accounts and servers belong to which service.
        Names = "names",
    }
}

/// A column of an import file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// Whether the file must have it.
    pub required: bool,
    /// What stands in it.
    pub meaning: &'static str,
}

const fn needed(name: &'static str, meaning: &'static str) -> Column {
    Column { name, required: true, meaning }
}

const fn may(name: &'static str, meaning: &'static str) -> Column {
    Column { name, required: false, meaning }
}

const CUSTOMERS: &[Column] = &[
    needed("customer_number", "number in the provider's books; rows of one customer repeat it, one row a service"),
    needed("name", "as on the contract"),
    needed("email", "where notices go"),
    may("phone", "telephone"),
    may("language", "of notices and of the customer's page: en (default) or de"),
    needed("contract_number", "number of the agreement"),
    needed("terms_version", "version of the terms the customer accepted; import the terms first"),
    may("accepted_at", "when he accepted them; empty = not proven, then no quarantine is possible"),
    needed("service_number", "number of the line, server or account"),
    may("product", "such as Fibre 500"),
    may("username", "RADIUS or account name"),
    may("circuit_id", "DHCP option 82"),
    may("mac", "MAC address of the line's device"),
    may("protected", "why the service must not be cut without a supervisor, such as: hospital; empty = not protected"),
    may("addresses", "fixed addresses and prefixes, separated by spaces; held from accepted_at on"),
];

const LEASES: &[Column] = &[
    needed("address", "address or prefix"),
    may("port_from", "first source port of a shared address (CGNAT); empty = not shared"),
    may("port_to", "last source port of a shared address"),
    may("protocol", "of the ports: tcp, udp or a number; empty = any"),
    may("service_number", "who held it, by the number of his service"),
    may("username", "or by RADIUS or account name"),
    may("circuit_id", "or by circuit (DHCP option 82)"),
    may("mac", "or by MAC address"),
    may("inside", "or, behind address translation, by the inside address: whoever held that then"),
    needed("from", "first instant"),
    may("to", "first instant after it; empty = still held"),
    may("source", "who says so, such as dhcp-1; default: import"),
];

const TERMS: &[Column] = &[
    needed("version", "such as 2026-03"),
    needed("published_at", "when this version was published"),
    needed("clause", "number of the clause, such as 7.2"),
    needed("text", "its wording"),
    may("permits", "measures it permits, separated by spaces: port_block walled_garden suspension"),
    may("days_max", "days a measure under it may last, 1 to 365; default 30"),
];

const CGNAT_RULES: &[Column] = &[
    needed("inside", "prefix of the subscribers' addresses, such as 100.64.0.0/16"),
    needed("outside", "prefix of the addresses they share, such as 203.0.113.0/24"),
    needed("ports", "ports of each subscriber; they follow each other in the order of the inside addresses (RFC 7422)"),
    may("first_port", "first port of each shared address; default 1024"),
    needed("from", "first instant of the rule"),
    may("to", "first instant after it; empty = still valid"),
];

const NAMES: &[Column] = &[
    needed("kind", "host (a hosted domain with everything below it), mail, account (a login name) or server"),
    needed("name", "the name; umlauts as xn--"),
    needed("service_number", "whose it is; for a server the service of the machine on which many have their pages"),
    needed("from", "first instant"),
    may("to", "first instant after it; empty = still his"),
];

impl ImportKind {
    /// The columns of its file, in the order of the documentation.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Customers => CUSTOMERS,
            Self::Leases => LEASES,
            Self::Terms => TERMS,
            Self::CgnatRules => CGNAT_RULES,
            Self::Names => NAMES,
        }
    }
}

/// What is wrong in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Line in the file, from 1.
    pub line: u64,
    /// Column, or empty for the whole row.
    pub column: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

/// Problems kept word for word; the rest is only counted.
pub const PROBLEMS_MAX: usize = 500;

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows of the file, without its header.
    pub rows: u64,
    /// Rows taken over (on a dry run: that would be).
    pub good: u64,
    /// Rows refused.
    pub refused: u64,
    /// What was wrong, the first [`PROBLEMS_MAX`].
    pub problems: Vec<Problem>,
    /// Nothing was written.
    pub dry_run: bool,
}

impl ImportReport {
    /// Names a problem that costs no row.
    pub fn note(&mut self, problem: Problem) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        }
    }

    /// Refuses a row.
    pub fn refuse(&mut self, problem: Problem) {
        self.refused += 1;
        self.note(problem);
    }
}
