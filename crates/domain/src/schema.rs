//! Diesel's view of the tables: one schema for both databases. Integers are BIGINT, timestamps are UTC.

diesel::table! {
    tenants (id) {
        id -> BigInt,
        code -> Text,
        code_key -> Text,
        name -> Text,
        zone -> Text,
        subscription_ends_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    users (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        email -> Text,
        email_key -> Text,
        name -> Text,
        role -> Text,
        password_hash -> Text,
        is_banned -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    logins (email_key) {
        email_key -> Text,
        tenant_id -> BigInt,
        user_id -> BigInt,
    }
}

diesel::table! {
    simbiz_uids (uid) {
        uid -> Text,
        secret_hash -> Text,
        is_disabled -> Bool,
        default_tenant_id -> Nullable<BigInt>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    simbiz_uid_grants (tenant_id, uid) {
        tenant_id -> BigInt,
        uid -> Text,
        is_read_only -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    api_keys (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        name -> Text,
        key_prefix -> Text,
        key_hash -> Text,
        can_write -> Bool,
        expires_on -> Nullable<Date>,
        is_active -> Bool,
        last_used_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    key_owners (key_hash) {
        key_hash -> Text,
        tenant_id -> BigInt,
        key_id -> BigInt,
    }
}

diesel::table! {
    tenant_counters (tenant_id, name) {
        tenant_id -> BigInt,
        name -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    server_secrets (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    categories (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        code -> Text,
        code_key -> Text,
        name -> Text,
        parent_id -> Nullable<BigInt>,
        product_count -> BigInt,
        is_active -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    brands (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        code -> Text,
        code_key -> Text,
        name -> Text,
        is_active -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    item_types (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        code -> Text,
        code_key -> Text,
        name -> Text,
        is_active -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    uoms (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        code -> Text,
        code_key -> Text,
        name -> Text,
        is_active -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    warehouses (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        code -> Text,
        code_key -> Text,
        name -> Text,
        address -> Nullable<Text>,
        city -> Nullable<Text>,
        state -> Nullable<Text>,
        branch_id -> Nullable<BigInt>,
        is_default -> Bool,
        is_active -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    products (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        sku -> Text,
        sku_key -> Text,
        name -> Text,
        alternate_name -> Nullable<Text>,
        barcode -> Nullable<Text>,
        vendor -> Nullable<Text>,
        description -> Nullable<Text>,
        category_id -> Nullable<BigInt>,
        type_id -> Nullable<BigInt>,
        brand_id -> Nullable<BigInt>,
        base_uom_id -> Nullable<BigInt>,
        sales_uom_id -> Nullable<BigInt>,
        purchase_uom_id -> Nullable<BigInt>,
        tracking -> Text,
        base_price -> BigInt,
        cost_price -> Nullable<BigInt>,
        compare_at_price -> Nullable<BigInt>,
        weight -> Nullable<BigInt>,
        taxable -> Bool,
        requires_shipping -> Bool,
        is_stock -> Bool,
        is_sold -> Bool,
        is_purchase -> Bool,
        is_active -> Bool,
        search_text -> Text,
        created_by -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    product_images (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        product_id -> BigInt,
        url -> Text,
        is_primary -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    stock_levels (tenant_id, product_id, warehouse_id) {
        tenant_id -> BigInt,
        product_id -> BigInt,
        warehouse_id -> BigInt,
        quantity -> BigInt,
        reserved -> BigInt,
        reorder_level -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    tenants,
    users,
    logins,
    simbiz_uids,
    simbiz_uid_grants,
    api_keys,
    key_owners,
    tenant_counters,
    server_secrets,
    categories,
    brands,
    item_types,
    uoms,
    warehouses,
    products,
    product_images,
    stock_levels,
);
