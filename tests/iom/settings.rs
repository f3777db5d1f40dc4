//! The settings of a company: everybody reads them, admins change them.

use serde_json::json;
use stockbridge_domain::Role;

use super::{fields, refused, stocked};
use crate::support::on_each_engine;

#[test]
fn everybody_reads_the_settings_and_admins_change_them() {
    on_each_engine(async |shop| {
        let expected = r#"{"name":"SHOP","zone":"UTC","allow_backorder":false,"costing":"standard","code":"SHOP"}"#;
        for role in Role::ALL {
            let client = shop.iom_as(*role);
            assert_eq!(client.get("/settings").await.is(200).text(), expected);
            let reply = client.patch("/settings", json!({})).await;
            if *role == Role::Admin {
                assert_eq!(reply.is(200).text(), expected);
            } else {
                refused(&reply, 403, "admin_role_required");
            }
        }
    });
}

#[test]
fn what_is_left_out_stays_and_other_tenants_keep_theirs() {
    on_each_engine(async |shop| {
        let admin = shop.iom();
        for (body, expected) in [
            (json!({"zone": " Asia/Kuala_Lumpur "}), ("SHOP", "Asia/Kuala_Lumpur", false, "standard")),
            (json!({"name": "My shop", "costing": "average"}), ("My shop", "Asia/Kuala_Lumpur", false, "average")),
            (json!({"allow_backorder": "true", "other": 1}), ("My shop", "Asia/Kuala_Lumpur", true, "average")),
        ] {
            let reply = admin.patch("/settings", body).await.is(200);
            let (name, zone, allow_backorder, costing) = expected;
            let known = json!({"name": name, "zone": zone, "allow_backorder": allow_backorder, "costing": costing, "code": "SHOP"});
            assert_eq!(reply.json(), known);
            assert_eq!(admin.get("/settings").await.is(200).text(), reply.text());
        }
        assert_eq!(admin.get("/auth/me").await.is(200).at("/tenant/zone"), json!("Asia/Kuala_Lumpur"));
        let theirs = shop.neighbour().get("/settings").await.is(200);
        assert_eq!((theirs.at("/name"), theirs.at("/zone")), (json!("NEXT"), json!("UTC")));
    });
}

#[test]
fn a_setting_counts_from_the_next_request_on() {
    on_each_engine(async |shop| {
        let admin = shop.iom();
        let bolt = stocked(&admin, "BOLT").await;
        let order = json!({"items": [{"product_id": bolt, "quantity": 1}]});
        refused(&admin.post("/orders", order.clone()).await, 409, "insufficient_stock");
        admin.patch("/settings", json!({"allow_backorder": true})).await.is(200);
        admin.post("/orders", order.clone()).await.is(201);
        admin.patch("/settings", json!({"allow_backorder": false})).await.is(200);
        refused(&admin.post("/orders", order).await, 409, "insufficient_stock");
    });
}

#[test]
fn every_wrong_setting_is_told() {
    on_each_engine(async |shop| {
        let admin = shop.iom();
        let before = admin.get("/settings").await.is(200).text().to_owned();
        for body in [
            json!({"name": " ", "zone": "Mars/Olympus", "allow_backorder": "maybe", "costing": "fifo"}),
            json!({"name": null, "zone": null, "allow_backorder": null, "costing": null}),
            json!({"name": "x".repeat(256), "zone": "australia/sydney", "allow_backorder": 2, "costing": ["average"]}),
            json!({"name": 5, "zone": 10, "allow_backorder": "", "costing": 1}),
        ] {
            let reply = admin.patch("/settings", body).await;
            refused(&reply, 400, "validation_failed");
            assert_eq!(fields(&reply), ["name", "zone", "allow_backorder", "costing"]);
        }
        let reply = admin.patch("/settings", json!({"name": "Gone", "zone": "Sydney"})).await;
        let said = refused(&reply, 400, "validation_failed");
        assert_eq!(said, "zone is not an IANA time zone such as Australia/Sydney");
        assert_eq!(admin.get("/settings").await.is(200).text(), before);
    });
}
