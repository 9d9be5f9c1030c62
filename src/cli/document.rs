//! Results for programs: one JSON document, whose tables have the columns of the CSV files.

use serde::Serialize;
use serde_json::{Map, Value, json};
use thrombopoiesis::error::{Error, FileProblem};
use thrombopoiesis::files::RunRecord;
use thrombopoiesis::report::{data_version, program};
use thrombopoiesis::table::Table;

/// The key of the tables.
const TABLES: &str = "tables";

/// The document of one command. Numbers are unrounded; what is missing or not finite is null.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// Its fields; `tables` is where the tables belong.
    fields: Map<String, Value>,
    tables: Vec<(String, Table)>,
}

impl Document {
    /// A document that opens with the record of the run.
    pub(super) fn of(record: &RunRecord) -> Self {
        let mut document = Self::new(&record.command);
        for (key, value) in fields(record) {
            document.fields.insert(key, value);
        }
        document
            .with("relative_tolerance", record.relative_tolerance)
            .with("absolute_tolerance", record.absolute_tolerance)
    }

    /// A document of a command that computes nothing.
    pub(super) fn new(command: &str) -> Self {
        Self::default()
            .with("program", program())
            .with("data", data_version())
            .with("command", command)
    }

    /// With `value` under `key`.
    pub(super) fn with(mut self, key: &str, value: impl Serialize) -> Self {
        self.fields.insert(key.to_owned(), value_of(value));
        self
    }

    /// With every field of `value`.
    pub(super) fn with_all(mut self, value: impl Serialize) -> Self {
        self.fields.extend(fields(value));
        self
    }

    /// With the rows of a table under its name in `tables`.
    pub(super) fn table(mut self, name: &str, table: &Table) -> Self {
        self.fields.entry(TABLES).or_insert(Value::Null);
        self.tables.push((name.to_owned(), table.clone()));
        self
    }

    /// With what the run warned of, after the warnings that a result has of its own.
    pub(super) fn with_warnings(mut self, said: &[String]) -> Self {
        let own = self.fields.entry("warnings").or_insert_with(|| json!([]));
        if let Some(own) = own.as_array_mut() {
            own.extend(said.iter().map(|text| text.as_str().into()));
        }
        self
    }

    /// As text.
    pub(super) fn text(mut self) -> String {
        if let Some(place) = self.fields.get_mut(TABLES) {
            let tables = self.tables.iter().map(|(name, table)| (name.clone(), table.to_json()));
            *place = Value::Object(tables.collect());
        }
        serde_json::to_string_pretty(&self.fields).unwrap_or_default() + "\n"
    }

    /// The fields without the tables, and the tables by name.
    pub(super) fn into_parts(mut self) -> (Map<String, Value>, Vec<(String, Table)>) {
        self.fields.shift_remove(TABLES);
        (self.fields, self.tables)
    }
}

fn value_of(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn fields(value: impl Serialize) -> Map<String, Value> {
    match value_of(value) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// What is wrong, for programs; one line.
pub(super) fn refusal(error: &Error, message: &str, exit_code: u8) -> Value {
    let mut refusal = misuse(message, exit_code);
    if let Some(refusal) = refusal["error"].as_object_mut() {
        refusal.extend(error.fields());
    }
    refusal
}

/// The same for arguments that cannot be parsed.
pub(super) fn misuse(message: &str, exit_code: u8) -> Value {
    json!({ "error": { "message": message.trim(), "exit_code": exit_code } })
}

/// A problem of a file, for programs.
pub(super) fn problem(problem: &FileProblem) -> Value {
    json!({
        "path": problem.path.display().to_string(),
        "line": Some(problem.line).filter(|line| *line > 0),
        "key": problem.key,
        "rule": problem.rule,
    })
}

#[cfg(test)]
mod tests {
    use super::Document;
    use serde_json::json;

    #[test]
    fn invariant_what_is_not_finite_is_null() {
        let text = Document::new("x").with("a", f64::NAN).with("b", [f64::INFINITY, 0.1]).text();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        assert_eq!((&value["a"], &value["b"]), (&json!(null), &json!([null, 0.1])));
        assert!(text.ends_with("}\n") && value["program"].is_string());
    }
}
