//! Evidence passed on by mail through a real SMTP server: what was seen arrives, byte for byte, as an attachment.
use crate::{
    mailer::Sink,
    world::{World, with},
};
use domain::{
    class::Category,
    id::PassingId,
    notice::NoticeState,
    passing::{Passing, Subject, Way},
};
use lazaret::{desk::Order, worker::passing::Passer};

async fn passed(world: &World, id: PassingId) -> Passing {
    world.desk.store().read().await.unwrap().passing_by_id(id).await.unwrap().unwrap()
}

async fn pass(world: &World, subject: Subject, target: &str) -> Passing {
    let draft = world.desk.passing_draft(&world.mara, subject, false).await.unwrap();
    let order = Order {
        id: PassingId::new(),
        way: Way::Mail,
        target: target.to_owned(),
        note: "Please have a look: \u{fc}bel.".to_owned(),
        named: false,
        sha256: draft.sha256,
    };
    world.desk.pass_on(&world.mara, subject, order).await.unwrap()
}

#[tokio::test]
async fn what_was_seen_is_what_arrives() {
    let Some(sink) = Sink::start() else { return };
    with(sink.config(), |world| {
        sink.clear();
        let sink = &sink;
        async move {
            world.events(3).await;
            let opened = world.desk.open_case(&world.mara, world.customer.id, Category::Connection).await.unwrap();
            let case = world.case(&opened.number).await;
            let passing = pass(&world, Subject::Case(case.id), "abuse@other.example").await;
            let passer = Passer::new(&world.desk).unwrap();
            while passer.deliver_one().await.unwrap() {}
            let now = passed(&world, passing.id).await;
            assert_eq!((now.state, now.attempts), (NoticeState::Sent, 1), "{}", now.answer);
            let mails = sink.mails();
            assert_eq!(mails.len(), 1, "{mails:?}");
            let (mail, envelope) = &mails[0];
            assert!(envelope.contains("abuse@other.example") && envelope.contains("bounce+"), "{envelope}");
            let parsed = intake::profile::files(
                mail.as_bytes(),
                intake::Hint { content_type: Some("message/rfc822"), file_name: None },
            );
            let file = parsed.files.iter().find(|file| file.name == passing.file_name()).unwrap();
            let (sent, seen) = (String::from_utf8(file.bytes.to_vec()).unwrap(), &passing.body);
            assert_eq!(sent.replace("\r\n", "\n").trim_end(), seen.trim_end());
            for hidden in ["Okafor", "n.okafor@", &world.customer.number] {
                assert!(!mail.contains(hidden), "{hidden} in {mail}");
            }
            // A relay that refuses for ever is not asked again; one that says later is.
            for (target, state) in
                [("reject@other.example", NoticeState::Failed), ("tempfail@other.example", NoticeState::Queued)]
            {
                let passing = pass(&world, Subject::Case(case.id), target).await;
                while passer.deliver_one().await.unwrap() {}
                let now = passed(&world, passing.id).await;
                assert_eq!(now.state, state, "{target}: {}", now.answer);
            }
            assert_eq!(sink.mails().len(), 1);
        }
    })
    .await;
}
