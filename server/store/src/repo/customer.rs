//! Customers.
use super::{
    Db, Raw, Result, Row,
    load::{Load, get, micros, one, optional, query, run, run_one, time, time_opt},
    search,
};
use domain::{
    customer::{Customer, CustomerRow},
    id::CustomerId,
    limit::PAGE_ROWS,
    page::{PageOf, Rows},
};
use sqlx::QueryBuilder;

pub(crate) const ADD: &str = "INSERT INTO customers (id, number, name, email, phone, language, search, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
pub(crate) const UPDATE: &str = "UPDATE customers SET name = $2, email = $3, phone = $4, language = $5, search = $6
    WHERE id = $1";
// Changes nothing: the same on both engines, and it does not keep foreign keys waiting as FOR UPDATE would.
pub(crate) const HOLD: &str = "UPDATE customers SET created_at = created_at WHERE id = $1";
pub(crate) const BY_ID: &str =
    "SELECT id, number, name, email, phone, language, created_at FROM customers WHERE id = $1";
pub(crate) const BY_NUMBER: &str =
    "SELECT id, number, name, email, phone, language, created_at FROM customers WHERE number = $1";
pub(crate) const COUNT: &str = "SELECT COUNT(*) AS n FROM customers";
// The counts are worked out for the rows of the page only, hence the inner selection.
const HEAD: &str = "SELECT c.id, c.number, c.name, c.email, c.phone, c.language, c.created_at,
        (SELECT COUNT(*) FROM services s WHERE s.customer_id = c.id) AS services,
        (SELECT COUNT(*) FROM cases k WHERE k.customer_id = c.id AND k.state <> 'closed') AS cases_open,
        (SELECT COUNT(*) FROM cases k WHERE k.customer_id = c.id
            AND (k.outcome IS NULL OR k.outcome <> 'wrong_customer')) AS cases,
        (SELECT MAX(e.at) FROM events e WHERE e.customer_id = c.id) AS last_event_at
    FROM (SELECT p.id, p.number, p.name, p.email, p.phone, p.language, p.created_at FROM customers p WHERE TRUE";
// Few are sorted by an expression: SQLite would walk the index of names and look at each.
const BY_NAME_FEW: &str = " ORDER BY p.name || '', p.id";
const BY_NAME: &str = " ORDER BY p.name, p.id";
const TAIL: &str = ") c ORDER BY c.name, c.id";
// Everything people look a customer up by, folded; services come with their numbers and user names.
pub(crate) const REFRESH_SEARCH: &str = "UPDATE customers SET search = $2 WHERE id = $1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, UPDATE, HOLD, BY_ID, BY_NUMBER, COUNT, REFRESH_SEARCH];

impl Load for Customer {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: CustomerId(get(row, "id")?),
            number: get(row, "number")?,
            name: get(row, "name")?,
            email: get(row, "email")?,
            phone: get(row, "phone")?,
            language: get(row, "language")?,
            created_at: time(row, "created_at")?,
        })
    }
}

impl Load for CustomerRow {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            customer: Customer::load(row)?,
            services: get(row, "services")?,
            cases_open: get(row, "cases_open")?,
            cases: get(row, "cases")?,
            last_event_at: time_opt(row, "last_event_at")?,
        })
    }
}

fn search_of(customer: &Customer) -> String {
    format!("{} {} {} {}", customer.number, customer.name, customer.email, customer.phone).to_lowercase()
}

/// A new customer; a conflict when the number is taken.
pub(crate) async fn add(conn: &mut Raw, customer: &Customer) -> Result<()> {
    let bound = query(ADD)
        .bind(customer.id.0)
        .bind(customer.number.clone())
        .bind(customer.name.clone())
        .bind(customer.email.clone())
        .bind(customer.phone.clone())
        .bind(customer.language.clone())
        .bind(search_of(customer))
        .bind(micros(customer.created_at));
    run(conn, bound).await?;
    search::add(conn, search::CUSTOMER, customer.id.0, &search_of(customer)).await
}

/// Another name, address or language. The number stays.
pub(crate) async fn update(conn: &mut Raw, customer: &Customer) -> Result<()> {
    let bound = query(UPDATE)
        .bind(customer.id.0)
        .bind(customer.name.clone())
        .bind(customer.email.clone())
        .bind(customer.phone.clone())
        .bind(customer.language.clone())
        .bind(search_of(customer));
    run_one(conn, bound).await?;
    search::keep(conn, search::CUSTOMER, customer.id.0, &search_of(customer)).await
}

/// Makes the customer findable by his services too.
pub(crate) async fn refresh_search(conn: &mut Raw, customer: &Customer) -> Result<()> {
    let mut search = search_of(customer);
    for service in super::service::of_customer(conn, customer.id).await? {
        let identities = [&service.number, &service.username, &service.circuit_id, &service.mac];
        for identity in identities.into_iter().filter(|text| !text.is_empty()) {
            search.push(' ');
            search.push_str(&identity.to_lowercase());
        }
    }
    run(conn, query(REFRESH_SEARCH).bind(customer.id.0).bind(search.clone())).await?;
    search::keep(conn, search::CUSTOMER, customer.id.0, &search).await
}

/// Makes every other transaction that holds this customer wait until ours has ended.
pub(crate) async fn hold(conn: &mut Raw, id: CustomerId) -> Result<()> {
    run_one(conn, query(HOLD).bind(id.0)).await
}

/// The customer with this id.
pub(crate) async fn by_id(conn: &mut Raw, id: CustomerId) -> Result<Option<Customer>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// The customer with this number.
pub(crate) async fn by_number(conn: &mut Raw, number: &str) -> Result<Option<Customer>> {
    optional(conn, query(BY_NUMBER).bind(number.to_owned())).await
}

/// How many there are.
pub(crate) async fn count(conn: &mut Raw) -> Result<i64> {
    one(conn, query(COUNT)).await
}

/// A page of customers by name whose number, name, address, telephone or services have the words of `text`.
pub(crate) async fn list(conn: &mut Raw, text: &str, page: PageOf) -> Result<Rows<CustomerRow>> {
    let ask = search::ask(conn, search::CUSTOMER, text).await?;
    let mut sql = QueryBuilder::<Db>::new(HEAD);
    if let Some(ask) = &ask {
        ask.push(&mut sql, "p.id");
    }
    sql.push(if ask.is_some_and(|ask| ask.is_rare()) { BY_NAME_FEW } else { BY_NAME });
    sql.push(" LIMIT ").push_bind(PAGE_ROWS + 1).push(" OFFSET ").push_bind(page.offset()).push(TAIL);
    let rows = sql.build().fetch_all(conn).await?;
    Ok(Rows::cut(rows.iter().map(CustomerRow::load).collect::<Result<_>>()?))
}
