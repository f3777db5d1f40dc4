//! Both dialects against a model: thousands of operations by chance, through either, and after each of them all that
//! the dialects show is what a plain shop in memory says. A failing seed can be replayed:
//!
//! ```sh
//! STOCKBRIDGE_SEED=… STOCKBRIDGE_OPERATIONS=… scripts/with-postgres cargo test -p stockbridge-tests -- model::
//! ```

mod chance;
mod compare;
mod crowd;
mod masks;
mod open;
mod play;
mod request;
mod shop;
mod survey;
mod words;

use std::cell::RefCell;
use std::time::Instant;

use chance::Chance;
use play::Player;
use serde_json::Value;
use shop::Slip;
use survey::survey;

use crate::support::{Random, Shop, on_each_engine};

/// Operations on SQLite, unless the environment says otherwise.
const MANY: usize = 10_000;
/// Operations on both engines: after so many they are compared.
const SOME: usize = 2_500;
/// Kinds of operations that there are.
const KINDS: usize = 19;
/// Operations from one look at everything to the next.
const STRETCH: usize = 500;

/// What one engine said: the answers, and everything it showed in the end.
struct Told {
    answers: Vec<String>,
    shown: Vec<Value>,
}

#[test]
fn both_dialects_and_both_engines_tell_what_the_model_tells() {
    let seed = Random::seed();
    let given = std::env::var("STOCKBRIDGE_OPERATIONS").ok().and_then(|count| count.parse::<usize>().ok());
    let (many, some) = (given.unwrap_or(MANY), given.map_or(SOME, |count| count.min(SOME)));
    let told: RefCell<Option<Told>> = RefCell::default();
    on_each_engine(async |shop| {
        let begun = Instant::now();
        let first = told.take();
        // The engine that comes second is held against the first one, as far as that is worth its time.
        let many = if first.is_some() { some } else { many };
        let mut player = begin(shop, seed, None).await;
        let shown = play(&mut player, some).await.unwrap_or_else(|what| panic!("{what}"));
        let this = Told { answers: player.answers.clone(), shown };
        if let Some(first) = first {
            is_same(&first, &this);
        }
        told.replace(Some(this));
        if many > some {
            play(&mut player, many).await.unwrap_or_else(|what| panic!("{what}"));
        }
        let took = begun.elapsed().as_secs_f32();
        eprintln!("{many} operations in {took:.1} s; done and refused: {:?}", player.tally);
        everything_happened(&player, many);
    });
}

#[test]
fn a_model_that_is_wrong_is_found_out() {
    let seed = Random::seed();
    for slip in [
        Slip::CancelKeepsPromises,
        Slip::ReturnForgetsStock,
        Slip::PutClearsAlternateName,
        Slip::SameMeansChanged,
        Slip::TransferTakesPromised,
        Slip::CodesStayTaken,
    ] {
        let found: RefCell<Option<String>> = RefCell::default();
        crate::support::on_sqlite(async |shop| {
            let mut player = begin(shop, seed, Some(slip)).await;
            found.replace(play(&mut player, 4_000).await.err());
        });
        let found = found.take().unwrap_or_else(|| panic!("{slip:?} was not noticed"));
        eprintln!("{slip:?}: {}", found.lines().next().unwrap_or_default());
        assert!(found.contains(&format!("STOCKBRIDGE_SEED={seed}")), "{found}");
    }
}

async fn begin(shop: &Shop, seed: u64, slip: Option<Slip>) -> Player<'_> {
    let model = shop::Model { slip, ..open::open(shop).await };
    Player::new(shop, model, Chance::new(Random::of(seed), ""), seed)
}

/// Goes on until so many operations are done, with a look at everything now and then. Returns the last look.
async fn play(player: &mut Player<'_>, many: usize) -> Result<Vec<Value>, String> {
    while player.done < many {
        player.step().await?;
        if player.done.is_multiple_of(STRETCH) && player.done < many {
            look(player).await?;
        }
    }
    look(player).await
}

async fn look(player: &mut Player<'_>) -> Result<Vec<Value>, String> {
    // What the store was asked is of no use here, and a lot.
    let (shown, _) = player.shop.statements_of(survey(&mut *player)).await;
    shown.map_err(|what| player.report("a look at everything", &what))
}

fn is_same(first: &Told, second: &Told) {
    for (at, (one, other)) in first.answers.iter().zip(&second.answers).enumerate() {
        assert_eq!(one, other, "the engines answer operation {} differently", at + 1);
    }
    assert_eq!(first.answers.len(), second.answers.len());
    for (one, other) in first.shown.iter().zip(&second.shown) {
        assert_eq!(one, other, "the engines show different things in the end");
    }
    assert_eq!(first.shown.len(), second.shown.len());
}

/// In a long story every kind of operation is done, and a good part of all is refused.
fn everything_happened(player: &Player<'_>, many: usize) {
    if many < SOME {
        return;
    }
    let tally = &player.tally;
    assert!(tally.len() == KINDS && tally.values().all(|(done, _)| *done > 0), "{tally:?}");
    let refused = tally.values().map(|(_, refused)| refused).sum::<usize>();
    assert!((many / 6..many / 2).contains(&refused), "{refused} of {many} were refused: {tally:?}");
}
