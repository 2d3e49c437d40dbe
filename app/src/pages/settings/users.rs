//! Who may sign in, and as what.
use super::{shown_once, tabs};
use crate::{
    routes,
    ui::{Act, Btn, Card, DataTable, Desk, Field, PostForm, Select, Tabs, Tag, Top, When},
};
use chrono::{DateTime, Utc};
use domain::{actor::Role, id::UserId, user::User};
use leptos::prelude::*;

/// What was typed for a new account, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct UserForm {
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Word of the role.
    pub role: String,
    /// Field and problem.
    pub error: Option<(String, String)>,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct UsersPage {
    /// All accounts by name.
    pub users: Vec<User>,
    /// The form for a new one.
    pub form: UserForm,
    /// An address and its new password, shown this once.
    pub secret: Option<(String, String)>,
    /// Who looks: nobody closes his own account here.
    pub me: UserId,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// Roles with their words.
fn roles() -> Vec<(String, String)> {
    Role::ALL.iter().map(|role| (role.as_str().to_owned(), role.as_str().to_owned())).collect()
}

/// What each role may do, in a sentence.
fn explained(role: Role) -> &'static str {
    match role {
        Role::Analyst => "works on evidence and cases, orders and releases quarantines, sees the figures",
        Role::Supervisor => "also approves hard actions, decides disputes, reads the record",
        Role::Administrator => "also manages accounts, tokens, ranges and imports",
        Role::Auditor => "reads everything, changes nothing",
    }
}

/// The accounts.
pub fn users(page: UsersPage) -> AnyView {
    let UsersPage { users, form, secret, me, now } = page;
    let secret = secret.map(|(email, password)| {
        shown_once(format!("Password of {email}"), password, "Tell it to the person, who changes it after signing in.")
    });
    let rows: Vec<_> = users.into_iter().map(|user| row(user, me, now)).collect();
    let words: Vec<_> =
        Role::ALL.iter().map(|role| view! { <li><b>{role.as_str()}</b> " " {explained(*role)}</li> }).collect();
    let side = view! {
        {add(form)}
        <Card title="Roles"><ul class="plain">{words}</ul></Card>
    };
    view! {
        <Top title="Users" sub="who may sign in, and as what" />
        <Tabs tabs=tabs("users") />
        <Desk side=Some(side.into_any())>
            {secret}
            <Card title="Accounts" flush=true>
                <DataTable label="Accounts" class="stack">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Role"</th>
                            <th scope="col">"Last sign-in"</th>
                            <th scope="col"><span class="sr">"Acts"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </DataTable>
            </Card>
        </Desk>
    }
    .into_any()
}

fn add(form: UserForm) -> AnyView {
    let wrong = |field: &str| form.error.as_ref().filter(|(name, _)| name == field).map(|(_, text)| text.clone());
    let (email, name, role) = (wrong("email"), wrong("name"), wrong("role"));
    let chosen = if form.role.is_empty() { Role::Analyst.as_str().to_owned() } else { form.role };
    view! {
        <Card title="New account">
            <PostForm action=routes::settings_page("users")>
                <Field label="Name" name="name" value=form.name error=name required=true />
                <Field label="E-mail" name="email" kind="email" value=form.email error=email required=true />
                <Select label="Role" name="role" options=roles() value=chosen error=role />
                <Btn label="Make the account" kind="main" />
                <p class="sub">"A password is made and shown once."</p>
            </PostForm>
        </Card>
    }
    .into_any()
}

fn row(user: User, me: UserId, now: DateTime<Utc>) -> AnyView {
    let seen = match user.signed_in_at {
        Some(at) => view! { <When at=at now=now relative=true /> }.into_any(),
        None => "never".into_any(),
    };
    let state = user.disabled_at.map(|_| view! { " " <Tag word="closed" kind="bad" /> });
    let mine = (user.id == me).then(|| view! { " " <Tag word="you" /> });
    view! {
        <tr>
            <td><span class="who">{user.name.clone()}</span> {mine} {state} <small>{user.email.clone()}</small></td>
            <td data-label="Role">{user.role.as_str()}</td>
            <td data-label="Last sign-in">{seen}</td>
            <td>{acts(&user, me)}</td>
        </tr>
    }
    .into_any()
}

fn acts(user: &User, me: UserId) -> AnyView {
    let post = |act: &str| routes::settings_page(&format!("users/{}/{act}", user.id));
    if user.disabled_at.is_some() {
        return view! {
            <PostForm action=post("open") class="inline"><Btn label="Open again" /></PostForm>
        }
        .into_any();
    }
    let group = format!("user-{}", user.id);
    let close = (user.id != me).then(|| {
        let close = post("close");
        view! {
            <Act label="Close…" kind="hard" group=group.clone()>
                <PostForm action=close>
                    <p>"All sessions end at once. What the person did stays on record."</p>
                    <Btn label="Close the account" kind="hard" />
                </PostForm>
            </Act>
        }
    });
    let (change, password) = (post("change"), post("password"));
    let (name, role) = (user.name.clone(), user.role.as_str());
    let (name_id, role_id) = (format!("name-{}", user.id), format!("role-{}", user.id));
    view! {
        <Act label="Change…" group=group.clone()>
            <PostForm action=change>
                <Field label="Name" name="name" id=name_id value=name required=true />
                <Select label="Role" name="role" id=role_id options=roles() value=role />
                <Btn label="Save" kind="main" />
            </PostForm>
        </Act>
        " "
        <Act label="New password…" group=group>
            <PostForm action=password>
                <p>"A new password is made and shown once; all sessions of the account end."</p>
                <Btn label="Make a new password" />
            </PostForm>
        </Act>
        " "
        {close}
    }
    .into_any()
}
