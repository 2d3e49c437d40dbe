//! Reading cases: the queue, and everything the case page shows.
use super::{Desk, DeskError, contradiction::SHOWN};
use domain::{
    actor::{Actor, Permission},
    case::{CaseCounts, CaseFilter, CaseOrder, CaseRow, CaseView},
    evidence::{Event, EventFilter},
    page::{PageOf, Rows},
    refusal::Refusal,
};

/// Lines of the timeline on the case page.
const ENTRIES_MAX: i64 = 200;
/// Texts on the case page.
const MESSAGES_MAX: i64 = 200;

impl Desk {
    /// A page of the queue.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] without the right to read.
    pub async fn cases(
        &self,
        actor: &Actor,
        filter: &CaseFilter,
        order: CaseOrder,
        page: PageOf,
    ) -> Result<Rows<CaseRow>, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let now = self.clock.now();
        Ok(self.store.read().await?.case_list(filter, order, page, now).await?)
    }

    /// How many cases wait in each view, as this person sees it.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] without the right to read.
    pub async fn case_counts(&self, actor: &Actor) -> Result<CaseCounts, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let at = self.counting();
        let count = async || Ok(self.store.read().await?.case_counts(actor.user(), at.1).await?);
        self.counted.cases.get(actor.user(), at, count).await
    }

    /// Cases opened after an instant: what the live queue asks.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] without the right to read.
    pub async fn cases_since(&self, actor: &Actor, since: chrono::DateTime<chrono::Utc>) -> Result<i64, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        Ok(self.store.read().await?.case_new_since(since).await?)
    }

    /// A page of all events, or of those the filter names.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for an unknown case number, [`Refusal::NotAllowed`] without the right to read.
    pub async fn events(&self, actor: &Actor, filter: &EventFilter, page: PageOf) -> Result<Rows<Event>, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let mut conn = self.store.read().await?;
        if !filter.case.is_empty() {
            let case = conn.case_by_number(&filter.case).await?.ok_or(Refusal::NotFound)?;
            return Ok(conn.events_of_case(case.id, page).await?);
        }
        Ok(match filter.customer {
            Some(customer) => conn.events_of_customer(customer, page).await?,
            None => conn.event_newest(filter.class, &filter.reporter, page).await?,
        })
    }

    /// Everything the case page shows. Changes nothing.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for an unknown number, [`Refusal::NotAllowed`] without the right to read.
    pub async fn case_view(&self, actor: &Actor, number: &str) -> Result<CaseView, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let mut conn = self.store.read().await?;
        let case = conn.case_by_number(number).await?.ok_or(Refusal::NotFound)?;
        let customer = conn.customer_by_id(case.customer).await?.ok_or(Refusal::NotFound)?;
        let service = match case.service {
            Some(id) => conn.service_by_id(id).await?,
            None => None,
        };
        let contract = match &service {
            Some(service) => conn.contract_by_id(service.contract).await?,
            None => conn.contracts_of(case.customer).await?.into_iter().next(),
        };
        let clauses = match &contract {
            Some(contract) => conn.clauses_of(&contract.terms_version).await?,
            None => Vec::new(),
        };
        let users = conn.user_list().await?;
        let assignee = case.assignee.and_then(|id| users.iter().find(|user| user.id == id));
        let repeats = match case.repeat_of {
            Some(id) => conn.case_by_id(id).await?.map(|earlier| earlier.number),
            None => None,
        };
        let colleagues = users
            .iter()
            .filter(|user| user.disabled_at.is_none() && domain::actor::may(user.role, Permission::WorkCases));
        Ok(CaseView {
            assignee_name: assignee.map(|user| user.name.clone()).unwrap_or_default(),
            colleagues: colleagues.map(|user| (user.id, user.name.clone())).collect(),
            repeats,
            never_automatic: conn.case_never_automatic(case.id).await?,
            sightings: conn.case_sightings(case.id).await?,
            events: conn.events_of_case(case.id, PageOf::default()).await?,
            entries: conn.ledger_of_case(case.id, ENTRIES_MAX).await?,
            messages: conn.messages_of_case(case.id, MESSAGES_MAX).await?,
            notices: conn.notices_of_case(case.id).await?,
            quarantines: conn.quarantine_rows_of_case(case.id).await?,
            releases: conn.releases_of_case(case.customer, case.id).await?,
            links: conn.links_of_case(case.id).await?,
            corrections: conn.corrections_of_case(case.id).await?,
            contradictions: conn.contradictions_of_case(case.id, SHOWN).await?,
            case,
            customer,
            service,
            contract,
            clauses,
        })
    }
}
