//! Sessions of lease sources in the index. A session has no index by its name: a name says nothing of where in millions of
//! rows it stands. It is found by the address, ports and time that its words tell of, and then by its name.
use super::{
    Raw, Result, dialect,
    given::{Column, Given, Leases},
    lease_keep::{bytes_of, kept_shape, nas_of},
    lease_source::shapes,
    load::{all, micros, query},
};
use crate::types::{LeaseRow, SessionAsk};
use chrono::{DateTime, Utc};
use domain::lease::shape::{DAY_US, ERA_DAYS, ERAS_US, LASTING_US, Shape};

macro_rules! columns {
    () => {
        "l.day, l.shape, l.net, s.length, s.protocol, l.port_from, l.port_to, l.started_at, l.ended_at, l.sure_until,
        l.holder_id, l.source_id, l.session, l.id"
    };
}
const ASKED_HEAD: &str = "WITH p (source, shape, net, port, session, day, day_last, era) AS (";
macro_rules! asked {
    ($key:literal, $when:literal) => {
        Leases {
            columns: columns!(),
            when: concat!(
                "l.shape = p.shape AND l.net = p.net AND l.port_from = p.port AND l.session = p.session
                    AND l.source_id = p.source AND ",
                $when
            ),
            key: $key,
            with: ("lease_shapes s", "s.id = l.shape"),
        }
    };
}
const ON_DAY: Leases = asked!("l.day", "l.era IS NULL");
const ON_DAY_AT_ALL: Leases = asked!("l.day", "l.era IS DISTINCT FROM 0");
const IN_ERA: Leases = asked!("l.era", "l.era IS NOT NULL");
pub(crate) const OPEN_OF_NAS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM leases l JOIN lease_shapes s ON s.id = l.shape
    WHERE l.source_id = $1 AND l.nas = $2 AND l.session >= $3 AND l.session < $4
        AND l.ended_at IS NULL AND l.nas IS NOT NULL AND l.started_at < $5"
);

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[OPEN_OF_NAS];

/// Statements of this file that are made for as many rows as there are.
#[cfg(feature = "testing")]
pub(crate) fn made() -> Vec<String> {
    vec![asking(true).text(1), asking(false).text(5)]
}

/// Two words about the begin of a session that has ended differ by less, in microseconds.
const SAME_BEGIN_US: i64 = 3_600 * 1_000_000;

/// Where a session may stand: number of the form, first and last day, first era.
type Place = (i64, i64, i64, i64);

/// Where the words say when it began (`sure`): those of that day, or of two about midnight, and those that are open. Where they
/// do not, it began on one of three days, or has gone on for weeks.
fn tail(sure: bool) -> String {
    let (days, eras) = if sure {
        (dialect::for_each(&ON_DAY_AT_ALL, &["p.day", "p.day_last"]), dialect::for_each(&IN_ERA, &["0"]))
    } else {
        let eras = ["0", "p.era", "p.era + 1", "p.day_last / 32"];
        (dialect::for_each(&ON_DAY, &["p.day", "p.day + 1", "p.day_last"]), dialect::for_each(&IN_ERA, &eras))
    };
    format!(") {days} UNION ALL {eras}")
}

fn asking<'a>(sure: bool) -> Given<8, (i64, Place, &'a SessionAsk)> {
    Given {
        head: ASKED_HEAD,
        columns: [
            Column::Int(|(source, _, _)| *source),
            Column::Int(|(_, place, _)| place.0),
            Column::Bytes(|(_, _, ask)| bytes_of(&ask.net)),
            Column::Int(|(_, _, ask)| i64::from(ask.ports.0)),
            Column::Text(|(_, _, ask)| ask.session.clone()),
            Column::Int(|(_, place, _)| place.1),
            Column::Int(|(_, place, _)| place.2),
            Column::Int(|(_, place, _)| place.3),
        ],
        tail: tail(sure).into(),
    }
}

fn place(ask: &SessionAsk, shapes: &[Shape]) -> Option<Place> {
    let shape = kept_shape(shapes, ask.net, ask.ports, ask.protocol)?;
    let began = micros(ask.began);
    let day_of = |at: i64| at.div_euclid(DAY_US);
    let first = began.saturating_sub(if ask.sure { SAME_BEGIN_US } else { LASTING_US });
    let era = day_of(began.saturating_sub(ERAS_US)).div_euclid(ERA_DAYS);
    Some((shape, day_of(first), day_of(began.saturating_add(SAME_BEGIN_US)), era))
}

/// The rows that these sessions of a source have: those that are open, and those that began within an hour of `began`; where
/// that is not when it began, those that may have reached it.
pub(crate) async fn of_sessions(conn: &mut Raw, source: i64, asks: &[SessionAsk]) -> Result<Vec<LeaseRow>> {
    if asks.is_empty() {
        return Ok(Vec::new());
    }
    let shapes = shapes(conn).await?;
    let mut found: Vec<LeaseRow> = Vec::new();
    for sure in [true, false] {
        let asked = asks.iter().filter(|ask| ask.sure == sure);
        let mut places: Vec<(i64, Place, &SessionAsk)> =
            asked.filter_map(|ask| Some((source, place(ask, &shapes)?, ask))).collect();
        places.sort_by_key(|(_, place, ask)| (*place, ask.net, ask.ports));
        places.dedup_by(|one, other| one.1 == other.1 && one.2 == other.2);
        found.extend(asking(sure).fetch::<LeaseRow>(conn, &places).await?);
    }
    Ok(found)
}

/// The open sessions of an access server that began before `at`.
pub(crate) async fn open_of_nas(conn: &mut Raw, source: i64, nas: &str, at: DateTime<Utc>) -> Result<Vec<LeaseRow>> {
    // '0' comes after '/': all names that begin with the access server and a slash.
    let (low, high) = (format!("{nas}/"), format!("{nas}0"));
    let first = nas_of(&low).unwrap_or_default().to_owned();
    all(conn, query(OPEN_OF_NAS).bind(source).bind(first).bind(low).bind(high).bind(micros(at))).await
}
