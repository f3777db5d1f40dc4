//! Judging the fields of a request: all problems are gathered, then the request goes on or is refused as a whole.
//! Reads as a list of rules: `let name = check.required("name", body.name); …; check.finish()?; Ok(Draft { name: name?, … })`.

use std::fmt::Display;

use stockbridge_domain::error::{Error, Fault, Problem};
use stockbridge_domain::values::Change;

use crate::fields::{Field, List, Nested};

/// Problems that are listed at the most; a body of thousands of wrong rows is not answered by a longer one.
pub const MOST_PROBLEMS: usize = 100;

/// The problems of one request, as far as they are known.
#[derive(Debug, Default)]
pub struct Check {
    prefix: String,
    problems: Vec<Problem>,
}

/// A value that is not there because of a problem that [`Check`] has recorded already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap;

impl Check {
    /// No problem yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a field that must be there.
    ///
    /// # Errors
    /// A recorded problem: absent, null or of a wrong kind.
    pub fn required<T>(&mut self, name: &str, field: Field<T>) -> Result<T, Gap> {
        let value = self.optional(name, field);
        self.need(name, value)
    }

    /// The value of a field that must be there and not blank.
    ///
    /// # Errors
    /// A recorded problem: absent, null, blank or of a wrong kind.
    pub fn required_text<T>(&mut self, name: &str, field: Field<Option<T>>) -> Result<T, Gap> {
        match self.required(name, field)? {
            Some(value) => Ok(value),
            None => Err(self.refuse(name, "must not be empty")),
        }
    }

    /// The value of a field that may be absent or null.
    ///
    /// # Errors
    /// A recorded problem: of a wrong kind.
    pub fn optional<T>(&mut self, name: &str, field: Field<T>) -> Result<Option<T>, Gap> {
        match field {
            Field::Absent | Field::Null => Ok(None),
            Field::Value(value) => Ok(Some(value)),
            Field::Wrong(message) => Err(self.refuse(name, message)),
        }
    }

    /// The value of a field that may be absent, null or blank.
    ///
    /// # Errors
    /// A recorded problem: of a wrong kind.
    pub fn optional_text<T>(&mut self, name: &str, field: Field<Option<T>>) -> Result<Option<T>, Gap> {
        self.optional(name, field).map(Option::flatten)
    }

    /// What a partial change says: absent keeps, null clears.
    ///
    /// # Errors
    /// A recorded problem: of a wrong kind.
    pub fn change<T>(&mut self, name: &str, field: Field<T>) -> Result<Change<T>, Gap> {
        match field {
            Field::Absent => Ok(Change::Keep),
            Field::Null => Ok(Change::Clear),
            Field::Value(value) => Ok(Change::Set(value)),
            Field::Wrong(message) => Err(self.refuse(name, message)),
        }
    }

    /// What a partial change says: absent keeps, null and blank clear.
    ///
    /// # Errors
    /// A recorded problem: of a wrong kind.
    pub fn change_text<T>(&mut self, name: &str, field: Field<Option<T>>) -> Result<Change<T>, Gap> {
        Ok(match self.change(name, field)? {
            Change::Keep => Change::Keep,
            Change::Clear | Change::Set(None) => Change::Clear,
            Change::Set(Some(value)) => Change::Set(value),
        })
    }

    /// What a partial change says about a field that cannot be without a value: null is refused.
    ///
    /// # Errors
    /// A recorded problem: null or of a wrong kind.
    pub fn replace<T>(&mut self, name: &str, field: Field<T>) -> Result<Option<T>, Gap> {
        match self.change(name, field)? {
            Change::Keep => Ok(None),
            Change::Clear => Err(self.refuse(name, "must not be empty")),
            Change::Set(value) => Ok(Some(value)),
        }
    }

    /// An object inside the body, judged by `judge`, whose problems are named `name.field`. Null counts as absent.
    ///
    /// # Errors
    /// A recorded problem, here or inside.
    pub fn nested<T, U>(
        &mut self,
        name: &str,
        field: Field<Nested<T>>,
        judge: impl FnOnce(&mut Self, T) -> Result<U, Gap>,
    ) -> Result<Option<U>, Gap> {
        match self.optional(name, field)? {
            Some(Nested(inner)) => self.within(name, |check| judge(check, inner)).map(Some),
            None => Ok(None),
        }
    }

    /// A list of objects inside the body, each judged by `judge`, whose problems are named `name[3].field`.
    ///
    /// # Errors
    /// A recorded problem, here or in any item.
    pub fn each<T, U>(
        &mut self,
        name: &str,
        field: Field<List<Nested<T>>>,
        mut judge: impl FnMut(&mut Self, T) -> Result<U, Gap>,
    ) -> Result<Option<Vec<U>>, Gap> {
        let Some(List(items)) = self.optional(name, field)? else { return Ok(None) };
        let judged = self.items(name, items, |check, item| {
            let Nested(inner) = check.required("", item)?;
            judge(check, inner)
        });
        judged.map(Some)
    }

    /// A list of plain values inside the body; a wrong one is named `name[3]`.
    ///
    /// # Errors
    /// A recorded problem, here or in any item.
    pub fn values<T>(&mut self, name: &str, field: Field<List<T>>) -> Result<Option<Vec<T>>, Gap> {
        let Some(List(items)) = self.optional(name, field)? else { return Ok(None) };
        self.items(name, items, |check, item| check.required("", item)).map(Some)
    }

    /// The items of a list that was read by itself, such as a body that is a list; a name may be empty.
    ///
    /// # Errors
    /// A recorded problem in any item; the others are judged all the same.
    pub fn items<T, U>(
        &mut self,
        name: &str,
        items: Vec<Field<T>>,
        mut judge: impl FnMut(&mut Self, Field<T>) -> Result<U, Gap>,
    ) -> Result<Vec<U>, Gap> {
        let judged = items.into_iter().enumerate();
        let judged = judged.map(|(index, item)| self.within(&format!("{name}[{index}]"), |check| judge(check, item)));
        // Not collected straight into a result: that would stop at the first item with a problem.
        let judged: Vec<_> = judged.collect();
        judged.into_iter().collect()
    }

    /// Makes what was optional so far required; works on the outcome of any other method.
    ///
    /// # Errors
    /// A recorded problem: there is no value.
    pub fn need<T>(&mut self, name: &str, value: Result<Option<T>, Gap>) -> Result<T, Gap> {
        match value? {
            Some(value) => Ok(value),
            None => Err(self.refuse(name, "is required")),
        }
    }

    /// Takes over the outcome of a rule that words its own refusal.
    ///
    /// # Errors
    /// The refusal, recorded.
    pub fn accept<T>(&mut self, name: &str, outcome: Result<T, impl Display>) -> Result<T, Gap> {
        outcome.map_err(|fault| self.refuse(name, fault.to_string()))
    }

    /// Records a problem. `message` ends a sentence that begins with the field's name.
    pub fn refuse(&mut self, name: &str, message: impl Into<String>) -> Gap {
        if self.problems.len() < MOST_PROBLEMS {
            let field = self.path_of(name);
            self.problems.push(Problem::new(field, message));
        }
        Gap
    }

    /// Runs `judge` with every name it uses standing behind `name`: `lines[3].quantity`, `data.header.code`.
    pub fn within<R>(&mut self, name: &str, judge: impl FnOnce(&mut Self) -> R) -> R {
        let inner = self.path_of(name);
        let outer = std::mem::replace(&mut self.prefix, inner);
        let result = judge(self);
        self.prefix = outer;
        result
    }

    /// Whether nothing is wrong so far.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    /// The problems so far, at most [`MOST_PROBLEMS`].
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Goes on if nothing was wrong. After it each `Result<_, Gap>` of this check is a value.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all problems.
    pub fn finish(self) -> Result<(), Error> {
        if self.problems.is_empty() { Ok(()) } else { Err(Error::Invalid(self.problems)) }
    }

    fn path_of(&self, name: &str) -> String {
        let dot = if self.prefix.is_empty() || name.is_empty() || name.starts_with('[') { "" } else { "." };
        format!("{}{dot}{name}", self.prefix)
    }
}

/// Lets `?` open a checked value behind [`Check::finish`], where no gap can be left.
impl From<Gap> for Error {
    fn from(_: Gap) -> Self {
        Self::Fault(Fault::Internal("a field was read after a failed check".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use stockbridge_domain::values::{Name, Quantity};

    use super::*;

    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Body {
        name: Field<Name>,
        note: Field<Option<Name>>,
        header: Field<Nested<Header>>,
        lines: Field<List<Nested<Line>>>,
        tags: Field<List<i64>>,
    }

    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Header {
        code: Field<Name>,
        lines: Field<List<Nested<Line>>>,
    }

    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Line {
        quantity: Field<Quantity>,
    }

    #[derive(Debug, PartialEq)]
    struct Draft {
        name: String,
        note: Option<String>,
        code: Option<(String, usize)>,
        lines: Vec<Quantity>,
        tags: Vec<i64>,
    }

    fn line(check: &mut Check, line: Line) -> Result<Quantity, Gap> {
        check.required("quantity", line.quantity)
    }

    fn draft(json: &str) -> Result<Draft, Error> {
        let body: Body = serde_json::from_str(json).unwrap();
        let mut check = Check::new();
        let name = check.required("name", body.name);
        let note = check.optional_text("note", body.note);
        let code = check.nested("header", body.header, |check, header| {
            let code = check.required("code", header.code);
            let lines = check.each("lines", header.lines, line);
            Ok((code?.into(), lines?.unwrap_or_default().len()))
        });
        let lines = check.each("lines", body.lines, line);
        let lines = check.need("lines", lines);
        let tags = check.values("tags", body.tags);
        check.finish()?;
        let (name, note, tags) = (name?.into(), note?.map(Into::into), tags?.unwrap_or_default());
        Ok(Draft { name, note, code: code?, lines: lines?, tags })
    }

    fn problems(json: &str) -> Vec<(String, String)> {
        let Err(Error::Invalid(problems)) = draft(json) else { panic!("accepted: {json}") };
        problems.into_iter().map(|Problem { field, message }| (field, message)).collect()
    }

    #[test]
    fn a_right_body_becomes_a_draft() {
        let body = r#"{"name": " A ", "note": "", "header": {"code": "x", "lines": [{"quantity": 1}]},
                       "lines": [{"quantity": "2"}], "tags": ["7", 8]}"#;
        let lines = vec![Quantity::from_ten_thousandths(20_000)];
        let right = Draft { name: "A".into(), note: None, code: Some(("x".into(), 1)), lines, tags: vec![7, 8] };
        assert_eq!(draft(body), Ok(right));
    }

    #[test]
    fn all_problems_are_told_at_once_by_their_paths() {
        let body = r#"{"name": " ", "note": 5, "header": {"lines": [{"quantity": "x"}]},
                       "lines": [{"quantity": 1}, 4, {"quantity": null}], "tags": [1, "b", null]}"#;
        let number = "must be a number such as 12 or 12.5";
        let expected = [
            ("name", "must not be empty"),
            ("note", "must be text"),
            ("header.code", "is required"),
            ("header.lines[0].quantity", number),
            ("lines[1]", "must be an object"),
            ("lines[2].quantity", "is required"),
            ("tags[1]", "must be a whole number such as 12"),
            ("tags[2]", "is required"),
        ];
        assert_eq!(problems(body), expected.map(|(field, message)| (field.to_owned(), message.to_owned())));
    }

    #[test]
    fn what_is_missing_is_required() {
        let missing = [("name", "is required"), ("lines", "is required")];
        assert_eq!(problems("{}"), missing.map(|(field, message)| (field.to_owned(), message.to_owned())));
    }

    #[test]
    fn a_partial_change_keeps_clears_or_sets() {
        let mut check = Check::new();
        assert_eq!(check.change("a", Field::<i64>::Absent), Ok(Change::Keep));
        assert_eq!(check.change("a", Field::<i64>::Null), Ok(Change::Clear));
        assert_eq!(check.change("a", Field::Value(1)), Ok(Change::Set(1)));
        assert_eq!(check.change_text("a", Field::Value(None::<i64>)), Ok(Change::Clear));
        assert_eq!(check.change_text("a", Field::Value(Some(1))), Ok(Change::Set(1)));
        assert_eq!(check.replace("a", Field::Value(1)), Ok(Some(1)));
        assert_eq!(check.replace("a", Field::<i64>::Absent), Ok(None));
        assert!(check.is_clean());
        assert_eq!(check.replace("a", Field::<i64>::Null), Err(Gap));
        assert_eq!(check.change("b", Field::<i64>::Wrong("must be odd".to_owned())), Err(Gap));
        assert_eq!(check.required_text("c", Field::Value(None::<i64>)), Err(Gap));
        assert_eq!(check.accept("d", Err::<i64, _>("must be even")), Err(Gap));
        let told: Vec<_> = check.into_problems().into_iter().map(|p| format!("{} {}", p.field, p.message)).collect();
        assert_eq!(told, ["a must not be empty", "b must be odd", "c must not be empty", "d must be even"]);
    }

    #[test]
    fn thousands_of_wrong_rows_are_not_all_told() {
        let rows = vec!["{}"; 5_000].join(",");
        assert_eq!(problems(&format!(r#"{{"name": "a", "lines": [{rows}]}}"#)).len(), MOST_PROBLEMS);
    }

    #[test]
    fn a_gap_that_slips_through_is_a_fault_of_ours() {
        assert!(matches!(Error::from(Gap), Error::Fault(Fault::Internal(_))));
    }
}
