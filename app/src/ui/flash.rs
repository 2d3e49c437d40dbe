//! What the last act did, said once on the next page, with the way back where there is one.

use leptos::prelude::*;

use super::{Icon, PostForm};

/// The form that takes an act back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// Where to post.
    pub action: String,
    /// Hidden fields, such as the version.
    pub fields: Vec<(String, String)>,
}

/// A message for the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// Something was refused or failed.
    pub bad: bool,
    /// One sentence.
    pub text: String,
    /// How to take it back.
    pub undo: Option<Undo>,
}

impl Flash {
    /// It was done.
    pub fn done(text: impl Into<String>) -> Self {
        Self { bad: false, text: text.into(), undo: None }
    }

    /// It was not done, and why.
    pub fn refused(text: impl Into<String>) -> Self {
        Self { bad: true, text: text.into(), undo: None }
    }

    /// Adds the way back.
    #[must_use]
    pub fn with_undo(mut self, undo: Undo) -> Self {
        self.undo = Some(undo);
        self
    }
}

/// The strip that says it.
#[component]
pub fn FlashBar(
    /// What to say.
    flash: Flash,
) -> AnyView {
    let (class, role, icon) = if flash.bad { ("flash bad", "alert", "alert") } else { ("flash", "status", "ok") };
    let undo = flash.undo.map(|undo| {
        view! {
            <PostForm action=undo.action hidden=undo.fields class="inline">
                <button class="btn" data-key="z">"Undo" <kbd>"z"</kbd></button>
            </PostForm>
        }
    });
    view! {
        <div class=class role=role>
            <Icon name=icon />
            <span>{flash.text}</span>
            {undo}
        </div>
    }
    .into_any()
}
