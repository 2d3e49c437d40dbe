//! A whole staff page: the document around a view, rendered to one string with its islands marked.

use std::sync::Arc;

use chrono_tz::Tz;
use hydration_context::SsrSharedContext;
use leptos::prelude::*;

use crate::{
    assets, islands,
    ui::{Flash, FlashBar, Nav, Rail, User},
};

/// What every staff page has around its content.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// The tab's title; the house's name is added.
    pub title: String,
    /// Where we are and what waits elsewhere.
    pub nav: Nav,
    /// Who is signed in; nobody on the sign-in and error pages, which then have no rail.
    pub user: Option<User>,
    /// What the last act did, shown once.
    pub flash: Option<Flash>,
    /// A sentence above everything, for example "Demo desk: nothing leaves this machine."
    pub banner: Option<String>,
    /// The zone in which the page says its times; the default is UTC.
    pub zone: Tz,
}

/// Renders a page. `view` runs inside the reactive owner that islands need, so build the view in it.
pub fn render<V: IntoView>(shell: Shell, view: impl FnOnce() -> V) -> String {
    let context = SsrSharedContext::new_islands();
    let owner = Owner::new_root(Some(Arc::new(context)));
    let html = owner.with(|| {
        provide_context(shell.zone);
        whole(shell, view().into_any()).to_html()
    });
    // leptos marks text for hydration; a title is plain text and would show the mark in the browser's tab.
    let html = html.replacen("<!></title>", "</title>", 1);
    owner.unset_with_forced_cleanup();
    html
}

fn whole(shell: Shell, content: AnyView) -> AnyView {
    let version = assets::VERSION.as_str();
    let staff = shell.user.is_some();
    let start = staff.then(|| view! { <script type="module" src=format!("/assets/start.js?v={version}")></script> });
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width,initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <title>{format!("{} · Lazaret", shell.title)}</title>
                <link rel="icon" type="image/svg+xml" href=format!("/assets/icon.svg?v={version}") />
                <link rel="stylesheet" href=format!("/assets/desk.css?v={version}") />
                {start}
            </head>
            <body>{body(shell, content)}</body>
        </html>
    }
    .into_any()
}

fn body(shell: Shell, content: AnyView) -> AnyView {
    let Some(user) = shell.user else {
        return view! { <main class="alone" id="main">{content}</main> }.into_any();
    };
    let banner = shell.banner.map(|text| view! { <p class="banner">{text}</p> });
    let flash = shell.flash.map(|flash| view! { <FlashBar flash=flash /> });
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="shell">
            <Rail nav=shell.nav user=user />
            <div class="page" id="main" tabindex="-1">{banner} {flash} {content}</div>
        </div>
        <islands::Shortcuts />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::{Shell, render};
    use crate::ui::{BulkBar, Flash, User};

    fn staff(title: &str) -> Shell {
        Shell {
            title: title.to_owned(),
            user: Some(User { name: "Mara <Lind>".to_owned(), role: "analyst".to_owned() }),
            flash: Some(Flash::done("<b>done</b>")),
            ..Shell::default()
        }
    }

    #[test]
    fn islands_are_marked_with_their_properties() {
        let html = render(staff("Evidence"), || view! { <BulkBar id="pick" action="/evidence/open">"x"</BulkBar> });
        assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{html}");
        assert!(html.contains("<leptos-island data-component=\"BulkCount_"), "{html}");
        assert!(html.contains("data-props=\"{&quot;form&quot;:&quot;pick&quot;}\""), "{html}");
        assert!(html.contains("<leptos-island data-component=\"Shortcuts_"), "{html}");
    }

    #[test]
    fn nothing_needs_a_weaker_policy() {
        let html = render(staff("</title><script>x</script>"), || view! { <p>"</p><script>y</script>"</p> });
        assert!(!html.contains(" style="), "{html}");
        assert!(!html.contains("<style"), "{html}");
        assert_eq!(html.matches("<script").count(), 1, "{html}");
        assert!(html.contains("<script type=\"module\" src=\"/assets/start.js?v="), "{html}");
    }

    #[test]
    fn strangers_get_no_rail_and_no_script() {
        let html = render(Shell::default(), || view! { <p>"x"</p> });
        assert!(!html.contains("<nav") && !html.contains("<script"), "{html}");
    }
}
