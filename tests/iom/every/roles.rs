//! Who may do what: every operation, by every kind of credential. A refusal has changed nothing.

use std::collections::BTreeSet;

use serde_json::json;
use stockbridge_domain::Role;
use stockbridge_domain::access::tenants::{self, TenantChanges};

use super::super::{bearer, refused, user};
use super::{Operation, all, effects, things, unchanged};
use crate::support::{Client, Reply, Shop, on_the_demo};
use Needs::{Admin, Anybody, Key, Manager, Staff, Viewer, WriteKey};

/// The least credential that an operation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    Anybody,
    Viewer,
    Staff,
    Manager,
    Admin,
    /// An API key.
    Key,
    /// An API key that may write.
    WriteKey,
}

/// One line for each operation.
const NEEDS: &[(&str, Needs)] = &[
    ("log_in", Anybody),
    ("list_products", Viewer),
    ("get_product", Viewer),
    ("create_product", Manager),
    ("replace_product", Manager),
    ("change_product", Manager),
    ("delete_product", Admin),
    ("export_products", Viewer),
    ("list_categories", Viewer),
    ("create_category", Staff),
    ("replace_category", Staff),
    ("delete_category", Staff),
    ("list_inventory", Viewer),
    ("get_inventory_summary", Viewer),
    ("list_stock_alerts", Viewer),
    ("list_movements", Viewer),
    ("adjust_inventory", Manager),
    ("transfer_inventory", Manager),
    ("set_reorder_level", Staff),
    ("list_orders", Viewer),
    ("get_order", Viewer),
    ("create_order", Staff),
    ("update_order_status", Staff),
    ("fulfill_order", Manager),
    ("return_order_items", Staff),
    ("get_order_stats", Viewer),
    ("export_orders", Viewer),
    ("list_customers", Viewer),
    ("get_customer", Viewer),
    ("create_customer", Staff),
    ("add_customer_address", Staff),
    ("list_suppliers", Viewer),
    ("create_supplier", Manager),
    ("replace_supplier", Manager),
    ("delete_supplier", Manager),
    ("list_purchase_orders", Viewer),
    ("get_purchase_order", Viewer),
    ("create_purchase_order", Manager),
    ("receive_purchase_order", Manager),
    ("update_purchase_order_status", Manager),
    ("list_warehouses", Viewer),
    ("create_warehouse", Admin),
    ("replace_warehouse", Admin),
    ("delete_warehouse", Admin),
    ("list_batches", Viewer),
    ("list_expiring_batches", Viewer),
    ("create_batch", Manager),
    ("list_serials", Viewer),
    ("create_serial", Manager),
    ("create_serials", Manager),
    ("replace_customer", Staff),
    ("delete_customer", Staff),
    ("replace_customer_address", Staff),
    ("delete_customer_address", Staff),
    ("add_product_image", Manager),
    ("update_product_image", Manager),
    ("delete_product_image", Manager),
    ("create_variant", Manager),
    ("replace_variant", Manager),
    ("delete_variant", Manager),
    ("get_dashboard", Viewer),
    ("get_financial_report", Viewer),
    ("get_inventory_valuation", Viewer),
    ("get_cogs_report", Viewer),
    ("list_api_keys", Manager),
    ("create_api_key", Manager),
    ("revoke_api_key", Manager),
    ("list_api_key_logs", Manager),
    ("get_own_account", Viewer),
    ("change_own_password", Viewer),
    ("list_users", Admin),
    ("create_user", Admin),
    ("get_user", Admin),
    ("change_user", Admin),
    ("reset_user_password", Admin),
    ("get_settings", Viewer),
    ("change_settings", Admin),
    ("list_external_products", Key),
    ("get_external_product", Key),
    ("list_external_inventory", Key),
    ("list_external_orders", Key),
    ("create_external_order", WriteKey),
    ("sync_inventory", WriteKey),
    ("list_external_customers", Key),
];

/// What everybody may change: what is their own.
const OWN: &[&str] = &["change_own_password"];

/// Somebody at the door, and what is said to them where they may not come in.
struct Visitor<'s> {
    name: &'static str,
    client: Client<'s>,
    is_let_in: fn(Needs) -> bool,
    refusal: fn(Needs) -> (u16, &'static str),
}

#[test]
fn every_operation_has_its_line_and_every_line_its_operation() {
    let documented: BTreeSet<String> = all().into_iter().map(|operation| operation.id).collect();
    let entered: BTreeSet<String> = NEEDS.iter().map(|(id, _)| (*id).to_owned()).collect();
    assert_eq!(entered.len(), NEEDS.len(), "two lines for one operation");
    let missing: Vec<_> = documented.difference(&entered).collect();
    let idle: Vec<_> = entered.difference(&documented).collect();
    assert!(missing.is_empty() && idle.is_empty(), "without a line: {missing:?}; without an operation: {idle:?}");
}

#[test]
fn keys_are_taken_where_a_line_says_so_and_tokens_everywhere_else() {
    for operation in all() {
        let needs = needs(&operation);
        assert_eq!(operation.takes_a_key, matches!(needs, Key | WriteKey), "{}", operation.id);
        assert_eq!(operation.is_public, needs == Anybody, "{}", operation.id);
        assert_eq!(operation.takes_a_key, operation.path.starts_with("/external/"), "{}", operation.path);
        let may_be_read_only = operation.reads() || OWN.contains(&operation.id.as_str());
        assert!(may_be_read_only || !matches!(needs, Viewer | Key), "{} writes", operation.id);
    }
}

#[test]
fn everybody_may_do_what_their_credential_reaches_and_nothing_else() {
    on_the_demo(async |shop| {
        let visitors = visitors(shop).await;
        let mut witness = shop.witness();
        for visitor in &visitors {
            let before = effects(&mut witness);
            let (open, shut): (Vec<_>, Vec<_>) =
                all().into_iter().partition(|operation| (visitor.is_let_in)(needs(operation)));
            for operation in shut {
                let (status, code) = (visitor.refusal)(needs(&operation));
                let reply = knock(&operation, &visitor.client).await;
                assert_eq!(
                    (reply.status, reply.at("/code")),
                    (status, json!(code)),
                    "{} by {}",
                    operation.id,
                    visitor.name
                );
                refused(&reply, status, code);
            }
            unchanged(&before, &effects(&mut witness), visitor.name);
            for operation in open {
                let reply = knock(&operation, &visitor.client).await;
                let is_in = ![401, 402, 403, 405].contains(&reply.status) && reply.status < 500;
                assert!(is_in, "{} by {}: {}", operation.id, visitor.name, reply.text());
            }
        }
    });
}

/// Everybody who may come, with what is said to them.
async fn visitors(shop: &Shop) -> Vec<Visitor<'_>> {
    let (mut visitors, nobody) = (strangers(shop), shop.iom().without("Authorization"));
    if all().iter().any(|operation| operation.takes_a_key) {
        let (admin, globex) = (shop.iom(), user(shop, 2, 6));
        let read = things::key(&admin, &["read"]).await;
        let write = things::key(&admin, &["read", "write"]).await;
        let revoked = things::key(&admin, &["read", "write"]).await;
        let unpaid = things::key(&globex, &["read", "write"]).await;
        admin.delete(&format!("/api-keys/{}", revoked.id)).await.is(200);
        let expired = TenantChanges {
            subscription_ends_at: Some(Some("2026-01-01T00:00:00".parse().expect("an instant"))),
            ..TenantChanges::default()
        };
        shop.store.alter(move |lobby| tenants::set(lobby, "GLX", &expired)).await.expect("a tenant");
        let with = |key: &things::Key| nobody.clone().with("X-API-Key", &key.key);
        visitors.push(Visitor {
            name: "a read key",
            client: with(&read),
            is_let_in: |needs| [Anybody, Key].contains(&needs),
            refusal: |needs| if needs == WriteKey { (403, "scope_lacking") } else { (401, "token_missing") },
        });
        visitors.push(Visitor {
            name: "a write key",
            client: with(&write),
            is_let_in: |needs| matches!(needs, Anybody | Key | WriteKey),
            refusal: |_| (401, "token_missing"),
        });
        visitors.push(Visitor {
            name: "a revoked key",
            client: with(&revoked),
            is_let_in: |needs| needs == Anybody,
            refusal: |needs| (401, if by_key(needs) { "api_key_revoked" } else { "token_missing" }),
        });
        visitors.push(Visitor {
            name: "a key of a tenant that no longer pays",
            client: with(&unpaid),
            is_let_in: |needs| needs == Anybody,
            refusal: |needs| if by_key(needs) { (402, "subscription_expired") } else { (401, "token_missing") },
        });
    }
    visitors.push(Visitor {
        name: "a key of nobody",
        client: nobody.with("X-API-Key", "iom_live_0123456789abcdef0123456789abcdef"),
        is_let_in: |needs| needs == Anybody,
        refusal: |needs| (401, if by_key(needs) { "api_key_unknown" } else { "token_missing" }),
    });
    visitors
}

/// Those without a key.
fn strangers(shop: &Shop) -> Vec<Visitor<'_>> {
    let nobody = shop.iom().without("Authorization");
    let simbiz = shop.simbiz().header("Authorization").expect("a token").to_owned();
    let visitor = |name, client, refusal| Visitor { name, client, is_let_in: |needs| needs == Anybody, refusal };
    let role = |name, role: Role, is_let_in| Visitor {
        name,
        client: shop.iom_as(role),
        is_let_in,
        refusal: |needs| match needs {
            Key | WriteKey => (401, "api_key_missing"),
            Admin => (403, "admin_role_required"),
            Manager => (403, "manager_role_required"),
            Staff => (403, "staff_role_required"),
            Viewer | Anybody => (403, "viewer_role_required"),
        },
    };
    let unpaid = user(shop, 3, 7);
    vec![
        visitor("nobody", nobody.clone(), |needs| {
            (401, if by_key(needs) { "api_key_missing" } else { "token_missing" })
        }),
        visitor("a malformed token", bearer(shop, "abc.def"), |needs| {
            (401, if by_key(needs) { "api_key_missing" } else { "token_invalid" })
        }),
        visitor("no bearer", nobody.with("Authorization", "Basic YTpi"), |needs| {
            (401, if by_key(needs) { "api_key_missing" } else { "token_malformed" })
        }),
        visitor("a SimBiz token", shop.iom().with("Authorization", &simbiz), |needs| {
            (401, if by_key(needs) { "api_key_missing" } else { "token_of_another_kind" })
        }),
        visitor("a banned user", user(shop, 1, 5), |needs| {
            if by_key(needs) { (401, "api_key_missing") } else { (403, "account_banned") }
        }),
        visitor("a user of a tenant that no longer pays", unpaid, |needs| {
            if by_key(needs) { (401, "api_key_missing") } else { (402, "subscription_expired") }
        }),
        role("a viewer", Role::Viewer, |needs| matches!(needs, Anybody | Viewer)),
        role("staff", Role::Staff, |needs| matches!(needs, Anybody | Viewer | Staff)),
        role("a manager", Role::Manager, |needs| matches!(needs, Anybody | Viewer | Staff | Manager)),
        role("an admin", Role::Admin, |needs| !by_key(needs)),
    ]
}

fn by_key(needs: Needs) -> bool {
    matches!(needs, Key | WriteKey)
}

fn needs(operation: &Operation) -> Needs {
    let line = NEEDS.iter().find(|(id, _)| *id == operation.id);
    line.unwrap_or_else(|| panic!("{} has no line in NEEDS", operation.id)).1
}

/// Calls an operation about things that nobody has, with a body that says nothing.
async fn knock(operation: &Operation, client: &Client<'_>) -> Reply {
    let path = operation.filled(|_| things::UNKNOWN.to_owned());
    operation.send(client, &path, (!operation.reads()).then(|| "{}".to_owned())).await
}
