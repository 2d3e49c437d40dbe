//! The sample beside its mapping: columns with their first values, the table of classes, the rows as events.
use super::map::MapPage;
use crate::ui::{Card, DataTable, Tag, Th, defang, number, time};
use domain::{
    class::{Category, Class},
    event::Observation,
    feed::{ClassValue, Meaning, SheetColumn, SheetRow},
};
use leptos::prelude::*;

/// The columns: name, values, what it is.
pub(super) fn columns(page: &MapPage) -> AnyView {
    let rows: Vec<_> = page.sheet.columns.iter().enumerate().map(|(at, column)| column_row(page, at, column)).collect();
    let error = page.problem("columns").map(|text| view! { <p class="note error">{text}</p> });
    let n = number::plural(page.sheet.columns.len() as u64, "column", "columns");
    view! {
        <Card title="What is in each column?" id="columns" flush=true aside=view! { {n} }.into_any()>
            {error}
            <DataTable label="Columns of the sample" class="stack map-columns">
                <thead><tr><Th label="Column" /> <Th label="In the first rows" /> <Th label="What is it?" /></tr></thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
    .into_any()
}

fn column_row(page: &MapPage, at: usize, one: &SheetColumn) -> AnyView {
    let name = one.column.name.clone();
    let id = format!("is-{at}");
    let error = page.problem(&format!("column:{name}")).map(|text| view! { <small class="error">{text}</small> });
    let values: Vec<_> = one.values.iter().map(|value| view! { <li>{defang(value)}</li> }).collect();
    let values = match (one.missing, values.is_empty()) {
        (true, _) => view! { <Tag word="not in the sample" kind="unsure" /> }.into_any(),
        (false, true) => view! { <span class="sub">"empty"</span> }.into_any(),
        (false, false) => view! { <ul class="plain values mono">{values}</ul> }.into_any(),
    };
    let options: Vec<_> = Meaning::ALL
        .iter()
        .map(|meaning| {
            view! { <option value=meaning.as_str() selected=*meaning == one.column.is>{meaning.title()}</option> }
        })
        .collect();
    let used = !matches!(one.column.is, Meaning::Ignore | Meaning::Detail);
    let invalid = error.is_some().then_some("true");
    view! {
        <tr class=if used { "used" } else { "" }>
            <th scope="row"><label for=id.clone()><b class="mono">{name.clone()}</b></label></th>
            <td data-label="In the first rows">{values}</td>
            <td data-label="What is it?" class="field">
                <input type="hidden" name="column" value=name />
                <select id=id name="is" aria-invalid=invalid>{options}</select>
                {error}
            </td>
        </tr>
    }
    .into_any()
}

/// The classes of the values of the class column; nothing without such a column.
pub(super) fn classes(page: &MapPage) -> AnyView {
    let Some(column) = page.sheet.columns.iter().find(|c| c.column.is == Meaning::Class).map(|c| c.column.name.clone())
    else {
        // What was typed is kept while the column is something else.
        let kept = page.profile.classes.iter().map(|row| {
            view! {
                <input type="hidden" name="value" value=row.value.clone() />
                <input type="hidden" name="value_class" value=row.class.as_str() />
            }
        });
        return kept.collect::<Vec<_>>().into_any();
    };
    let known = page.profile.classes.iter().map(|ClassValue { value, class }| (value.clone(), Some(*class), false));
    let new = page.sheet.unclassed.iter().map(|(value, class)| (value.clone(), *class, true));
    let blank = [(String::new(), None, false), (String::new(), None, false)];
    let rows: Vec<_> = known.chain(new).chain(blank).map(class_row).collect();
    let error = page.problem("classes").map(|text| view! { <p class="note error">{text}</p> });
    let title = format!("What do the values of “{column}” mean?");
    view! {
        <Card title=title id="classes" flush=true>
            {error}
            <p class="note">"Without regard to case; " <code>"scan*"</code> " stands for all that begin so. Values that are not here get the kind at the right, and are named."</p>
            <DataTable label="Kinds of abuse by value" class="map-classes">
                <thead><tr><Th label="Value" /> <Th label="Kind of abuse" /></tr></thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
    .into_any()
}

fn class_row((value, class, new): (String, Option<Class>, bool)) -> AnyView {
    let label = if value.is_empty() { "a further value".to_owned() } else { value.clone() };
    let tag = new.then(|| view! { <Tag word="new" kind="unsure" /> });
    view! {
        <tr>
            <td class="field"><input type="text" name="value" value=value aria-label=format!("Value: {label}") /> {tag}</td>
            <td class="field">
                <select name="value_class" aria-label=format!("Kind of abuse of {label}")>
                    <option value="" selected=class.is_none()>"as any other value"</option>
                    {class_options(class)}
                </select>
            </td>
        </tr>
    }
    .into_any()
}

/// All classes, by category.
pub(super) fn class_options(chosen: Option<Class>) -> AnyView {
    let groups: Vec<_> = Category::ALL
        .into_iter()
        .map(|category| {
            let options: Vec<_> = Class::ALL
                .iter()
                .filter(|class| class.category() == category)
                .map(|class| {
                    view! { <option value=class.as_str() selected=chosen == Some(*class)>{class.title()}</option> }
                })
                .collect();
            view! { <optgroup label=category.title()>{options}</optgroup> }
        })
        .collect();
    groups.into_any()
}

/// The first rows as the events they would be.
pub(super) fn preview(page: &MapPage) -> AnyView {
    let sheet = &page.sheet;
    if sheet.rows.is_empty() {
        return ().into_any();
    }
    let good = sheet.total.saturating_sub(sheet.bad);
    let words = format!(
        "{} of {} would be events",
        number::thousands(good as u64),
        number::plural(sheet.total as u64, "row", "rows")
    );
    let common = common(&sheet.rows);
    let rows: Vec<_> = sheet.rows.iter().map(|row| event_row(row, &common)).collect();
    let common: Vec<_> =
        common.into_iter().map(|fault| view! { <p class="note warn">"All rows: " {fault}</p> }).collect();
    let behind: Vec<_> = sheet
        .faults
        .iter()
        .filter(|fault| !sheet.rows.iter().any(|row| fault.starts_with(&format!("{}:", row.place))))
        .map(|fault| view! { <li>{fault.clone()}</li> })
        .collect();
    let behind = (!behind.is_empty()).then(|| {
        view! { <div class="note"><p>"Further rows that could not be read:"</p> <ul class="plain">{behind}</ul></div> }
    });
    let kind = if good == 0 { "bad" } else { "" };
    view! {
        <Card title="The first rows as events" kind=kind flush=true aside=view! { {words} }.into_any()>
            {common}
            <DataTable label="The first rows as events" class="stack">
                <thead>
                    <tr><Th label="Row" /> <Th label="Time" /> <Th label="Source" /> <Th label="What" /> <Th label="Remarks" /></tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
            {behind}
        </Card>
    }
    .into_any()
}

/// What is odd about every row that is an event: said once.
fn common(rows: &[SheetRow]) -> Vec<String> {
    let events: Vec<&Observation> = rows.iter().filter_map(|row| row.event.as_ref().ok()).collect();
    let [first, rest @ ..] = events.as_slice() else { return Vec::new() };
    let everywhere = |fault: &&String| !rest.is_empty() && rest.iter().all(|event| event.faults.contains(fault));
    first.faults.iter().filter(everywhere).cloned().collect()
}

fn event_row(row: &SheetRow, common: &[String]) -> AnyView {
    match &row.event {
        Ok(event) => good_row(&row.place, event, common),
        Err(why) => view! {
            <tr class="bad">
                <td class="nowrap" data-label="Row">{row.place.clone()}</td>
                <td colspan="4"><Tag word="no event" kind="bad" /> " " {why.clone()}</td>
            </tr>
        }
        .into_any(),
    }
}

fn good_row(place: &str, event: &Observation, common: &[String]) -> AnyView {
    let port = event.source.port.map(|port| format!(" port {port}")).unwrap_or_default();
    let from = event.from.map(time::full).unwrap_or_default();
    let to = event.to.filter(|to| Some(*to) != event.from).map(|to| view! { <small>"to " {time::full(to)}</small> });
    let grade = event.time_grade.as_str();
    let sure = if matches!(grade, "stated" | "stated_utc") { "sure" } else { "unsure" };
    let details: Vec<String> = event
        .details
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect();
    let times =
        (event.count > 1).then(|| format!(" · {} times", number::thousands(u64::try_from(event.count).unwrap_or(0))));
    let reference = event.reference.clone().map(|reference| format!(" · {}", defang(&reference)));
    let own = event.faults.iter().filter(|fault| !common.contains(fault));
    let faults: Vec<_> = own.map(|fault| view! { <small class="warn">{fault.clone()}</small> }).collect();
    view! {
        <tr>
            <td class="nowrap" data-label="Row">{place.to_owned()}</td>
            <td data-label="Time"><span class="nowrap">{from}</span> {to} <Tag word=grade.replace('_', " ") kind=sure /></td>
            <td data-label="Source"><b class="mono">{defang(&event.source.value)}</b> {port} <small>{event.source.kind.as_str()}</small></td>
            <td data-label="What">{event.class.title()} <small>{event.role.as_str().replace('_', " ")} {times} {reference}</small></td>
            <td data-label="Remarks">{faults} <small>{defang(&details.join(" · "))}</small></td>
        </tr>
    }
    .into_any()
}
