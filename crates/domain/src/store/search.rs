//! Searching texts: what is looked into, and how each engine finds it.
//!
//! Both keep an index of windows: the [`WINDOW`] letters from each place of a text on, or what is left of it there, behind
//! the tenant they belong to. Windows are as rare in a large catalogue as trigrams are in a small one.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};

use super::connection::MultiBackend;
use crate::actor::TenantId;

/// Items of a tenant whose folded name, SKU or barcode contains a text, found through the engine's index of windows.
///
/// A text of less than three letters would find a good part of them all, and the column is read.
#[derive(Debug, Clone)]
pub(crate) struct ItemsContain {
    windows: Option<Windows>,
    pattern: String,
}

/// Windows that all must be there, as each engine asks for them: what else is found LIKE tells.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Windows {
    fts5: String,
    tsquery: String,
}

/// Stands between the texts of a `search_text`, and nowhere else.
const SEPARATOR: char = '\u{1f}';

impl ItemsContain {
    /// In the name, SKU or barcode. The text is folded already.
    pub(crate) fn anywhere(tenant: TenantId, folded: &str) -> Self {
        let needle = folded.replace(SEPARATOR, " ");
        Self { windows: Windows::of(tenant, &needle), pattern: format!("%{}%", escaped(&needle)) }
    }

    /// In the name: two separators must still follow. The text is folded already.
    pub(crate) fn in_name(tenant: TenantId, folded: &str) -> Self {
        let needle = folded.replace(SEPARATOR, " ");
        let pattern = format!("%{}%{SEPARATOR}%{SEPARATOR}%", escaped(&needle));
        Self { windows: Windows::of(tenant, &needle), pattern }
    }
}

/// What searches look into: texts folded, and kept apart. [`ItemsContain`] wants name, SKU and barcode.
pub(crate) fn search_text(texts: [&str; 3]) -> String {
    let part = |text: &str| crate::values::fold(text).replace(SEPARATOR, " ");
    texts.map(part).join(&String::from(SEPARATOR))
}

/// Letters of a window, as `0012_windows` cuts them.
const WINDOW: usize = 6;
/// Letters of the shortest text that windows are asked for.
const SHORTEST: usize = 3;
impl Windows {
    /// What to ask for a text; nothing where LIKE alone must do.
    fn of(tenant: TenantId, needle: &str) -> Option<Self> {
        let letters = needle.chars().collect::<Vec<_>>();
        // Windows begin with a text that is shorter.
        let (chosen, begins) = match letters.len() {
            0..SHORTEST => return None,
            SHORTEST..WINDOW => (vec![letters.as_slice()], true),
            _ => (rarest(&letters), false),
        };
        // On SQLite a window ends at a control character.
        let chosen = chosen.into_iter().filter(|window| !window.iter().any(char::is_ascii_control));
        let tagged = |window: &[char]| format!("{}:{}", tenant.get(), window.iter().collect::<String>());
        let chosen = chosen.map(tagged).collect::<Vec<_>>();
        let quoted = |tagged: &String| format!("\"{}\"{}", tagged.replace('"', "\"\""), if begins { "*" } else { "" });
        let fts5 = chosen.iter().map(quoted).collect::<Vec<_>>().join(" AND ");
        let escaped = |tagged: &String| tagged.replace('\\', "\\\\").replace('\'', "''");
        let quoted = |tagged: &String| format!("'{}'{}", escaped(tagged), if begins { ":*" } else { "" });
        let tsquery = chosen.iter().map(quoted).collect::<Vec<_>>().join(" & ");
        (!chosen.is_empty()).then_some(Self { fts5, tsquery })
    }
}

/// Windows of a text that few others have, two at the most: a third finds hardly less, and costs as much. Those that reach
/// from one word into the next are rarer than those within a word, which stand in every name that has it.
fn rarest(letters: &[char]) -> Vec<&[char]> {
    // How many windows reach over one place.
    const REACH: usize = WINDOW - 2;
    let reaches = |window: &&[char]| window.iter().skip(1).take(REACH).any(|letter| !letter.is_alphanumeric());
    let reaching = letters.windows(WINDOW).filter(reaches).collect::<Vec<_>>();
    match reaching.as_slice() {
        [] => letters.windows(WINDOW).rev().step_by(WINDOW).take(2).collect(),
        [only] => vec![only],
        // Over one place: what is before it, and what behind.
        [first, between @ .., last] if between.len() < 2 * (REACH - 1) => vec![first, last],
        // The middle of the last two places.
        _ => reaching.into_iter().rev().skip(1).step_by(REACH).take(2).collect(),
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
        if let Some(Windows { fts5, tsquery }) = &self.windows {
            if matches!(pass.backend(), MultiBackend::Sqlite(_)) {
                pass.push_sql("products.id IN (SELECT rowid FROM products_windows WHERE products_windows MATCH ");
                pass.push_bind_param::<Text, _>(fts5)?;
            } else {
                pass.push_sql("search_windows(products.tenant_id, products.search_text) @@ CAST(");
                pass.push_bind_param::<Text, _>(tsquery)?;
                pass.push_sql(" AS tsquery");
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(needle: &str) -> Option<(String, String)> {
        Windows::of(TenantId::new(7), needle).map(|Windows { fts5, tsquery }| (fts5, tsquery))
    }

    #[test]
    fn a_short_text_is_how_windows_begin() {
        assert_eq!(asked("an"), None);
        assert_eq!(asked("o'\""), Some(("\"7:o'\"\"\"*".to_owned(), "'7:o''\"':*".to_owned())));
        assert_eq!(asked("anvil"), Some(("\"7:anvil\"*".to_owned(), "'7:anvil':*".to_owned())));
        assert_eq!(asked("a\\vils"), Some(("\"7:a\\vils\"".to_owned(), "'7:a\\\\vils'".to_owned())));
    }

    #[test]
    fn windows_that_reach_into_the_next_word_are_asked_for() {
        let windows = |needle: &str| asked(needle).unwrap().0.replace("7:", "").replace('"', "");
        assert_eq!(windows("steel bracket 1250"), "et 125 AND el bra");
        assert_eq!(windows("angled steel bracket 1250"), "et 125 AND el bra");
        assert_eq!(windows("steel bracket"), "teel b AND l brac");
        assert_eq!(windows("bra-0001234"), "bra-00 AND a-0001");
        assert_eq!(windows("a steels"), "a stee");
        // Within one word, from its end.
        assert_eq!(windows("2000001234567"), "234567 AND 000123");
        assert_eq!(windows("stainless"), "inless");
    }

    #[test]
    fn no_window_holds_a_control_character() {
        assert_eq!(asked("a\tb"), None);
        assert_eq!(asked("anvils\t").map(|asked| asked.0), Some("\"7:anvils\"".to_owned()));
    }
}
