//! What our customer usually is in an event of a class, where the report itself does not say.
use domain::class::{Category, Class};
use domain::event::Role;

/// The role that follows from the class alone.
pub(crate) fn of(class: Class) -> Role {
    match class {
        Class::InfectedHost | Class::Botnet | Class::CompromisedServer | Class::RemoteCompromise => Role::Infected,
        Class::ExposedData => Role::Vulnerable,
        Class::BrandInfringement => Role::RightsClaim,
        _ => match class.category() {
            Category::Messaging | Category::Connection | Category::Content => Role::Actor,
            Category::Infrastructure => Role::Infected,
            Category::Copyright => Role::RightsClaim,
            Category::Vulnerability => Role::Vulnerable,
            Category::Reputation | Category::Other => Role::Unknown,
        },
    }
}
