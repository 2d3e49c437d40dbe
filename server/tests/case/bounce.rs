//! Mail that came back: known by the address it returns to, and by nothing a stranger could say.
use crate::world::{World, both};
use chrono::TimeDelta;
use domain::{
    case::CaseState,
    class::Category,
    id::NoticeId,
    language::Language,
    notice::{Notice, NoticeForm, NoticeState},
    report::{Channel, Report, ReportState},
};
use lazaret::desk::{Arrival, DeskError, Relayed};

/// A delivery report as mail servers write it, with these lines in its header and about a mail with this Message-ID.
fn dsn(header: &str, message_id: Option<&str>) -> String {
    let original = message_id.map(|id| {
        format!("--d\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Your connection\r\nMessage-ID: {id}\r\n\r\n")
    });
    format!(
        "Return-Path: <>\r\n{header}From: MAILER-DAEMON@mx.provider.example\r\nSubject: Undelivered Mail Returned\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"d\"\r\n\r\n\
         --d\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.provider.example\r\n\r\n\
         Final-Recipient: rfc822; moved@elsewhere.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n{}--d--\r\n",
        original.unwrap_or_default()
    )
}

impl World {
    /// A notice under way: at the relay when `taken` is not said yet.
    async fn under_way(&self, taken: bool) -> (String, Notice) {
        self.events(1).await;
        let opened = self.desk.open_case(&self.mara, self.customer.id, Category::Connection).await.unwrap();
        let form = NoticeForm {
            id: NoticeId::new(),
            template: "bot".to_owned(),
            language: Language::En,
            subject: None,
            body: None,
            version: self.case(&opened.number).await.version,
        };
        self.desk.send_notice(&self.mara, &opened.number, &form).await.unwrap();
        self.clock.advance(TimeDelta::seconds(11));
        let delivery = self.desk.begin_delivery("w").await.unwrap().unwrap();
        if taken {
            self.desk.settle_delivery("w", &delivery, &Relayed::Taken("250 ok".to_owned())).await.unwrap();
        }
        (opened.number, self.notice(form.id).await)
    }

    async fn notice(&self, id: NoticeId) -> Notice {
        self.desk.store().read().await.unwrap().notice_by_id(id).await.unwrap().unwrap()
    }

    async fn take_in(&self, mail: &str) -> Result<Report, DeskError> {
        let arrival = Arrival {
            channel: Channel::Pipe,
            bytes: mail.as_bytes(),
            content_type: "message/rfc822",
            file_name: "",
            read_by_caller: false,
        };
        let received = self.desk.receive(&self.mara, arrival).await.unwrap();
        self.desk.read_report(received.id).await
    }
}

#[tokio::test]
async fn a_mail_that_returns_to_its_own_address_was_not_given() {
    both(|world| async move {
        for header in ["Delivered-To", "X-Original-To", "Envelope-To", "To"] {
            let (number, notice) = world.under_way(true).await;
            assert_eq!(world.case(&number).await.state, CaseState::Notified);
            let back = notice.return_address("desk.example");
            let mail = dsn(&format!("Delivered-To: box@desk.example\r\n{header}: <{back}>\r\n"), None);
            let report = world.take_in(&mail).await.unwrap();
            assert_eq!(report.state, ReportState::Done, "{header}: {:?}", report.reason);
            let after = world.notice(notice.id).await;
            assert_eq!(after.state, NoticeState::Bounced, "{header}");
            assert!(after.answer.contains("5.1.1"), "{}", after.answer);
            let case = world.case(&number).await;
            assert_eq!(
                (case.state, case.due_at, case.notified_at),
                (CaseState::Open, None, None),
                "the deadline stops"
            );
            // Mailers say it twice; the second time nothing is left to be done, and nobody has to look.
            let again = world.take_in(&dsn(&format!("{header}: {back}\r\n"), None)).await.unwrap();
            assert_eq!(again.state, ReportState::Done, "{:?}", again.reason);
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_who_never_had_the_mail_can_send_it_back() {
    both(|world| async move {
        let (number, notice) = world.under_way(true).await;
        let id = notice.id;
        let (_, tag) = notice.return_key().split_once('.').unwrap();
        assert_eq!(tag.len(), 16);
        let guessed = "0123456789abcdef";
        let forged = [
            dsn(&format!("To: bounce+{id}@desk.example\r\n"), None),
            dsn(&format!("To: bounce+{id}.@desk.example\r\n"), None),
            dsn(&format!("To: bounce+{id}.{guessed}@desk.example\r\n"), None),
            dsn(&format!("To: bounce+{id}.{tag}@evil.example\r\n"), None),
            dsn(&format!("To: bounce+{}.{tag}@desk.example\r\n", NoticeId::new()), None),
            dsn("To: abuse@desk.example\r\n", Some(&format!("<{id}@desk.example>"))),
            dsn("To: abuse@desk.example\r\n", Some(&format!("<{id}.{guessed}@desk.example>"))),
        ];
        for mail in forged {
            let report = world.take_in(&mail).await.unwrap();
            assert_eq!(report.state, ReportState::Parked, "a person looks at it:\n{mail}");
            assert_eq!(world.notice(id).await.state, NoticeState::Sent, "{mail}");
        }
        assert_eq!(world.case(&number).await.state, CaseState::Notified);
        let honest = dsn("To: abuse@desk.example\r\n", Some(&notice.message_id));
        world.take_in(&honest).await.unwrap();
        assert_eq!(world.notice(id).await.state, NoticeState::Bounced, "by its Message-ID too");
    })
    .await;
}

#[tokio::test]
async fn a_bounce_faster_than_our_own_note_waits() {
    both(|world| async move {
        let (_, notice) = world.under_way(false).await;
        assert_eq!(notice.state, NoticeState::Sending, "the relay has it, we have not heard so yet");
        let mail = dsn(&format!("To: {}\r\n", notice.return_address("desk.example")), None);
        let early = world.take_in(&mail).await;
        assert!(early.is_err(), "{early:?}");
        let mut conn = world.desk.store().read().await.unwrap();
        let waiting =
            conn.report_list(&domain::report::ReportFilter::default(), Default::default()).await.unwrap().rows;
        let waiting = waiting.into_iter().find(|report| report.state == ReportState::Received).unwrap();
        drop(conn);
        world.clock.advance(domain::limit::JOB_LEASE + TimeDelta::seconds(1));
        let delivery = world.desk.begin_delivery("heir").await.unwrap().unwrap();
        world.desk.settle_delivery("heir", &delivery, &Relayed::Taken("250 ok".to_owned())).await.unwrap();
        world.desk.read_report(waiting.id).await.unwrap();
        assert_eq!(world.notice(notice.id).await.state, NoticeState::Bounced);
    })
    .await;
}
