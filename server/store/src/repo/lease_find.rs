//! The look-up: who held this address and port then. Each form of leases is asked by equality: for the days on which a lease
//! that reaches the span may have begun, and for the eras in which one that lasts may have.
use super::{
    Raw, Result, Row, bulk, dialect,
    given::{Column, Given, Leases, fetch_with},
    lease_next::{Unsure, followed},
    load::{get, micros, one, query, time, time_opt},
};
use crate::{
    error::StoreError,
    types::{LeaseAsk, LeaseForms},
};
use domain::{
    id::{CustomerId, LeaseId, ServiceId},
    lease::{
        Held, HeldBy, net_bytes, net_of_bytes,
        shape::{DAY_US, ERA_DAYS, ERAS_US, IRREGULAR, LASTING_US, Shape, Spans, TIMELESS, WHOLE},
    },
    saying::HolderName,
};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

const PROBES_HEAD: &str = "WITH p (n, shape, net, low, high, from_at, to_at, day) AS NOT MATERIALIZED (";
/// What a look-up finds of a lease and its holder, and what the lease must be.
macro_rules! found {
    ($key:literal, $when:literal) => {
        Leases {
            columns: "p.n, l.shape, l.net, l.port_from, l.port_to, l.started_at, l.ended_at, l.sure_until, l.holder_id,
                l.source_id, l.id, h.kind, h.name, h.service_id, h.customer_id",
            when: concat!(
                "l.shape = p.shape AND l.net = p.net AND l.port_from BETWEEN p.low AND p.high
                    AND l.started_at <= p.to_at AND ",
                $when
            ),
            key: $key,
            with: ("lease_holders h", "h.id = l.holder_id"),
        }
    };
}
const OF_DAYS: Leases = found!("l.day", "l.ended_at > p.from_at AND l.era IS NULL");
const OF_ERAS: Leases = found!("l.era", "(l.ended_at IS NULL OR l.ended_at > p.from_at) AND l.era IS NOT NULL");
/// The statements about eras, here and for sessions and prefixes, say 32; so do the rows that are stored.
const _: () = assert!(ERA_DAYS == 32 && TIMELESS == 0);
pub(crate) const FIRST_DAY: &str = "SELECT COALESCE(MIN(day), 0) AS n FROM lease_days WHERE day > 0";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[FIRST_DAY];

/// Statements of this file that are made for as many probes as there are.
#[cfg(feature = "testing")]
pub(crate) fn made() -> Vec<String> {
    [(1, (2, 2, true)), (5, (2, 3, true)), (1, (0, 2, false))].map(|(rows, lists)| asking(lists).text(rows)).into()
}

/// A question about more days is asked only about those from the first on which a lease began.
const DAYS_MANY: i64 = 64;
/// Blocks of one shared address that are looked at where no port is given.
const BLOCKS_MAX: usize = 4_096;

/// A row as it is found.
pub(crate) struct Found {
    pub(super) ask: usize,
    pub(super) shape: i64,
    pub(super) port_from: i64,
    pub(super) holder: i64,
    pub(crate) held: Held,
}

/// The forms and sources, loaded once for many questions.
pub(crate) async fn forms(conn: &mut Raw) -> Result<LeaseForms> {
    let sources = super::lease_source::sources(conn).await?;
    let shapes = super::lease_source::shapes(conn).await?;
    Ok(LeaseForms::of(shapes, sources))
}

/// For each question the rows that may reach its span, clocks being what they are.
pub(crate) async fn find(conn: &mut Raw, forms: &LeaseForms, asks: &[LeaseAsk]) -> Result<Vec<Vec<Held>>> {
    let mut answers: Vec<Vec<Held>> = vec![Vec::new(); asks.len()];
    let (mut probes, mut unsure) = (Vec::new(), Vec::new());
    for (n, ask) in asks.iter().enumerate() {
        let span = possible(forms, ask);
        let n = i64::try_from(n).unwrap_or(-1);
        probes.extend(asked(forms, ask).map(|asked| Probe { n, span, ..asked }));
    }
    let long = probes.iter().any(|probe| probe.days(0) > DAYS_MANY);
    let first_day: i64 = if long { one(conn, query(FIRST_DAY)).await? } else { 0 };
    // Those that need as many days and eras together; most need two and two.
    probes.sort_by_key(|probe| probe.lists(first_day));
    let alike = probes.chunk_by(|one, other| one.lists(first_day) == other.lists(first_day));
    for chunk in alike.flat_map(|alike| alike.chunks(bulk::CHUNK)) {
        let (lists, chunk) = (chunk.first().unwrap_or(&BLIND).lists(first_day), filled(chunk, BLIND));
        let text = text(dialect::alike(chunk.len()), lists);
        for found in fetch_with(conn, text, &COLUMNS, &chunk, |row| load(row, forms)).await? {
            let (Some(ask), Some(answer)) = (asks.get(found.ask), answers.get_mut(found.ask)) else { continue };
            // Enough to say that it is shared; a row of the whole address is never left out.
            if answer.len() >= BLOCKS_MAX && ask.port.is_none() && !found.held.whole_address() {
                continue;
            }
            if found.held.sure_until.is_some_and(|sure| sure < ask.to) {
                unsure.push(Unsure::of(&found, answer.len(), ask));
            }
            answer.push(found.held);
        }
    }
    followed(conn, &unsure, &mut answers).await?;
    Ok(answers)
}

/// One form of leases, asked for one address.
#[derive(Debug, Clone, Copy)]
struct Probe {
    n: i64,
    shape: i64,
    net: Net,
    ports: (i64, i64),
    spans: Spans,
    span: (i64, i64),
}

/// A prefix's key and length.
pub(super) type Net = ([u8; 16], i64);

/// Days and eras that a statement names, and whether also no era.
type Lists = (usize, usize, bool);

/// Statements for so many rows and such lists.
type Texts = HashMap<(usize, Lists), Arc<str>>;

/// Each is made once: that takes as long as asking the index something.
static TEXTS: LazyLock<Mutex<Texts>> = LazyLock::new(Mutex::default);

fn text(rows: usize, lists: Lists) -> Arc<str> {
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    texts.entry((rows, lists)).or_insert_with(|| asking(lists).text(rows).into()).clone()
}

/// Finds nothing.
const BLIND: Probe = Probe { n: -1, shape: 0, net: ([0; 16], 0), ports: (0, 0), spans: Spans::NOWHERE, span: (0, 0) };

impl Probe {
    /// The last day on which a lease that reaches the span may have begun.
    const fn last_day(&self) -> i64 {
        self.span.1.div_euclid(DAY_US)
    }

    /// On so many days, the last one of them, leases that do not last may have begun that reach the span.
    fn days(&self, first_day: i64) -> i64 {
        let first = self.span.0.saturating_sub(LASTING_US).div_euclid(DAY_US);
        self.last_day() - first.max(first_day) + 1
    }

    /// In so many eras those that last.
    fn eras(&self, first_day: i64) -> i64 {
        let first = self.span.0.saturating_sub(ERAS_US).div_euclid(DAY_US);
        self.last_day().div_euclid(ERA_DAYS) - first.max(first_day).div_euclid(ERA_DAYS) + 1
    }

    /// Days and eras that its statement names: so many, or a few more, so that few statements serve all; none where leases
    /// of its form are not found by them.
    fn lists(&self, first_day: i64) -> Lists {
        let named = |are: bool, many| match are {
            true => rounded(usize::try_from(many).unwrap_or(1), &[2, 3, 4, 6, 12, 24, 48, 96, 384]),
            false => 0,
        };
        let Spans { days, eras, timeless } = self.spans;
        (named(days, self.days(first_day)), named(eras, self.eras(first_day)), timeless)
    }
}

/// The span of a question, clocks being what they are, in microseconds.
fn possible(forms: &LeaseForms, ask: &LeaseAsk) -> (i64, i64) {
    let skew = forms.skew.num_microseconds().unwrap_or(0);
    (micros(ask.from).saturating_sub(skew), micros(ask.to).saturating_add(skew))
}

/// Where an address and port are found: form, prefix, and the lowest and highest first port.
fn asked<'f>(forms: &'f LeaseForms, ask: &LeaseAsk) -> impl Iterator<Item = Probe> + use<'f> {
    let ask = *ask;
    forms.shapes.iter().filter_map(move |Shape { id, form, kinds }| {
        let asked = ask.protocol.map_or(0, i64::from);
        if asked != 0 && form.protocol != 0 && form.protocol != asked {
            return None;
        }
        let net = form.key(ask.address)?;
        let spans = kinds.spans(&net, form.length);
        if spans == Spans::NOWHERE {
            return None;
        }
        let ports = match (form.ports, ask.port) {
            (WHOLE, _) => (0, 0),
            (IRREGULAR, Some(port)) => (0, i64::from(port)),
            (_, None) => (0, i64::from(u16::MAX)),
            (_, Some(port)) => {
                let first = form.block_of(port)?;
                (first, first)
            }
        };
        Some(Probe { shape: *id, net: (net, form.length), ports, spans, ..BLIND })
    })
}

/// The rows; where a statement's text depends on how many, filled up to one of a few sizes, so that few serve all.
pub(super) fn filled<T: Copy>(rows: &[T], with: T) -> Vec<T> {
    if dialect::ANY_SIZE {
        return rows.to_vec();
    }
    let size = rounded(rows.len(), &[1, 2, 3, 4, 6, 8, 16, 64, bulk::CHUNK]);
    rows.iter().copied().chain(std::iter::repeat(with)).take(size).collect()
}

/// The statement that names so many days and eras.
fn asking((days, eras, timeless): Lists) -> Given<8, Probe> {
    let (of_days, mut of_eras) = (up_to("p.day", days), up_to("p.day / 32", eras));
    of_eras.extend(timeless.then(|| TIMELESS.to_string()));
    let parts = [(&OF_DAYS, of_days), (&OF_ERAS, of_eras)];
    let parts = parts.iter().filter(|(_, values)| !values.is_empty());
    let parts: Vec<String> = parts.map(|(asked, values)| dialect::for_each(asked, values)).collect();
    Given { head: PROBES_HEAD, columns: COLUMNS, tail: format!(") {}", parts.join(" UNION ALL ")).into() }
}

const COLUMNS: [Column<Probe>; 8] = [
    Column::Int(|probe| probe.n),
    Column::Int(|probe| probe.shape),
    Column::Bytes(|probe| net_bytes(&probe.net.0, probe.net.1).to_vec()),
    Column::Int(|probe| probe.ports.0),
    Column::Int(|probe| probe.ports.1),
    Column::Int(|probe| probe.span.0),
    Column::Int(|probe| probe.span.1),
    Column::Int(Probe::last_day),
];

/// So many values of which the last is `last`.
fn up_to(last: &str, many: usize) -> Vec<String> {
    (0..many).map(|n| format!("{last} - {n}")).collect()
}

/// The next of these sizes, or as many as there are.
fn rounded(many: usize, sizes: &[usize]) -> usize {
    sizes.iter().copied().find(|size| *size >= many).unwrap_or(many)
}

/// A row with the form and source it names.
pub(crate) fn load(row: &Row, forms: &LeaseForms) -> Result<Found> {
    let net: Vec<u8> = get(row, "net")?;
    let shape: i64 = get(row, "shape")?;
    let bad = |column, value: String| StoreError::Inconsistent { column, value };
    let form = forms.form(shape).ok_or_else(|| bad("shape", shape.to_string()))?;
    let prefix = net_of_bytes(&net, form.length)
        .ok_or_else(|| bad("net", format!("{} bytes of a length of {}", net.len(), form.length)))?;
    let (kind, name): (String, String) = (get(row, "kind")?, get(row, "name")?);
    let name = HolderName::of_parts(&kind, &name).ok_or_else(|| bad("kind", kind))?;
    let service: Option<uuid::Uuid> = get(row, "service_id")?;
    let customer: Option<uuid::Uuid> = get(row, "customer_id")?;
    let source: i64 = get(row, "source_id")?;
    let known = forms.sources.get(&source).ok_or_else(|| bad("source_id", source.to_string()))?;
    let port_from: i64 = get(row, "port_from")?;
    let port = |port: i64| u16::try_from(port).unwrap_or(u16::MAX);
    let held = Held {
        id: LeaseId(get(row, "id")?),
        net: prefix,
        ports: (port(port_from), port(get(row, "port_to")?)),
        protocol: u8::try_from(form.protocol).ok().filter(|protocol| *protocol > 0),
        by: HeldBy { name, service: service.map(ServiceId).zip(customer.map(CustomerId)) },
        from: time(row, "started_at")?,
        to: time_opt(row, "ended_at")?,
        sure_until: time_opt(row, "sure_until")?,
        over_at: None,
        inside: None,
        source: known.0.clone(),
        kind: known.1.kind,
        skew: known.1.skew,
        through: known.1.known_through,
    };
    let ask = usize::try_from(get::<i64>(row, "n")?).unwrap_or(usize::MAX);
    Ok(Found { ask, shape, port_from, holder: get(row, "holder_id")?, held })
}
