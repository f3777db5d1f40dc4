//! The calls that are measured: how each is asked, and what its answer must hold.

use crate::shop::Shop;

/// The ids in place of `{a}` and `{b}`: two products, the second with the greater id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ids {
    pub(crate) a: i64,
    pub(crate) b: i64,
}

/// One call, asked in one or several ways.
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) headers: Vec<(String, String)>,
    /// The status of the answer.
    pub(crate) status: u16,
    pub(crate) variants: Vec<Variant>,
    /// What the database gives while the call is carried out, which later statements name.
    pub(crate) given: &'static [Given],
}

/// One way to ask. In all of it `{a}` and `{b}` stand for ids.
pub(crate) struct Variant {
    pub(crate) path: String,
    pub(crate) body: Option<String>,
    /// What the answer must hold.
    pub(crate) part: String,
}

/// A value that the first statement gives which reads a table, or returns what it writes there.
pub(crate) struct Given {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    /// Where the answer shows it.
    pub(crate) pointer: &'static str,
}

impl Call {
    /// Whether an answer is right.
    pub(crate) fn is_answered(&self, variant: &Variant, ids: Ids, status: u16, body: &str) -> bool {
        status == self.status && body.contains(&filled(&variant.part, ids))
    }

    /// A read, with its paths and what each answer must hold.
    pub(crate) fn get(name: &'static str, headers: &[(String, String)], variants: Vec<(String, String)>) -> Self {
        let variants = variants.into_iter().map(|(path, part)| Variant { path, body: None, part });
        Self { name, method: "GET", headers: headers.to_vec(), status: 200, variants: variants.collect(), given: &[] }
    }
}

/// A text with ids in their places.
pub(crate) fn filled(text: &str, Ids { a, b }: Ids) -> String {
    text.replace("{a}", &a.to_string()).replace("{b}", &b.to_string())
}

/// What `make bench` measures.
pub(crate) fn hot(shop: &Shop) -> Vec<Call> {
    let Shop { iom, simbiz, products, .. } = shop;
    let total = |count: i64| format!("\"total\":{count}");
    let post = |name, status, path: &str, body: String, part: &str, given| Call {
        name,
        method: "POST",
        headers: iom.clone(),
        status,
        variants: vec![Variant { path: path.to_owned(), body: Some(body), part: part.to_owned() }],
        given,
    };
    let found = |words: &String| (format!("/api/products?search={}", words.replace(' ', "%20")), words.clone());
    let codes = |codes: &Vec<String>| {
        let (first, list) = (codes.first().cloned().unwrap_or_default(), codes.join(","));
        (format!("/api/v3/inventory/stocks/by-location?item_codes={list}"), format!("\"{first}\""))
    };
    let line = |id: &str| format!("{{\"product_id\":{id},\"quantity\":1}}");
    let warehouse = shop.warehouse;
    // Orders may promise more than is there, so that none is refused however long this goes on.
    let order = format!(
        "{{\"warehouse_id\":{warehouse},\"allow_backorder\":true,\"items\":[{},{}]}}",
        line("{a}"),
        line("{b}")
    );
    let adjust = format!("{{\"product_id\":{{a}},\"warehouse_id\":{warehouse},\"quantity\":1,\"notes\":\"counted\"}}");
    vec![
        Call::get("product by id", iom, vec![("/api/products/{a}".to_owned(), "\"id\":{a},".to_owned())]),
        Call::get("product list page", iom, vec![("/api/products".to_owned(), total(*products))]),
        Call::get("search", iom, shop.words.iter().map(found).collect()),
        Call::get("stock page", iom, vec![("/api/inventory".to_owned(), total(shop.stock_rows))]),
        Call::get("SimBiz item list page", simbiz, vec![("/api/v3/inventory/items".to_owned(), total(*products))]),
        Call::get("SimBiz stocks of 50 codes", simbiz, shop.codes.iter().map(codes).collect()),
        post("order of 2 lines", 201, "/api/orders", order, "\"order_number\":\"ORD-", ORDER),
        post("adjust", 200, "/api/inventory/adjust", adjust, "\"new_quantity\":", &[]),
    ]
}

/// What an order is given before its lines are written.
const ORDER: &[Given] = &[
    Given { table: "tenant_counters", column: "value", pointer: "/order_number" },
    Given { table: "orders", column: "id", pointer: "/id" },
];

/// A source of numbers that look like chance and can be repeated (`SplitMix64`).
pub(crate) struct Random(u64);

impl Random {
    /// The source with this seed.
    pub(crate) fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 1 to `end`.
    pub(crate) fn up_to(&mut self, end: i64) -> i64 {
        let end = end.max(1).unsigned_abs();
        i64::try_from(self.next() % end).unwrap_or(0) + 1
    }

    /// One of so many places.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_held_against_what_was_asked() {
        let call = Call::get("one", &[], vec![("/things/{a}".to_owned(), "\"id\":{a},".to_owned())]);
        let (ids, variant) = (Ids { a: 7, b: 9 }, &call.variants[0]);
        assert_eq!(filled("{b}/{a}", ids), "9/7");
        assert!(call.is_answered(variant, ids, 200, "{\"id\":7,\"name\":\"Anvil\"}"));
        assert!(!call.is_answered(variant, ids, 200, "{\"id\":70,\"name\":\"Anvil\"}"));
        assert!(!call.is_answered(variant, ids, 404, "{\"id\":7,\"name\":\"Anvil\"}"));
    }
}
