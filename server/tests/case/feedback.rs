//! A receipt on its way through a real SMTP server: the envelope and headers that RFC 3834 asks for.
use crate::{
    mailer::Sink,
    world::{World, with},
};
use domain::{
    actor::Actor,
    report::Channel,
    reporter::{Feedback, FeedbackBy, ReporterSettings},
};
use lazaret::{desk::Arrival, worker::mail::Mailer};

const MAIL: &str = "From: Jo Doe <jo@complainer.example>\r\nTo: abuse@desk.example\r\nSubject: trouble N\r\n\
    Message-ID: <mN@complainer.example>\r\n\r\nHello, somebody of yours does odd things.\r\n";

async fn take_in(world: &World, n: usize) {
    let mail = MAIL.replace('N', &n.to_string());
    let (content_type, file_name) = ("message/rfc822", "");
    let arrival =
        Arrival { channel: Channel::Api, bytes: mail.as_bytes(), content_type, file_name, read_by_caller: true };
    let received = world.desk.receive(&Actor::system("test"), arrival).await.unwrap();
    world.desk.read_report(received.id).await.unwrap();
}

#[tokio::test]
async fn a_receipt_obeys_rfc_3834() {
    let Some(sink) = Sink::start() else { return };
    with(sink.config(), |world| {
        sink.clear();
        let sink = &sink;
        async move {
            take_in(&world, 1).await;
            let settings = ReporterSettings {
                feedback: Feedback::Receipt,
                feedback_by: FeedbackBy::Mail,
                feedback_to: "desk@complainer.example".to_owned(),
                ..ReporterSettings::default()
            };
            let system = Actor::system("test");
            world.desk.change_reporter(&system, "complainer.example", 0, settings, "agreed").await.unwrap();
            take_in(&world, 2).await;
            while world.desk.feedback_step("test").await.unwrap() {}
            let mailer = Mailer::new(&world.desk, "test").unwrap();
            while mailer.deliver_one().await.unwrap() {}
            let mails = sink.mails();
            assert_eq!(mails.len(), 1, "{mails:?}");
            let (mail, envelope) = &mails[0];
            let envelope: serde_json::Value = serde_json::from_str(envelope).unwrap();
            let text = envelope.to_string();
            assert!(text.contains("desk@complainer.example"), "{text}");
            assert!(!text.contains("abuse@desk.example") && !text.contains("bounce+"), "null return path: {text}");
            for line in [
                "Auto-Submitted: auto-replied",
                "In-Reply-To: <m2@complainer.example>",
                "References: <m2@complainer.example>",
                "To: desk@complainer.example",
            ] {
                assert!(mail.contains(line), "{line} in {mail}");
            }
            assert!(!mail.contains("trouble 2"), "not even the report's own words are repeated: {mail}");
        }
    })
    .await;
}
