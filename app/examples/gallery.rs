//! Shows every part of the kit with sample data: writes inbox, case, figures, parts, sign-in and error pages into the folder given.

use std::{fs, io, path::Path};

use app::{
    assets,
    document::{Shell, render},
    pages::{SignInForm, error_page, sign_in},
    ui::{Count, Flash, Nav, Place, Undo, User},
};

#[path = "gallery/case.rs"]
mod case;
#[path = "gallery/figures.rs"]
mod figures;
#[path = "gallery/inbox.rs"]
mod inbox;
#[path = "gallery/parts.rs"]
mod parts;

fn main() -> io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target/gallery".to_owned());
    let folder = Path::new(&folder);
    fs::create_dir_all(folder.join("assets"))?;
    fs::write(folder.join("assets/desk.css"), assets::STYLE)?;
    fs::write(folder.join("assets/start.js"), assets::START_JS)?;
    fs::write(folder.join("assets/icon.svg"), assets::ICON_SVG)?;

    let undo = Undo { action: "/undo/18442".to_owned(), fields: vec![("version".to_owned(), "4".to_owned())] };
    let done = Flash::done("L-2026-001198 snoozed until tomorrow 09:00.").with_undo(undo);
    let pages = [
        ("inbox", render(shell("Evidence", Place::Evidence, None), inbox::page)),
        ("case", render(shell("L-2026-001204", Place::Cases, Some(done)), case::page)),
        ("figures", render(shell("Figures", Place::Figures, None), figures::page)),
        (
            "parts",
            render(
                shell("Parts", Place::Settings, Some(Flash::refused("Not saved: the page was stale."))),
                parts::page,
            ),
        ),
        ("sign-in", sign_in(&typed())),
        (
            "error",
            error_page(
                404,
                "There is nothing here",
                "The address may be mistyped, or it is not for your role. Look for the case by its number.",
            ),
        ),
    ];
    for (name, html) in pages {
        fs::write(folder.join(format!("{name}.html")), html)?;
    }
    Ok(())
}

fn typed() -> SignInForm {
    let login = |name: &str, role: &str| (format!("{name}@desk.example"), role.to_owned(), "lazaret-demo".to_owned());
    SignInForm {
        email: "mara@desk.example".to_owned(),
        error: Some("Address and password do not belong together.".to_owned()),
        demo: vec![
            login("mara", "analyst"),
            login("jonas", "supervisor"),
            login("ines", "administrator"),
            login("paul", "auditor"),
        ],
    }
}

fn shell(title: &str, current: Place, flash: Option<Flash>) -> Shell {
    let count = |place, n, hot| Count { place, n, hot };
    let counts = vec![
        count(Place::Evidence, 214, false),
        count(Place::SortOut, 7, true),
        count(Place::Cases, 86, false),
        count(Place::Approvals, 2, true),
        count(Place::Quarantine, 31, false),
        count(Place::Mail, 2, false),
    ];
    Shell {
        title: title.to_owned(),
        nav: Nav { current, counts, hidden: Vec::new() },
        user: Some(User { name: "Mara Lind".to_owned(), role: "analyst".to_owned() }),
        flash,
        banner: None,
        ..Shell::default()
    }
}
