//! The rail: where one can go, what waits there, and who is signed in.

use leptos::prelude::*;

use super::{Icon, number};
use crate::routes;

/// A place in the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// Evidence by customer.
    Evidence,
    /// Reports nobody could read, and events nobody could be found for.
    SortOut,
    /// The queue of cases.
    Cases,
    /// Hard acts that wait for a supervisor.
    Approvals,
    /// Restrictions in force and on their way.
    Quarantine,
    /// What went out to whom.
    Mail,
    /// Customers, contracts, services.
    Customers,
    /// Whose was this address at that time?
    Who,
    /// The figures.
    Figures,
    /// Who reports, and how good it is.
    Reporters,
    /// The ledger.
    Record,
    /// Lists that people taught the desk to read.
    Feeds,
    /// Playbooks and terms.
    Policy,
    /// Users, ranges, feeds.
    Settings,
    /// A page that is in no place of the rail.
    #[default]
    Nowhere,
}

impl Place {
    const GROUPS: [&'static [Place]; 3] = [
        &[Place::Evidence, Place::SortOut, Place::Cases, Place::Approvals, Place::Quarantine, Place::Mail],
        &[Place::Customers, Place::Who],
        &[Place::Figures, Place::Reporters, Place::Record, Place::Feeds, Place::Policy, Place::Settings],
    ];

    /// The word in the rail, the address, and the icon's name.
    fn parts(self) -> (&'static str, String, &'static str) {
        match self {
            Place::Evidence => ("Evidence", routes::evidence(), "inbox"),
            Place::SortOut => ("To sort out", routes::sort_out(), "sort"),
            Place::Cases => ("Cases", routes::cases(), "case"),
            Place::Approvals => ("Approvals", routes::approvals(), "stamp"),
            Place::Quarantine => ("Quarantine", routes::quarantines(), "shield"),
            Place::Mail => ("Mail", routes::mail(), "mail"),
            Place::Customers => ("Customers", routes::customers(), "people"),
            Place::Who => ("Who had this?", routes::who(), "lookup"),
            Place::Figures => ("Figures", routes::figures(), "chart"),
            Place::Reporters => ("Reporters", routes::reporters(), "megaphone"),
            Place::Record => ("Record", routes::record(), "record"),
            Place::Feeds => ("Feeds", routes::feeds(), "feed"),
            Place::Policy => ("Policy", routes::policy(), "policy"),
            Place::Settings | Place::Nowhere => ("Settings", routes::settings(), "settings"),
        }
    }
}

/// How much waits at a place; `hot` when somebody should go there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Where.
    pub place: Place,
    /// How many.
    pub n: u64,
    /// Shown in the colour of trouble.
    pub hot: bool,
}

/// The state of the rail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nav {
    /// The place this page belongs to.
    pub current: Place,
    /// What waits where; a place without a count shows none.
    pub counts: Vec<Count>,
    /// Places this person's role has no business at.
    pub hidden: Vec<Place>,
}

/// Who is signed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// As the person is called.
    pub name: String,
    /// The role's word: analyst, supervisor, administrator, auditor.
    pub role: String,
}

/// The navigation every staff page has.
#[component]
pub fn Rail(
    /// Where we are, what waits.
    nav: Nav,
    /// Who is signed in.
    user: User,
) -> AnyView {
    let groups: Vec<_> = Place::GROUPS
        .iter()
        .map(|group| {
            let links: Vec<_> = group.iter().filter(|p| !nav.hidden.contains(p)).map(|p| link(*p, &nav)).collect();
            view! { <div class="group">{links}</div> }
        })
        .collect();
    view! {
        <nav class="rail" aria-label="Main">
            <a class="brand" href=routes::home()>
                <Icon name="sign" />
                "Lazaret"
            </a>
            {groups}
            <form class="me" method="post" action=routes::sign_out()>
                <span>
                    <b>{user.name}</b>
                    <small>{user.role}</small>
                </span>
                <button class="quiet">"Sign out"</button>
            </form>
        </nav>
    }
    .into_any()
}

fn link(place: Place, nav: &Nav) -> AnyView {
    let (word, href, icon) = place.parts();
    let count = nav.counts.iter().find(|c| c.place == place).map(|c| {
        view! { <b class=if c.hot { "hot" } else { "" }>{number::thousands(c.n)}</b> }
    });
    let current = (nav.current == place).then_some("page");
    view! {
        <a href=href aria-current=current title=word>
            <Icon name=icon />
            <span>{word}</span>
            {count}
        </a>
    }
    .into_any()
}
