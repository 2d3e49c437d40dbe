//! Keys of the HTTP interface.
use super::{shown_once, tabs};
use crate::{
    routes,
    ui::{Act, Btn, Card, DataTable, Desk, EmptyState, Field, PostForm, Tabs, Tag, Top, When},
};
use chrono::{DateTime, Utc};
use domain::user::Token;
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct TokensPage {
    /// All tokens, oldest first.
    pub tokens: Vec<Token>,
    /// What was typed as the name of a new one.
    pub name: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// Name and secret of a token just made, shown this once.
    pub secret: Option<(String, String)>,
    /// Address of the desk, for the example.
    pub public_url: String,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The tokens.
pub fn tokens(page: TokensPage) -> AnyView {
    let example = format!(
        "curl --fail -H 'Authorization: Bearer lzt_…' -H 'Content-Type: message/rfc822' \\\n  --data-binary @report.eml {}/api/v1/reports",
        page.public_url
    );
    let secret = page
        .secret
        .map(|(name, secret)| shown_once(format!("Secret of {name}"), secret, "Give it to the machine that uses it."));
    let list = if page.tokens.is_empty() {
        view! {
            <EmptyState title="No tokens yet">"Machines that hand in reports need one: a mail gateway, a feed, a script."</EmptyState>
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
                        <th scope="col">"Made"</th>
                        <th scope="col"><span class="sr">"Acts"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        }
        .into_any()
    };
    let side = view! {
        <Card title="New token">
            <PostForm action=routes::settings_page("tokens")>
                <Field label="What for" name="name" value=page.name error=page.error hint="Such as: mail gateway" required=true />
                <Btn label="Make the token" kind="main" />
            </PostForm>
        </Card>
    };
    view! {
        <Top title="API tokens" sub="keys of machines that hand in reports" />
        <Tabs tabs=tabs("tokens") />
        <Desk side=Some(side.into_any())>
            {secret}
            <Card title="Tokens" flush=true>{list}</Card>
            <Card title="How to hand in a report"><pre class="raw" tabindex="0">{example}</pre></Card>
        </Desk>
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
            <td><When at=token.created_at now=now /></td>
            <td>{act}</td>
        </tr>
    }
    .into_any()
}
