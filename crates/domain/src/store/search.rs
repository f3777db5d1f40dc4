//! Searching texts: what is looked into, and how each engine finds it.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};

use super::connection::MultiBackend;

/// Items whose folded name, SKU or barcode contains a text, found through the engine's trigram index.
///
/// Under three characters no trigram exists, and the column is read.
#[derive(Debug, Clone)]
pub(crate) struct ItemsContain {
    phrase: Option<String>,
    pattern: String,
}

/// Stands between the texts of a `search_text`, and nowhere else.
const SEPARATOR: char = '\u{1f}';

impl ItemsContain {
    /// In the name, SKU or barcode. The text is folded already.
    pub(crate) fn anywhere(folded: &str) -> Self {
        let needle = folded.replace(SEPARATOR, " ");
        Self { phrase: phrase(&needle), pattern: format!("%{}%", escaped(&needle)) }
    }

    /// In the name: two separators must still follow. The text is folded already.
    pub(crate) fn in_name(folded: &str) -> Self {
        let needle = folded.replace(SEPARATOR, " ");
        Self { phrase: phrase(&needle), pattern: format!("%{}%{SEPARATOR}%{SEPARATOR}%", escaped(&needle)) }
    }
}

/// What searches look into: texts folded, and kept apart. [`ItemsContain`] wants name, SKU and barcode.
pub(crate) fn search_text(texts: [&str; 3]) -> String {
    let part = |text: &str| crate::values::fold(text).replace(SEPARATOR, " ");
    texts.map(part).join(&String::from(SEPARATOR))
}

/// Letters from which on a text is found by a part of its trigrams.
const LONG: usize = 12;

/// An FTS5 query for all that may hold a text of at least one trigram; LIKE tells the rest. Of a long text every third
/// trigram and the last are asked for: there are fewer lists to walk, and hardly more rows to look at.
fn phrase(needle: &str) -> Option<String> {
    let quoted = |letters: &[char]| format!("\"{}\"", letters.iter().collect::<String>().replace('"', "\"\""));
    let letters = needle.chars().collect::<Vec<_>>();
    match letters.len() {
        0..3 => None,
        3..LONG => Some(quoted(&letters)),
        _ => {
            let thirds = letters.chunks_exact(3);
            let last = letters.last_chunk::<3>().filter(|_| !thirds.remainder().is_empty());
            Some(thirds.chain(last.map(<[char; 3]>::as_slice)).map(quoted).collect::<Vec<_>>().join(" AND "))
        }
    }
}

/// A LIKE pattern for texts that contain this one, with `\\` as its escape.
pub(crate) fn contains(text: &str) -> String {
    format!("%{}%", escaped(text))
}

/// A part of a LIKE pattern in which `%`, `_` and `\` are ordinary characters.
fn escaped(text: &str) -> String {
    let escape = |c: char| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c]);
    text.chars().flat_map(escape).collect()
}

impl QueryId for ItemsContain {
    type QueryId = ();
    // Its SQL depends on the needle's length: the statement is cached by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for ItemsContain {
    type SqlType = Bool;
}

impl QueryFragment<MultiBackend> for ItemsContain {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let on_sqlite = matches!(pass.backend(), MultiBackend::Sqlite(_));
        if let Some(phrase) = self.phrase.as_ref().filter(|_| on_sqlite) {
            pass.push_sql("products.id IN (SELECT rowid FROM products_search WHERE products_search MATCH ");
            pass.push_bind_param::<Text, _>(phrase)?;
            pass.push_sql(") AND ");
        }
        pass.push_sql("products.search_text LIKE ");
        pass.push_bind_param::<Text, _>(&self.pattern)?;
        pass.push_sql(" ESCAPE '\\'");
        Ok(())
    }
}

impl<QS> SelectableExpression<QS> for ItemsContain {}
impl<QS> AppearsOnTable<QS> for ItemsContain {}
impl<GB> ValidGrouping<GB> for ItemsContain {
    type IsAggregate = is_aggregate::Never;
}
