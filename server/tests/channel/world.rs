//! Customers for the tests of lease sources, and who had an address by what the desk knows.
use crate::house::{House, system};
use chrono::{DateTime, Utc};
use domain::{
    import::ImportKind,
    lease::look::{Question, Sight},
};
use lazaret::desk::ImportOrder;

const TERMS: &str = "version,published_at,clause,text,permits,days_max
2026-03,2026-03-01T00:00:00Z,7.2,We may restrict an infected line.,port_block,30
";

/// Imports customers with one service each: number, user name, circuit id, MAC address.
pub(crate) async fn services(house: &House, services: &[(&str, &str, &str, &str)]) {
    let mut customers =
        "customer_number,name,email,contract_number,terms_version,service_number,username,circuit_id,mac\n".to_owned();
    for (number, username, circuit, mac) in services {
        customers += &format!(
            "C-{number},Customer {number},{number}@customer.example,K-{number},2026-03,{number},{username},{circuit},{mac}\n"
        );
    }
    for (kind, csv) in [(ImportKind::Terms, TERMS), (ImportKind::Customers, customers.as_str())] {
        let order = ImportOrder { kind, dry_run: false, progress: &|_| {} };
        let report = house.desk.import(&system(), csv.as_bytes(), order).await.unwrap();
        assert_eq!(report.refused, 0, "{:?}", report.problems);
    }
}

/// The services that are known to have held an address around an instant, newest first, each with its end.
pub(crate) async fn holders(
    house: &House,
    address: &str,
    at: DateTime<Utc>,
) -> Vec<(String, DateTime<Utc>, Option<DateTime<Utc>>)> {
    let question = Question::at(address.parse().unwrap(), None, at);
    let found = house.desk.sight(&system(), &question).await.unwrap();
    let number = |row: &Sight| row.service.and_then(|service| found.party(service)).map(|party| party.number.clone());
    let rows = found.parts[0].rows.iter().rev();
    rows.filter_map(|row| Some((number(row)?, row.from, row.to))).collect()
}
