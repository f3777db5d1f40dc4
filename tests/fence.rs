//! The fence is Cargo.toml: what a crate may not use is not among its dependencies.

use std::path::Path;

const HTTP: &[&str] = &["actix-web", "actix-http", "utoipa", "jsonwebtoken", "serde_json", "serde"];
const DATABASE: &[&str] = &["diesel", "diesel_migrations", "r2d2", "libsqlite3-sys", "pq-sys"];

#[test]
fn the_domain_knows_no_http_and_no_dialect() {
    keeps_out("domain", HTTP);
    keeps_out("domain", &["stockbridge-http", "stockbridge-iom", "stockbridge-simbiz", "stockbridge"]);
}

#[test]
fn dialects_know_no_database_and_never_meet() {
    keeps_out("iom", DATABASE);
    keeps_out("iom", &["stockbridge-simbiz", "stockbridge"]);
    keeps_out("simbiz", DATABASE);
    keeps_out("simbiz", &["stockbridge-iom", "stockbridge"]);
}

#[test]
fn what_dialects_share_knows_neither_of_them_nor_the_database() {
    keeps_out("http", DATABASE);
    keeps_out("http", &["stockbridge-iom", "stockbridge-simbiz", "stockbridge"]);
}

#[test]
fn the_server_reaches_data_through_the_domain_alone() {
    keeps_out("server", DATABASE);
}

#[test]
fn what_dialects_share_has_no_word_of_theirs() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/http/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source").to_lowercase();
            for word in ["simbiz", "x-uid", "v3_", "iom_", "\"error\":"] {
                assert!(!text.contains(word), "{} says {word}", path.display());
            }
        }
    }
}

#[track_caller]
fn keeps_out(krate: &str, kept_out: &[&str]) {
    let used = dependencies(krate);
    assert!(!used.is_empty(), "crates/{krate} has no dependencies: is it read right?");
    for name in kept_out {
        assert!(!used.iter().any(|used| used == name), "crates/{krate} must not depend on {name}");
    }
}

/// What a crate is built with; what only its tests use does not count.
fn dependencies(krate: &str) -> Vec<String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../crates/{krate}/Cargo.toml"));
    let text = std::fs::read_to_string(manifest).expect("the manifest");
    let lines = text.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}
