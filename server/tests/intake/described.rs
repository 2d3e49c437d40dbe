//! Whether an answer is one that `docs/api-openapi.json` describes: as much of JSON Schema as that file uses.
use axum::http::{Method, StatusCode};
use domain::{event::Disposition, report::ReportState};
use serde_json::Value;
use std::sync::LazyLock;

static FILE: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../docs/api-openapi.json")).unwrap());

/// Fails unless this answer to this request is described.
pub(crate) fn expect(method: &Method, uri: &str, status: StatusCode, answer: &Value) {
    let path = uri.split('?').next().unwrap_or_default();
    let described = FILE["paths"].as_object().unwrap().iter().find(|(pattern, _)| {
        let open = pattern.split_once('{').map(|(start, _)| start);
        open.map_or(path == pattern.as_str(), |start| path.starts_with(start))
    });
    let (_, path_item) = described.unwrap_or_else(|| panic!("{path} is not described"));
    let response = follow(&path_item[method.as_str().to_ascii_lowercase()]["responses"][status.as_str()]);
    let schema = &response["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{method} {path} does not describe {status}");
    if let Err(fault) = check(schema, answer) {
        panic!("{method} {path} {status}: {fault}: {answer}");
    }
}

fn follow(part: &Value) -> &Value {
    match part["$ref"].as_str() {
        Some(place) => FILE.pointer(place.trim_start_matches('#')).unwrap(),
        None => part,
    }
}

fn check(schema: &Value, value: &Value) -> Result<(), String> {
    let schema = follow(schema);
    if let Some(choices) = schema["oneOf"].as_array() {
        let right = choices.iter().filter(|choice| check(choice, value).is_ok()).count();
        return if right == 1 { Ok(()) } else { Err(format!("{right} of the choices hold for {value}")) };
    }
    let typed = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        other => return Err(format!("{other:?} is no type here")),
    };
    if !typed {
        return Err(format!("{value} is no {}", schema["type"]));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        return Err(format!("{value} is not among {}", schema["enum"]));
    }
    for item in value.as_array().into_iter().flatten() {
        check(&schema["items"], item)?;
    }
    let Some(fields) = value.as_object() else { return Ok(()) };
    for name in schema["required"].as_array().into_iter().flatten() {
        fields.get(name.as_str().unwrap_or_default()).ok_or_else(|| format!("{name} is missing"))?;
    }
    for (name, field) in fields {
        let part = schema["properties"].get(name).ok_or_else(|| format!("{name} is not described"))?;
        check(part, field).map_err(|fault| format!("{name}: {fault}"))?;
    }
    Ok(())
}

#[test]
fn the_words_of_a_report_are_all_described() {
    let words = |name: &str| -> Vec<&str> {
        let part = &FILE["components"]["schemas"]["Report"]["properties"][name];
        let part = part["oneOf"].get(0).unwrap_or(part);
        part["enum"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
    };
    assert_eq!(words("state"), ReportState::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>());
    assert_eq!(words("disposition"), Disposition::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>());
}

#[test]
fn the_forms_of_leases_are_all_described() {
    let parameters = FILE["paths"]["/api/v1/leases"]["post"]["parameters"].as_array().unwrap();
    let format = parameters.iter().find(|one| one["name"] == "format").unwrap();
    let described: Vec<&str> = format["schema"]["enum"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(described.iter().all(|word| leases::Format::parse(word).is_some()), "{described:?}");
    assert!(leases::Format::ALL.iter().all(|format| described.contains(&format.as_str())), "{described:?}");
}
