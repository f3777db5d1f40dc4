//! Texts: trimmed, bounded, and folded in one way for both databases.

use std::fmt;

/// A text of one to `MAX` characters, trimmed, without NUL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<const MAX: usize>(String);

/// A name or title.
pub type Name = Text<255>;
/// A SKU, barcode or code.
pub type Code = Text<64>;
/// A note.
pub type Notes = Text<2000>;
/// A free description.
pub type Description = Text<20_000>;

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Neither database can hold a NUL character in every place.
    #[error("must not contain NUL characters")]
    Nul,
    /// Longer than allowed, counted in characters.
    #[error("must be at most {0} characters long")]
    TooLong(usize),
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> Text<MAX> {
    /// Trims a text; nothing left means there is none.
    ///
    /// # Errors
    /// [`TextFault`] for NUL characters and for more than `MAX` characters.
    pub fn parse(text: &str) -> Result<Option<Self>, TextFault> {
        let text = text.trim();
        match text {
            "" => Ok(None),
            _ if text.contains('\0') => Err(TextFault::Nul),
            _ if text.chars().count() > MAX => Err(TextFault::TooLong(MAX)),
            _ => Ok(Some(Self(text.to_owned()))),
        }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

/// Folds case in Rust, the same for both databases, which disagree on anything beyond ASCII.
///
/// Every `…_key` and search column holds folded text, and every comparison folds what it looks for.
pub fn fold(text: &str) -> String {
    // A sigma at the end of a word has a form of its own, which capital letters do not tell apart.
    let one_sigma = |c| if c == 'ς' { 'σ' } else { c };
    text.trim().chars().flat_map(char::to_lowercase).map(one_sigma).collect()
}
