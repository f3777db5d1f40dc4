//! A tenant with goods in it, set up through the same commands as a real one.

use std::sync::LazyLock;

use chrono_tz::Tz;

use super::Fixture;
use crate::access::passwords::PasswordHash;
use crate::access::tenants::{self, NewTenant};
use crate::access::users::{self, NewUser};
use crate::actor::{Role, TenantId};
use crate::error::{Error, Problem, Result};
use crate::items::categories::{self, Category, NewCategory};
use crate::items::master::{By, Reference};
use crate::items::{self, Item, ItemChanges, ItemFilter, ItemLine, NewItem, Tracking};
use crate::orders::{self, Channel, Line, NewLine, NewOrder, Order};
use crate::page::{Slice, Start, Window};
use crate::partners::customers::{self, Address, AddressKind, CustomerDetails, CustomerType, NewAddress, NewCustomer};
use crate::purchasing::suppliers::{self, SupplierDetails};
use crate::purchasing::{self, NewPurchase, NewPurchaseLine};
use crate::stock::batches::{self, Labels, NewBatch};
use crate::stock::movements::{self, Movement, MovementFilter};
use crate::stock::serials::{self, NewSerials};
use crate::stock::{self, Opening, warehouses};
use crate::store::Tx;
use crate::values::{Change, Code, Description, Money, Name, Price, Quantity, Text};
use crate::verify::verify;

/// The password of every user of every shop.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A tenant of one's own.
pub(crate) struct Shop<'f> {
    pub(crate) fixture: &'f Fixture,
    pub(crate) tenant: TenantId,
}

impl<'f> Shop<'f> {
    /// Opens the books of a tenant with this code.
    pub(crate) fn open(fixture: &'f Fixture, tenant_code: &str) -> Self {
        let new = NewTenant {
            id: None,
            code: code(tenant_code),
            name: name(tenant_code),
            zone: Tz::UTC,
            subscription_ends_at: None,
        };
        let tenant = fixture.alter(move |lobby| tenants::create(lobby, &new)).expect("a new tenant");
        Self { fixture, tenant }
    }

    /// Carries out a writing command for this tenant.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        mut command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let tenant = self.tenant;
        self.fixture.alter(move |lobby| command(&mut lobby.as_system(tenant)?))
    }

    /// Carries out a reading command for this tenant.
    pub(crate) fn read<T: Send + 'static>(
        &self,
        mut command: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let tenant = self.tenant;
        self.fixture.look(move |lobby| command(&mut lobby.as_system(tenant)?))
    }

    /// Makes an item that is nothing but a SKU and the same name.
    pub(crate) fn item(&self, sku: &str) -> Item {
        self.make(sku, ItemChanges::default()).expect("a new item")
    }

    /// Makes an item with more to it.
    pub(crate) fn make(&self, sku: &str, rest: ItemChanges) -> Result<Item> {
        let new = NewItem { sku: code(sku), name: name(sku), rest };
        self.write(move |tx| items::create(tx, &new))
    }

    /// Changes an item.
    pub(crate) fn amend(&self, id: i64, changes: ItemChanges) -> Result<Item> {
        self.write(move |tx| items::amend(tx, id, &changes))
    }

    /// Makes a category at the top.
    pub(crate) fn category(&self, title: &str) -> Category {
        self.category_below(title, None).expect("a new category")
    }

    /// Makes a category, below another one.
    pub(crate) fn category_below(&self, title: &str, parent: Option<i64>) -> Result<Category> {
        let parent = parent.map(|id| reference("parent", By::Id(id)));
        let new = NewCategory { id: None, code: None, name: name(title), parent };
        self.write(move |tx| categories::create(tx, &new))
    }

    /// Opens a warehouse.
    pub(crate) fn warehouse(&self, place: &str) -> i64 {
        let new = warehouses::NewWarehouse { id: None, details: details(place) };
        self.write(move |tx| warehouses::create(tx, &new)).expect("a new warehouse").id
    }

    /// Puts stock of an item into a warehouse where there was none.
    pub(crate) fn stock(&self, item: i64, warehouse: i64, quantity: Quantity) {
        self.write(move |tx| stock::open(tx, &Opening { product_id: item, warehouse_id: warehouse, quantity }))
            .expect("new stock");
    }

    /// Makes an item that is tracked.
    pub(crate) fn tracked(&self, sku: &str, tracking: Tracking) -> i64 {
        let item = self.item(sku).id;
        let changes = ItemChanges { tracking: Some(tracking), ..ItemChanges::default() };
        self.write(move |tx| items::amend(tx, item, &changes)).expect("an item without stock").id
    }

    /// Gives an item a price and a cost.
    pub(crate) fn price(&self, item: i64, price: &str, cost: &str) {
        let [base_price, cost_price] = [price, cost].map(|text| Change::Set(Price::parse(text).expect("a price")));
        let changes = ItemChanges { base_price, cost_price, ..ItemChanges::default() };
        self.write(move |tx| items::amend(tx, item, &changes)).expect("an item");
    }

    /// Records a batch with goods in it.
    pub(crate) fn batch(
        &self,
        item: i64,
        warehouse: i64,
        number: &str,
        expiry: Option<&str>,
        quantity: Quantity,
    ) -> i64 {
        let labels = Labels {
            batch_number: code(number),
            lot_number: None,
            manufacture_date: None,
            expiry_date: expiry.map(|day| day.parse().expect("a day")),
            notes: None,
        };
        let new = NewBatch { product_id: item, warehouse_id: Some(warehouse), labels, quantity };
        self.write(move |tx| batches::create(tx, &new)).expect("a new batch").id
    }

    /// Records units with these serial numbers.
    pub(crate) fn units(&self, item: i64, warehouse: i64, numbers: &[&str]) -> Vec<i64> {
        let numbers = numbers.iter().map(|number| code(number)).collect();
        let new = NewSerials { product_id: item, warehouse_id: Some(warehouse), numbers };
        let made = self.write(move |tx| serials::create(tx, &new)).expect("new units");
        made.into_iter().map(|serial| serial.id).collect()
    }

    /// Records a customer.
    pub(crate) fn customer(&self, called: &str) -> i64 {
        let (name, customer_type) = (name(called), CustomerType::Retail);
        let [email, phone, company] = [None, None, None];
        let new = NewCustomer { id: None, details: CustomerDetails { name, email, phone, company, customer_type } };
        self.write(move |tx| customers::create(tx, &new)).expect("a new customer").id
    }

    /// Adds an address to a customer.
    pub(crate) fn address(&self, customer: i64, line1: &str, kind: AddressKind, is_default: bool) -> Address {
        let [line2, city, state, postcode, country] = [None, None, None, None, None];
        let new = NewAddress { kind, line1: name(line1), line2, city, state, postcode, country, is_default };
        self.write(move |tx| customers::add_address(tx, customer, &new)).expect("a new address")
    }

    /// Records a supplier.
    pub(crate) fn supplier(&self, called: &str) -> i64 {
        let (email, phone, payment_terms) = (None, None, None);
        let new = SupplierDetails { name: name(called), email, phone, payment_terms, lead_time_days: None };
        self.write(move |tx| suppliers::create(tx, &new)).expect("a new supplier").id
    }

    /// Writes a purchase order: items, how much of each, the cost of one unit.
    pub(crate) fn purchase(&self, supplier_id: i64, wanted: &[(i64, Quantity, &str)]) -> i64 {
        let line = |(product_id, quantity, each): &(i64, Quantity, &str)| NewPurchaseLine {
            product_id: *product_id,
            quantity: *quantity,
            unit_cost: Some(Price::parse(each).expect("a cost")),
        };
        let lines = wanted.iter().map(line).collect();
        let new = NewPurchase { supplier_id, warehouse_id: None, expected_date: None, notes: None, lines };
        self.write(move |tx| purchasing::place(tx, &new)).expect("a new purchase order").id
    }

    /// Orders items from the default warehouse.
    pub(crate) fn order(&self, wanted: &[(i64, Quantity)]) -> Result<Order> {
        self.order_of(None, wanted)
    }

    /// Orders items for a customer.
    pub(crate) fn order_of(&self, customer_id: Option<i64>, wanted: &[(i64, Quantity)]) -> Result<Order> {
        let line = |(product_id, quantity): &(i64, Quantity)| NewLine {
            product_id: *product_id,
            quantity: *quantity,
            unit_price: None,
            serials: Vec::new(),
        };
        let lines = wanted.iter().map(line).collect();
        self.place(NewOrder { customer_id, ..new_order(lines) })
    }

    /// Places an order.
    pub(crate) fn place(&self, new: NewOrder) -> Result<Order> {
        self.write(move |tx| orders::place(tx, &new))
    }

    /// The lines of an order.
    pub(crate) fn lines(&self, order: i64) -> Vec<Line> {
        self.read(move |tx| orders::get(tx, order)).expect("an order").1
    }

    /// On hand and reserved of an item in a warehouse.
    pub(crate) fn level(&self, item: i64, warehouse: i64) -> (Quantity, Quantity) {
        let rows = self.read(move |tx| stock::of_item(tx, item)).expect("stock rows");
        let here = rows.into_iter().find(|level| level.warehouse_id == warehouse);
        here.map(|level| (level.quantity, level.reserved)).unwrap_or_default()
    }

    /// All movements of an item, the oldest first.
    pub(crate) fn movements(&self, item: i64) -> Vec<Movement> {
        let filter = MovementFilter { product_id: Some(item), ..MovementFilter::default() };
        let window = Window { start: Start::Page(1), limit: 200 };
        let mut rows = self.read(move |tx| movements::list(tx, &filter, &window)).expect("movements").rows;
        rows.reverse();
        rows
    }

    /// Fails unless the books add up.
    pub(crate) fn verify(&self) {
        // Past the watch on statements: these look across tenants.
        let store = self.fixture.open(|settings| settings.observer = None);
        let found = self.fixture.wait(store.survey(verify)).expect("the books can be read");
        assert_eq!(found, []);
    }

    /// Adds a user, whose password is [`PASSWORD`].
    pub(crate) fn user(&self, email: &str, role: Role) -> i64 {
        let new = NewUser { email: name(email), name: name(email), role, password: password() };
        self.write(move |tx| users::create(tx, &new)).expect("a new user").id
    }

    /// The first page of a list, as wide as it may be.
    pub(crate) fn list(&self, filter: &ItemFilter) -> Slice<ItemLine> {
        let filter = filter.clone();
        let window = Window { start: Start::Page(1), limit: crate::page::MAX_LIMIT };
        self.read(move |tx| items::list(tx, &filter, &window)).expect("a list")
    }
}

/// The hash of [`PASSWORD`], made once: it takes its time.
pub(crate) fn password() -> PasswordHash {
    static HASH: LazyLock<PasswordHash> = LazyLock::new(|| PasswordHash::new(PASSWORD).expect("a hash"));
    HASH.clone()
}

pub(crate) fn reference(field: &str, by: By) -> Reference {
    Reference { field: field.to_owned(), by }
}

/// A reference by id.
pub(crate) fn id_of(field: &str, id: i64) -> Reference {
    reference(field, By::Id(id))
}

pub(crate) fn code(text: &str) -> Code {
    some(text)
}

pub(crate) fn name(text: &str) -> Name {
    some(text)
}

pub(crate) fn text(text: &str) -> Description {
    some(text)
}

fn some<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::parse(text).expect("a good text").expect("a text")
}

pub(crate) fn money(text: &str) -> Money {
    Price::parse(text).expect("a good amount").money()
}

pub(crate) fn whole(units: i64) -> Quantity {
    Quantity::whole(units).expect("a good quantity")
}

/// What is said of a warehouse that has no more than a code.
pub(crate) fn details(known_as: &str) -> warehouses::Details {
    let (code, name) = (code(known_as), name(known_as));
    warehouses::Details { code, name, address: None, city: None, state: None, is_default: None, is_active: None }
}

/// An order of nobody from the default warehouse.
pub(crate) fn new_order(lines: Vec<NewLine>) -> NewOrder {
    NewOrder {
        customer_id: None,
        warehouse_id: None,
        channel: Channel::Manual,
        shipping_address: None,
        written: |address| address.line1.clone(),
        allow_backorder: false,
        lines,
    }
}

/// The fields that a refusal complains about.
pub(crate) fn fields<T: std::fmt::Debug>(refused: Result<T>) -> Vec<String> {
    match refused {
        Err(Error::Invalid(problems)) => problems.into_iter().map(|Problem { field, .. }| field).collect(),
        other => panic!("{other:?} is no complaint about fields"),
    }
}
