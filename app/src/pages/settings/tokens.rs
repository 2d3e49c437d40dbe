//! Keys of the HTTP interface.
use super::{shown_once, tabs};
use crate::{
    routes,
    ui::{Act, Btn, Card, Choice, DataTable, Desk, EmptyState, Field, PostForm, Tabs, Tag, Top, When},
};
use chrono::{DateTime, Utc};
use domain::user::{Token, TokenScope};
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct TokensPage {
    /// All tokens, oldest first.
    pub tokens: Vec<Token>,
    /// What was typed as the name of a new one.
    pub name: String,
    /// The use that was chosen for it.
    pub only: String,
    /// Field and problem.
    pub error: Option<(String, String)>,
    /// Name and secret of a token just made, shown this once.
    pub secret: Option<(String, String)>,
    /// Address of the desk, for the example.
    pub public_url: String,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The tokens.
pub fn tokens(page: TokensPage) -> AnyView {
    let secret = page
        .secret
        .map(|(name, secret)| shown_once(format!("Secret of {name}"), secret, "Give it to the machine that uses it."));
    let list = if page.tokens.is_empty() {
        view! {
            <EmptyState title="No tokens yet">"Machines that hand in reports or leases need one: a mail gateway, a feed, a DHCP server."</EmptyState>
        }
        .into_any()
    } else {
        let now = page.now;
        let rows: Vec<_> = page.tokens.into_iter().map(|token| row(token, now)).collect();
        view! {
            <DataTable label="API tokens">
                <thead>
                    <tr>
                        <th scope="col">"What for"</th>
                        <th scope="col">"May be used for"</th>
                        <th scope="col">"Made"</th>
                        <th scope="col"><span class="sr">"Acts"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        }
        .into_any()
    };
    let side = add_form(page.name, page.only, page.error);
    let (reports, leases) = (
        example("reports", "message/rfc822", "report.eml", &page.public_url),
        example("leases", "text/csv", "leases.csv", &page.public_url),
    );
    view! {
        <Top title="API tokens" sub="keys of machines that hand in reports or leases" />
        <Tabs tabs=tabs("tokens") />
        <Desk side=Some(side)>
            {secret}
            <Card title="Tokens" flush=true>{list}</Card>
            <Card title="How to hand in a report"><pre class="raw" tabindex="0">{reports}</pre></Card>
            <Card title="How to hand in leases"><pre class="raw" tabindex="0">{leases}</pre></Card>
        </Desk>
    }
    .into_any()
}

fn example(noun: &str, content_type: &str, file: &str, public_url: &str) -> String {
    format!(
        "curl --fail -H 'Authorization: Bearer lzt_…' -H 'Content-Type: {content_type}' \\\n  --data-binary @{file} {public_url}/api/v1/{noun}"
    )
}

fn add_form(name: String, only: String, error: Option<(String, String)>) -> AnyView {
    let problem = |field: &str| error.as_ref().filter(|(name, _)| name == field).map(|(_, problem)| problem.clone());
    let (name_error, only_error) = (problem("name"), problem("only"));
    let hint = |scope| match scope {
        TokenScope::All => "Reports and leases.",
        TokenScope::Reports => "Hands in reports and sees what became of them.",
        TokenScope::Leases => "Says who held which address. Give it to DHCP, RADIUS and NAT machines.",
    };
    let options = TokenScope::ALL
        .iter()
        .map(|scope| (scope.as_str().to_owned(), scope.title().to_owned(), hint(*scope).to_owned()))
        .collect();
    view! {
        <Card title="New token">
            <PostForm action=routes::settings_page("tokens")>
                <Field label="What for" name="name" value=name error=name_error hint="Such as: mail gateway" required=true />
                <Choice label="May be used for" name="only" options=options value=only error=only_error />
                <Btn label="Make the token" kind="main" />
            </PostForm>
        </Card>
    }
    .into_any()
}

fn row(token: Token, now: DateTime<Utc>) -> AnyView {
    let act = match token.revoked_at {
        Some(at) => view! { <Tag word="withdrawn" kind="bad" /> " " <When at=at now=now /> }.into_any(),
        None => view! {
            <Act label="Withdraw…" kind="hard" group="tokens">
                <PostForm action=routes::settings_page(&format!("tokens/{}/revoke", token.id))>
                    <p>"The machine that uses it is refused from now on."</p>
                    <Btn label="Withdraw the token" kind="hard" />
                </PostForm>
            </Act>
        }
        .into_any(),
    };
    view! {
        <tr>
            <td><b>{token.name}</b> <small class="mono">{token.id.to_string()}</small></td>
            <td>{token.scope.title()}</td>
            <td><When at=token.created_at now=now /></td>
            <td>{act}</td>
        </tr>
    }
    .into_any()
}
