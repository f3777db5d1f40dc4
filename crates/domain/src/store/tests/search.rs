//! Searching items: through the index of grams of either engine, with the same finds.

use crate::items::{self, ItemChanges, ItemFilter, NewItem};
use crate::page::{Start, Window};
use crate::testing::{Shop, code, name, on_both, on_sqlite};
use crate::values::Change;

fn stock_up(shop: &Shop<'_>, goods: &[(&str, &str, Option<&str>)]) {
    for (title, sku, barcode) in goods {
        let rest = ItemChanges { barcode: Change::to(barcode.map(code)), ..ItemChanges::default() };
        let new = NewItem { sku: code(sku), name: name(title), rest };
        shop.write(move |tx| items::create(tx, &new)).unwrap();
    }
}

/// The SKUs that a filter finds, as a list with total.
fn found(shop: &Shop<'_>, filter: ItemFilter) -> Vec<String> {
    let window = Window { start: Start::Page(1), limit: 50 };
    let slice = shop.read(move |tx| items::list_heads(tx, &filter, &window)).unwrap();
    assert_eq!(slice.total, i64::try_from(slice.rows.len()).unwrap());
    slice.rows.into_iter().map(|head| head.sku).collect()
}

fn anywhere(shop: &Shop<'_>, needle: &str) -> Vec<String> {
    found(shop, ItemFilter { search: Some(needle.to_owned()), ..ItemFilter::default() })
}

fn in_name(shop: &Shop<'_>, needle: &str) -> Vec<String> {
    found(shop, ItemFilter { name: Some(needle.to_owned()), ..ItemFilter::default() })
}

#[test]
fn a_part_of_name_sku_or_barcode_is_found_in_any_case() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        stock_up(&shop, &[("Sample Item", "WGT-500", Some("9551234567890")), ("Bolt", "BLT-M820", None)]);
        for needle in ["sample", "PLE IT", "wgt", "T-5", "wg", "W", "9551234567890", "123", "  sample  ", "Sample Item"]
        {
            assert_eq!(anywhere(&shop, needle), ["WGT-500"], "{needle:?}");
        }
        for needle in ["", "   ", "t"] {
            assert_eq!(anywhere(&shop, needle), ["WGT-500", "BLT-M820"], "{needle:?}");
        }
        for needle in ["samples", "xyz", "z", "item wgt", "Item  S"] {
            assert_eq!(anywhere(&shop, needle), [""; 0], "{needle:?}");
        }
    });
}

#[test]
fn a_needle_does_not_reach_from_one_column_into_the_next() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        stock_up(&shop, &[("anvil", "HAMMER", Some("4711"))]);
        for needle in ["anvilhammer", "lh", "ilha", "anvil\u{1f}hammer", "\u{1f}", "l\u{1f}h", "hammer4711", "r 4"] {
            assert_eq!(anywhere(&shop, needle), [""; 0], "{needle:?}");
        }
    });
}

#[test]
fn a_search_by_name_finds_names_only() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        stock_up(&shop, &[("anvil", "HAMMER", Some("4711")), ("hammer", "ANVIL", Some("4712"))]);
        assert_eq!(in_name(&shop, "anvil"), ["HAMMER"]);
        assert_eq!(in_name(&shop, "Ham"), ["ANVIL"]);
        assert_eq!(in_name(&shop, "vi"), ["HAMMER"]);
        assert_eq!(in_name(&shop, "471"), [""; 0]);
        assert_eq!(in_name(&shop, ""), ["HAMMER", "ANVIL"]);
        let both = ItemFilter { name: Some("anvil".into()), search: Some("4711".into()), ..ItemFilter::default() };
        assert_eq!(found(&shop, both), ["HAMMER"]);
    });
}

#[test]
fn signs_with_a_meaning_to_the_engines_are_ordinary_here() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let names =
            ["100% wool", "a_b_c", r"back\slash", "5\" screen", "o'ring", "star*", "(round)", "{\"a\": 1}", "plain"];
        let skus = (0..names.len()).map(|number| format!("S{number}")).collect::<Vec<_>>();
        for (title, sku) in names.iter().zip(&skus) {
            stock_up(&shop, &[(title, sku, None)]);
        }
        let needles = [
            ("%", 0),
            ("0%", 0),
            ("0% w", 0),
            ("_", 1),
            ("_b", 1),
            ("_b_", 1),
            ("a_b_c", 1),
            ("\\", 2),
            ("k\\", 2),
            ("ck\\sl", 2),
            ("\"", 3),
            ("5\"", 3),
            ("5\" s", 3),
            ("'", 4),
            ("o'r", 4),
            ("o'ring", 4),
            ("*", 5),
            ("star*", 5),
            ("(", 6),
            ("(rou", 6),
            ("nd)", 6),
            ("\": 1}", 7),
        ];
        for (needle, number) in needles {
            let expected =
                names.iter().zip(&skus).filter(|(title, _)| title.contains(needle)).map(|(_, sku)| sku.clone());
            let expected = expected.collect::<Vec<_>>();
            assert!(expected.contains(&skus[number]));
            assert_eq!(anywhere(&shop, needle), expected, "{needle:?}");
            assert_eq!(in_name(&shop, needle), expected, "{needle:?} in names");
        }
        for needle in ["%%%", "___", "100_ wool", "a%c", "\\%", "pl*n", "NOT", "OR plain", "\"\"\"", "''"] {
            assert_eq!(anywhere(&shop, needle), [""; 0], "{needle:?}");
        }
    });
}

#[test]
fn letters_beyond_ascii_are_found_in_either_case() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let goods = [
            ("Straße", "S1", "STRAß"),
            ("İstanbul", "S2", "i̇stan"),
            ("Éclair", "S3", "éCL"),
            ("🔩🔧🔨 set", "S4", "🔧🔨"),
            ("日本語の本", "S5", "本語の"),
            ("БОЛТ М8", "S6", "болт"),
            ("ΟΔΟΣ", "S9", "ΔΟΣ"),
            ("naïve", "S7", "NAÏ"),
            ("ﬁtting", "S8", "ﬁt"),
        ];
        for (title, sku, _) in goods {
            stock_up(&shop, &[(title, sku, None)]);
        }
        for (title, sku, needle) in goods {
            assert_eq!(anywhere(&shop, needle), [sku], "{needle}");
            assert_eq!(anywhere(&shop, title), [sku], "{title}");
            let first = title.chars().next().unwrap().to_string();
            assert!(anywhere(&shop, &first).contains(&sku.to_owned()), "{first}");
        }
    });
}

#[test]
fn long_needles_and_control_characters_find_nothing_and_break_nothing() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        stock_up(&shop, &[("anvil", "ANVIL", None)]);
        let [long, percent, quotes] = ["x".repeat(60_000), "%".repeat(30_000), "\"".repeat(10_000)];
        let needles = [&long, &percent, &quotes, "\u{1}\u{7f}\n", "\u{1}", "\u{fffe}", "a\u{200b}"];
        for needle in needles {
            assert_eq!(anywhere(&shop, needle), [""; 0], "{needle:.10}");
            assert_eq!(in_name(&shop, needle), [""; 0], "{needle:.10}");
        }
    });
}

#[test]
fn the_index_follows_every_change() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let item = shop.item("ANVIL");
        assert_eq!(anywhere(&shop, "anvil"), ["ANVIL"]);
        let renamed = ItemChanges { name: Some(name("hammer")), sku: Some(code("HAM-1")), ..ItemChanges::default() };
        shop.amend(item.id, renamed).unwrap();
        assert_eq!((anywhere(&shop, "anvil"), anywhere(&shop, "hammer")), (vec![], vec!["HAM-1".to_owned()]));
        let barcode = ItemChanges { barcode: Change::Set(code("4711")), ..ItemChanges::default() };
        shop.amend(item.id, barcode).unwrap();
        assert_eq!(anywhere(&shop, "4711"), ["HAM-1"]);
        shop.write(move |tx| items::remove(tx, item.id)).unwrap();
        assert_eq!(anywhere(&shop, "hammer"), [""; 0]);
    });
    on_sqlite(|fixture| {
        let [own, other] = ["BHH", "GLX"].map(|tenant| Shop::open(fixture, tenant));
        let (anvil, gone) = (own.item("ANVIL"), own.item("GONE"));
        let elsewhere = other.item("HAMMER");
        own.amend(
            anvil.id,
            ItemChanges { name: Some(name("hammer")), sku: Some(code("HAM-1")), ..ItemChanges::default() },
        )
        .unwrap();
        own.write(move |tx| items::remove(tx, gone.id)).unwrap();
        // LIKE, which looks at what is found, would hide what the index holds too much of.
        let indexed = |shop: &Shop<'_>, begin: &str| {
            let asked = format!("\"{}:{begin}\"*", shop.tenant.get());
            fixture.texts(&format!(
                "SELECT CAST(rowid AS TEXT) AS line FROM products_grams WHERE products_grams MATCH '{asked}'"
            ))
        };
        assert_eq!((indexed(&own, "anvil"), indexed(&own, "gone")), (vec![], vec![]));
        assert_eq!(indexed(&own, "hamm"), [anvil.id.to_string()]);
        assert_eq!(indexed(&other, "hamm"), [elsewhere.id.to_string()]);
    });
}

#[test]
fn every_part_of_every_text_is_found_through_the_index() {
    on_both(|fixture| {
        let shop = Shop::open(fixture, "BHH");
        let goods = [
            ("Steel Bracket 1250", "BRA-0001234", Some("2000001234567")),
            ("steel bracket 125", "BRA-0001235", None),
            ("5\" o'ring \\ 100% a_b", "x", Some("\"'\\")),
            ("tab\tinside\u{1e}a name", "T\u{7f}AB", None),
            ("日本語の本棚です", "БОЛТ-М8-ГОСТ", None),
        ];
        stock_up(&shop, &goods);
        for (title, sku, barcode) in goods {
            for text in [Some(title), Some(sku), barcode].into_iter().flatten() {
                let letters = text.chars().collect::<Vec<_>>();
                for (from, to) in
                    (0..letters.len()).flat_map(|from| (from + 1..=letters.len()).map(move |to| (from, to)))
                {
                    let needle = letters[from..to].iter().collect::<String>();
                    let holds = |(title, sku, barcode): &&(&str, &str, Option<&str>)| {
                        let needle = needle.trim().to_lowercase();
                        let mut texts = [Some(*title), Some(*sku), *barcode].into_iter().flatten();
                        texts.any(|text| text.to_lowercase().contains(&needle))
                    };
                    let expected = goods.iter().filter(holds).map(|(_, sku, _)| *sku).collect::<Vec<_>>();
                    assert_eq!(anywhere(&shop, &needle), expected, "{needle:?}");
                }
            }
        }
    });
}

#[test]
fn nothing_of_another_tenant_is_found() {
    on_both(|fixture| {
        let [own, other] = ["BHH", "GLX"].map(|tenant| Shop::open(fixture, tenant));
        stock_up(&own, &[("steel anvil", "OWN", None)]);
        stock_up(&other, &[("steel anvil", "OTHER", None)]);
        for needle in ["an", "anvi", "anvil", "eel anvi"] {
            assert_eq!(anywhere(&own, needle), ["OWN"], "{needle}");
            assert_eq!(anywhere(&other, needle), ["OTHER"], "{needle}");
        }
    });
}
