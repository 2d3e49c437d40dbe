//! Customers, who had an address when, and the find box.
use super::{Desk, DeskError, attribute::Attributor, evidence::cases_of};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::{Actor, Permission},
    attribution::{Answer, Moment},
    customer::{CustomerRow, CustomerView, ServiceView},
    event::canonical_ip,
    id::CustomerId,
    lease::{Held, Holder, Lease, Who},
    page::{PageOf, Rows},
    refusal::Refusal,
};
use std::{collections::HashMap, net::IpAddr};
use store::Conn;

/// Leases of a service on the customer's page.
const LEASES_SHOWN: i64 = 5;
/// How far around the asked instant the look-up shows leases.
const AROUND: TimeDelta = TimeDelta::days(30);
/// Leases the look-up shows.
const HOLDERS_SHOWN: usize = 100;

/// Where the find box leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A case by its number.
    Case(String),
    /// An address, with its port.
    Address(IpAddr, Option<u16>),
    /// A customer by exactly his number or the number of one of his services.
    Customer(CustomerId),
    /// Words for the list of customers.
    Words(String),
}

impl Desk {
    /// A page of customers by name.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn customers(&self, actor: &Actor, text: &str, page: PageOf) -> Result<Rows<CustomerRow>, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        Ok(self.store.read().await?.customer_list(text, page).await?)
    }

    /// Everything on the page of a customer.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn customer_view(&self, actor: &Actor, id: CustomerId) -> Result<CustomerView, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let mut conn = self.store.read().await?;
        let customer = conn.customer_by_id(id).await?.ok_or(Refusal::NotFound)?;
        let mut services = Vec::new();
        for service in conn.services_of(id).await? {
            let leases = conn.leases_of(service.id, LEASES_SHOWN).await?;
            services.push(ServiceView { service, leases });
        }
        Ok(CustomerView {
            customer,
            contracts: conn.contracts_of(id).await?,
            services,
            cases: cases_of(&mut conn, id, self.clock.now()).await?,
            events: conn.events_of_customer(id, PageOf::default()).await?,
            now: self.clock.now(),
        })
    }

    /// Who had an address (and port) at an instant: the answer, and the leases around it.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn who(
        &self,
        actor: &Actor,
        address: IpAddr,
        port: Option<u16>,
        at: DateTime<Utc>,
    ) -> Result<Who, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let address = canonical_ip(address);
        let mut conn = self.store.read().await?;
        let attributor = Attributor::load(&mut conn).await?;
        let moment = Moment::at(at, port);
        let answer = attributor.at(&mut conn, &[(address, moment)]).await?.pop();
        let answer = answer.unwrap_or_else(|| Answer::unknown("never looked up"));
        let around = Moment { from: at - AROUND, to: at + AROUND, port: None, ..moment };
        let rows = attributor.held(&mut conn, &[(address, around)]).await?.pop().unwrap_or_default();
        let holders = named_holders(&mut conn, rows).await?;
        Ok(Who { address, port, at, ours: attributor.ours(address), answer, holders })
    }

    /// What somebody typed into the find box.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn find(&self, actor: &Actor, text: &str) -> Result<Found, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let text = text.trim();
        if let Some((address, port)) = address_of(text) {
            return Ok(Found::Address(address, port));
        }
        let mut conn = self.store.read().await?;
        if let Some(case) = conn.case_by_number(&text.to_uppercase()).await? {
            return Ok(Found::Case(case.number));
        }
        if let Some(customer) = conn.customer_by_number(text).await? {
            return Ok(Found::Customer(customer.id));
        }
        if let Some(service) = conn.service_by_number(text).await? {
            return Ok(Found::Customer(service.customer));
        }
        Ok(Found::Words(text.to_owned()))
    }
}

/// The rows of known services with the names people know them by, newest first.
async fn named_holders(conn: &mut Conn, mut rows: Vec<Held>) -> Result<Vec<Holder>, DeskError> {
    rows.sort_by_key(|row| std::cmp::Reverse((row.from, row.ports.0)));
    let mut names: HashMap<_, (String, String, String)> = HashMap::new();
    let mut holders = Vec::new();
    for row in rows.into_iter().take(HOLDERS_SHOWN) {
        let Some((service, customer)) = row.by.service else { continue };
        if let std::collections::hash_map::Entry::Vacant(new) = names.entry(service) {
            let found = conn.service_by_id(service).await?;
            let name = conn.customer_by_id(customer).await?.map(|customer| customer.name).unwrap_or_default();
            let (number, product) = found.map(|one| (one.number, one.product)).unwrap_or_default();
            new.insert((number, product, name));
        }
        let (service_number, product, customer_name) = names.get(&service).cloned().unwrap_or_default();
        let lease = Lease {
            id: row.id,
            net: row.net,
            ports: row.ports,
            service,
            customer,
            from: row.from,
            to: row.over_by(),
            source: row.source.to_string(),
        };
        holders.push(Holder { lease, service_number, product, customer_name });
    }
    Ok(holders)
}

/// `192.0.2.1`, `192.0.2.1:25`, `2001:db8::1`, `[2001:db8::1]:25`, also defanged (`192[.]0[.]2[.]1`).
pub fn address_of(text: &str) -> Option<(IpAddr, Option<u16>)> {
    let text = text.trim().replace("[.]", ".");
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some((canonical_ip(ip), None));
    }
    if let Ok(socket) = text.parse::<std::net::SocketAddr>() {
        return Some((canonical_ip(socket.ip()), Some(socket.port())));
    }
    let bare = text.strip_prefix('[')?.strip_suffix(']')?;
    bare.parse().ok().map(|ip| (canonical_ip(ip), None))
}

#[cfg(test)]
mod tests {
    use super::address_of;

    #[test]
    fn addresses_are_understood_as_people_write_them() {
        let said = |text: &str| address_of(text).map(|(ip, port)| (ip.to_string(), port));
        assert_eq!(said(" 192.0.2.1 "), Some(("192.0.2.1".into(), None)));
        assert_eq!(said("192.0.2.1:25"), Some(("192.0.2.1".into(), Some(25))));
        assert_eq!(said("192[.]0[.]2[.]1"), Some(("192.0.2.1".into(), None)));
        assert_eq!(said("[2001:db8::1]:443"), Some(("2001:db8::1".into(), Some(443))));
        assert_eq!(said("::ffff:192.0.2.1"), Some(("192.0.2.1".into(), None)));
        assert_eq!(said("300.1.2.3"), None);
        assert_eq!(said("L-2026-000123"), None);
    }
}
