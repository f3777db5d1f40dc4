//! Who may do what with suppliers and purchase orders, and what other tenants see of them.

use serde_json::{Value, json};
use stockbridge_domain::Role;

use super::super::{on_hand, refused, stocked};
use super::{MAIN, ORDERS, purchase, receive_all, supplier};
use crate::support::on_each_engine;

#[test]
fn everybody_reads_and_managers_write() {
    on_each_engine(async |shop| {
        let admin = shop.iom();
        let (one, bolt) = (supplier(&admin, "One").await, stocked(&admin, "BOLT").await);
        let items = json!([{"product_id": bolt, "quantity": 1}]);
        let id = purchase(&admin, one, items.clone()).await;
        for role in [Role::Viewer, Role::Staff, Role::Manager, Role::Admin] {
            let client = shop.iom_as(role);
            for path in ["/suppliers".to_owned(), format!("{ORDERS}/all"), format!("{ORDERS}/{id}")] {
                client.get(&path).await.is(200);
            }
            let gone = format!("{ORDERS}/99999");
            let replies = [
                (client.post("/suppliers", json!({"name": "Two"})).await, 201),
                (client.put(&format!("/suppliers/{one}"), json!({"name": "One"})).await, 200),
                (client.delete("/suppliers/99999").await, 404),
                (client.post(ORDERS, json!({"supplier_id": one, "items": items})).await, 201),
                (client.patch(&format!("{gone}/status"), json!({"status": "ordered"})).await, 404),
                (client.post(&format!("{gone}/receive"), json!({})).await, 404),
            ];
            for (reply, expected) in replies {
                if role >= Role::Manager {
                    reply.is(expected);
                } else {
                    refused(&reply, 403, "manager_role_required");
                }
            }
        }
    });
}

#[test]
fn another_tenants_suppliers_and_purchase_orders_look_like_unknown_ones() {
    on_each_engine(async |shop| {
        let (ours, theirs) = (shop.iom(), shop.neighbour());
        let (one, bolt) = (supplier(&ours, "One").await, stocked(&ours, "BOLT").await);
        let id = purchase(&ours, one, json!([{"product_id": bolt, "quantity": 1}])).await;
        let before = ours.get(&format!("{ORDERS}/{id}")).await.text().to_owned();
        for (method, path, body) in [
            ("GET", "/suppliers/purchase-orders/{}", Value::Null),
            ("PATCH", "/suppliers/purchase-orders/{}/status", json!({"status": "cancelled"})),
            ("POST", "/suppliers/purchase-orders/{}/receive", json!({})),
        ] {
            for id in [id, 99_999] {
                let path = path.replace("{}", &id.to_string());
                let reply = theirs.send(method.parse().expect("a method"), &path, Some(body.to_string().into())).await;
                refused(&reply, 404, "not_found");
            }
        }
        for id in [one, 99_999] {
            refused(&theirs.put(&format!("/suppliers/{id}"), json!({"name": "Ours"})).await, 404, "not_found");
            refused(&theirs.delete(&format!("/suppliers/{id}")).await, 404, "not_found");
        }
        let (two, nut) = (supplier(&theirs, "Two").await, stocked(&theirs, "NUT").await);
        let body = |supplier: i64, warehouse: i64, product: i64| json!({"supplier_id": supplier, "warehouse_id": warehouse, "items": [{"product_id": product, "quantity": 1}]});
        for body in [body(one, 2, nut), body(two, MAIN, nut), body(two, 2, bolt)] {
            refused(&theirs.post(ORDERS, body).await, 404, "unknown_reference");
        }
        let reply = theirs.get(&format!("{ORDERS}/all?supplier_id={one}")).await.is(200);
        assert_eq!((reply.at("/total"), theirs.get("/suppliers").await.at("/total")), (json!(0), json!(1)));
        assert_eq!(ours.get(&format!("{ORDERS}/{id}")).await.text(), before);
        receive_all(&ours, id).await.is(200);
        assert_eq!(on_hand(&ours, bolt, MAIN).await, json!(1));
    });
}
