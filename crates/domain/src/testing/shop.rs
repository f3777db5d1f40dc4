//! A tenant with goods in it, set up through the same commands as a real one.

use std::sync::LazyLock;

use chrono_tz::Tz;

use super::Fixture;
use crate::access::passwords::PasswordHash;
use crate::access::tenants::{self, NewTenant};
use crate::access::users::{self, NewUser};
use crate::actor::{Role, TenantId};
use crate::error::Result;
use crate::items::categories::{self, Category, NewCategory};
use crate::items::master::{By, Reference};
use crate::items::{self, Item, ItemChanges, ItemFilter, ItemLine, NewItem};
use crate::page::{Slice, Start, Window};
use crate::stock::{self, Opening, warehouses};
use crate::store::Tx;
use crate::values::{Code, Description, Money, Name, Price, Quantity, Text};

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

    /// Adds a user, whose password is [`PASSWORD`].
    pub(crate) fn user(&self, email: &str, role: Role) -> i64 {
        let new = NewUser { email: name(email), name: name(email), role, password: password() };
        self.write(move |tx| users::create(tx, &new)).expect("a new user")
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
    warehouses::Details { code, name, address: None, city: None, state: None, is_default: None }
}
