//! The life of a purchase order: every step that it may take and every one that it may not.

use serde_json::json;

use super::super::{on_hand, refused, stocked};
use super::{MAIN, ORDERS, came, purchase, receive, receive_all, status, step_to, supplier};
use crate::support::{Client, on_each_engine};

const STATUSES: [&str; 5] = ["draft", "ordered", "partial", "received", "cancelled"];

/// What may come next, as decided; `partial` comes of receiving alone.
fn next(from: &str) -> &'static [&'static str] {
    match from {
        "draft" => &["ordered", "received", "cancelled"],
        "ordered" | "partial" => &["received", "cancelled"],
        _ => &[],
    }
}

/// A purchase order of two units that has come so far.
async fn in_status(client: &Client<'_>, supplier: i64, product: i64, wanted: &str) -> i64 {
    let id = purchase(client, supplier, json!([{"product_id": product, "quantity": 2}])).await;
    match wanted {
        "draft" => {}
        "partial" => {
            receive(client, id, json!([{"product_id": product, "quantity": 1}])).await.is(200);
        }
        other => {
            step_to(client, id, other).await.is(200);
        }
    }
    assert_eq!(status(client, id).await, wanted);
    id
}

#[test]
fn every_step_is_allowed_or_refused_as_decided() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, bolt) = (supplier(&client, "One").await, stocked(&client, "BOLT").await);
        for from in STATUSES {
            for to in STATUSES {
                let id = in_status(&client, one, bolt, from).await;
                let before = on_hand(&client, bolt, MAIN).await.as_i64().unwrap_or(0);
                let outstanding = match from {
                    "draft" | "ordered" => 2,
                    "partial" => 1,
                    _ => 0,
                };
                let reply = step_to(&client, id, to).await;
                if to == from || next(from).contains(&to) {
                    let said = format!(r#"{{"message":"Purchase order status updated","status":"{to}"}}"#);
                    assert_eq!((reply.status, reply.text()), (200, said.as_str()), "{from} → {to}");
                    assert_eq!(status(&client, id).await, to);
                } else {
                    refused(&reply, 409, "illegal_status");
                    let detail = reply.at("/details/0");
                    assert_eq!(
                        (&detail["from"], &detail["to"], &detail["allowed"]),
                        (&json!(from), &json!(to), &json!(next(from)))
                    );
                    assert_eq!(status(&client, id).await, from);
                }
                let comes = if to == "received" { outstanding } else { 0 };
                assert_eq!(on_hand(&client, bolt, MAIN).await.as_i64().unwrap_or(0), before + comes, "{from} → {to}");
            }
        }
    });
}

#[test]
fn what_is_received_or_called_off_cannot_be_received() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, bolt) = (supplier(&client, "One").await, stocked(&client, "BOLT").await);
        for done in ["received", "cancelled"] {
            let id = in_status(&client, one, bolt, done).await;
            let before = on_hand(&client, bolt, MAIN).await;
            refused(&receive_all(&client, id).await, 409, "illegal_status");
            let part = json!([{"product_id": bolt, "quantity": 1}]);
            refused(&receive(&client, id, part).await, 409, "illegal_status");
            assert_eq!(on_hand(&client, bolt, MAIN).await, before);
        }
    });
}

#[test]
fn calling_off_the_rest_keeps_what_came() {
    on_each_engine(async |shop| {
        let client = shop.iom();
        let (one, bolt) = (supplier(&client, "One").await, stocked(&client, "BOLT").await);
        let id = purchase(&client, one, json!([{"product_id": bolt, "quantity": 9}])).await;
        receive(&client, id, json!([{"product_id": bolt, "quantity": 4}])).await.is(200);
        step_to(&client, id, "cancelled").await.is(200);
        assert_eq!((on_hand(&client, bolt, MAIN).await, came(&client, id).await), (json!(4), vec![json!(4)]));
        refused(&step_to(&client, 99_999, "ordered").await, 404, "not_found");
        refused(&client.get(&format!("{ORDERS}/99999")).await, 404, "not_found");
        refused(&receive_all(&client, 99_999).await, 404, "not_found");
    });
}
