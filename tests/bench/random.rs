//! Chance that can be repeated.

/// A source of numbers (`SplitMix64`).
pub(crate) struct Random(u64);

impl Random {
    /// The source with this seed.
    pub(crate) fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 1 to `end`.
    pub(crate) fn from_one_to(&mut self, end: i64) -> i64 {
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
