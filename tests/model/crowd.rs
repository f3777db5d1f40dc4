//! Several at once: each works with items of its own, in warehouses and with numbers that all share. The seed tells
//! again what each of them does, though not in which order it comes to pass.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use super::chance::Chance;
use super::play::Player;
use super::shop::Model;
use super::{open, survey};
use crate::support::{Random, on_each_engine};

/// How many there are.
const TASKS: usize = 8;
/// Operations of each.
const EACH: usize = 120;

#[test]
fn eight_at_once_find_what_each_alone_would_find() {
    let seed = Random::seed();
    on_each_engine(async |shop| {
        let model = open::open(shop).await;
        let mut random = Random::of(seed);
        let player = |number: usize| {
            let chance = Chance::new(random.fork(), &format!("T{number}-"));
            let mut player = Player::new(shop, model.clone(), chance, seed);
            player.is_alone = false;
            player
        };
        let mut players = (0..TASKS).map(player).collect::<Vec<_>>();
        for outcome in at_once(players.iter_mut().map(work).collect()).await {
            outcome.unwrap_or_else(|what| panic!("{what}"));
        }
        // All that each of them knows, put together, is all that there is.
        let models = players.iter().map(|player| player.model.clone()).collect::<Vec<_>>();
        let mut all = Player::new(shop, Model::merged(&models), Chance::new(random.fork(), ""), seed);
        all.is_alone = false;
        let shown = survey::survey(&mut all).await;
        shown.unwrap_or_else(|what| panic!("seed {seed}: {what}"));
        let mut numbers = models.iter().flat_map(|model| &model.orders).map(|order| &order.number).collect::<Vec<_>>();
        numbers.sort_by_key(|number| (number.len(), number.as_str()));
        let expected = (1..=numbers.len()).map(|number| format!("ORD-{number}")).collect::<Vec<_>>();
        assert_eq!(numbers, expected.iter().collect::<Vec<_>>(), "an order's number is missing, or given twice");
    });
}

async fn work(player: &mut Player<'_>) -> Result<(), String> {
    for _ in 0..EACH {
        player.step().await?;
    }
    Ok(())
}

/// Waits for all of these, which go on at the same time.
async fn at_once<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut running: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut ended = running.iter().map(|_| None).collect::<Vec<_>>();
    std::future::poll_fn(move |context| {
        for (future, end) in running.iter_mut().zip(&mut ended) {
            if end.is_none()
                && let Poll::Ready(output) = future.as_mut().poll(context)
            {
                *end = Some(output);
            }
        }
        if ended.iter().all(Option::is_some) { Poll::Ready(ended.drain(..).flatten().collect()) } else { Poll::Pending }
    })
    .await
}
