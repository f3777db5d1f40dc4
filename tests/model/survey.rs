//! Everything that both dialects show, held against the model, and kept for the comparison of two engines.

use serde_json::{Value, json};

use super::compare::{balance, encoded, holds, level, order_row, purchase_row, shown_as};
use super::masks;
use super::play::{Held, Player};
use super::shop::{Dialect, Entry, Field, Figure, Item, Model, Tracking};
use super::words;
use crate::support::Client;

/// Compares every view of everything. Returns what was shown, without what differs from server to server.
///
/// # Errors
/// What is not as the model has it.
pub async fn survey(player: &mut Player<'_>) -> Result<Vec<Value>, String> {
    let size = 7 + player.chance.random.below(60);
    let from = player.chance.random.below(1_000);
    let [iom, simbiz] = [Dialect::Iom, Dialect::SimBiz].map(|dialect| player.client(dialect));
    let mut all = Survey { model: &player.model, iom, simbiz, size, is_alone: player.is_alone, seen: Vec::new() };
    all.items(from).await?;
    all.stock().await?;
    all.tracked().await?;
    all.lists().await?;
    all.documents().await?;
    let model = &player.model;
    let seen = all.seen.iter().map(|shown| masks::view(model, shown)).collect();
    player.shop.verify().await;
    Ok(seen)
}

struct Survey<'p> {
    model: &'p Model,
    iom: Client<'p>,
    simbiz: Client<'p>,
    /// Rows of a page.
    size: usize,
    is_alone: bool,
    seen: Vec<Value>,
}

impl Survey<'_> {
    async fn items(&mut self, from: usize) -> Held {
        let live = self.model.live();
        let rows = live.iter().map(|at| words::product_row(self.model, *at)).collect::<Vec<_>>();
        self.iom_list("/products", "products", &rows).await?;
        let active = live.iter().filter(|at| self.model.items[**at].is(Field::IsActive));
        let active = active.map(|at| words::product_row(self.model, *at)).collect::<Vec<_>>();
        self.iom_list("/products?active=true", "products", &active).await?;
        let rows = live.iter().map(|at| words::item_row(self.model, *at)).collect::<Vec<_>>();
        self.simbiz_list("/inventory/items?all=1", &rows).await?;
        self.simbiz_pages("/inventory/items?", &rows).await?;
        let filtered = |is_it: &dyn Fn(&Item) -> bool| {
            let these = live.iter().filter(|at| is_it(&self.model.items[**at]));
            these.map(|at| words::item_row(self.model, *at)).collect::<Vec<_>>()
        };
        let Some(one) = live.get(from % live.len().max(1)).map(|at| &self.model.items[*at]) else { return Ok(()) };
        let name = one.text(Field::Name).to_lowercase();
        let part = name.chars().skip(3).take(9).collect::<String>();
        let part = part.trim();
        let has = |item: &Item, field: Field| item.text(field).to_lowercase().contains(part);
        let found = filtered(&|item| [Field::Sku, Field::Name, Field::Barcode].iter().any(|field| has(item, *field)));
        let named = filtered(&|item| has(item, Field::Name));
        // By code in any case, and by barcode as it is.
        let (code, barcode) = (one.text(Field::Sku), one.text(Field::Barcode));
        let coded = filtered(&|item| item.text(Field::Sku) == code);
        self.simbiz_list(&format!("/inventory/items?all=1&item_code={}", encoded(&code.to_lowercase())), &coded)
            .await?;
        if !barcode.is_empty() {
            let coded = filtered(&|item| item.text(Field::Barcode) == barcode);
            self.simbiz_list(&format!("/inventory/items?all=1&item_barcode={}", encoded(barcode)), &coded).await?;
        }
        // A window from one change to another, to the second.
        let at = words::simbiz_time(one.updated_at);
        let since = filtered(&|item| words::simbiz_time(item.updated_at) >= at);
        let until = filtered(&|item| words::simbiz_time(item.updated_at) <= at);
        self.simbiz_list(&format!("/inventory/items?all=1&q={}", encoded(part)), &found).await?;
        self.simbiz_pages(&format!("/inventory/items?q={}&", encoded(part)), &found).await?;
        self.simbiz_list(&format!("/inventory/items?all=1&item_name={}", encoded(part)), &named).await?;
        let at = encoded(&at);
        for (window, rows) in [("updated_from", &since), ("updated_to", &until)] {
            self.simbiz_list(&format!("/inventory/items?all=1&{window}={at}"), rows).await?;
            self.simbiz_pages(&format!("/inventory/items?{window}={at}&"), rows).await?;
        }
        self.iom_list(&format!("/products?search={}", encoded(part)), "products", &ids_of(&found)).await
    }

    async fn stock(&mut self) -> Held {
        let model = self.model;
        let live = model.live();
        let rows = || live.iter().flat_map(|at| model.places_of(*at).map(|(place, row)| (*at, place, row)));
        let levels = rows().map(|(at, place, row)| level(model, at, place, row)).collect::<Vec<_>>();
        self.iom_list("/inventory", "inventory", &levels).await?;
        let is_low = |row: &super::shop::Balance| row.reorder_level > Figure::ZERO && row.quantity <= row.reorder_level;
        let low = rows().filter(|(_, _, row)| is_low(row));
        let low = low.map(|(at, place, row)| level(model, at, place, row)).collect::<Vec<_>>();
        self.iom_list("/inventory?low_stock=true", "inventory", &low).await?;
        let alerts = low.iter().map(|row| json!({"product_id": row["product_id"], "quantity": row["quantity"]}));
        self.iom_list("/inventory/alerts", "alerts", &alerts.collect::<Vec<_>>()).await?;
        let balances = rows().map(|(at, place, row)| balance(model, at, place, row)).collect::<Vec<_>>();
        let by_location = |place: usize| rows().filter(move |row| row.1 == place);
        let by_location = (0..model.lists.places.len()).flat_map(by_location);
        let by_location = by_location.map(|(at, place, row)| balance(model, at, place, row)).collect::<Vec<_>>();
        for (query, rows) in [("?", &balances), ("?separate_location=1&", &by_location)] {
            self.simbiz_list(&format!("/inventory/stocks/by-location{query}"), rows).await?;
            self.simbiz_pages(&format!("/inventory/stocks/by-location{query}"), rows).await?;
        }
        // What lies in one branch, and what has changed since one of the balances did.
        let branch = model.lists.places.last().map(|place| words::simbiz_id(Some(place.id))).unwrap_or_default();
        let there = balances.iter().filter(|row| row["branch_id"] == json!(branch)).cloned().collect::<Vec<_>>();
        self.simbiz_list(&format!("/inventory/stocks/by-location?branch_id={branch}"), &there).await?;
        if let Some(at) = balances.get(balances.len() / 2).and_then(|row| row["updated"].as_str()) {
            let since = balances.iter().filter(|row| row["updated"].as_str() >= Some(at)).cloned().collect::<Vec<_>>();
            let path = format!("/inventory/stocks/by-location?updated_from={}", encoded(at));
            self.simbiz_list(&path, &since).await?;
            self.simbiz_pages(&format!("{path}&"), &since).await?;
        }
        let cost = |at: usize| model.items[at].price(Field::CostPrice).unwrap_or_default();
        let values = rows().map(|(at, place, row)| (place, row.quantity, row.quantity.times(cost(at))));
        let values = values.collect::<Vec<_>>();
        let is_out = |at: &&usize| model.items[**at].is(Field::IsActive) && model.on_hand(**at) == Figure::ZERO;
        let summary = json!({
            "total_skus": live.len(),
            "total_stock_value": values.iter().map(|(.., value)| *value).sum::<Figure>().amount(),
            "low_stock_count": low.len(),
            "out_of_stock_count": live.iter().filter(is_out).count(),
            "warehouses": model.lists.places.len(),
        });
        self.shows("/inventory/summary", "", &summary).await?;
        let place = |(at, place): (usize, &Entry)| {
            let here = values.iter().filter(|(there, ..)| *there == at);
            let skus = here.clone().filter(|(_, quantity, _)| *quantity > Figure::ZERO).count();
            let value = here.map(|(.., value)| *value).sum::<Figure>().money();
            json!({"id": place.id, "code": place.code, "name": place.name, "total_skus": skus, "total_value": value})
        };
        let places = model.lists.places.iter().enumerate().map(place).collect();
        self.shows("/warehouses", "/warehouses", &Value::Array(places)).await
    }

    /// Batches and units of all items that are tracked by them.
    async fn tracked(&mut self) -> Held {
        let model = self.model;
        for at in model.live() {
            let item = &model.items[at];
            let id = item.id;
            if item.tracking() == Tracking::Serial {
                let units = model.on_hand(at).number();
                self.shows(&format!("/serials?product_id={id}&status=in_stock&limit=1"), "/total", &units).await?;
            }
            // The newest first, those without goods as well; their ids go by the order in which they were made.
            let lot = |lot: &super::shop::Lot| {
                let quantity = lot.lies.values().copied().sum::<Figure>().number();
                json!({"batch_number": lot.number, "expiry_date": lot.expiry, "quantity": quantity})
            };
            let path = format!("/batches?product_id={id}&limit=200");
            let shown = self.iom.get(&path).await.at("/batches");
            let mut shown = shown.as_array().cloned().unwrap_or_default();
            let mut lots = item.lots.iter().map(lot).collect::<Vec<_>>();
            for rows in [&mut shown, &mut lots] {
                rows.sort_by_key(|row| row["batch_number"].as_str().unwrap_or_default().to_owned());
            }
            holds(&Value::Array(lots), &Value::Array(shown)).map_err(|what| format!("GET {path}: {what}"))?;
        }
        Ok(())
    }

    /// What items refer to, with how many do.
    async fn lists(&mut self) -> Held {
        let model = self.model;
        let live = model.live();
        let members = |id: i64| {
            let is_in = |at: &&usize| {
                model.items[**at].entry(Field::Category, &model.lists).is_some_and(|entry| entry.id == id)
            };
            live.iter().filter(is_in).count()
        };
        let category = |entry: &Entry| json!({"id": entry.id, "code": entry.code, "product_count": members(entry.id)});
        let categories = model.lists.categories.iter().map(category).collect();
        self.shows("/products/categories", "/categories", &Value::Array(categories)).await?;
        for (resource, word, entries) in [
            ("categories", "category", &model.lists.categories),
            ("brands", "brand", &model.lists.brands),
            ("types", "type", &model.lists.types),
            ("uoms", "uom", &model.lists.uoms),
            ("locations", "location", &model.lists.places),
        ] {
            let row = |entry: &Entry| {
                let mut row = json!({"isactive": "1", "organization_id": "1-1", "organization_code": "SHOP"});
                row[format!("{word}_id")] = json!(words::simbiz_id(Some(entry.id)));
                (row[format!("{word}_code")], row[format!("{word}_name")]) = (json!(entry.code), json!(entry.name));
                row
            };
            let rows = entries.iter().map(row).collect::<Vec<_>>();
            self.simbiz_list(&format!("/inventory/reference-data/{resource}"), &rows).await?;
        }
        Ok(())
    }

    async fn documents(&mut self) -> Held {
        let model = self.model;
        if !self.is_alone {
            // Which of two at once is newer, the model does not know.
            self.shows("/orders", "/total", &json!(model.orders.len())).await?;
            return self.shows("/suppliers/purchase-orders/all", "/total", &json!(model.purchases.len())).await;
        }
        let mut orders = model.orders.iter().collect::<Vec<_>>();
        orders.sort_by_key(|order| std::cmp::Reverse(order.id));
        let rows = |status: Option<&str>| {
            let these = orders.iter().filter(|order| status.is_none_or(|status| order.status == status));
            these.map(|order| order_row(model, order)).collect::<Vec<_>>()
        };
        self.iom_list("/orders", "orders", &rows(None)).await?;
        self.iom_list("/orders?status=fulfilling", "orders", &rows(Some("fulfilling"))).await?;
        let mut purchases = model.purchases.iter().collect::<Vec<_>>();
        purchases.sort_by_key(|purchase| std::cmp::Reverse(purchase.id));
        let rows = purchases.iter().map(|purchase| purchase_row(model, purchase)).collect::<Vec<_>>();
        self.iom_list("/suppliers/purchase-orders/all", "purchase_orders", &rows).await
    }

    /// A list of IOM: by page, and by cursor in pages of another size.
    async fn iom_list(&mut self, path: &str, name: &str, rows: &[Value]) -> Held {
        let and = if path.contains('?') { '&' } else { '?' };
        for (page, rows) in (1..).zip(rows.chunks(200).chain(rows.is_empty().then_some(&[][..]))) {
            self.iom_page(&format!("{path}{and}limit=200&page={page}"), name, rows).await?;
        }
        let mut next = String::new();
        for chunk in rows.chunks(self.size.max(rows.len() / 4 + 1).min(200)) {
            let (path, size) = (format!("{path}{and}limit={}{next}", chunk.len()), chunk.len());
            let shown = self.iom_page(&path, name, chunk).await?;
            if shown["total"] != json!(rows.len()) || shown["limit"] != json!(size) {
                return Err(format!("GET {path}: total {} and limit {}", shown["total"], shown["limit"]));
            }
            next = format!("&cursor={}", encoded(shown["next_cursor"].as_str().unwrap_or_default()));
        }
        if rows.is_empty() || next == "&cursor=" { Ok(()) } else { Err(format!("GET {path}: there is no end of it")) }
    }

    async fn iom_page(&mut self, path: &str, name: &str, rows: &[Value]) -> Result<Value, String> {
        let shown = self.iom.get(path).await;
        let shown = if shown.status == 200 { shown.json() } else { return Err(shown.text().to_owned()) };
        holds(&json!(rows), &shown[name]).map_err(|what| format!("GET {path}: {name}: {what}"))?;
        self.seen.push(shown.clone());
        Ok(shown)
    }

    async fn simbiz_list(&mut self, path: &str, rows: &[Value]) -> Held {
        let pages = i64::from(!rows.is_empty());
        let pagination = json!({"page": 1, "per_page": rows.len(), "total": rows.len(), "total_pages": pages});
        self.simbiz_page(path, rows, pagination).await
    }

    /// A list of SimBiz, page by page.
    async fn simbiz_pages(&mut self, path: &str, rows: &[Value]) -> Held {
        let pages = rows.len().div_ceil(self.size);
        for (at, chunk) in rows.chunks(self.size).chain(rows.is_empty().then_some(&[][..])).enumerate() {
            let page = at + 1;
            let pagination = json!({"page": page, "per_page": self.size, "total": rows.len(), "total_pages": pages});
            self.simbiz_page(&format!("{path}page={page}&per_page={}", self.size), chunk, pagination).await?;
        }
        Ok(())
    }

    async fn simbiz_page(&mut self, path: &str, rows: &[Value], pagination: Value) -> Held {
        let expected = json!({"status": "OK", "data": rows, "meta": {"pagination": pagination}});
        let shown = self.simbiz.get(path).await;
        let outcome = if shown.status == 200 { holds(&expected, &shown.json()) } else { Err(shown.text().to_owned()) };
        outcome.map_err(|what| format!("GET /api/v3{path}: {what}"))?;
        // What a window of time shows depends on how fast the server is.
        if !path.contains("updated_") {
            self.seen.push(shown.at("/data"));
        }
        Ok(())
    }

    async fn shows(&self, path: &str, pointer: &str, expected: &Value) -> Held {
        shown_as(&self.iom, path, pointer, expected).await
    }
}

/// Rows of IOM that are known by their ids alone.
fn ids_of(rows: &[Value]) -> Vec<Value> {
    let id = |row: &Value| row["item_id"].as_str().and_then(|id| id.rsplit('-').next()?.parse::<i64>().ok());
    rows.iter().map(|row| json!({"id": id(row)})).collect()
}
