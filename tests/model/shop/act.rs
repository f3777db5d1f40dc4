//! What can be done in the shop.

use super::{Changes, Figure, Of, Receipt};

/// The language of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Iom,
    SimBiz,
}

/// How an item is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Parts of it, in either dialect.
    Patch(Dialect),
    /// All of it, in IOM.
    Put,
}

/// Which batch or which units are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    Nothing,
    /// A batch of the item.
    Lot(usize),
    /// Numbers of units.
    Serials(Vec<String>),
}

/// An operation. Handles beyond those that there are stand for ids that nothing has.
#[derive(Debug, Clone)]
pub enum Act {
    Create {
        through: Dialect,
        words: Changes,
    },
    Write {
        item: usize,
        way: Way,
        changes: Changes,
    },
    Delete {
        item: usize,
    },
    Adjust {
        item: usize,
        place: usize,
        quantity: Figure,
        expected: Option<Figure>,
        named: Named,
    },
    Transfer {
        item: usize,
        from: usize,
        to: usize,
        quantity: Figure,
    },
    Reorder {
        item: usize,
        place: usize,
        level: Figure,
    },
    Batch {
        item: usize,
        place: usize,
        number: String,
        expiry: Option<&'static str>,
        quantity: Figure,
    },
    Serials {
        item: usize,
        place: usize,
        numbers: Vec<String>,
    },
    /// Lines: item, quantity, price. No place: the default one.
    Order {
        place: Option<usize>,
        lines: Vec<(usize, Figure, Option<Figure>)>,
        backorder: bool,
    },
    OrderStatus {
        order: usize,
        to: &'static str,
    },
    /// Parts: place of the line in the order, quantity.
    Fulfil {
        order: usize,
        parts: Option<Vec<(usize, Figure)>>,
    },
    /// Parts: place of the line in the order, quantity, whether it goes into stock again.
    Return {
        order: usize,
        parts: Vec<(usize, Figure, bool)>,
    },
    /// Lines: item, quantity, cost.
    Purchase {
        place: usize,
        lines: Vec<(usize, Figure, Option<Figure>)>,
    },
    PurchaseStatus {
        purchase: usize,
        to: &'static str,
    },
    Receive {
        purchase: usize,
        parts: Option<Vec<Receipt>>,
    },
}

impl Act {
    /// What kind of operation it is, for counts.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Create { through: Dialect::Iom, .. } => "create in IOM",
            Self::Create { through: Dialect::SimBiz, .. } => "create in SimBiz",
            Self::Write { way: Way::Put, .. } => "put",
            Self::Write { way: Way::Patch(Dialect::Iom), .. } => "patch in IOM",
            Self::Write { way: Way::Patch(Dialect::SimBiz), .. } => "patch in SimBiz",
            Self::Delete { .. } => "delete",
            Self::Adjust { .. } => "adjust",
            Self::Transfer { .. } => "transfer",
            Self::Reorder { .. } => "reorder level",
            Self::Batch { .. } => "batch",
            Self::Serials { .. } => "serials",
            Self::Order { .. } => "order",
            Self::OrderStatus { to: "cancelled", .. } => "cancel",
            Self::OrderStatus { .. } => "order status",
            Self::Fulfil { .. } => "fulfil",
            Self::Return { .. } => "return",
            Self::Purchase { .. } => "purchase",
            Self::PurchaseStatus { .. } => "purchase status",
            Self::Receive { .. } => "receive",
        }
    }

    /// In which dialect it is said.
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Create { through, .. } | Self::Write { way: Way::Patch(through), .. } => *through,
            _ => Dialect::Iom,
        }
    }

    /// The items that it names, those of its document's lines excepted.
    pub fn items(&self) -> Vec<usize> {
        match self {
            Self::Create { .. } => Vec::new(),
            Self::Write { item, .. }
            | Self::Delete { item }
            | Self::Adjust { item, .. }
            | Self::Transfer { item, .. }
            | Self::Reorder { item, .. }
            | Self::Batch { item, .. }
            | Self::Serials { item, .. } => vec![*item],
            Self::Order { lines, .. } | Self::Purchase { lines, .. } => lines.iter().map(|line| line.0).collect(),
            Self::Receive { parts, .. } => {
                let product = |part: &Receipt| if let Of::Item(item) = part.of { Some(item) } else { None };
                parts.iter().flatten().filter_map(product).collect()
            }
            Self::OrderStatus { .. } | Self::Fulfil { .. } | Self::Return { .. } | Self::PurchaseStatus { .. } => {
                Vec::new()
            }
        }
    }
}
