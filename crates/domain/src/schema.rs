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
        allow_backorder -> Bool,
        costing -> Text,
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
        token_version -> BigInt,
        name_key -> Text,
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
        token_version -> BigInt,
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
    api_requests (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        api_key_id -> BigInt,
        key_name -> Text,
        method -> Text,
        path -> Text,
        status_code -> BigInt,
        response_time_ms -> BigInt,
        ip_address -> Nullable<Text>,
        created_at -> Timestamp,
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
        file -> Nullable<Text>,
    }
}

diesel::table! {
    product_variants (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        product_id -> BigInt,
        name -> Text,
        sku -> Nullable<Text>,
        sku_key -> Nullable<Text>,
        price -> Nullable<BigInt>,
        options -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
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
        value -> BigInt,
    }
}

diesel::table! {
    batches (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        product_id -> BigInt,
        batch_number -> Text,
        batch_key -> Text,
        lot_number -> Nullable<Text>,
        manufacture_date -> Nullable<Date>,
        expiry_date -> Nullable<Date>,
        notes -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    batch_levels (tenant_id, batch_id, warehouse_id) {
        tenant_id -> BigInt,
        batch_id -> BigInt,
        warehouse_id -> BigInt,
        product_id -> BigInt,
        quantity -> BigInt,
    }
}

diesel::table! {
    serials (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        product_id -> BigInt,
        serial_number -> Text,
        serial_key -> Text,
        warehouse_id -> BigInt,
        status -> Text,
        order_item_id -> Nullable<BigInt>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    stock_movements (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        product_id -> BigInt,
        sku -> Text,
        product_name -> Text,
        warehouse_id -> BigInt,
        warehouse_name -> Text,
        batch_id -> Nullable<BigInt>,
        kind -> Text,
        quantity -> BigInt,
        balance_after -> BigInt,
        unit_cost -> Nullable<BigInt>,
        value -> BigInt,
        reference_type -> Nullable<Text>,
        reference_id -> Nullable<BigInt>,
        notes -> Nullable<Text>,
        created_by -> Text,
        actor -> Text,
        request_id -> Nullable<Text>,
        booked_on -> Date,
        created_at -> Timestamp,
    }
}

diesel::table! {
    movement_serials (tenant_id, movement_id, serial_id) {
        tenant_id -> BigInt,
        movement_id -> BigInt,
        serial_id -> BigInt,
    }
}

diesel::table! {
    customers (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        name -> Text,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        phone -> Nullable<Text>,
        company -> Nullable<Text>,
        customer_type -> Text,
        search_text -> Text,
        total_orders -> BigInt,
        total_spent -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    customer_addresses (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        customer_id -> BigInt,
        kind -> Text,
        line1 -> Text,
        line2 -> Nullable<Text>,
        city -> Nullable<Text>,
        state -> Nullable<Text>,
        postcode -> Nullable<Text>,
        country -> Nullable<Text>,
        is_default -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    orders (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        number -> BigInt,
        customer_id -> Nullable<BigInt>,
        customer_name -> Nullable<Text>,
        warehouse_id -> BigInt,
        status -> Text,
        channel -> Text,
        total -> BigInt,
        item_count -> BigInt,
        allow_backorder -> Bool,
        shipping_address -> Nullable<Text>,
        created_by -> Text,
        request_id -> Nullable<Text>,
        booked_on -> Date,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    order_items (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        order_id -> BigInt,
        product_id -> BigInt,
        sku -> Text,
        product_name -> Text,
        quantity -> BigInt,
        unit_price -> BigInt,
        amount -> BigInt,
        fulfilled -> BigInt,
        returned -> BigInt,
        is_open -> Bool,
    }
}

diesel::table! {
    suppliers (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        name -> Text,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        payment_terms -> Nullable<Text>,
        lead_time_days -> Nullable<BigInt>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    supplier_products (tenant_id, supplier_id, product_id) {
        tenant_id -> BigInt,
        supplier_id -> BigInt,
        product_id -> BigInt,
        lines -> BigInt,
    }
}

diesel::table! {
    purchase_orders (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        number -> BigInt,
        supplier_id -> BigInt,
        supplier_name -> Text,
        warehouse_id -> BigInt,
        status -> Text,
        total -> BigInt,
        item_count -> BigInt,
        expected_date -> Nullable<Date>,
        notes -> Nullable<Text>,
        created_by -> Text,
        request_id -> Nullable<Text>,
        booked_on -> Date,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    purchase_order_items (tenant_id, id) {
        tenant_id -> BigInt,
        id -> BigInt,
        purchase_order_id -> BigInt,
        product_id -> BigInt,
        sku -> Text,
        product_name -> Text,
        quantity -> BigInt,
        unit_cost -> BigInt,
        amount -> BigInt,
        received -> BigInt,
        is_open -> Bool,
    }
}

diesel::table! {
    idempotent_replies (tenant_id, credential, key) {
        tenant_id -> BigInt,
        credential -> Text,
        key -> Text,
        fingerprint -> Text,
        status -> BigInt,
        body -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    stock_totals (tenant_id, product_id) {
        tenant_id -> BigInt,
        product_id -> BigInt,
        quantity -> BigInt,
    }
}

diesel::table! {
    warehouse_totals (tenant_id, warehouse_id) {
        tenant_id -> BigInt,
        warehouse_id -> BigInt,
        stock_rows -> BigInt,
        skus -> BigInt,
        low -> BigInt,
        value -> BigInt,
    }
}

diesel::table! {
    daily_orders (tenant_id, day, status) {
        tenant_id -> BigInt,
        day -> Date,
        status -> Text,
        orders -> BigInt,
        revenue -> BigInt,
        units -> BigInt,
    }
}

diesel::table! {
    daily_cogs (tenant_id, day) {
        tenant_id -> BigInt,
        day -> Date,
        cogs -> BigInt,
    }
}

diesel::table! {
    daily_product_cogs (tenant_id, day, product_id) {
        tenant_id -> BigInt,
        day -> Date,
        product_id -> BigInt,
        sku -> Text,
        product_name -> Text,
        units -> BigInt,
        cogs -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    tenants,
    users,
    logins,
    simbiz_uids,
    simbiz_uid_grants,
    api_keys,
    api_requests,
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
    product_variants,
    stock_levels,
    batches,
    batch_levels,
    serials,
    stock_movements,
    movement_serials,
    customers,
    customer_addresses,
    orders,
    order_items,
    suppliers,
    supplier_products,
    purchase_orders,
    purchase_order_items,
    idempotent_replies,
    stock_totals,
    warehouse_totals,
    daily_orders,
    daily_cogs,
    daily_product_cogs,
);
