//! `stockbridge import` as the one who runs it sees it: what it says, how it ends, and what both dialects see then.

use std::process::{Output, Stdio};

use serde_json::json;

use super::on_each_engine;
use super::stand::Stand;

/// What a command said: its code, standard output, standard error.
type Said = (Option<i32>, String, String);

/// Imports a file of these bytes.
fn import(stand: &Stand, kind: &str, bytes: &[u8], more: &[&str]) -> Said {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), bytes).expect("the file is written");
    let path = file.path().to_str().expect("a path");
    let arguments = [&["import", kind, path, "--tenant", "shop"], more].concat();
    let (code, out, error) =
        said(&stand.command(&arguments).stderr(Stdio::piped()).output().expect("the command runs"));
    (code, out, error.replace(path, "FILE"))
}

fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn good(line: &str) -> Said {
    (Some(0), format!("{line}\n"), String::new())
}

/// What each kind of file holds, in the order in which they can be imported.
const FILES: [(&str, &str); 7] = [
    ("brands", "brand_code,brand_name\nACME,Acme\n"),
    ("types", "type_code,type_name,isactive\nTOOL,Tools,0\n"),
    ("uoms", "uom_code,uom_name\nPCS,Pieces\n"),
    ("categories", "category_code,category_name,parent_code\nBOLTS,Bolts,METAL\nMETAL,Metal,\n"),
    ("locations", "location_code,location_name,branch_code\nSHOPFLOOR,Shop floor,STORE\nSTORE,Store,\n"),
    (
        "items",
        "item_code,item_name,item_barcode,category_code,brand_code,baseuom_code,sell_price,purchase_price,tracking\n\
         HAMMER,\"Hammer, 500 g\",935,BOLTS,acme,pcs,24.9,11.4,\nGLUE,Glue,,,,,,,batch\n",
    ),
    (
        "stock",
        "item_code,location_code,qty,reorder_level,batch_number,expiry_date\n\
         HAMMER,SHOPFLOOR,6,10,,\nglue,STORE,2.5,,B-1,2099-01-31\n",
    ),
];

#[test]
fn what_is_imported_is_seen_in_both_dialects_and_again_changes_nothing() {
    on_each_engine(|stand| {
        let served = stand.serve();
        let mut caller = served.caller();
        for (kind, file) in FILES {
            let rows = file.lines().count() - 1;
            let made = format!("made {rows}, changed 0, unchanged 0");
            let trial = import(stand, kind, file.as_bytes(), &["--dry-run"]);
            assert_eq!(trial, good(&format!("dry run: {made}; nothing is written")), "{kind}");
            assert_eq!(import(stand, kind, file.as_bytes(), &[]), good(&made), "{kind}");
        }
        let hammer = caller.get("/products?search=hammer").is(200).at("/products/0");
        for (key, value) in [
            ("sku", json!("HAMMER")),
            ("name", json!("Hammer, 500 g")),
            ("barcode", json!("935")),
            ("base_price", json!("24.90")),
            ("cost_price", json!("11.40")),
            ("category_name", json!("Bolts")),
            ("total_stock", json!(6)),
        ] {
            assert_eq!(hammer[key], value, "{key}");
        }
        let before = (hammer, caller.get("/inventory/movements").is(200).at("/total"));
        assert_eq!(before.1, json!(2));
        let low = caller.get("/inventory?low_stock=true").is(200);
        assert_eq!((low.at("/total"), low.at("/inventory/0/warehouse_name")), (json!(1), json!("Shop floor")));
        let batch = caller.get("/batches").is(200).at("/batches/0");
        assert_eq!((&batch["batch_number"], &batch["expiry_date"]), (&json!("B-1"), &json!("2099-01-31")));
        for (kind, file) in FILES {
            let rows = file.lines().count() - 1;
            let same = good(&format!("made 0, changed 0, unchanged {rows}"));
            assert_eq!(import(stand, kind, file.as_bytes(), &[]), same, "{kind}");
        }
        let detail = caller.get("/products?search=hammer").is(200).at("/products/0");
        assert_eq!((detail, caller.get("/inventory/movements").is(200).at("/total")), before);
        assert!(served.terminate().success());
    });
}

#[test]
fn every_error_is_told_with_its_line_and_nothing_is_written() {
    on_each_engine(|stand| {
        stand.products(1, 10);
        let file = b"\xef\xbb\xbf Item Code ;item_name;SELL_PRICE;item_barcode;category_code;isactive;tracking\r\n\
            A;\"two\r\nlines\";1,5;1;NOPE;maybe;\r\n\
            \r\n\
            A2;;-1;1;;;\r\n\
            ;x;1;;;;\r\n\
            a;y;1;2;;;lot\r\n\
            B;z;1\r\n\
            C;\xff;1;;;;\r\n\
            Goods-0;good;2;;;1;batch\r\n\
            ;;;;;;\r\n\
            E;\"open;1;;;;\r\n";
        let errors = [
            "line 2: sell_price must be a number such as 12 or 12.5: it is \"1,5\"; write a point before decimals, and \
             nothing between thousands",
            "line 2: isactive must be 1 or 0: it is \"maybe\"",
            "line 2: category_code names NOPE, which is no category: import categories first",
            "line 5: item_name must not be empty",
            "line 5: sell_price must not be negative: it is \"-1\"",
            "line 5: item_barcode stands in line 2 too",
            "line 6: item_code must not be empty",
            "line 7: tracking must be none, batch or serial: it is \"lot\"",
            "line 7: item_code stands in line 2 too",
            "line 8: has 3 cells where the header has 7: put cells with separators into quotes",
            "line 9: is not UTF-8: save the file as “CSV UTF-8”",
            "line 10: tracking cannot change while 10 are on hand: take them out of stock first",
            "line 12: opens a quote that is not closed within 1 MiB: close it, or write it twice inside a cell in quotes",
        ];
        let (code, out, error) = import(stand, "items", file, &[]);
        let mut told = error.lines().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(told.pop().as_deref(), Some("stockbridge: FILE is not imported: 13 errors; nothing is written"));
        assert_eq!((code, out.as_str()), (Some(1), ""));
        assert_eq!(told, errors);
        let served = stand.serve();
        assert_eq!(served.caller().get("/products").is(200).at("/total"), json!(1));
        assert!(served.terminate().success());
    });
}

#[test]
fn headers_that_cannot_be_read_are_told_at_once() {
    on_each_engine(|stand| {
        let known = "brand_code, brand_name, isactive";
        for (header, errors) in [
            ("", vec![]),
            (
                "\n\nbrand_name,colour,Brand Name\n",
                vec![
                    format!("line 3: \"colour\" is no column: there are {known}"),
                    "line 3: brand_name is there twice: leave one of them out".to_owned(),
                    "line 3: brand_code is missing: add that column".to_owned(),
                ],
            ),
            ("brand_code\tisactive\nNEW\t1\n", vec!["line 2: brand_name is required for a new one".to_owned()]),
        ] {
            let (code, out, error) = import(stand, "brands", header.as_bytes(), &[]);
            assert_eq!((code, out.as_str()), (Some(1), ""));
            let last = match errors.len() {
                0 => "stockbridge: FILE is empty: its first line must name the columns".to_owned(),
                1 => "stockbridge: FILE is not imported: 1 error; nothing is written".to_owned(),
                count => format!("stockbridge: FILE is not imported: {count} errors; nothing is written"),
            };
            assert_eq!(error.lines().map(str::to_owned).collect::<Vec<_>>(), [errors, vec![last]].concat());
        }
        let absent = ["import", "items", "/nowhere.csv", "--tenant", "SHOP"];
        let missing = stand.command(&absent).stderr(Stdio::piped()).output();
        let (code, _, error) = said(&missing.expect("the command runs"));
        assert!(code == Some(1) && error.starts_with("stockbridge: cannot read /nowhere.csv: "), "{error}");
        let stranger = stand.command(&["import", "items", "-", "--tenant", "NOBODY"]).stderr(Stdio::piped()).output();
        let expected = "stockbridge: there is no tenant NOBODY; `stockbridge tenant list` shows them\n".to_owned();
        assert_eq!(said(&stranger.expect("the command runs")), (Some(1), String::new(), expected));
    });
}

#[test]
fn a_file_of_a_few_columns_changes_no_others() {
    on_each_engine(|stand| {
        let whole = b"item_code,item_name,item_barcode,sell_price,isactive\nA,Anvil,1,5,0\nB,Bolt,2,6,1\n";
        assert_eq!(import(stand, "items", whole, &[]), good("made 2, changed 0, unchanged 0"));
        // As spreadsheets write it: a newline and quotes inside quotes, and a last line without an end.
        let part = b"item_code,description\nA,\"heavy\nand \"\"black\"\"\"\nb,";
        assert_eq!(import(stand, "items", part, &[]), good("made 0, changed 1, unchanged 1"));
        let cleared = b"item_code,item_barcode,isactive\nA,,\nB,2,\n";
        assert_eq!(import(stand, "items", cleared, &[]), good("made 0, changed 1, unchanged 1"));
        let served = stand.serve();
        let mut caller = served.caller();
        let anvil = caller.get("/products?search=anvil").is(200).at("/products/0");
        assert_eq!((&anvil["barcode"], &anvil["base_price"]), (&json!(null), &json!("5.00")));
        assert_eq!(anvil["is_active"], json!(false));
        let description = caller.get(&format!("/products/{}", anvil["id"])).is(200).at("/description");
        assert_eq!(description, json!("heavy\nand \"black\""));
        assert!(served.terminate().success());
    });
}

#[test]
fn many_rows_are_written_in_many_transactions_beside_a_running_server() {
    on_each_engine(|stand| {
        let served = stand.serve();
        let rows = (0..1_100).map(|number| format!("N-{number},Item {number},{number}")).collect::<Vec<_>>().join("\n");
        let file = format!("item_code,item_name,sell_price\n{rows}\n");
        assert_eq!(import(stand, "items", file.as_bytes(), &[]), good("made 1100, changed 0, unchanged 0"));
        assert_eq!(served.caller().get("/products").is(200).at("/total"), json!(1100));
        let raised = file.replace("Item 7,7\n", "Item 7,8\n").replace("Item 900,900\n", "Item 900,901\n");
        assert_eq!(import(stand, "items", raised.as_bytes(), &[]), good("made 0, changed 2, unchanged 1098"));
        assert!(served.terminate().success());
    });
}

#[test]
fn what_would_be_misread_is_refused_with_its_line() {
    on_each_engine(|stand| {
        let last = |errors| format!("stockbridge: FILE is not imported: {errors}; nothing is written\n");
        let torn = "ends within itself, at a carriage return: save the file with LF or CRLF line ends";
        let long = format!("item_code,item_name\nA,a\nB,{}\nC,c\n", "b".repeat(1 << 20));
        for (file, told) in [
            ("item_code,item_name\rA,a\rB,b\r", format!("line 1: {torn}\n")),
            ("item_code,item_name\nA,a\rB,b\nC,c\n", format!("line 2: {torn}\n")),
            (&long, "line 3: is longer than 1 MiB: it is no line of this file\n".to_owned()),
            (
                "item_code,item_name,brand_code\nA,a,\u{1b}[31mRED\n",
                "line 2: brand_code names \\u{1b}[31mRED, which is no brand: import brands first\n".to_owned(),
            ),
        ] {
            assert_eq!(import(stand, "items", file.as_bytes(), &[]), (Some(1), String::new(), told + &last("1 error")));
        }
    });
}

#[test]
fn rows_far_apart_that_contradict_each_other_are_found_before_anything_is_written() {
    on_each_engine(|stand| {
        let codes = (0..150).map(|number| format!("N-{number}")).collect::<Vec<_>>();
        let items = codes.iter().map(|code| format!("{code},{code},")).collect::<Vec<_>>().join("\n");
        let items = format!("item_code,item_name,tracking\nGLUE,Glue,batch\n{items}\n");
        assert_eq!(import(stand, "items", items.as_bytes(), &[]), good("made 151, changed 0, unchanged 0"));
        let places = b"location_code,location_name\nONE,One\nTWO,Two\n";
        import(stand, "locations", places, &[]);
        let rows = codes.iter().map(|code| format!("{code},ONE,1,,,")).collect::<Vec<_>>().join("\n");
        let stock = |later: &str| {
            format!(
                "item_code,location_code,qty,reorder_level,batch_number,expiry_date\nGLUE,ONE,1,3,L1,2099-01-31\n\
                 {rows}\nGLUE,TWO,2,,l1,{later}\nGLUE,one,2,8,L2,\n"
            )
        };
        let refused = "line 153: expiry_date is another than in line 2, which is about the same: say it alike\n\
                       line 154: reorder_level is another than in line 2, which is about the same: say it alike\n\
                       stockbridge: FILE is not imported: 2 errors; nothing is written\n";
        for later in ["", "2099-02-28"] {
            assert_eq!(
                import(stand, "stock", stock(later).as_bytes(), &[]),
                (Some(1), String::new(), refused.to_owned())
            );
        }
        let alike = stock("2099-01-31").replace("2,8,L2", "2,3,L2");
        assert_eq!(import(stand, "stock", alike.as_bytes(), &[]), good("made 152, changed 1, unchanged 0"));
        assert_eq!(import(stand, "stock", alike.as_bytes(), &[]), good("made 0, changed 0, unchanged 153"));
    });
}
