//! The customer's page: small, without script, safe with hostile text, and true to what he may do.
mod portal_sample;

use app::portal::{PortalForm, STYLE_SHA256, garden, link_expired, link_unknown, page};
use base64::Engine;
use domain::class::Class;
use domain::language::Language;
use domain::portal::{DeskContact, Line, PortalState, PortalView, Said, StatementFault};
use portal_sample::{at, lifting, ports, released, restricted, talkative, told, waiting};
use sha2::{Digest, Sha256};

/// Bytes that fit the first round trip of a TCP connection (ten segments).
const ROUND_TRIP: usize = 14_000;

fn plain(view: &PortalView) -> String {
    page(view, &PortalForm::default(), "/c/x")
}

fn desk() -> DeskContact {
    DeskContact { name: "Northlight".into(), phone: None, email: None }
}

fn every_page() -> Vec<String> {
    let mut pages = Vec::new();
    for &language in Language::ALL {
        let views = [told, restricted, lifting, waiting, ports, released, talkative].map(|make| make(language));
        pages.extend(views.iter().map(plain));
        pages.push(garden(&desk(), language, "/garden"));
        pages.push(link_expired(&desk(), language, "/c/x"));
        pages.push(link_unknown(&desk(), language, "/c/x"));
    }
    pages
}

/// At the quality that the server's compression layer uses by default.
fn compressed(html: &str) -> usize {
    let mut out = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 4, ..Default::default() };
    brotli::BrotliCompress(&mut html.as_bytes(), &mut out, &params).map_or(usize::MAX, |_| out.len())
}

#[test]
fn the_policy_allows_exactly_the_style_of_the_page() {
    for html in every_page() {
        let style = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
        assert_eq!(STYLE_SHA256, format!("'sha256-{hash}'"), "portal/style.css changed: put this hash into portal.rs");
    }
}

#[test]
fn every_page_fits_one_round_trip() {
    for html in every_page() {
        let bytes = compressed(&html);
        assert!(bytes <= ROUND_TRIP, "{bytes} bytes: {}", &html[..200]);
    }
}

#[test]
fn no_page_holds_a_script_or_loads_anything() {
    for html in every_page() {
        let body = html.split("</style>").nth(1).unwrap();
        for forbidden in ["<script", "<link", "<img", "src=", "http:", "https:", "style=", "onclick", "onload"] {
            assert!(!body.contains(forbidden), "{forbidden} in {html}");
        }
        assert!(html.starts_with("<!DOCTYPE html><html lang="));
        assert_eq!(html.matches("<h1>").count(), 1);
    }
}

#[test]
fn hostile_text_stays_text() {
    let evil = "</textarea></p></style><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let mut view = restricted(Language::En);
    view.source_text = evil.into();
    view.service = Some(evil.into());
    view.desk_name = evil.into();
    view.case_number = evil.into();
    view.recipient = evil.into();
    view.details[0].value = evil.into();
    view.moments[0].source_text = evil.into();
    let restriction = view.restriction.as_mut().unwrap();
    (restriction.reason, restriction.clause_text) = (evil.into(), evil.into());
    for said in [
        Said::Desk { text: evil.into() },
        Said::Noticed { to: evil.into() },
        Said::ReleaseRefused { reason: evil.into() },
    ] {
        view.conversation.push(Line { at: at("2026-11-22T12:00:00Z"), said });
    }
    let form = PortalForm {
        id: evil.into(),
        claim: evil.into(),
        text: evil.into(),
        fault: Some(StatementFault::Choose),
        ..PortalForm::default()
    };
    let html = page(&view, &form, "/c/x");
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    assert_eq!(html.matches("</style>").count(), 1);
    assert_eq!(html.matches("</textarea>").count(), 1);
}

#[test]
fn a_refused_form_keeps_what_was_typed_and_says_what_is_wrong() {
    let form = PortalForm {
        claim: "fixed".into(),
        text: "ok".into(),
        fault: Some(StatementFault::SayWhatYouDid),
        ..PortalForm::default()
    };
    let html = page(&restricted(Language::En), &form, "/c/x");
    assert!(html.contains("<title>Error: Your internet connection is restricted"), "{html}");
    assert!(html.contains("role=\"alert\"") && html.contains("href=\"#text\""));
    assert!(html.contains("Please say in a few words what you did."));
    assert!(html.contains("aria-describedby=\"text-hint text-wrong\"") && html.contains("aria-invalid=\"true\""));
    assert!(html.contains("\nok</textarea>"));
    let fixed = html.split("value=\"fixed\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(fixed.contains("checked"), "{fixed}");
}

#[test]
fn the_release_is_worded_after_the_rule() {
    let mut view = restricted(Language::En);
    assert!(plain(&view).contains("You can do this yourself 1 more time."));
    view.may.self_release_left = 2;
    assert!(plain(&view).contains("You can do this yourself 2 more times."));
    view.may.self_release_left = 0;
    let html = plain(&view);
    assert!(html.contains("This time a person decides.") && !html.contains("You can do this yourself"));
}

#[test]
fn the_statement_of_reasons_is_whole() {
    let html = plain(&ports(Language::En));
    for part in [
        "Clause 7.2 of the terms 2026-03, which you accepted on 14 March 2026",
        "The device still calls a botnet",
        "A fixed rule decided this automatically. If you object, a person looks at it.",
        "It applies from 22 November 2026 until 6 December 2026 at the latest.",
        "by 29 November 2026",
        "“I object”",
        "sending mail from an own mail server (port 25)",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
}

#[test]
fn printing_unfolds_everything_and_cuts_nothing() {
    let view = talkative(Language::En);
    let short = plain(&view);
    assert!(short.contains("earlier lines: show all") && !short.contains("<details open"));
    let all = page(&view, &PortalForm { all: true, ..PortalForm::default() }, "/c/x");
    assert_eq!(all.matches("<details open").count(), 3);
    assert!(!all.contains("show all"));
    assert_eq!(all.matches("<li><small>").count(), view.conversation.len());
}

#[test]
fn a_statement_is_answered_with_what_happens_next() {
    let form = PortalForm { done: true, ..PortalForm::default() };
    let html = page(&lifting(Language::En), &form, "/c/x");
    assert!(html.contains("We are opening your connection now.") && html.contains("entry 48211 in our record"));
    let html = page(&waiting(Language::De), &form, "/c/x");
    assert!(html.contains("Ein Mensch sieht es an und entscheidet, ob Ihr Anschluss geöffnet werden kann."));
}

#[test]
fn every_class_and_state_renders() {
    for &class in Class::ALL {
        for &language in Language::ALL {
            for &state in PortalState::ALL {
                let html = plain(&PortalView { class, state, ..told(language) });
                assert!(html.contains(&format!("<html lang=\"{language}\">")));
                assert!(!html.contains("child") && !html.contains("Child") && !html.contains("Kind "), "{class}");
            }
        }
    }
}

#[test]
fn unknown_and_revoked_links_have_one_answer_without_a_customer() {
    let html = link_unknown(&desk(), Language::En, "/c/guess");
    assert!(html.contains("This link does not work") && !html.contains("L-2026"));
}

#[test]
fn whom_else_he_may_turn_to_is_the_providers_to_name() {
    for &language in Language::ALL {
        let neutral = restricted(language);
        let html = plain(&neutral);
        for body in ["Bundesnetzagentur", "Ofcom", "ARCEP"] {
            assert!(!html.contains(body), "{body} is not the regulator everywhere");
        }
        let named = PortalView { redress: Some("RTR, <Wien>".into()), ..neutral };
        let html = plain(&named);
        assert!(html.contains("RTR, &lt;Wien&gt;"), "{html}");
    }
}
