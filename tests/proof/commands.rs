//! Commands of the built server as the one who runs them sees them: what they say, and how they end.

use std::process::Output;

use serde_json::json;
use stockbridge_domain::store::{Settings, migrations};
use stockbridge_domain::verify;
use stockbridge_fixtures::{Database, Engine};

use super::on_each_engine;
use super::stand::{WAREHOUSE, command};

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

#[test]
fn costing_is_set_beside_a_running_server_and_counts_from_the_next_receipt_on() {
    on_each_engine(|stand| {
        let served = stand.serve();
        let mut caller = served.caller();
        let body = json!({"name": "Bolt", "sku": "BOLT", "base_price": 9, "cost_price": 4});
        let bolt = caller.post("/products", &body).is(201).number("/id");
        let supplier = caller.post("/suppliers", &json!({"name": "One"})).is(201).number("/id");
        let lines = json!([{"product_id": bolt, "quantity": 30, "unit_cost": 5}]);
        let body = json!({"supplier_id": supplier, "warehouse_id": WAREHOUSE, "items": lines});
        let purchase = caller.post("/suppliers/purchase-orders", &body).is(201).number("/id");
        let path = format!("/suppliers/purchase-orders/{purchase}/receive");
        for (costing, cost) in [("standard", "4.00"), ("average", "4.50"), ("standard", "4.50")] {
            let set = stand.command(&["tenant", "set", "--code", "shop", "--costing", costing]).output();
            let expected = (Some(0), "tenant shop is changed\n".to_owned(), String::new());
            assert_eq!(said(&set.expect("the command runs")), expected);
            let list = stand.command(&["tenant", "list"]).output().expect("the command runs");
            assert!(said(&list).1.contains(&format!("\tno backorders\t{costing} costing\n")), "{list:?}");
            caller.post(&path, &json!({"items": [{"product_id": bolt, "quantity": 10}]})).is(200);
            assert_eq!(caller.get(&format!("/products/{bolt}")).is(200).at("/cost_price"), json!(cost), "{costing}");
        }
        let wrong = stand.command(&["tenant", "set", "--code", "SHOP", "--costing", "fifo"]).output();
        let (code, _, error) = said(&wrong.expect("the command runs"));
        assert!(code == Some(2) && error.contains("standard, average"), "{error}");
        assert!(served.terminate().success());
    });
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}
