//! Errors as data: for programs that call the library, and for `--json`.

use super::{Error, FileProblem, TextProblem, echo, phrase};
use serde_json::{Map, Value, json};

impl Error {
    /// The kind of the error, a word for programs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OutOfRange { .. } => "out_of_range",
            Self::Stopped => "stopped",
            Self::Unknown { .. } | Self::NotIn { .. } => "unknown",
            Self::Syntax { .. } => "syntax",
            Self::Contradiction { .. } => "contradiction",
            Self::TooLarge { .. } => "too_large",
            Self::Files(_) => "files",
            Self::Io { .. } => "io",
            Self::NotWritten { .. } | Self::Kept { .. } => "not_written",
            Self::Integration { .. } | Self::NoneIntegrated { .. } | Self::Start { .. } => {
                "integration"
            }
            Self::Text { .. } => "model_text",
            Self::Figure { .. } => "internal",
            #[cfg(feature = "report")]
            Self::Page { .. } => "internal",
        }
    }

    /// The fields of the error by name, `kind` first; a number that is not finite is null.
    #[must_use]
    pub fn fields(&self) -> Map<String, Value> {
        let mut all = Map::new();
        all.insert("kind".to_owned(), self.kind().into());
        if let Value::Object(own) = self.own_fields() {
            all.extend(own);
        }
        all
    }

    fn own_fields(&self) -> Value {
        match self {
            Self::OutOfRange { symbol, value, unit, range } => {
                json!({ "symbol": symbol, "value": value, "unit": unit, "range": range })
            }
            Self::Unknown { kind, name, known } => {
                json!({ "what": kind, "name": echo(name), "known": known })
            }
            Self::NotIn { owner, kind, name, known } => {
                json!({ "what": kind, "name": echo(name), "known": known, "owner": owner })
            }
            Self::Syntax { text, part, rule, .. } => {
                json!({ "text": echo(text), "part": echo(part), "rule": phrase(rule) })
            }
            Self::Contradiction { first, second, remedy } => {
                json!({ "first": phrase(first), "second": phrase(second), "remedy": phrase(remedy) })
            }
            Self::TooLarge { what, needed_gb, available_gb, remedy } => json!({
                "what": what, "needed_gb": needed_gb, "available_gb": available_gb, "remedy": remedy
            }),
            Self::Files(problems) => {
                json!({ "problems": problems.iter().map(of_file).collect::<Value>() })
            }
            Self::Io { path, action, source } => json!({
                "path": phrase(&path.display().to_string()), "action": action, "errno": source.raw_os_error()
            }),
            Self::NotWritten { path, .. } => json!({ "path": phrase(&path.display().to_string()) }),
            Self::Kept { error, .. } => error.own_fields(),
            Self::Integration { model, failure } | Self::Start { model, failure, .. } => json!({
                "model": model, "time_h": failure.time_h, "state": failure.state,
                "reason": failure.reason.to_string()
            }),
            Self::NoneIntegrated { subjects, subject, failure } => json!({
                "subjects": subjects, "subject": subject, "time_h": failure.time_h,
                "state": failure.state, "reason": failure.reason.to_string()
            }),
            Self::Text { problems, .. } => {
                json!({ "problems": problems.iter().map(of_text).collect::<Value>() })
            }
            _ => Value::Null,
        }
    }
}

fn of_file(problem: &FileProblem) -> Value {
    json!({
        "path": phrase(&problem.path.display().to_string()),
        "line": Some(problem.line).filter(|line| *line > 0),
        "key": problem.key,
        "rule": problem.rule,
    })
}

fn of_text(problem: &TextProblem) -> Value {
    let TextProblem { code, file, line, column, message, hint } = problem;
    json!({
        "path": file, "line": line, "column": column, "code": code, "rule": message, "hint": hint
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_errors_have_a_kind_and_their_fields() {
        let error = Error::OutOfRange {
            symbol: "kc".to_owned(),
            value: f64::NAN,
            unit: "ng/mL".to_owned(),
            range: "(0, 1)".to_owned(),
        };
        let expected = json!({
            "kind": "out_of_range", "symbol": "kc", "value": null, "unit": "ng/mL", "range": "(0, 1)"
        });
        assert_eq!(Value::Object(error.fields()), expected);
        let kept = Error::Kept { error: Box::new(error), kept: None, predecessor: None };
        assert_eq!((kept.kind(), &kept.fields()["symbol"]), ("not_written", &json!("kc")));
        assert_eq!(Value::Object(Error::Stopped.fields()), json!({ "kind": "stopped" }));
    }
}
