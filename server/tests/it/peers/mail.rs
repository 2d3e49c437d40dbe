//! What leaves the house, and what comes back.
use crate::support::House;
use domain::{
    actor::Role,
    event::Disposition,
    id::NoticeId,
    language::Language,
    limit::JOB_LEASE,
    notice::{NoticeForm, NoticeState},
    report::ReportState,
};
use lazaret::{desk::Relayed, worker::mail::Mailer};

impl House {
    /// Sends the notice of the case as the template has it, or with this text; it is due at once.
    async fn send(&self, number: &str, body: Option<String>) -> NoticeId {
        let analyst = self.staff(Role::Analyst).await.actor();
        let form = NoticeForm {
            id: NoticeId::new(),
            template: "spam".to_owned(),
            language: Language::En,
            subject: None,
            body,
            version: self.case(number).await.version,
        };
        let id = self.desk.send_notice(&analyst, number, &form).await.unwrap();
        self.clock.advance(chrono::TimeDelta::minutes(1));
        id
    }

    async fn notice(&self, id: NoticeId) -> domain::notice::Notice {
        self.desk.store().read().await.unwrap().notice_by_id(id).await.unwrap().unwrap()
    }
}

/// 3, AbuseIO: the mail to one customer carried the tickets and tokens of others named in the same report.
#[tokio::test]
async fn bug_03_a_mail_to_one_names_nothing_of_another() {
    let house = House::new().await;
    let number = house.with_case().await;
    house.other_customer("Piet de Vries", "C-2", "ln-20419", "198.51.100.78").await;
    let csv = "timestamp,ip,port,asn,geo,region,city,hostname,type,infection,url,agent,cc_ip,cc_port,cc_asn,cc_geo,cc_dns,count,\
        proxy,application,p0f_genre,p0f_detail,machine_name,id,naics,sic,cc_naics,cc_sic,sector,cc_sector,ssl_cipher,family,tag,public_source\n\
        2026-11-22 08:00:00,198.51.100.77,1025,64496,,,,,tcp,avalanche,,,,,,,,,,,,,,,,,,,,,,,,\n\
        2026-11-22 08:00:00,198.51.100.78,1026,64496,,,,,tcp,avalanche,,,,,,,,,,,,,,,,,,,,,,,,\n";
    let report = house.file(csv.as_bytes(), "text/csv", "2026-11-22-event4_sinkhole-isp-asn.csv").await;
    assert_eq!((report.state, report.events), (ReportState::Done, 2), "{:?}", report.reason);
    let other = house.other_case("C-2", "198.51.100.78").await;
    let analyst = house.staff(Role::Analyst).await.actor();
    let secrets = [house.link(&number).await, house.link(&other).await];
    for (mine, not_mine) in [
        (&number, [&*other, "Piet", "198.51.100.78", "ln-20419"]),
        (&other, [&*number, "Okafor", "198.51.100.77", "ln-20418"]),
    ] {
        let draft = house.desk.notice_preview(&analyst, mine, None, None).await.unwrap().draft;
        let page = house.browser().get(&format!("/c/{}", secrets[usize::from(mine == &other)])).await.text;
        for text in [&draft.subject, &draft.body, &page] {
            for alien in not_mine.iter().chain(&["reporter.example", "shadowserver", "Shadowserver"]) {
                assert!(!text.contains(alien), "{mine} names {alien}:\n{text}");
            }
            assert!(!secrets.iter().any(|secret| draft.body.contains(secret)), "a link is made for each mail");
        }
        assert!(draft.body.contains("198.51.100.7"), "his own address is there");
    }
}

/// 4, AbuseIO (Blade), RT (Perl), IRIS: templates and texts of staff were code on the server.
#[tokio::test]
async fn bug_04_a_text_with_the_signs_of_a_template_stays_a_text() {
    let house = House::new().await;
    house.with_evidence().await;
    let name = "Ann {{ 7*7 }} {% for x in range(9) %}ha{% endfor %} {{ desk_name }} ${7*7} <%= 7*7 %> @php";
    house.other_customer(name, "C-2", "ln-20419", "198.51.100.78").await;
    let number = house.other_case("C-2", "198.51.100.78").await;
    let analyst = house.staff(Role::Analyst).await.actor();
    let draft = house.desk.notice_preview(&analyst, &number, None, None).await.unwrap().draft;
    assert!(
        draft.body.contains("{{ 7*7 }}") && !draft.body.contains("49") && !draft.body.contains("haha"),
        "{}",
        draft.body
    );
    let typed = format!("{{{{ desk_name }}}} {{% if link %}}x{{% endif %}} {}", domain::notice::LINK_MARK);
    let id = house.send(&number, Some(typed)).await;
    let body = house.notice(id).await.body;
    assert!(body.starts_with("{{ desk_name }} {% if link %}x{% endif %} http"), "{body}");
}

/// 16, AbuseIO: a mail was sent and not recorded, so it went out again and again; a null transport counted as sent.
#[tokio::test]
async fn bug_16_a_mail_is_one_mail_and_a_desk_without_a_relay_has_told_nobody() {
    let house = House::new().await;
    let number = house.with_case().await;
    let id = house.send(&number, None).await;
    // A worker dies between the relay's yes and our note of it.
    let lost = house.desk.begin_delivery("dead").await.unwrap().unwrap();
    assert!(house.desk.begin_delivery("other").await.unwrap().is_none(), "nobody else sends it meanwhile");
    house.clock.advance(JOB_LEASE + chrono::TimeDelta::seconds(1));
    let again = house.desk.begin_delivery("heir").await.unwrap().unwrap();
    assert!(again.doubt && again.notice.message_id == lost.notice.message_id, "the same mail by its Message-ID");
    house.desk.settle_delivery("heir", &again, &Relayed::Taken("250 ok".to_owned())).await.unwrap();
    house.desk.settle_delivery("dead", &lost, &Relayed::Taken("250 ok".to_owned())).await.unwrap();
    let sent = house.notice(id).await;
    assert_eq!(sent.state, NoticeState::Sent);
    assert!(sent.answer.contains("sent again under the same Message-ID"), "it says so: {}", sent.answer);
    house.clock.advance(chrono::TimeDelta::days(1));
    assert!(house.desk.begin_delivery("w").await.unwrap().is_none(), "and never again");
    // Without a relay nothing is claimed.
    let other = house.send(&number, None).await;
    Mailer::new(&house.desk, "t").unwrap().deliver_one().await.unwrap();
    assert_eq!(house.notice(other).await.state, NoticeState::Queued);
}

/// 24, AbuseIO: automatic answers were answered, and mails went round in a circle.
#[tokio::test]
async fn bug_24_an_automatic_answer_opens_nothing_and_is_not_answered() {
    let house = House::new().await;
    let number = house.with_case().await;
    let id = house.send(&number, None).await;
    let delivery = house.desk.begin_delivery("w").await.unwrap().unwrap();
    house.desk.settle_delivery("w", &delivery, &Relayed::Taken("250 ok".to_owned())).await.unwrap();
    let message_id = house.notice(id).await.message_id;
    let before = house.case(&number).await;
    let auditor = house.staff(Role::Auditor).await.actor();
    let mails = house.desk.mail(&auditor, &Default::default(), Default::default()).await.unwrap().0.rows.len();
    for (sender, header) in [
        ("nadia@mail.example", "Auto-Submitted: auto-replied"),
        ("nadia@mail.example", "X-Autoreply: yes"),
        ("abuse@desk.example", "Auto-Submitted: auto-replied (vacation)"),
        ("(.*)+$@mail.example", "Precedence: bulk\r\nX-Auto-Response-Suppress: All\r\nAuto-Submitted: auto-replied"),
    ] {
        for round in 0..3 {
            let mail = format!(
                "From: <{sender}>\r\nTo: abuse@desk.example\r\nSubject: Re: [{number}] Out of office {round}\r\n{header}\r\n\
                 In-Reply-To: {message_id}\r\nMessage-ID: <{round}.{}@mail.example>\r\n\r\nI am away. 198.51.100.77\r\n",
                header.len() + sender.len()
            );
            let report = house.file(mail.as_bytes(), "message/rfc822", "").await;
            assert_eq!((report.disposition, report.events), (Some(Disposition::AutoReply), 0), "{mail}");
            assert_eq!(report.state, ReportState::Done);
        }
    }
    assert_eq!(house.case(&number).await, before, "the case has heard nothing");
    assert!(house.desk.begin_delivery("w").await.unwrap().is_none(), "nothing goes out");
    let after = house.desk.mail(&auditor, &Default::default(), Default::default()).await.unwrap();
    assert_eq!(after.0.rows.len(), mails);
    assert_eq!(house.notice(id).await.state, NoticeState::Sent, "nor is it a bounce");
}
