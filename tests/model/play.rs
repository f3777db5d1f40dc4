//! Carries operations out on a server and in the model, one after the other, and holds the two against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};
use serde_json::{Value, json};
use stockbridge_domain::items::{self, ItemFilter};
use stockbridge_domain::page::{Start, Window};
use stockbridge_domain::stock::balances::{self, BalanceFilter, BalanceOrder};
use stockbridge_domain::{Result as Done, TenantId, Tx};

use super::chance::Chance;
use super::compare::{self, holds};
use super::masks;
use super::request::{self, Request};
use super::shop::{Act, Balance, Dialect, Field, Line, Model, Refusal};
use crate::support::{Client, OURS, Reply, Shop};

/// What is wrong, in plain words.
pub type Held = Result<(), String>;

/// Someone who works in a shop, by chance.
pub struct Player<'s> {
    pub shop: &'s Shop,
    pub model: Model,
    pub chance: Chance,
    /// Whether nobody else works on that server: then documents have no other numbers than those of the model.
    pub is_alone: bool,
    /// Operations so far.
    pub done: usize,
    /// What was answered to the first of them, without what differs from server to server.
    pub answers: Vec<String>,
    /// How often each kind of operation was done, and refused.
    pub tally: BTreeMap<&'static str, (usize, usize)>,
    seed: u64,
    iom: Client<'s>,
    simbiz: Client<'s>,
}

/// What is looked at after an operation.
pub struct Reach {
    /// What it is about.
    pub items: Vec<usize>,
    /// The item that is looked at in every view.
    pub one: Option<usize>,
    pub looks_at_item: bool,
    pub looks_at_stock: bool,
}

/// The instants of what an operation touched.
#[derive(Default)]
struct Instants {
    /// By item id.
    items: BTreeMap<i64, NaiveDateTime>,
    /// By item id and location id.
    balances: BTreeMap<(i64, i64), NaiveDateTime>,
}

impl<'s> Player<'s> {
    /// Begins in this shop, as it is.
    pub fn new(shop: &'s Shop, model: Model, chance: Chance, seed: u64) -> Self {
        let (answers, tally) = (Vec::new(), BTreeMap::new());
        // Once: signing their tokens takes time.
        let (iom, simbiz) = (shop.iom(), shop.simbiz());
        Self { shop, model, chance, is_alone: true, done: 0, answers, tally, seed, iom, simbiz }
    }

    /// Carries out one operation.
    ///
    /// # Errors
    /// The report of what the server and the model do not agree on.
    pub async fn step(&mut self) -> Held {
        let act = self.chance.next(&self.model);
        let request = request::of(&self.model, &act, &mut self.chance.random);
        self.done += 1;
        let mut said = String::new();
        let outcome = self.carry_out(&act, &request, &mut said).await;
        outcome.map_err(|what| {
            let what = format!("{what}\n  asked:    {request}\n  answered: {said}\n  meant:    {act:?}");
            self.report(act.kind(), &what)
        })
    }

    /// What is wrong, and how to see it again.
    pub fn report(&self, doing: &str, what: &str) -> String {
        let Self { seed, done, .. } = self;
        format!(
            "operation {done} ({doing}): {what}\n  again:    STOCKBRIDGE_SEED={seed} STOCKBRIDGE_OPERATIONS={done} \
             scripts/with-postgres cargo test -p stockbridge-tests -- model::"
        )
    }

    async fn carry_out(&mut self, act: &Act, request: &Request, said: &mut String) -> Held {
        let begun = now();
        let before = self.model.balances.clone();
        let expected = self.model.carry_out(act);
        let reply = self.send(request).await?;
        *said = format!("{} {}", reply.status, String::from_utf8_lossy(reply.bytes()));
        let count = self.tally.entry(act.kind()).or_default();
        let (mut changed, mut is_done) = (BTreeSet::new(), false);
        match expected {
            Ok(done) => {
                count.0 += 1;
                is_done = true;
                if !(200..300).contains(&reply.status) {
                    return Err("the model expected it to be done".to_owned());
                }
                let body = reply.json();
                let mine = |pointer: &str| self.is_alone || !matches!(pointer, "/order_number" | "/po_number");
                for (pointer, value) in done.said.iter().filter(|(pointer, _)| mine(pointer)) {
                    let found = body.pointer(pointer).unwrap_or(&Value::Null);
                    holds(value, found).map_err(|what| format!("in the answer at {pointer}: {what}"))?;
                }
                changed = done.changed;
                self.learn(act, &body).await?;
            }
            Err(refusal) => {
                count.1 += 1;
                is_refused(&refusal, act.dialect(), &reply)?;
            }
        }
        if self.is_alone && self.done <= super::SOME {
            self.answers.push(masks::answer(&self.model, act, request, &reply));
        }
        let reach = self.reach(act);
        self.keep_time(&reach, &changed, &before, (begun, now())).await?;
        if let Some(at) = changed.first().filter(|_| is_done && act.dialect() == Dialect::SimBiz) {
            let shown = super::words::item(&self.model, *at);
            holds(&shown, &reply.at("/data")).map_err(|what| format!("in the answer: {what}"))?;
        }
        compare::touched(self, act, &reach).await
    }

    /// What is to be looked at after an operation. What it cannot have changed is looked at less often.
    fn reach(&mut self, act: &Act) -> Reach {
        let items = self.touched(act);
        let is_about_items = matches!(act, Act::Create { .. } | Act::Write { .. } | Act::Delete { .. });
        let one = if items.is_empty() { None } else { Some(*self.chance.random.pick(&items)) };
        let looks_at_item = is_about_items || self.chance.random.once_in(3);
        let looks_at_stock = !is_about_items || matches!(act, Act::Delete { .. }) || self.chance.random.once_in(3);
        Reach { items, one, looks_at_item, looks_at_stock }
    }

    /// Sends a request, now and then with a key and then again: what was done is not done twice, and answered alike.
    async fn send(&mut self, request: &Request) -> Result<Reply, String> {
        let client = self.client(request.dialect);
        let Request { method, path, body, .. } = request;
        let bytes = |body: &Option<Value>| body.as_ref().map(|body| body.to_string().into_bytes());
        if !self.chance.random.once_in(12) {
            return Ok(client.send(method.clone(), path, bytes(body)).await);
        }
        let client = client.with("Idempotency-Key", &format!("{}{}", self.chance.prefix, self.done));
        let first = client.send(method.clone(), path, bytes(body)).await;
        let again = client.send(method.clone(), path, bytes(body)).await;
        let is_done = (200..300).contains(&first.status);
        let is_replayed = again.header("Idempotent-Replayed") == Some("true");
        let same = if is_done { first.bytes() == again.bytes() } else { code(&first) == code(&again) };
        if first.status != again.status || is_replayed != is_done || !same {
            let (first, again) = (first.text(), again.text());
            return Err(format!("with an Idempotency-Key it answered {first}, then {again} (replayed: {is_replayed})"));
        }
        if is_done && let Some(Value::Object(mut other)) = body.clone() {
            other.insert("something".to_owned(), json!("else"));
            let refused = client.send(method.clone(), path, bytes(&Some(Value::Object(other)))).await;
            let codes = ["idempotency_key_reused", "V3_REQ_IDEMPOTENCY_MISMATCH"];
            if refused.status != 422 || !codes.contains(&code(&refused).as_str()) {
                return Err(format!("the same key with another body answered {}", refused.text()));
            }
        }
        Ok(first)
    }

    /// A client of a dialect.
    pub fn client(&self, dialect: Dialect) -> Client<'s> {
        match dialect {
            Dialect::Iom => self.iom.clone(),
            Dialect::SimBiz => self.simbiz.clone(),
        }
    }

    /// Takes the ids that an answer gives.
    async fn learn(&mut self, act: &Act, body: &Value) -> Held {
        let id = |pointer: &str| body.pointer(pointer).and_then(Value::as_i64).ok_or(format!("no number at {pointer}"));
        match act {
            Act::Create { through, .. } => {
                let simbiz = || body.pointer("/data/item_id").and_then(Value::as_str);
                let id = match through {
                    Dialect::Iom => id("/id")?,
                    Dialect::SimBiz => {
                        let text = simbiz().and_then(|text| text.strip_prefix("1-1-"));
                        text.and_then(|text| text.parse().ok()).ok_or("no item id")?
                    }
                };
                self.model.items.last_mut().expect("the new item").id = id;
            }
            Act::Batch { item, number, .. } => {
                let lots = &mut self.model.items[*item].lots;
                lots.iter_mut().find(|lot| lot.number == *number).expect("the new batch").id = Some(id("/id")?);
            }
            Act::Order { .. } => {
                let id = id("/id")?;
                let shown = self.iom.get(&format!("/orders/{id}")).await.json();
                let made = self.model.orders.last_mut().expect("the new order");
                (made.id, made.number) = (id, text(body, "order_number"));
                learn_lines(&mut made.lines, &shown);
                compare::order(&self.model, self.model.orders.last().expect("the new order"), &shown)?;
            }
            Act::Purchase { .. } => {
                let id = id("/id")?;
                let shown = self.iom.get(&format!("/suppliers/purchase-orders/{id}")).await.json();
                let made = self.model.purchases.last_mut().expect("the new purchase order");
                (made.id, made.number) = (id, text(body, "po_number"));
                learn_lines(&mut made.lines, &shown);
                compare::purchase(&self.model, self.model.purchases.last().expect("the new one"), &shown)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The items that an operation is about, those on the lines of its document included.
    fn touched(&self, act: &Act) -> Vec<usize> {
        let mut items = act.items();
        let lines = match act {
            Act::Create { .. } => return self.model.items.len().checked_sub(1).into_iter().collect(),
            Act::OrderStatus { order, .. } | Act::Fulfil { order, .. } | Act::Return { order, .. } => {
                self.model.orders.get(*order).map(|order| &order.lines)
            }
            Act::PurchaseStatus { purchase, .. } | Act::Receive { purchase, .. } => {
                self.model.purchases.get(*purchase).map(|purchase| &purchase.lines)
            }
            _ => None,
        };
        items.extend(lines.into_iter().flatten().map(|line| line.item));
        items.retain(|item| *item < self.model.items.len());
        items.sort_unstable();
        items.dedup();
        items
    }

    /// Holds that the instants of change moved exactly where something changed, and learns them.
    async fn keep_time(
        &mut self,
        reach: &Reach,
        changed: &BTreeSet<usize>,
        before: &BTreeMap<(usize, usize), Balance>,
        (begun, ended): (NaiveDateTime, NaiveDateTime),
    ) -> Held {
        let is_live = |at: &&usize| self.model.is_live(**at);
        let stocked =
            if reach.looks_at_stock { reach.items.iter().filter(is_live).copied().collect() } else { Vec::new() };
        let one = reach.one.filter(|at| reach.looks_at_item && self.model.is_live(*at));
        let instants = self.instants(one, &stocked).await;
        let right = |is_changed: bool, was: NaiveDateTime, is: NaiveDateTime| {
            let is_right = if is_changed { begun <= is && is <= ended } else { was == is };
            let meant = if is_changed { "must have moved" } else { "must stay" };
            if is_right { Ok(()) } else { Err(format!("`updated` {meant}; it was {was} and is {is}")) }
        };
        if let Some(at) = one {
            let item = &mut self.model.items[at];
            let updated = instants.items.get(&item.id).copied().ok_or("the item cannot be read")?;
            right(changed.contains(&at), item.updated_at, updated)
                .map_err(|what| format!("item {}: {what}", item.id))?;
            if item.created_at == Model::unlearned() {
                item.created_at = updated;
            }
            item.updated_at = updated;
        }
        for at in stocked {
            let id = self.model.items[at].id;
            for ((_, place), balance) in self.model.balances.range_mut((at, 0)..=(at, usize::MAX)) {
                let place_id = self.model.lists.places[*place].id;
                let of = || format!("item {id} in warehouse {place_id}");
                let updated = instants.balances.get(&(id, place_id)).copied();
                let updated = updated.ok_or_else(|| format!("{}: there is no balance", of()))?;
                let figures = |balance: &Balance| (balance.quantity, balance.reserved);
                let known = before.get(&(at, *place));
                let is_changed = known.is_none_or(|known| figures(known) != figures(balance));
                right(is_changed, balance.updated_at, updated).map_err(|what| format!("{}: {what}", of()))?;
                balance.updated_at = updated;
            }
        }
        Ok(())
    }

    /// Instants as the domain has them, to the microsecond: the dialects show seconds.
    async fn instants(&self, one: Option<usize>, stocked: &[usize]) -> Instants {
        let one = one.map(|at| self.model.items[at].id);
        let code = |at: &usize| self.model.items[*at].text(Field::Sku).to_owned();
        let codes = stocked.iter().map(code).collect::<Vec<_>>();
        if one.is_none() && codes.is_empty() {
            return Instants::default();
        }
        let read = move |tx: &mut Tx<'_>| -> Done<Instants> {
            let mut instants = Instants::default();
            let window = Window { start: Start::Page(1), limit: 200 };
            if one.is_some() {
                let rows = items::heads(tx, &ItemFilter { id: one, ..ItemFilter::default() }, &window)?.rows;
                instants.items = rows.into_iter().map(|head| (head.id, head.updated_at)).collect();
            }
            if !codes.is_empty() {
                let filter = BalanceFilter { item_codes: Some(codes.clone()), ..BalanceFilter::default() };
                let rows = balances::part(tx, &filter, BalanceOrder::Item, &window)?.rows;
                let row = |row: balances::Balance| ((row.item.id, row.location.id), row.updated_at);
                instants.balances = rows.into_iter().map(row).collect();
            }
            Ok(instants)
        };
        let instants = self.shop.store.look(move |lobby| read(&mut lobby.as_system(TenantId::new(OURS))?)).await;
        instants.expect("the store can be read")
    }
}

fn learn_lines(lines: &mut [Line], shown: &Value) {
    let ids = shown["items"].as_array().into_iter().flatten().filter_map(|line| line["id"].as_i64());
    lines.iter_mut().zip(ids).for_each(|(line, id)| line.id = id);
}

fn text(body: &Value, key: &str) -> String {
    body[key].as_str().unwrap_or_default().to_owned()
}

/// The code of a refusal, in either dialect.
fn code(reply: &Reply) -> String {
    let body = reply.json();
    let code = body.get("code").or_else(|| body.pointer("/errors/0/code"));
    code.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn is_refused(refusal: &Refusal, dialect: Dialect, reply: &Reply) -> Held {
    let told = refusal.told(dialect);
    if (reply.status, code(reply).as_str()) != told {
        return Err(format!("the model expected {} {} ({refusal:?})", told.0, told.1));
    }
    let details = refusal.details();
    if dialect == Dialect::Iom && !details.is_empty() {
        holds(&Value::Array(details), &reply.at("/details")).map_err(|what| format!("in the details: {what}"))?;
    }
    Ok(())
}

/// The instant, as the store keeps it.
fn now() -> NaiveDateTime {
    DateTime::<Utc>::from(SystemTime::now()).naive_utc().trunc_subsecs(6)
}
