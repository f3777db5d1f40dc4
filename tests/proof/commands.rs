//! `stockbridge verify` as the one who runs it sees it: what it says, and how it ends.

use std::process::Output;

use stockbridge_domain::store::{Settings, migrations};
use stockbridge_domain::verify;
use stockbridge_fixtures::{Database, Engine};

use super::on_each_engine;
use super::stand::command;

#[test]
fn books_that_add_up_end_with_0_also_beside_a_running_server() {
    on_each_engine(|stand| {
        stand.products(3, 10);
        let served = stand.serve();
        let output = stand.command(&["verify"]).output().expect("the command runs");
        let expected = format!("the books add up: {} rules hold\n", verify::rules());
        assert_eq!(said(&output), (Some(0), expected, String::new()));
        assert!(served.terminate().success());
    });
}

#[test]
fn books_that_do_not_add_up_end_with_1_and_a_line_for_each_violation() {
    on_each_engine(|stand| {
        stand.products(2, 10);
        stand.break_books("UPDATE stock_levels SET quantity = quantity + 10000, value = 0");
        let (code, lines, error) = said(&stand.command(&["verify"]).output().expect("the command runs"));
        assert_eq!(code, Some(1));
        let lines = lines.lines().collect::<Vec<_>>();
        assert_eq!(lines.len(), 6, "{lines:?}");
        let first = "tenant 1: what is on hand is the sum of its movements: product 1 in warehouse 1: 110000 on hand, \
                     movements add up to 100000";
        assert!(lines.contains(&first), "{lines:?}");
        assert_eq!(error, "stockbridge: the books do not add up: 6 violations\n");
        stand.break_books("UPDATE stock_levels SET quantity = quantity - 10000, value = 0");
    });
}

#[test]
fn a_database_that_lacks_migrations_is_told_from_one_that_does_not_add_up() {
    for engine in stockbridge_fixtures::engines() {
        let database = Database::empty(engine);
        if engine == Engine::Sqlite {
            // A file that is there, and empty.
            std::fs::write(database.url().trim_start_matches("sqlite://"), "").expect("a file");
        }
        let (code, out, error) = said(&command(&database.url(), &["verify"]).output().expect("the command runs"));
        assert_eq!((code, out.as_str()), (Some(1), ""), "{error}");
        assert!(error.starts_with("stockbridge: the database lacks 0001_accounts, "), "{error}");
        assert!(error.ends_with(": run `stockbridge migrate` first\n"), "{error}");
        migrations::run(&Settings::new(database.url())).expect("the database migrates");
        let (code, ..) = said(&command(&database.url(), &["verify"]).output().expect("the command runs"));
        assert_eq!(code, Some(0), "books without entries add up");
    }
}

#[test]
fn a_file_that_is_not_there_is_named_and_not_made() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("mistyped.db");
    let output = command(&format!("sqlite://{}", file.display()), &["verify"]).output().expect("the command runs");
    let error = format!("stockbridge: there is no database {}: `stockbridge migrate` makes one\n", file.display());
    assert_eq!(said(&output), (Some(1), String::new(), error));
    assert!(!file.exists());
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}
