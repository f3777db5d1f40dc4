//! What `schema.rs` says of the tables, read off its text.

/// A table as Diesel sees it.
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) key: Vec<String>,
    pub(crate) columns: Vec<Column>,
}

/// A column as Diesel sees it.
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) sql_type: String,
    pub(crate) is_nullable: bool,
}

/// Every table of `schema.rs`.
pub(crate) fn tables() -> Vec<Table> {
    let blocks = include_str!("../schema.rs").split("diesel::table! {\n").skip(1);
    blocks.map(|block| table(block.split("\n}\n").next().expect("the end of a table"))).collect()
}

fn table(block: &str) -> Table {
    let mut lines = block.lines().map(str::trim);
    let head = lines.next().expect("a name and a key").trim_end_matches(") {");
    let (name, key) = head.split_once(" (").expect("a key");
    let columns = lines.filter_map(|line| line.trim_end_matches(',').split_once(" -> ")).map(column).collect();
    Table { name: name.to_owned(), key: key.split(", ").map(str::to_owned).collect(), columns }
}

fn column((name, written): (&str, &str)) -> Column {
    let inner = written.strip_prefix("Nullable<").map(|inner| inner.trim_end_matches('>'));
    let sql_type = inner.unwrap_or(written).to_owned();
    Column { name: name.to_owned(), sql_type, is_nullable: inner.is_some() }
}
