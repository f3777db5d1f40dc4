//! Every pair of everything that a list can be asked, and many mixtures of all of it, against filters so plain that
//! they cannot be wrong: rows of two organizations in two time zones, their instants compared as the text that is sent.

use std::fmt::Write;

use chrono::{NaiveDateTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use serde_json::json;
use stockbridge_domain::access::tenants::{self, TenantChanges};
use stockbridge_domain::items::master::{self, List, NewEntry};
use stockbridge_domain::items::{self, ItemChanges, NewItem};
use stockbridge_domain::values::Change;
use stockbridge_domain::{Actor, Result, TenantId, Tx};

use super::ITEMS;
use super::floor::{adjust, of_tenant, warehouse, words};
use crate::support::{Random, Shop, on_each_engine};

const ZONES: [(i64, &str, Tz); 2] = [(1, "SHOP", Tz::Asia__Kuala_Lumpur), (2, "NEXT", Tz::America__New_York)];

/// What a list holds, as far as it can be asked for.
#[derive(Debug, Clone, Default)]
struct Row {
    organization: i64,
    /// What its place in the list follows from.
    item: i64,
    location: i64,
    code: String,
    name: String,
    barcode: String,
    /// On its organization's clock, as it is sent.
    updated: String,
}

/// A piece of a query, and what it does.
struct Piece(String, Effect);

enum Effect {
    Keep(Box<dyn Fn(&Row) -> bool>),
    Organization(i64),
    ByLocation,
    /// Which page, of how many rows; `None`: everything.
    Page(Option<(usize, usize)>),
    Nothing,
}

#[test]
fn items_are_found_by_every_pair_of_conditions() {
    on_each_engine(async |shop| {
        let rows = goods(shop).await;
        let second = |number: usize| rows[number].updated.clone();
        let other = rows.iter().find(|row| row.organization == 2).expect("a row").clone();
        let all = [
            vec![
                keep("q=item", |row| contains(row, "item")),
                keep("q=BOLT-1", |row| contains(row, "bolt-1")),
                keep("q=93", |row| contains(row, "93")),
                keep("q=nowhere", |_| false),
                keep("q=", |_| true),
            ],
            vec![
                keep(&format!("item_id={}", rows[7].item), by_item(rows[7].item)),
                keep(&format!("item_id=1-1-{}", rows[3].item), of_ours(rows[3].item)),
                keep(&format!("item_id=1-2-{}", other.item), move |row| {
                    row.organization == 2 && row.item == other.item
                }),
            ],
            vec![
                keep("item_code=bolt-11", |row| row.code == "Bolt-11"),
                keep("item_code=Nut-2", |row| row.code == "Nut-2"),
                keep("item_code=Bolt", |_| false),
            ],
            vec![keep("item_name=ODD", |row| row.name.contains("Odd")), keep("item_name=93", |_| false)],
            vec![keep("item_barcode=9300", |row| row.barcode == "9300"), keep("item_barcode=93", |_| false)],
            windows("updated_from", [second(9), second(25)], |updated, from| updated >= from),
            windows("updated_to", [second(9), second(25)], |updated, to| updated <= to),
            pages(),
            organizations(),
        ];
        ask_all(shop, ITEMS, &all, &rows, Some((1, 50)), |row| (row["item_id"].clone(), row["updated"].clone())).await;
    });
}

#[test]
fn balances_are_found_by_every_pair_of_conditions() {
    on_each_engine(async |shop| {
        let rows = balances(shop).await;
        let second = |number: usize| rows[number].updated.clone();
        let locations: Vec<_> = rows.iter().filter(|row| row.organization == 1).map(|row| row.location).collect();
        let (main, last) = (locations[0], *locations.iter().max().expect("a location"));
        let all = [
            vec![
                keep(&format!("branch_id={main}"), move |row| row.location == main),
                keep(&format!("branch_id=1-1-{last}"), move |row| row.organization == 1 && row.location == last),
                keep("branch_id=MAIN", |_| false),
            ],
            vec![
                keep("item_codes=bolt-1,+Nut-2+,,none", |row| ["Bolt-1", "Nut-2"].contains(&row.code.as_str())),
                keep("item_codes[]=Bolt-3&item_codes[]=BOLT-4", |row| {
                    ["Bolt-3", "Bolt-4"].contains(&row.code.as_str())
                }),
                keep("item_codes=Bolt", |_| false),
                keep("item_codes=,", |_| true),
            ],
            vec![
                Piece("separate_location=1".to_owned(), Effect::ByLocation),
                Piece("separate_location=true".to_owned(), Effect::ByLocation),
                Piece("separate_location=0".to_owned(), Effect::Nothing),
            ],
            windows("updated_from", [second(4), second(13)], |updated, from| updated >= from),
            windows("updated_to", [second(4), second(13)], |updated, to| updated <= to),
            pages(),
            organizations(),
        ];
        let path = "/inventory/stocks/by-location";
        let shown = |row: &serde_json::Value| (json!([row["item_id"], row["location_id"]]), row["updated"].clone());
        ask_all(shop, path, &all, &rows, None, shown).await;
    });
}

#[test]
fn reference_data_is_cut_by_every_page_of_every_organization() {
    on_each_engine(async |shop| {
        let mut rows = Vec::new();
        for (organization, count) in [(1, 9), (2, 4)] {
            let made = of_tenant(shop, organization, move |tx| (0..count).map(|number| brand(tx, number)).collect());
            let made: Vec<i64> = made.await;
            rows.extend(made.into_iter().map(|item| Row { organization, item, ..Row::default() }));
        }
        let shown = |row: &serde_json::Value| (row["brand_id"].clone(), json!(""));
        ask_all(shop, "/inventory/reference-data/brands", &[pages(), organizations()], &rows, None, shown).await;
    });
}

/// Asks for every choice alone, every pair of choices of two dimensions, and mixtures of all.
async fn ask_all(
    shop: &Shop,
    path: &str,
    dimensions: &[Vec<Piece>],
    rows: &[Row],
    page: Option<(usize, usize)>,
    shown: impl Fn(&serde_json::Value) -> (serde_json::Value, serde_json::Value),
) {
    let mut asked: Vec<Vec<&Piece>> = vec![Vec::new()];
    for (number, one) in dimensions.iter().enumerate() {
        asked.extend(one.iter().map(|piece| vec![piece]));
        for other in &dimensions[number + 1..] {
            asked.extend(one.iter().flat_map(|one| other.iter().map(move |other| vec![one, other])));
        }
    }
    let mut random = Random::seeded();
    for _ in 0..150 {
        let mixed = dimensions.iter().filter_map(|choices| choices.get(random.below(choices.len() + 1)));
        let mut mixed = mixed.collect::<Vec<_>>();
        random.shuffle(&mut mixed);
        asked.push(mixed);
    }
    let multi = shop.simbiz_as("multi", 1);
    for pieces in asked {
        let query = pieces.iter().map(|Piece(query, _)| query.as_str()).collect::<Vec<_>>().join("&");
        let reply = multi.get(&format!("{path}?{query}")).await.is(200);
        let found = reply.at("/data").as_array().expect("rows").iter().map(&shown).collect::<Vec<_>>();
        let (expected, pagination) = wanted(&pieces, rows, page);
        let expected = expected.iter().map(|row| (row.shown(), json!(row.updated))).collect::<Vec<_>>();
        assert_eq!(found, expected, "{path}?{query}");
        assert_eq!(reply.at("/meta/pagination"), pagination, "{path}?{query}");
    }
}

/// What must be answered.
fn wanted(pieces: &[&Piece], rows: &[Row], page: Option<(usize, usize)>) -> (Vec<Row>, serde_json::Value) {
    let (mut organization, mut by_location, mut page) = (1, false, page);
    for Piece(_, effect) in pieces {
        match effect {
            Effect::Organization(of) => organization = *of,
            Effect::Page(asked) => page = *asked,
            Effect::ByLocation => by_location = true,
            Effect::Keep(_) | Effect::Nothing => {}
        }
    }
    let keeps = |row: &&Row| {
        row.organization == organization
            && pieces.iter().all(|Piece(_, effect)| if let Effect::Keep(keep) = effect { keep(row) } else { true })
    };
    let mut kept = rows.iter().filter(keeps).cloned().collect::<Vec<_>>();
    kept.sort_by_key(|row| if by_location { (row.location, row.item) } else { (row.item, row.location) });
    let total = kept.len();
    let Some((number, size)) = page else {
        let meta = json!({"page": 1, "per_page": total, "total": total, "total_pages": usize::from(total > 0)});
        return (kept, meta);
    };
    let meta = json!({"page": number, "per_page": size, "total": total, "total_pages": total.div_ceil(size)});
    (kept.into_iter().skip((number - 1) * size).take(size).collect(), meta)
}

impl Row {
    fn shown(&self) -> serde_json::Value {
        let Self { organization, item, location, .. } = self;
        let item = format!("1-{organization}-{item}");
        if *location == 0 { json!(item) } else { json!([item, format!("1-{organization}-{location}")]) }
    }
}

fn keep(query: &str, keeps: impl Fn(&Row) -> bool + 'static) -> Piece {
    Piece(query.to_owned(), Effect::Keep(Box::new(keeps)))
}

fn by_item(item: i64) -> impl Fn(&Row) -> bool {
    move |row| row.item == item
}

fn of_ours(item: i64) -> impl Fn(&Row) -> bool {
    move |row| row.organization == 1 && row.item == item
}

fn contains(row: &Row, part: &str) -> bool {
    [&row.code, &row.name, &row.barcode].iter().any(|text| text.to_lowercase().contains(part))
}

/// Each of these seconds, and the second before and after it.
fn windows(name: &str, seconds: [String; 2], holds: fn(&str, &str) -> bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for second in seconds {
        let at = NaiveDateTime::parse_from_str(&second, "%Y-%m-%d %H:%M:%S").expect("a date-time");
        for apart in -1..=1 {
            let end = (at + TimeDelta::seconds(apart)).to_string();
            pieces.push(keep(&format!("{name}={}", end.replace(' ', "+")), move |row| holds(&row.updated, &end)));
        }
    }
    pieces
}

fn pages() -> Vec<Piece> {
    let page = |query: &str, page| Piece(query.to_owned(), Effect::Page(page));
    vec![
        page("page=2&per_page=7", Some((2, 7))),
        page("per_page=3", Some((1, 3))),
        page("page=99", Some((99, 50))),
        page("all=1&page=2&per_page=2", None),
        page("paginate=0", None),
    ]
}

fn organizations() -> Vec<Piece> {
    let of = |query: &str, organization| Piece(query.to_owned(), Effect::Organization(organization));
    vec![
        of("organization_code=next", 2),
        of("organization_code=SHOP", 1),
        of("org_code=SHOP&organization_code=NEXT", 2),
        of("organization_code=SHOP&org_id=1-2", 2),
        of("org_id=2&organization_id=1-1&org_code=NEXT", 1),
    ]
}

/// Items that changed seven seconds apart, half of them half a second late, in both organizations by turns.
async fn goods(shop: &Shop) -> Vec<Row> {
    move_clocks(shop).await;
    let mut rows = Vec::new();
    for number in 0..60_i64 {
        let (organization, _, zone) = ZONES[usize::from(number % 3 == 2)];
        let (kind, barcode) = (if number % 2 == 0 { "Bolt" } else { "Nut" }, format!("{}", 9_300 + number / 3));
        let code = format!("{kind}-{}", number / 3);
        let name = format!("{} item {number}", if number % 4 < 2 { "Odd" } else { "Even" });
        let barcode = if number % 5 == 0 { String::new() } else { barcode };
        let barcode = if rows.iter().any(|row: &Row| row.organization == organization && row.barcode == barcode) {
            String::new()
        } else {
            barcode
        };
        let at = instant(number * 7) + TimeDelta::milliseconds(500 * (number % 2));
        let updated = local(at, zone);
        let mut row = Row { organization, code, name, barcode, updated, ..Row::default() };
        row.item = at_instant(shop, organization, at, {
            let row = row.clone();
            move |tx| create(tx, &row)
        })
        .await;
        rows.push(row);
    }
    rows
}

/// Balances that changed seven seconds apart, in three locations of ours and one of the neighbour's.
async fn balances(shop: &Shop) -> Vec<Row> {
    move_clocks(shop).await;
    let mut rows = Vec::new();
    for (organization, _, zone) in ZONES {
        let mut locations = vec![organization];
        for code in ["EAST", "WEST"].iter().take(if organization == 1 { 2 } else { 0 }) {
            locations.push(of_tenant(shop, organization, move |tx| warehouse(tx, code)).await);
        }
        for number in 0..9_i64 {
            let kind = if number % 2 == 0 { "Nut" } else { "Bolt" };
            let mut row = Row { organization, code: format!("{kind}-{number}"), ..Row::default() };
            row.item = of_tenant(shop, organization, {
                let row = row.clone();
                move |tx| create(tx, &row)
            })
            .await;
            // Booked in an order that is none of those they are listed in.
            for location in locations.iter().rev().copied().filter(|location| (number + location) % 4 != 0) {
                let at = instant((number * 5 % 9) * 21 + location * 7);
                let item = row.item;
                at_instant(shop, organization, at, move |tx| adjust(tx, item, location, "3")).await;
                rows.push(Row { location, updated: local(at, zone), ..row.clone() });
            }
        }
    }
    rows
}

async fn move_clocks(shop: &Shop) {
    for (_, code, zone) in ZONES {
        let changes = TenantChanges { zone: Some(zone), ..TenantChanges::default() };
        shop.store.alter(move |lobby| tenants::set(lobby, code, &changes)).await.expect("a tenant");
    }
}

async fn at_instant<T: Send + 'static>(
    shop: &Shop,
    tenant: i64,
    at: NaiveDateTime,
    mut command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> T {
    let done = shop.store.alter(move |lobby| command(&mut lobby.as_if(TenantId::new(tenant), Actor::System, at)?));
    done.await.expect("the command is carried out")
}

fn create(tx: &mut Tx<'_>, row: &Row) -> Result<i64> {
    let barcode = if row.barcode.is_empty() { Change::Keep } else { Change::Set(words(&row.barcode)) };
    let mut name = row.name.clone();
    if name.is_empty() {
        write!(name, "Called {}", row.code).expect("a text");
    }
    let rest = ItemChanges { barcode, ..ItemChanges::default() };
    Ok(items::create(tx, &NewItem { sku: words(&row.code), name: words(&name), rest })?.id)
}

fn brand(tx: &mut Tx<'_>, number: i64) -> Result<i64> {
    let code = format!("BRAND-{number}");
    master::create(tx, List::Brands, &NewEntry { code: words(&code), name: words(&code) })
}

fn instant(seconds: i64) -> NaiveDateTime {
    let begin = chrono::DateTime::from_timestamp(1_777_593_600, 0).expect("an instant").naive_utc();
    begin + TimeDelta::seconds(seconds)
}

fn local(at: NaiveDateTime, zone: Tz) -> String {
    zone.from_utc_datetime(&at).format("%Y-%m-%d %H:%M:%S").to_string()
}
