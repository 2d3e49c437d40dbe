//! Writes the customer's pages in every state to a folder, for looking at them: `cargo run -p app --features ssr --example portal_pages DIR`.
#[path = "../tests/portal_sample/mod.rs"]
mod portal_sample;

use app::portal::{PortalForm, garden, link_expired, link_unknown, page};
use domain::language::Language;
use domain::portal::{DeskContact, StatementFault};
use portal_sample::{lifting, ports, released, restricted, talkative, told, waiting};

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target/portal_pages".to_owned());
    std::fs::create_dir_all(&folder)?;
    let desk = DeskContact {
        name: "Northlight".into(),
        phone: Some("0800 555 0142".into()),
        email: Some("abuse@northlight.example".into()),
    };
    let plain = PortalForm { id: "0199a0b2".into(), ..PortalForm::default() };
    let wrong = PortalForm { claim: "fixed".into(), fault: Some(StatementFault::SayWhatYouDid), ..plain.clone() };
    let choose = PortalForm { text: "I have no idea".into(), fault: Some(StatementFault::Choose), ..plain.clone() };
    let done = PortalForm { done: true, ..plain.clone() };
    let all = PortalForm { all: true, ..plain.clone() };
    for &language in Language::ALL {
        let pages = [
            ("told", page(&told(language), &plain, "/c/x")),
            ("restricted", page(&restricted(language), &plain, "/c/x")),
            ("restricted-all", page(&restricted(language), &all, "/c/x")),
            ("wrong", page(&restricted(language), &wrong, "/c/x")),
            ("choose", page(&restricted(language), &choose, "/c/x")),
            ("done", page(&lifting(language), &done, "/c/x")),
            ("waiting", page(&waiting(language), &plain, "/c/x")),
            ("ports", page(&ports(language), &plain, "/c/x")),
            ("released", page(&released(language), &plain, "/c/x")),
            ("talkative", page(&talkative(language), &plain, "/c/x")),
            ("garden", garden(&desk, language, "/garden")),
            ("expired", link_expired(&desk, language, "/c/x")),
            ("unknown", link_unknown(&desk, language, "/c/x")),
        ];
        for (name, html) in pages {
            std::fs::write(format!("{folder}/{name}.{language}.html"), html)?;
        }
    }
    Ok(())
}
