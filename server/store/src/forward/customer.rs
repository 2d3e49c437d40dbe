//! Customers, contracts, services.
use super::forward;
use domain::{
    customer::{Contract, Customer, CustomerRow, Service},
    id::{ContractId, CustomerId, ServiceId},
    page::{PageOf, Rows},
};

forward! {
    /// A new customer; a conflict when the number is taken.
    fn customer_add(customer: &Customer) -> () = customer::add;
    /// Another name, address or language. The number stays.
    fn customer_update(customer: &Customer) -> () = customer::update;
    /// Makes the customer findable by his services too.
    fn customer_refresh_search(customer: &Customer) -> () = customer::refresh_search;
    /// Makes every other transaction that holds this customer wait until ours has ended.
    fn customer_hold(id: CustomerId) -> () = customer::hold;
    /// The customer with this id.
    fn customer_by_id(id: CustomerId) -> Option<Customer> = customer::by_id;
    /// The customer with this number.
    fn customer_by_number(number: &str) -> Option<Customer> = customer::by_number;
    /// How many customers there are.
    fn customer_count() -> i64 = customer::count;
    /// A page of customers by name whose number, name, address or services hold `text`.
    fn customer_list(text: &str, page: PageOf) -> Rows<CustomerRow> = customer::list;
    /// A contract as the books have it now: new, or with other terms.
    fn contract_put(contract: &Contract) -> () = service::put_contract;
    /// The contract with this id.
    fn contract_by_id(id: ContractId) -> Option<Contract> = service::contract_by_id;
    /// The contract with this number.
    fn contract_by_number(number: &str) -> Option<Contract> = service::contract_by_number;
    /// A customer's contracts.
    fn contracts_of(customer: CustomerId) -> Vec<Contract> = service::contracts_of;
    /// A service as the books have it now: new, or with other identities.
    fn service_put(service: &Service) -> () = service::put;
    /// The service with this id.
    fn service_by_id(id: ServiceId) -> Option<Service> = service::by_id;
    /// The service with this number.
    fn service_by_number(number: &str) -> Option<Service> = service::by_number;
    /// A customer's services by number.
    fn services_of(customer: CustomerId) -> Vec<Service> = service::of_customer;
    /// The services with one of these user names.
    fn services_by_username(names: &[String]) -> Vec<Service> = service::by_username;
    /// Number, id and customer of every service: what a bulk import looks up.
    fn service_keys() -> Vec<(String, ServiceId, CustomerId)> = service::keys;
}
