//! Searching texts: what is looked into, and how each engine finds it.
//!
//! Both keep an index of grams: the [`GRAM`] letters from each place of a text on, or what is left of it there, behind the
//! tenant they belong to. Grams are as rare in a large catalogue as trigrams are in a small one.

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Text};

use super::connection::{Conn, MultiBackend, Native};
use crate::actor::TenantId;

/// Items of a tenant whose folded name, SKU or barcode contains a text, found through the engine's index of grams.
///
/// A text of less than three letters would find a good part of them all, and the column is read.
#[derive(Debug, Clone)]
pub(crate) struct ItemsContain {
    grams: Option<Grams>,
    pattern: String,
}

/// Grams that all must be there, as each engine asks for them: what else is found LIKE tells.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Grams {
    fts5: String,
    tsquery: String,
}

/// Stands between the texts of a `search_text`, and nowhere else.
const SEPARATOR: char = '\u{1f}';

impl ItemsContain {
    /// In the name, SKU or barcode. The text is folded already.
    pub(crate) fn anywhere(tenant: TenantId, folded: &str) -> Self {
        let needle = folded.replace(SEPARATOR, " ");
        Self { grams: Grams::of(tenant, &needle), pattern: format!("%{}%", escaped(&needle)) }
    }

    /// In the name: two separators must still follow. The text is folded already.
    pub(crate) fn in_name(tenant: TenantId, folded: &str) -> Self {
        let needle = folded.replace(SEPARATOR, " ");
        let pattern = format!("%{}%{SEPARATOR}%{SEPARATOR}%", escaped(&needle));
        Self { grams: Grams::of(tenant, &needle), pattern }
    }
}

/// Whether a folded text is long enough to be found by its grams.
pub(crate) fn has_grams(folded: &str) -> bool {
    folded.chars().count() >= SHORTEST
}

/// What searches look into: texts folded, and kept apart. [`ItemsContain`] wants name, SKU and barcode.
pub(crate) fn search_text(texts: [&str; 3]) -> String {
    let part = |text: &str| crate::values::fold(text).replace(SEPARATOR, " ");
    texts.map(part).join(&String::from(SEPARATOR))
}

/// Letters of a gram, as `0012_grams` cuts them.
const GRAM: usize = 6;
/// Letters of the shortest text that grams are asked for.
const SHORTEST: usize = 3;
/// Places at which grams hold a given letter inside, neither first nor last.
const INSIDE: usize = GRAM - 2;

impl Grams {
    /// What to ask for a text; nothing where LIKE alone must do.
    fn of(tenant: TenantId, needle: &str) -> Option<Self> {
        let letters = needle.chars().collect::<Vec<_>>();
        // Grams begin with a text that is shorter.
        let begins = letters.len() < GRAM;
        // On SQLite a gram ends at a control character.
        let grams = letters.windows(letters.len().clamp(SHORTEST, GRAM));
        let grams = grams.filter(|gram| !gram.iter().any(char::is_ascii_control)).collect::<Vec<_>>();
        let tagged = |gram: &[char]| format!("{}:{}", tenant.get(), gram.iter().collect::<String>());
        let chosen = rarest(&grams).into_iter().map(tagged).collect::<Vec<_>>();
        let worded = |language: &Language| language.words(&chosen, begins);
        (!chosen.is_empty()).then(|| Self { fts5: worded(&FTS5), tsquery: worded(&TSQUERY) })
    }
}

/// How an engine is asked for grams.
struct Language {
    and: &'static str,
    quote: char,
    /// What is written twice between quotes.
    doubled: &'static [char],
    /// Behind what grams only begin with.
    begins: &'static str,
}

const FTS5: Language = Language { and: " AND ", quote: '"', doubled: &['"'], begins: "*" };
const TSQUERY: Language = Language { and: " & ", quote: '\'', doubled: &['\'', '\\'], begins: ":*" };

impl Language {
    fn words(&self, grams: &[String], begins: bool) -> String {
        let Self { and, quote, doubled, begins: behind } = self;
        let twice = |letter: char| std::iter::repeat_n(letter, 1 + usize::from(doubled.contains(&letter)));
        let mut words = String::with_capacity(64);
        for (at, gram) in grams.iter().enumerate() {
            words.push_str(if at == 0 { "" } else { and });
            words.push(*quote);
            words.extend(gram.chars().flat_map(twice));
            words.push(*quote);
            words.push_str(if begins { behind } else { "" });
        }
        words
    }
}

/// Grams of a text that few others have, two at the most: a third finds hardly less, and costs as much. Within a word they
/// stand in every name that has it; those that reach into the next one are rarer. Codes differ in their last digits.
fn rarest<'t>(grams: &[&'t [char]]) -> Vec<&'t [char]> {
    let reaches = |gram: &[char]| gram.iter().skip(1).take(INSIDE).any(|letter| !letter.is_alphanumeric());
    let reaching = (0..grams.len()).filter(|at| grams.get(*at).is_some_and(|gram| reaches(gram))).collect::<Vec<_>>();
    let places = if reaching.is_empty() { (0..grams.len()).collect() } else { reaching };
    let has_digits = grams.last().is_some_and(|last| last.iter().any(|letter| letter.is_numeric()));
    let last = if has_digits { grams.len().checked_sub(1) } else { places.last().copied() };
    // Over another place, or else as far from it as can be.
    let apart = |last: usize| places.iter().rev().find(|at| *at + INSIDE <= last).or(places.first()).copied();
    let other = last.and_then(apart).filter(|at| Some(*at) != last);
    last.into_iter().chain(other).filter_map(|at| grams.get(at).copied()).collect()
}

/// Joins segments of SQLite's index, all of which a search looks into: some pages of them, so that others can write in
/// between. `is_first` for the first time. Returns whether there is more to join.
///
/// # Errors
/// Only faults of the store.
pub(crate) fn join_segments(conn: &mut Conn, is_first: bool) -> QueryResult<bool> {
    const PAGES: i64 = 500;
    let Native::Sqlite(conn) = &mut conn.0 else { return Ok(false) };
    let changes = |conn: &mut SqliteConnection| diesel::select(sql::<BigInt>("total_changes()")).get_result(conn);
    let before: i64 = changes(conn)?;
    // Below zero: all of them, not only where they are many.
    let pages = if is_first { -PAGES } else { PAGES };
    let merge = format!("INSERT INTO products_grams (products_grams, rank) VALUES ('merge', {pages})");
    conn.batch_execute(&merge)?;
    // The command itself counts as one.
    Ok(changes(conn)? - before > 1)
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
        if let Some(Grams { fts5, tsquery }) = &self.grams {
            if matches!(pass.backend(), MultiBackend::Sqlite(_)) {
                pass.push_sql("products.id IN (SELECT rowid FROM products_grams WHERE products_grams MATCH ");
                pass.push_bind_param::<Text, _>(fts5)?;
            } else {
                pass.push_sql("search_grams(products.tenant_id, products.search_text) @@ CAST(");
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
        Grams::of(TenantId::new(7), needle).map(|Grams { fts5, tsquery }| (fts5, tsquery))
    }

    #[test]
    fn a_short_text_is_how_grams_begin() {
        assert_eq!(asked("an"), None);
        assert_eq!(asked("o'\""), Some(("\"7:o'\"\"\"*".to_owned(), "'7:o''\"':*".to_owned())));
        assert_eq!(asked("anvil"), Some(("\"7:anvil\"*".to_owned(), "'7:anvil':*".to_owned())));
        assert_eq!(asked("a\\vils"), Some(("\"7:a\\vils\"".to_owned(), "'7:a\\\\vils'".to_owned())));
    }

    #[test]
    fn grams_that_few_texts_have_are_asked_for() {
        let grams = |needle: &str| asked(needle).unwrap().0.replace("7:", "").replace('"', "");
        // Those that reach from one word into the next.
        assert_eq!(grams("steel bracket"), "l brac AND teel b");
        assert_eq!(grams("angled steel bracket"), "l brac AND d stee");
        assert_eq!(grams("a steels"), "a stee");
        // The end of a code or a number.
        assert_eq!(grams("steel bracket 1250"), "t 1250 AND l brac");
        assert_eq!(grams("bra-0001234"), "001234 AND ra-000");
        assert_eq!(grams("so-20240012345"), "012345 AND o-2024");
        assert_eq!(grams("2000001234567"), "234567 AND 000123");
        assert_eq!(grams("stainless"), "inless AND stainl");
        assert_eq!(grams("anvils"), "anvils");
        assert_eq!(grams(&"x".repeat(60_000)), "xxxxxx AND xxxxxx");
    }

    #[test]
    fn no_gram_holds_a_control_character() {
        assert_eq!(asked("a\tb"), None);
        assert_eq!(asked("anvils\t").map(|asked| asked.0), Some("\"7:anvils\"".to_owned()));
    }
}
