//! Chance that can be repeated: every seed is printed, and the environment can give one.

use std::time::UNIX_EPOCH;

/// A source of numbers (`SplitMix64`), good enough to shuffle with.
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    /// A source with a seed that is printed, so that a failure can be repeated: `STOCKBRIDGE_SEED=… cargo test …`.
    pub fn seeded() -> Self {
        Self::of(Self::seed())
    }

    /// A seed, which is printed: the one that the environment gives, or another each time.
    pub fn seed() -> u64 {
        let given = std::env::var("STOCKBRIDGE_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| UNIX_EPOCH.elapsed().expect("a clock past 1970").subsec_nanos().into());
        eprintln!("seed: STOCKBRIDGE_SEED={seed}");
        seed
    }

    /// The source with this seed.
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// A source of its own for each of several threads.
    pub fn fork(&mut self) -> Self {
        Self(self.next())
    }

    /// A number from 0 to one below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).expect("a small number");
        usize::try_from(self.next() % end).expect("a small number")
    }

    /// Whether something happens that happens once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these.
    pub fn pick<'t, T>(&mut self, things: &'t [T]) -> &'t T {
        &things[self.below(things.len())]
    }

    /// The same things in another order.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
