//! Figures as digits, put together on the stack: answers are full of them.

/// Room for the longest: a sign, nineteen digits and a point.
const ROOM: usize = 21;

/// The digits of one figure.
pub(super) struct Digits {
    bytes: [u8; ROOM],
    begin: usize,
}

impl Digits {
    /// Whole ten-thousandths, with at least so many decimals, up to four, and no zeros behind these.
    pub(super) fn of(ten_thousandths: i64, least: u32) -> Self {
        let (mut rest, mut decimals) = (ten_thousandths.unsigned_abs(), 4);
        while decimals > least && rest % 10 == 0 {
            (rest, decimals) = (rest / 10, decimals - 1);
        }
        let mut digits = Self { bytes: [b'0'; ROOM], begin: ROOM };
        let mut written = 0;
        while rest > 0 || written <= decimals {
            if written == decimals && decimals > 0 {
                digits.put(b'.');
            }
            digits.put(b'0' + u8::try_from(rest % 10).unwrap_or_default());
            (rest, written) = (rest / 10, written + 1);
        }
        if ten_thousandths < 0 {
            digits.put(b'-');
        }
        digits
    }

    pub(super) fn as_str(&self) -> &str {
        self.bytes.get(self.begin..).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// Puts a character before the others.
    fn put(&mut self, character: u8) {
        self.begin = self.begin.saturating_sub(1);
        if let Some(place) = self.bytes.get_mut(self.begin) {
            *place = character;
        }
    }
}
