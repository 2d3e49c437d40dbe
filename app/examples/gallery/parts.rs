//! What the compositions do not show: forms with errors, empty lists, all marks.

use app::ui::{
    Btn, Card, Choice, Desk, EmptyState, Field, LongField, Pill, PostForm, Raw, Select, Strikes, Tag, Tick, Top,
};
use leptos::prelude::*;

pub(crate) fn page() -> AnyView {
    let states = [
        "open",
        "notified",
        "quarantined",
        "answered",
        "released",
        "closed",
        "awaiting approval",
        "applying",
        "in force",
        "lifted",
        "failed",
    ];
    let pills: Vec<_> = states.into_iter().map(|word| view! { <Pill word=word /> " " }).collect();
    view! {
        <Top title="Parts" sub="every mark and field" find="okafor" />
        <Desk>
            <Card title="Marks">
                <p>{pills}</p>
                <p><Tag word="certain" />" "<Tag word="ambiguous" />" "<Tag word="unknown" />" "<Tag word="failed" kind="bad" />" "<Tag word="port 25" /></p>
                <p><Strikes n=1 />" "<Strikes n=3 />" "<Strikes n=9 /></p>
            </Card>
            {form()}
            <Card title="Text from outside" kind="warn">
                <Raw text="<script>alert(1)</script>\nhttps://evil.example/x?y=1 mailto:a@b.example \u{202e}gpj.exe" />
            </Card>
            <Card title="Nothing here" kind="bad">
                <EmptyState title="No reports are parked">"Whatever cannot be read lands here, with the reason."</EmptyState>
            </Card>
        </Desk>
    }
    .into_any()
}

fn form() -> AnyView {
    let option = |value: &str, word: &str, why: &str| (value.to_owned(), word.to_owned(), why.to_owned());
    let measures = vec![
        option("port_block", "Port block", "Mail and file sharing ports only; the customer hardly notices."),
        option("walled_garden", "Walled garden", "Only our page, updates and emergency numbers."),
    ];
    view! {
        <Card title="A form">
            <PostForm action="/nowhere">
                <Field label="E-mail" name="email" kind="email" value="mara@" error=Some("This is not a whole address: name@domain.".to_owned()) />
                <Select label="Clause" name="clause" options=vec![("7.2".to_owned(), "7.2 Devices that harm others".to_owned())] value="7.2" hint="Of the terms she accepted." />
                <Choice label="Measure" name="measure" options=measures value="walled_garden" />
                <LongField label="Reason" name="reason" value="</textarea><script>alert(1)</script>" hint="Goes into the record." />
                <Tick label="Tell the customer" name="tell" on=true />
                <div class="btns"><Btn label="Order" kind="main" /><Btn label="Draft" /><Btn label="Cut off" kind="hard" /></div>
            </PostForm>
        </Card>
    }
    .into_any()
}
