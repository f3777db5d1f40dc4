//! Numbers that look like chance and are none: the same seed gives the same ones on every machine.

/// A generator: splitmix64 of Steele, Lea and Flood, whose state may begin anywhere.
pub(super) struct Random(u64);

/// What a generator is for, so that no two draw the same numbers.
#[derive(Clone, Copy)]
pub(super) enum Stream {
    Product,
    Stock,
    Customer,
    Shipping,
    Billing,
    Order,
    Count,
}

impl Random {
    /// The numbers of one thing: it is the same wherever and whenever it is drawn.
    pub(super) fn of(seed: u64, stream: Stream, index: i64) -> Self {
        let stream = match stream {
            Stream::Product => 1,
            Stream::Stock => 2,
            Stream::Customer => 3,
            Stream::Shipping => 4,
            Stream::Billing => 5,
            Stream::Order => 6,
            Stream::Count => 7,
        };
        let mut begin = Self(seed);
        let of_seed = begin.next();
        let mut begin = Self(of_seed ^ index.unsigned_abs().rotate_left(20) ^ stream);
        Self(begin.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, and without, `end`; 0 where there is none.
    pub(super) fn below(&mut self, end: i64) -> i64 {
        let scaled = u128::from(self.next()) * u128::from(end.max(0).unsigned_abs());
        i64::try_from(scaled >> 64).unwrap_or(0)
    }

    /// A number between two, both included.
    pub(super) fn between(&mut self, first: i64, last: i64) -> i64 {
        first + self.below(last - first + 1)
    }

    /// So often in a hundred.
    pub(super) fn percent(&mut self, often: i64) -> bool {
        self.below(100) < often
    }

    /// One of several; the default where there is none.
    pub(super) fn of_these<T: Copy + Default>(&mut self, these: &[T]) -> T {
        self.one(these).copied().unwrap_or_default()
    }

    /// One of several, if there is any.
    pub(super) fn one<'t, T>(&mut self, these: &'t [T]) -> Option<&'t T> {
        let at = self.below(crate::counters::rows(these.len()));
        usize::try_from(at).ok().and_then(|at| these.get(at))
    }
}
