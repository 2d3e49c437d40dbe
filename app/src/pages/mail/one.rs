//! One notice as it was written, and what became of it.

use chrono::{DateTime, Utc};
use domain::{
    actor::{Role, may},
    notice::{NoticeCommand, NoticeRow, right, step},
};
use leptos::prelude::*;

use crate::{
    routes,
    ui::{Btn, Card, Desk, KeyValues, LinkBtn, Pair, Pill, PostForm, Top, time},
};

/// Everything the page shows.
#[derive(Debug, Clone)]
pub struct MailOne {
    /// The notice; the secret of its link is struck out where mail leaves the house.
    pub row: NoticeRow,
    /// Time of the page.
    pub now: DateTime<Utc>,
    /// Role of the person who looks.
    pub role: Role,
    /// Address of the customer's page, where this desk may show it.
    pub customer_page: Option<String>,
}

/// The page.
pub fn mail_one(page: MailOne) -> AnyView {
    let notice = page.row.notice.clone();
    let state = notice.state.as_str();
    let case = routes::case(&page.row.case_number);
    let aside = format!("{} · {}", notice.language, notice.template.replace('_', " ")).into_any();
    view! {
        <Top title=notice.subject.clone() sub=page.row.customer_name.clone()>
            <Pill word=state />
            <span class="end"><LinkBtn label="To the case" href=case key="o" /></span>
        </Top>
        <Desk side=Some(side(&page))>
            <Card title="As written" aside=aside>
                <pre class="raw" tabindex="0">{notice.body}</pre>
            </Card>
        </Desk>
    }
    .into_any()
}

fn side(page: &MailOne) -> AnyView {
    let notice = page.row.notice.clone();
    let case_number = page.row.case_number.clone();
    let stamp = |at: Option<DateTime<Utc>>| at.map_or_else(|| "–".to_owned(), time::full);
    let offered = |command| right(command).is_some_and(|p| may(page.role, p)) && step(notice.state, command).is_ok();
    let act = |command: NoticeCommand, act: &str, label: &'static str| {
        offered(command).then(|| {
            view! {
                <PostForm action=format!("{}/{act}", routes::mail_one(notice.id)) class="inline">
                    <Btn label=label />
                </PostForm>
            }
        })
    };
    let (retry, cancel) =
        (act(NoticeCommand::Retry, "retry", "Send again"), act(NoticeCommand::Cancel, "cancel", "Take back"));
    let customer_page = page.customer_page.clone().map(|href| {
        view! {
            <Card title="The customer's page" kind="next">
                <p>"No relay is set, so this page is the only way to follow the link as the customer would."</p>
                <div class="btns"><LinkBtn label="Open the customer's page" href=href /></div>
            </Card>
        }
    });
    view! {
        {customer_page}
        <Card title="Delivery">
            <KeyValues>
                <Pair term="To"><span class="mono">{notice.recipient.clone()}</span></Pair>
                <Pair term="Case"><a href=routes::case(&case_number)>{case_number.clone()}</a></Pair>
                <Pair term="Written">{time::full(notice.created_at)}</Pair>
                <Pair term="Sent">{stamp(notice.sent_at)}</Pair>
                <Pair term="Came back">{stamp(notice.bounced_at)}</Pair>
                <Pair term="Tries">{notice.attempts.to_string()}</Pair>
                <Pair term="Relay">{if notice.answer.is_empty() { "–".to_owned() } else { notice.answer.clone() }}</Pair>
                <Pair term="Message-ID"><span class="mono">{notice.message_id.clone()}</span></Pair>
            </KeyValues>
            <div class="btns">
                {retry} {cancel}
            </div>
        </Card>
    }
    .into_any()
}
