//! Values that were bound to a statement, read off what Diesel shows of them: Rust's debug format.

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bind {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    /// A point in time, as both engines write it.
    Time(String),
    Date(String),
    List(Vec<Bind>),
}

/// Reads one value; none where it is written in no way that is known here.
pub(crate) fn read(text: &str) -> Option<Bind> {
    let mut reader = Reader { rest: text };
    let bind = reader.value()?;
    reader.rest.is_empty().then_some(bind)
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn value(&mut self) -> Option<Bind> {
        if self.eats("[") {
            return self.list();
        }
        if self.eats("\"") {
            return self.quoted();
        }
        let end = self.rest.find([',', '(', ')', ']']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        // A value in a type of its own, such as Some(7).
        if self.eats("(") {
            let inner = self.value()?;
            return self.eats(")").then_some(inner);
        }
        plain(word)
    }

    fn list(&mut self) -> Option<Bind> {
        let mut values = Vec::new();
        while !self.eats("]") {
            if !values.is_empty() && !self.eats(", ") {
                return None;
            }
            values.push(self.value()?);
        }
        Some(Bind::List(values))
    }

    fn quoted(&mut self) -> Option<Bind> {
        let mut text = String::new();
        let mut letters = self.rest.char_indices();
        loop {
            match letters.next()? {
                (at, '"') => {
                    self.rest = self.rest.get(at + 1..)?;
                    return Some(Bind::Text(text));
                }
                (_, '\\') => text.push(match letters.next()?.1 {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    '0' => '\0',
                    'u' => {
                        let digits = letters.by_ref().map(|(_, letter)| letter).skip(1).take_while(|next| *next != '}');
                        char::from_u32(u32::from_str_radix(&digits.collect::<String>(), 16).ok()?)?
                    }
                    other => other,
                }),
                (_, letter) => text.push(letter),
            }
        }
    }

    fn eats(&mut self, what: &str) -> bool {
        let rest = self.rest.strip_prefix(what);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}

/// A number, an instant, or a word of an enumeration, which the tables hold in small letters.
fn plain(word: &str) -> Option<Bind> {
    if let Ok(number) = word.parse() {
        return Some(Bind::Int(number));
    }
    let is_date = |text: &str| text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    match word {
        "None" => Some(Bind::Null),
        "true" => Some(Bind::Bool(true)),
        "false" => Some(Bind::Bool(false)),
        _ if is_date(word) => Some(Bind::Date(word.to_owned())),
        _ => match word.split_once('T') {
            Some((date, time)) if is_date(date) => Some(Bind::Time(format!("{date} {time}"))),
            _ => {
                let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic());
                is_word.then(|| Bind::Text(word.to_ascii_lowercase()))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Bind {
        Bind::Text(text.to_owned())
    }

    #[test]
    fn values_are_read_as_they_were_bound() {
        let shown = format!("{:?}", ("a \"b\", (c]\n\u{1f}é", Some(7_i64), None::<i64>));
        let list = format!("[{}]", shown.trim_matches(['(', ')']));
        let expected = vec![text("a \"b\", (c]\n\u{1f}é"), Bind::Int(7), Bind::Null];
        assert_eq!(read(&list), Some(Bind::List(expected)));
        let shown = "[TenantId(1), Pending, true, 2026-01-31, 2026-01-31T10:00:00.25, [1, 2], []]";
        let expected = vec![
            Bind::Int(1),
            text("pending"),
            Bind::Bool(true),
            Bind::Date("2026-01-31".to_owned()),
            Bind::Time("2026-01-31 10:00:00.25".to_owned()),
            Bind::List(vec![Bind::Int(1), Bind::Int(2)]),
            Bind::List(Vec::new()),
        ];
        assert_eq!(read(shown), Some(Bind::List(expected)));
    }

    #[test]
    fn what_is_not_understood_is_not_guessed() {
        for odd in ["[1", "[1 2]", "Thing { id: 1 }", "[\"a]", "1 ]", "", "1.5"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
