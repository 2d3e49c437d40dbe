//! Customers, who had an address when, and the find box.
use super::{Desk, DeskError, contradiction::SHOWN, evidence::cases_of};
use domain::{
    actor::{Actor, Permission},
    customer::{Customer, CustomerRow, CustomerView, ServiceView},
    id::CustomerId,
    lease::look::address_of,
    page::{PageOf, Rows},
    refusal::Refusal,
};
use std::net::IpAddr;

/// Newest leases of a service among which the customer's page finds what it holds now.
const LEASES_SHOWN: i64 = 60;
/// Names of his services on the customer's page.
const NAMES_SHOWN: i64 = 200;

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
        let now = self.clock.now();
        let mut services = Vec::new();
        for service in conn.services_of(id).await? {
            // What he holds now belongs to the work; what he held is asked for, with a reason.
            let mut leases = conn.leases_of(service.id, LEASES_SHOWN).await?;
            leases.retain(|lease| lease.from <= now && lease.to.is_none_or(|to| to > now));
            services.push(ServiceView { service, leases });
        }
        Ok(CustomerView {
            customer,
            contracts: conn.contracts_of(id).await?,
            services,
            names: conn.service_names_of(id, NAMES_SHOWN).await?,
            cases: cases_of(&mut conn, id, now).await?,
            events: conn.events_of_customer(id, PageOf::default()).await?,
            contradictions: conn.contradictions_of_customer(id, SHOWN).await?,
            now,
        })
    }

    /// A customer by himself.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn customer_head(&self, actor: &Actor, id: CustomerId) -> Result<Customer, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        Ok(self.store.read().await?.customer_by_id(id).await?.ok_or(Refusal::NotFound)?)
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
