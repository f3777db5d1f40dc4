//! The life of an order: every step that it may take and every one that it may not.

use serde_json::json;
use stockbridge_domain::Role;

use super::super::refused;
use super::{fulfill, goods, lines, moved, place, stands, status, step_to};
use crate::support::{Shop, on_each_engine};

const STATUSES: [&str; 6] = ["pending", "paid", "fulfilling", "fulfilled", "shipped", "cancelled"];

/// What may come next, as decided.
fn next(from: &str) -> &'static [&'static str] {
    match from {
        "pending" => &["paid", "fulfilling", "fulfilled", "cancelled"],
        "paid" => &["fulfilling", "fulfilled", "cancelled"],
        "fulfilling" => &["fulfilled", "cancelled"],
        "fulfilled" => &["shipped"],
        _ => &[],
    }
}

/// An order of two units that has come so far.
async fn in_status(shop: &Shop, product: i64, wanted: &str) -> i64 {
    let order = place(shop, json!([{"product_id": product, "quantity": 2}])).await;
    match wanted {
        "pending" => {}
        "shipped" => {
            step_to(shop, order, "fulfilled").await;
            step_to(shop, order, "shipped").await;
        }
        other => step_to(shop, order, other).await,
    }
    assert_eq!(status(shop, order).await, wanted);
    order
}

#[test]
fn every_step_is_allowed_or_refused_as_decided() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 1_000).await;
        for from in STATUSES {
            for to in STATUSES {
                let order = in_status(shop, product, from).await;
                let before = stands(shop, product).await;
                let reply = shop.iom().patch(&format!("/orders/{order}/status"), json!({"status": to})).await;
                if to == from || next(from).contains(&to) {
                    let said = format!(r#"{{"message":"Order status updated","status":"{to}"}}"#);
                    assert_eq!(reply.is(200).text(), said, "{from} -> {to}");
                    let (on_hand, reserved) = before;
                    let after = match to {
                        _ if to == from => before,
                        "fulfilled" => (on_hand - 2, reserved - 2),
                        "cancelled" => (on_hand, reserved - 2),
                        _ => before,
                    };
                    assert_eq!(stands(shop, product).await, after, "{from} -> {to}");
                    assert_eq!(status(shop, order).await, to);
                    continue;
                }
                refused(&reply, 409, "illegal_status");
                let detail = reply.at("/details/0");
                assert_eq!(
                    (&detail["field"], &detail["from"], &detail["to"]),
                    (&json!("status"), &json!(from), &json!(to))
                );
                assert_eq!(detail["allowed"], json!(next(from)), "{from} -> {to}");
                assert_eq!((status(shop, order).await.as_str(), stands(shop, product).await), (from, before));
            }
        }
    });
}

#[test]
fn only_an_open_order_can_be_fulfilled() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 100).await;
        for from in STATUSES {
            let order = in_status(shop, product, from).await;
            let before = stands(shop, product).await;
            let reply = shop.iom().post(&format!("/orders/{order}/fulfill"), json!({})).await;
            if ["pending", "paid", "fulfilling"].contains(&from) {
                let said = r#"{"message":"Fulfillment recorded","fulfilled_items":1,"order_status":"fulfilled"}"#;
                assert_eq!(reply.is(200).text(), said);
                assert_eq!(stands(shop, product).await, (before.0 - 2, before.1 - 2));
            } else {
                refused(&reply, 409, "illegal_status");
                assert_eq!(reply.at("/details/0/from"), json!(from));
                assert_eq!(stands(shop, product).await, before);
            }
        }
    });
}

#[test]
fn cancelling_releases_what_is_open_and_leaves_out_what_has_left() {
    on_each_engine(async |shop| {
        let (one, two) = (goods(shop, "ONE", json!(1), 10).await, goods(shop, "TWO", json!(1), 10).await);
        let items = json!([
            {"product_id": one, "quantity": 4}, {"product_id": two, "quantity": 3}, {"product_id": one, "quantity": 2}
        ]);
        let order = place(shop, items).await;
        let first = lines(shop, order).await[0];
        let part = json!({"items": [{"order_item_id": first, "quantity_fulfilled": 1}]});
        shop.iom().post(&format!("/orders/{order}/fulfill"), part).await.is(200);
        assert_eq!((stands(shop, one).await, stands(shop, two).await), ((9, 5), (10, 3)));
        step_to(shop, order, "cancelled").await;
        assert_eq!((stands(shop, one).await, stands(shop, two).await), ((9, 0), (10, 0)));
        step_to(shop, order, "cancelled").await;
        assert_eq!((stands(shop, one).await, stands(shop, two).await), ((9, 0), (10, 0)));
        // Reserving and releasing move nothing.
        let kinds = moved(shop, one).await.into_iter().map(|(kind, quantity, _)| (kind, quantity)).collect::<Vec<_>>();
        assert_eq!(kinds, [("opening", "10".to_owned()), ("shipment", "-1".to_owned())]);
        let back = json!({"items": [{"order_item_id": first, "quantity": 1}]});
        shop.iom().post(&format!("/orders/{order}/returns"), back).await.is(200);
        assert_eq!(stands(shop, one).await, (10, 0));
    });
}

#[test]
fn each_call_needs_its_role() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 100).await;
        let items = json!([{"product_id": product, "quantity": 1}]);
        for (role, writes, manages) in [
            (Role::Viewer, false, false),
            (Role::Staff, true, false),
            (Role::Manager, true, true),
            (Role::Admin, true, true),
        ] {
            let client = shop.iom_as(role);
            let order = place(shop, items.clone()).await;
            let line = lines(shop, order).await[0];
            let path = format!("/orders/{order}");
            for read in ["/orders", "/orders/stats", "/orders/export", path.as_str()] {
                client.get(read).await.is(200);
            }
            let placed = client.post("/orders", json!({"items": items})).await;
            assert_eq!(placed.status, if writes { 201 } else { 403 }, "{role}");
            let paid = client.patch(&format!("{path}/status"), json!({"status": "paid"})).await;
            assert_eq!(paid.status, if writes { 200 } else { 403 }, "{role}");
            let by_patch = client.patch(&format!("{path}/status"), json!({"status": "fulfilled"})).await;
            assert_eq!(by_patch.status, if manages { 200 } else { 403 }, "{role}");
            if writes && !manages {
                refused(&by_patch, 403, "manager_role_required");
                assert_eq!(status(shop, order).await, "paid");
            }
            let other = place(shop, items.clone()).await;
            let reply = client.post(&format!("/orders/{other}/fulfill"), json!({})).await;
            assert_eq!(reply.status, if manages { 200 } else { 403 }, "{role}");
            if !manages {
                fulfill(shop, order).await;
            }
            let back = json!({"items": [{"order_item_id": line, "quantity": 1}]});
            let reply = client.post(&format!("{path}/returns"), back).await;
            assert_eq!(reply.status, if writes { 200 } else { 403 }, "{role}");
        }
    });
}

#[test]
fn another_tenants_orders_look_like_unknown_ones() {
    on_each_engine(async |shop| {
        let product = goods(shop, "ONE", json!(1), 10).await;
        let order = place(shop, json!([{"product_id": product, "quantity": 1}])).await;
        let line = lines(shop, order).await[0];
        let customer = super::customer(shop, "Acme").await;
        let theirs = shop.neighbour();
        let own = theirs.post("/products", json!({"name": "A", "sku": "A", "base_price": 1})).await.is(201).at("/id");
        for (known, unknown) in [(order, 99_999), (99_999, order)] {
            for (client, id) in [(&theirs, known), (&theirs, unknown)] {
                let part = json!({"items": [{"order_item_id": line, "quantity_fulfilled": 1, "quantity": 1}]});
                for reply in [
                    client.get(&format!("/orders/{id}")).await,
                    client.patch(&format!("/orders/{id}/status"), json!({"status": "cancelled"})).await,
                    client.post(&format!("/orders/{id}/fulfill"), part.clone()).await,
                    client.post(&format!("/orders/{id}/returns"), part.clone()).await,
                ] {
                    let said = refused(&reply, 404, "not_found");
                    assert_eq!(said, format!("Order {id} does not exist: GET /api/orders lists those that do."));
                }
            }
        }
        for (body, field) in [
            (json!({"items": [{"product_id": product, "quantity": 1}]}), "items[0].product_id"),
            (json!({"items": [{"product_id": own, "quantity": 1}], "customer_id": customer}), "customer_id"),
            (json!({"items": [{"product_id": own, "quantity": 1}], "warehouse_id": 1}), "warehouse_id"),
        ] {
            let reply = theirs.post("/orders", body).await;
            refused(&reply, 404, "unknown_reference");
            assert_eq!(super::super::fields(&reply), [field]);
        }
        for path in ["/orders", &format!("/orders?customer_id={customer}"), "/customers"] {
            assert_eq!(theirs.get(path).await.is(200).at("/total"), json!(0), "{path}");
        }
        assert_eq!(theirs.get("/orders/export").await.is(200).text().lines().count(), 1);
        assert_eq!(theirs.get("/orders/stats").await.is(200).at("/total_orders"), json!(0));
        // Numbers are each tenant's own.
        let body = json!({"items": [{"product_id": own, "quantity": 1}], "allow_backorder": true});
        assert_eq!(theirs.post("/orders", body).await.is(201).at("/order_number"), json!("ORD-1"));
        assert_eq!((stands(shop, product).await, status(shop, order).await.as_str()), ((10, 1), "pending"));
    });
}
