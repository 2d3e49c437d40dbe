//! What the quarantine pages show.
use super::{Desk, DeskError};
use domain::{
    actor::{Actor, Permission},
    enforcement::NetworkBoard,
    id::{CaseId, CustomerId, QuarantineId},
    limit::APPROVALS_EACH,
    page::{PageOf, Rows},
    quarantine::{QuarantineRow, QuarantineTab, offered},
    quarantine_view::{Approvals, NetworkPage, OrderChoices, QuarantineList, QuarantinePage, ServiceChoice},
    refusal::Refusal,
};
use std::sync::PoisonError;

/// Entries of the history shown.
const HISTORY_ROWS: i64 = 200;

impl Desk {
    /// A page of the list.
    ///
    /// # Errors
    /// Without the right to read.
    pub async fn quarantines(
        &self,
        actor: &Actor,
        tab: QuarantineTab,
        page: PageOf,
    ) -> Result<QuarantineList, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let now = self.clock.now();
        let mut conn = self.store.read().await?;
        let rows = Rows::cut(conn.quarantine_list(tab, page, now).await?);
        Ok(QuarantineList { tab, rows, counts: conn.quarantine_counts(now).await? })
    }

    /// One quarantine with its history.
    ///
    /// # Errors
    /// Without the right to read; [`Refusal::NotFound`].
    pub async fn quarantine(&self, actor: &Actor, id: QuarantineId) -> Result<QuarantinePage, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let mut conn = self.store.read().await?;
        let row = conn.quarantine_row(id).await?.ok_or(Refusal::NotFound)?;
        let clause = conn.clause_by_id(row.quarantine.clause).await?;
        Ok(QuarantinePage {
            may: offered(row.quarantine.state, |right| actor.may(right)),
            own_order: row.quarantine.ordered_by == actor.ledger_text(),
            clause_text: clause.map(|clause| clause.text).unwrap_or_default(),
            releases: conn.releases_of_quarantine(id).await?,
            history: conn.ledger_of_noun("quarantine", &id.to_string(), HISTORY_ROWS).await?,
            row,
        })
    }

    /// The quarantines of a case, newest first, with what may be done with each and the waiting requests.
    ///
    /// # Errors
    /// Without the right to read.
    pub async fn quarantines_of_case(&self, actor: &Actor, case: CaseId) -> Result<Vec<QuarantineRow>, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        Ok(self.store.read().await?.quarantine_rows_of_case(case).await?)
    }

    /// The quarantines of a customer, newest first.
    ///
    /// # Errors
    /// Without the right to read.
    pub async fn quarantines_of_customer(
        &self,
        actor: &Actor,
        customer: CustomerId,
    ) -> Result<Vec<QuarantineRow>, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        Ok(self.store.read().await?.quarantine_rows_of_customer(customer).await?)
    }

    /// What the network should hold, with names: beside what it does hold.
    ///
    /// # Errors
    /// Without the right to read.
    pub async fn network_page(&self, actor: &Actor) -> Result<NetworkPage, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let board = self.network_last_heard();
        let mut conn = self.store.read().await?;
        let page = PageOf::default();
        let wanted = conn.quarantine_list(QuarantineTab::InForce, page, self.clock.now()).await?;
        Ok(NetworkPage { board, wanted })
    }

    /// What a comparison heard from the network, for that page.
    pub fn network_heard(&self, board: NetworkBoard) {
        *self.network.lock().unwrap_or_else(PoisonError::into_inner) = board;
    }

    /// What the last comparison of this process heard.
    pub fn network_last_heard(&self) -> NetworkBoard {
        self.network.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What waits for a second person.
    ///
    /// # Errors
    /// Without the right to approve.
    pub async fn approvals(&self, actor: &Actor) -> Result<Approvals, DeskError> {
        self.require(actor, Permission::Approve)?;
        let mut conn = self.store.read().await?;
        let signatures = conn.quarantines_unsigned(APPROVALS_EACH).await?;
        let requests = conn.releases_waiting(APPROVALS_EACH).await?;
        let disputes = conn.disputes_open(APPROVALS_EACH).await?;
        let mut cases: Vec<CaseId> = signatures.iter().flat_map(|row| row.cases.iter().map(|case| case.0)).collect();
        cases.extend(disputes.iter().map(|row| row.dispute.case));
        let (counts, doubted) = (conn.approval_counts().await?, conn.contradicted_cases(&cases).await?);
        Ok(Approvals { signatures, requests, disputes, counts, doubted })
    }

    /// What an order from a case can be made of.
    ///
    /// # Errors
    /// Without the right to order; [`Refusal::NotFound`].
    pub async fn quarantine_choices(&self, actor: &Actor, case_number: &str) -> Result<OrderChoices, DeskError> {
        self.require(actor, Permission::OrderQuarantine)?;
        let mut conn = self.store.read().await?;
        let case = conn.case_by_number(case_number).await?.ok_or(Refusal::NotFound)?;
        let customer = conn.customer_by_id(case.customer).await?.ok_or(Refusal::NotFound)?;
        let restricted = conn.quarantine_rows_of_customer(case.customer).await?;
        let mut services = Vec::new();
        for service in conn.services_of(case.customer).await? {
            let Some(contract) = conn.contract_by_id(service.contract).await? else { continue };
            let mut clauses = conn.clauses_of(&contract.terms_version).await?;
            clauses.retain(|clause| !clause.permits.is_empty());
            let live =
                restricted.iter().find(|row| row.quarantine.service == service.id && row.quarantine.state.live());
            services.push(ServiceChoice { live: live.cloned(), service, contract, clauses });
        }
        services.sort_by_key(|choice| Some(choice.service.id) != case.service);
        Ok(OrderChoices {
            customer_name: customer.name,
            services,
            roles: conn.quarantine_roles(case.id).await?,
            notice: conn.notice_given_or_owed(case.id).await? > 0,
            doubted: conn.contradiction_count_of_case(case.id).await?,
            case,
        })
    }
}
