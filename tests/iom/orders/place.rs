//! Placing: what is documented, prices, promises, addresses, warehouses.

use serde_json::{Value, json};
use stockbridge_domain::access::tenants::{self, TenantChanges};
use stockbridge_domain::stock::warehouses;

use super::super::{fields, refused};
use super::{customer, goods, lines, made, place, placed, post, stands, units, units_that_are, warehouse};
use crate::support::on_each_engine;

#[test]
fn the_documented_body_places_the_documented_order() {
    on_each_engine(async |shop| {
        let (product, customer) = (goods(shop, "WGT-500", json!(49.99), 10).await, customer(shop, "Acme Corp").await);
        let body = format!(
            r#"{{"customer_id": {customer}, "channel": "api",
                "items": [{{ "product_id": {product}, "quantity": 3, "unit_price": 49.99 }}]}}"#
        );
        let reply = shop.iom().send(post(), "/orders", Some(body.into_bytes())).await.is(201);
        assert_eq!(reply.keys(), ["id", "order_number", "status", "total_amount", "created_at"]);
        let (id, at) = (reply.at("/id"), reply.at("/created_at"));
        let format = "%Y-%m-%dT%H:%M:%SZ";
        assert!(chrono::NaiveDateTime::parse_from_str(at.as_str().expect("text"), format).is_ok(), "{at}");
        let expected = format!(
            r#"{{"id":{id},"order_number":"ORD-1","status":"pending","total_amount":"149.97","created_at":{at}}}"#
        );
        assert_eq!(reply.text(), expected);
        assert_eq!(stands(shop, product).await, (10, 3));

        let order = shop.iom().get(&format!("/orders/{id}")).await.is(200);
        let item = lines(shop, id.as_i64().expect("an id")).await[0];
        let expected = format!(
            concat!(
                r#"{{"id":{},"order_number":"ORD-1","customer_id":{},"customer_name":"Acme Corp","status":"pending","#,
                r#""channel":"api","total_amount":"149.97","shipping_address":null,"items":[{{"id":{},"product_id":{},"#,
                r#""sku":"WGT-500","product_name":"Product WGT-500","quantity":3,"unit_price":"49.99","#,
                r#""quantity_fulfilled":0,"quantity_returned":0,"line_total":"149.97"}}],"created_at":{},"#,
                r#""warehouse_id":1,"item_count":1,"created_by_name":"admin@shop.example","updated_at":{}}}"#
            ),
            id, customer, item, product, at, at
        );
        assert_eq!(order.text(), expected);
    });
}

#[test]
fn money_is_exact_to_the_cent() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(0.615), 1_000).await;
        for (items, total) in [
            (json!([{"product_id": product, "quantity": 3}]), "1.85"),
            (
                json!([{"product_id": product, "quantity": 1, "unit_price": 0.1}, {"product_id": product, "quantity": 1, "unit_price": 0.2}]),
                "0.30",
            ),
            (json!([{"product_id": product, "quantity": 1, "unit_price": "0.005"}]), "0.01"),
            (json!([{"product_id": product, "quantity": "0.5", "unit_price": "0.0099"}]), "0.00"),
            (json!([{"product_id": product, "quantity": 1, "unit_price": 0}]), "0.00"),
            (json!([{"product_id": product, "quantity": 2.5, "unit_price": 1e1}]), "25.00"),
            // Each line is rounded by itself.
            (
                json!([{"product_id": product, "quantity": 1, "unit_price": 0.004}, {"product_id": product, "quantity": 1, "unit_price": 0.004}]),
                "0.00",
            ),
            (json!([{"product_id": product, "quantity": 3, "unit_price": "299999999999.99"}]), "899999999999.97"),
        ] {
            let reply = shop.iom().post("/orders", json!({"items": items})).await.is(201);
            assert_eq!(reply.at("/total_amount"), json!(total), "{items}");
        }
        let body = json!({"items": [{"product_id": product, "quantity": 3, "unit_price": "900000000000"}]});
        refused(&shop.iom().post("/orders", body).await, 400, "out_of_range");
        // What is kept of a price has four decimals, and is shown with them.
        let order = place(shop, json!([{"product_id": product, "quantity": 0.5, "unit_price": "0.1234"}])).await;
        let item = shop.iom().get(&format!("/orders/{order}")).await.is(200).at("/items/0");
        assert_eq!(
            (&item["unit_price"], &item["line_total"], &item["quantity"]),
            (&json!("0.1234"), &json!("0.06"), &json!(0.5))
        );
    });
}

#[test]
fn too_little_of_several_products_lists_them_all_and_changes_nothing() {
    on_each_engine(async |shop| {
        let (one, two) = (goods(shop, "ONE", json!(1), 5).await, goods(shop, "TWO", json!(1), 2).await);
        let (three, none) = (goods(shop, "THREE", json!(1), 9).await, made(shop, "NONE", json!(1), "none").await);
        let items = json!([
            {"product_id": none, "quantity": 0.5}, {"product_id": one, "quantity": 3},
            {"product_id": three, "quantity": 9}, {"product_id": two, "quantity": 3}, {"product_id": one, "quantity": 3}
        ]);
        let reply = shop.iom().post("/orders", json!({"items": items})).await;
        refused(&reply, 409, "insufficient_stock");
        let mut short = reply.at("/details").as_array().expect("details").clone();
        short.sort_by_key(|detail| detail["sku"].to_string());
        let figures = |sku: &str, requested: Value, available: i64| {
            let message = format!("of {sku} is {requested}, but only {available} are available");
            json!({"field": "quantity", "message": message, "sku": sku, "requested": requested, "available": available})
        };
        assert_eq!(short, [figures("NONE", json!(0.5), 0), figures("ONE", json!(6), 5), figures("TWO", json!(3), 2)]);
        for (product, on_hand) in [(one, 5), (two, 2), (three, 9), (none, 0)] {
            assert_eq!(stands(shop, product).await, (on_hand, 0));
        }
        assert_eq!(shop.iom().get("/orders").await.is(200).at("/total"), json!(0));
        // The number was not used up, and what is there can still be had: on two lines, summed.
        let items = json!([{"product_id": one, "quantity": 2}, {"product_id": one, "quantity": 3}]);
        let reply = shop.iom().post("/orders", json!({"items": items})).await.is(201);
        assert_eq!(reply.at("/order_number"), json!("ORD-1"));
        assert_eq!(stands(shop, one).await, (5, 5));
        let reply = shop.iom().post("/orders", json!({"items": [{"product_id": one, "quantity": 1}]})).await;
        assert_eq!((reply.status, reply.at("/details/0/available")), (409, json!(0)));
    });
}

#[test]
fn a_backorder_promises_more_than_there_is_but_ships_no_more() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 5).await;
        let items = json!([{"product_id": product, "quantity": 8}]);
        let order = placed(&shop.iom(), json!({"items": items, "allow_backorder": true})).await;
        assert_eq!(stands(shop, product).await, (5, 8));
        refused(&shop.iom().post("/orders", json!({"items": items})).await, 409, "insufficient_stock");
        let path = format!("/orders/{order}/fulfill");
        let reply = shop.iom().post(&path, json!({})).await;
        refused(&reply, 409, "insufficient_stock");
        let detail = reply.at("/details/0");
        assert_eq!((&detail["sku"], &detail["requested"], &detail["available"]), (&json!("ONE"), &json!(8), &json!(5)));
        assert_eq!(stands(shop, product).await, (5, 8));
        let line = lines(shop, order).await[0];
        let part = json!({"items": [{"order_item_id": line, "quantity_fulfilled": 5}]});
        assert_eq!(shop.iom().post(&path, part).await.is(200).at("/order_status"), json!("fulfilling"));
        assert_eq!(stands(shop, product).await, (0, 3));
    });
}

#[test]
fn a_tenant_may_allow_backorders_for_all_its_orders() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 1).await;
        let body = json!({"items": [{"product_id": product, "quantity": 4}], "allow_backorder": false});
        refused(&shop.iom().post("/orders", body.clone()).await, 409, "insufficient_stock");
        let changes = TenantChanges { allow_backorder: Some(true), ..TenantChanges::default() };
        shop.store.alter(move |lobby| tenants::set(lobby, "SHOP", &changes)).await.expect("a setting");
        placed(&shop.iom(), body).await;
        assert_eq!(stands(shop, product).await, (1, 4));
    });
}

#[test]
fn an_order_goes_where_it_says_or_where_its_customer_lives() {
    on_each_engine(async |shop| {
        let (product, customer) = (goods(shop, "ONE", json!(1), 50).await, customer(shop, "Acme").await);
        let items = json!([{"product_id": product, "quantity": 1}]);
        let address = async |body: Value| {
            let order = placed(&shop.iom(), body).await;
            shop.iom().get(&format!("/orders/{order}")).await.is(200)
        };
        let homeless = address(json!({"items": items, "customer_id": customer})).await;
        assert_eq!(homeless.at("/shipping_address"), Value::Null);
        let path = format!("/customers/{customer}/addresses");
        shop.iom().post(&path, json!({"type": "billing", "line1": "Bank"})).await.is(201);
        let home = json!({"line1": "123 George St", "line2": "Level 2", "city": "Sydney", "postcode": "2000", "country": "AU"});
        shop.iom().post(&path, home).await.is(201);
        shop.iom().post(&path, json!({"line1": "Not the default"})).await.is(201);
        let written = concat!(
            r#""shipping_address":{"line1":"123 George St","city":"Sydney","state":null,"postcode":"2000","#,
            r#""country":"AU","line2":"Level 2","name":null,"company":null,"phone":null},"items""#
        );
        for nothing in [json!(null), json!({}), json!({"line1": " ", "city": null})] {
            let order = address(json!({"items": items, "customer_id": customer, "shipping_address": nothing})).await;
            assert!(order.text().contains(written), "{}", order.text());
        }
        let given =
            json!({"line1": " 1 \"Quoted\" Rd ", "state": "NSW", "planet": "Earth", "name": "Jo", "phone": "1"});
        let order = address(json!({"items": items, "customer_id": customer, "shipping_address": given})).await;
        let kept = json!({"line1": "1 \"Quoted\" Rd", "city": null, "state": "NSW", "postcode": null, "country": null, "line2": null, "name": "Jo", "company": null, "phone": "1"});
        assert_eq!(order.at("/shipping_address"), kept);
        assert_eq!(address(json!({"items": items})).await.at("/shipping_address"), Value::Null);
    });
}

#[test]
fn an_order_is_fulfilled_from_the_default_warehouse_unless_it_says() {
    on_each_engine(async |shop| {
        let (product, other) = (goods(shop, "ONE", json!(1), 5).await, warehouse(shop, "SOUTH").await);
        let items = json!([{"product_id": product, "quantity": 1}]);
        let order = place(shop, items.clone()).await;
        assert_eq!(shop.iom().get(&format!("/orders/{order}")).await.is(200).at("/warehouse_id"), json!(1));
        let there = json!({"items": items, "warehouse_id": other});
        refused(&shop.iom().post("/orders", there.clone()).await, 409, "insufficient_stock");
        let mut there = there;
        there["allow_backorder"] = json!(true);
        let order = placed(&shop.iom(), there).await;
        assert_eq!(shop.iom().get(&format!("/orders/{order}")).await.is(200).at("/warehouse_id"), json!(other));
        // Without any warehouse the order must name one, and can name none.
        let gone = shop
            .store
            .alter(|lobby| warehouses::remove(&mut lobby.as_system(stockbridge_domain::TenantId::new(2))?, 2));
        gone.await.expect("the neighbour's warehouse goes");
        let theirs =
            shop.neighbour().post("/products", json!({"name": "A", "sku": "A", "base_price": 1})).await.is(201);
        let items = json!([{"product_id": theirs.at("/id"), "quantity": 1}]);
        let reply = shop.neighbour().post("/orders", json!({"items": items, "allow_backorder": true})).await;
        refused(&reply, 400, "no_default_warehouse");
        assert_eq!(fields(&reply), ["warehouse_id"]);
    });
}

#[test]
fn units_that_a_line_names_are_kept_for_it() {
    on_each_engine(async |shop| {
        let product = made(shop, "UNIT", json!(1), "serial").await;
        units(shop, product, &["A", "B", "C", "D"]).await;
        let kept = place(shop, json!([{"product_id": product, "quantity": 2, "serials": ["b"]}])).await;
        assert_eq!(units_that_are(shop, product, "reserved").await, ["B"]);
        assert_eq!(stands(shop, product).await, (4, 2));
        for serials in [json!(["B"]), json!(["X"]), json!(["A", "a"])] {
            let items = json!([{"product_id": product, "quantity": 2, "serials": serials}]);
            let reply = shop.iom().post("/orders", json!({"items": items})).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(stands(shop, product).await, (4, 2), "{serials}");
        }
        let items = json!([{"product_id": product, "quantity": 1, "serials": ["A", "C"]}]);
        let reply = shop.iom().post("/orders", json!({"items": items})).await;
        assert_eq!(fields(&reply), ["items[0].serials"]);
        let reply = shop.iom().post("/orders", json!({"items": [{"product_id": product, "quantity": 0.5}]})).await;
        refused(&reply, 400, "validation_failed");
        assert_eq!(fields(&reply), ["items[0].quantity"]);
        let other = place(shop, json!([{"product_id": product, "quantity": 2}])).await;
        shop.iom().post(&format!("/orders/{other}/fulfill"), json!({})).await.is(200);
        assert_eq!(units_that_are(shop, product, "sold").await, ["A", "C"], "what is kept for another is left alone");
        shop.iom().patch(&format!("/orders/{kept}/status"), json!({"status": "cancelled"})).await.is(200);
        assert_eq!(units_that_are(shop, product, "in_stock").await, ["B", "D"]);
        assert_eq!(stands(shop, product).await, (2, 0));
    });
}

#[test]
fn serial_numbers_of_a_product_without_them_are_refused() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 5).await;
        let items = json!([{"product_id": product, "quantity": 1, "serials": ["A"]}]);
        refused(&shop.iom().post("/orders", json!({"items": items})).await, 400, "validation_failed");
        assert_eq!(stands(shop, product).await, (5, 0));
    });
}

#[test]
fn an_order_keeps_the_names_and_prices_of_its_day() {
    on_each_engine(async |shop| {
        let (product, customer) = (goods(shop, "ONE", json!("9.99"), 5).await, customer(shop, "Acme").await);
        let items = json!([{"product_id": product, "quantity": 1}]);
        let order =
            placed(&shop.iom_as(stockbridge_domain::Role::Staff), json!({"items": items, "customer_id": customer}))
                .await;
        let renamed = json!({"name": "Renamed", "sku": "NEW", "base_price": 100});
        shop.iom().patch(&format!("/products/{product}"), renamed).await.is(200);
        let said = shop.iom().get(&format!("/orders/{order}")).await.is(200);
        assert_eq!((said.at("/items/0/sku"), said.at("/items/0/product_name")), (json!("ONE"), json!("Product ONE")));
        assert_eq!((said.at("/items/0/unit_price"), said.at("/channel")), (json!("9.99"), json!("manual")));
        refused(&shop.iom().delete(&format!("/products/{product}")).await, 409, "in_use");
        // Once nothing is open, the product may go; the order still says what it was.
        super::fulfill(shop, order).await;
        shop.iom().delete(&format!("/products/{product}")).await.is(200);
        let said = shop.iom().get(&format!("/orders/{order}")).await.is(200);
        assert_eq!((said.at("/items/0/sku"), said.at("/items/0/product_id")), (json!("ONE"), json!(product)));
    });
}
