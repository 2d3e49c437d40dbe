//! The first step of a new feed: an example of what comes.
use crate::{
    routes,
    ui::{Btn, Card, Desk, Field, LongField, PostForm, Top},
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct StartPage {
    /// What was pasted.
    pub pasted: String,
    /// What is wrong with the file.
    pub file_error: Option<String>,
    /// What is wrong with the text.
    pub paste_error: Option<String>,
}

/// The page.
pub fn start(page: StartPage) -> AnyView {
    let side = view! {
        <Card title="How it goes">
            <ol class="steps">
                <li>"Show an example: a file, a mail that has one attached, or a few pasted lines."</li>
                <li>"Say what each column is. Most of it is guessed; you correct it beside the first rows."</li>
                <li>"See the events that the rows would make, and which rows could not be read."</li>
                <li>"Save it. From then on such reports are read; parked ones can be read again at once."</li>
            </ol>
            <p><small>"If the list changes its columns later, the report is parked and an alarm is raised: nothing is lost in silence."</small></p>
        </Card>
    };
    view! {
        <Top title="New feed" sub="step 1 of 2: an example" />
        <Desk side=Some(side.into_any())>
            <Card title="A file">
                <PostForm action=routes::feed_new() files=true>
                    <Field
                        label="Example"
                        name="file"
                        kind="file"
                        hint="CSV, TSV, JSON or NDJSON, also in a ZIP archive or attached to a mail (.eml). It is not taken in as a report."
                        error=page.file_error
                        required=true
                    />
                    <Btn label="Look at its columns" kind="main" />
                </PostForm>
            </Card>
            <Card title="Or a few lines">
                <PostForm action=routes::feed_map() class="stack letter" hidden=vec![("act".to_owned(), "guess".to_owned())]>
                    <LongField
                        label="Lines, with the one that names the columns if there is one"
                        name="sample"
                        value=page.pasted
                        rows=8
                        error=page.paste_error
                        required=true
                    />
                    <Btn label="Look at these columns" />
                </PostForm>
            </Card>
        </Desk>
    }
    .into_any()
}
