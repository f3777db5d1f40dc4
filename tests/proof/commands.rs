//! Commands of the built server as the one who runs them sees them: what they say, and how they end.

use std::process::Output;

use serde_json::json;
use stockbridge_domain::store::{Settings, migrations};
use stockbridge_domain::verify;
use stockbridge_fixtures::{Database, Engine};

use super::on_each_engine;
use super::stand::{WAREHOUSE, command};
use super::wire::ask;

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

#[test]
fn a_uid_is_administered_beside_a_running_server_and_every_change_counts_at_once() {
    on_each_engine(|stand| {
        let served = stand.serve();
        let run = |arguments: &[&str]| {
            let mut all = vec!["simbiz-user"];
            all.extend(arguments);
            said(&stand.command(&all).output().expect("the command runs"))
        };
        let done = |arguments: &[&str], line: &str| {
            assert_eq!(run(arguments), (Some(0), format!("{line}\n"), String::new()), "{arguments:?}");
        };
        let refused = |arguments: &[&str], line: &str| {
            assert_eq!(run(arguments), (Some(1), String::new(), format!("stockbridge: {line}\n")), "{arguments:?}");
        };
        let token = |secret: &str| {
            let body = json!({"uid": "erp", "secret": secret}).to_string();
            let head = format!("POST /api/v3/token HTTP/1.0\r\nContent-Length: {}\r\n\r\n", body.len());
            let said = ask(served.address, format!("{head}{body}").as_bytes());
            let data = said.json()["data"].clone();
            (said.status(), data["organization_code"].clone(), data["token"].as_str().unwrap_or_default().to_owned())
        };
        let list = |token: &str, query: &str| {
            let keys = format!("Authorization: Bearer {token}\r\nx-uid: erp\r\n");
            let sent = format!("GET /api/v3/inventory/items{query} HTTP/1.0\r\n{keys}\r\n");
            let said = ask(served.address, sent.as_bytes());
            (said.status(), said.json()["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
        };
        let (ok, ours, theirs) =
            ((200, String::new()), ["--uid", "erp", "--tenant", "SHOP"], ["--uid", "erp", "--tenant", "NEXT"]);
        let of = |verb: &'static str, rest: [&'static str; 4]| [&[verb][..], &rest].concat();

        done(&[&of("create", ours)[..], &["--secret", "first-secret"]].concat(), "uid erp is made");
        refused(
            &of("set-default", theirs),
            "organization NEXT is not granted; `stockbridge simbiz-user grant` grants it first",
        );
        done(&of("grant", theirs), "uid erp reaches organization NEXT");
        let (status, organization, first) = token("first-secret");
        assert_eq!((status, organization), (200, json!("SHOP")));
        done(&of("set-default", theirs), "uid erp gets tokens for organization NEXT when it names none");
        let (_, organization, second) = token("first-secret");
        assert_eq!(organization, json!("NEXT"));
        for token in [&first, &second] {
            assert_eq!(list(token, "?organization_code=SHOP"), ok);
        }
        let known = run(&["list"]).1;
        assert!(known.starts_with("erp\tenabled\tSHOP, NEXT (default)\tmade 20"), "{known}");

        // Taken away: its token is worth nothing, the other one's only for what is left, and it is no default any more.
        done(&[&of("grant", theirs)[..], &["--revoke"]].concat(), "uid erp no longer reaches organization NEXT");
        assert_eq!(list(&second, "?organization_code=SHOP"), (403, "V3_AUTH_ORG_FORBIDDEN".to_owned()));
        assert_eq!(list(&first, "?organization_code=NEXT"), (403, "V3_AUTH_ORG_FORBIDDEN".to_owned()));
        assert_eq!(list(&first, ""), ok);
        assert_eq!(token("first-secret").1, json!("SHOP"), "the only one");
        let undecided = "uid erp reaches organization NEXT; it has several organizations and no default: \
                         `stockbridge simbiz-user set-default` chooses one";
        done(&[&of("grant", theirs)[..], &["--read-only"]].concat(), undecided);
        done(&[&of("grant", ours)[..], &["--revoke"]].concat(), "uid erp no longer reaches organization SHOP");
        done(&of("grant", ours), undecided.replace("NEXT", "SHOP").as_str());
        assert_eq!(token("first-secret").0, 403, "it has to name one");
        done(&of("set-default", ours), "uid erp gets tokens for organization SHOP when it names none");
        let known = run(&["list"]).1;
        assert!(known.starts_with("erp\tenabled\tSHOP (default), NEXT (read only)\tmade 20"), "{known}");

        // A new secret, and a uid shut out.
        let made = run(&["set-secret", "--uid", "erp"]).1;
        let secret = made.strip_prefix("uid erp, secret ").and_then(|rest| rest.split(' ').next()).expect("a secret");
        assert!(made.ends_with(" (not shown again); tokens made before no longer work\n"), "{made}");
        assert_eq!(list(&first, ""), (401, "V3_AUTH_INVALID_TOKEN".to_owned()));
        assert_eq!(token("first-secret").0, 401);
        let third = token(secret).2;
        assert_eq!(list(&third, ""), ok);
        done(&["disable", "--uid", "erp"], "uid erp is disabled");
        assert_eq!((list(&third, ""), token(secret).0), ((401, "V3_AUTH_INVALID_TOKEN".to_owned()), 401));
        assert!(run(&["list"]).1.starts_with("erp\tdisabled\t"));
        done(&["disable", "--uid", "erp", "--lift"], "uid erp is enabled");
        assert_eq!(list(&third, ""), ok);

        let nobody = "there is no uid nobody; `stockbridge simbiz-user list` shows them";
        refused(&["grant", "--uid", "nobody", "--tenant", "SHOP"], nobody);
        refused(&["set-default", "--uid", "nobody", "--tenant", "SHOP"], nobody);
        refused(&["set-secret", "--uid", "nobody", "--secret", "long-enough"], nobody);
        refused(
            &["grant", "--uid", "erp", "--tenant", "NIX"],
            "there is no tenant NIX; `stockbridge tenant list` shows them",
        );
        assert!(served.terminate().success());
    });
}

#[test]
fn a_shop_is_filled_beside_what_it_has_and_served() {
    on_each_engine(|stand| {
        stand.products(2, 10);
        let size = ["--products", "50", "--warehouses", "2", "--orders", "200", "--seed", "3"];
        let fill = || stand.command(&[&["fill", "--tenant", "shop"], &size[..]].concat()).output();
        let (code, line, error) = said(&fill().expect("the command runs"));
        assert_eq!((code, error.as_str()), (Some(0), ""));
        let made = "tenant shop has 50 more products in 2 warehouses (100 stock rows), 10 customers, 200 orders (";
        assert!(line.starts_with(made) && line.ends_with(" s\n"), "{line}");
        stand.verify();
        let served = stand.serve();
        let mut caller = served.caller();
        assert_eq!(caller.get("/products").is(200).at("/total"), json!(52));
        assert_eq!(caller.get("/orders").is(200).at("/total"), json!(200));
        let (code, ..) = said(&fill().expect("the command runs"));
        assert_eq!(code, Some(0), "once more, beside a running server");
        assert_eq!(caller.get("/products").is(200).at("/total"), json!(102));
        assert!(served.terminate().success());
    });
}

#[test]
fn what_cannot_be_filled_is_refused_with_what_to_do() {
    on_each_engine(|stand| {
        let (code, out, error) =
            said(&stand.command(&["fill", "--tenant", "NONE"]).output().expect("the command runs"));
        assert_eq!((code, out.as_str()), (Some(1), ""));
        assert!(error.starts_with("stockbridge: there is no tenant NONE: `stockbridge tenant list`"), "{error}");
        for (flag, value) in [("--products", "0"), ("--warehouses", "51"), ("--orders", "-1"), ("--seed", "x")] {
            let wrong = stand.command(&["fill", "--tenant", "shop", &format!("{flag}={value}")]).output();
            let (code, _, error) = said(&wrong.expect("the command runs"));
            assert!(code == Some(2) && error.contains(flag), "{error}");
        }
    });
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}
