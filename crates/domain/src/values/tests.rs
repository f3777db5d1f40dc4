//! The promises of every value, for all inputs and for the famous ones. Figures are compared with 128-bit integers.

use proptest::prelude::*;

use super::*;

/// The largest accepted figure, in ten-thousandths.
const MOST: i64 = LIMIT * UNIT;

fn any_units() -> impl Strategy<Value = i64> {
    prop_oneof![-MOST..=MOST, -100_000..=100_000_i64, Just(0), Just(MOST), Just(-MOST)]
}

/// Prices, half of them with half cents.
fn everyday_prices() -> impl Strategy<Value = i64> {
    prop_oneof![0..=100_000_000_i64, (0..=2_000_000_i64).prop_map(|half_cents| half_cents * 50)]
}

/// Quantities, half of them whole.
fn everyday_quantities() -> impl Strategy<Value = i64> {
    prop_oneof![-1_000_000..=1_000_000_i64, (-100..=100_i64).prop_map(|whole| whole * UNIT)]
}

/// `numerator / denominator`, rounded half away from zero.
fn rounded(numerator: i128, denominator: i128) -> i128 {
    let half = denominator / 2 * numerator.signum();
    (numerator + half) / denominator
}

/// A text that reads like a number, often without being one.
fn numberlike() -> impl Strategy<Value = String> {
    "[-+]{0,2}[0-9]{0,24}\\.{0,2}[0-9]{0,34}([eE][-+]{0,2}[0-9]{0,4}){0,2}"
}

proptest! {
    #[test]
    fn money_is_read_as_it_is_printed(units in any_units()) {
        let money = Money::from_ten_thousandths(units);
        prop_assert_eq!(Money::parse(&money.to_string()), Ok(money));
    }

    #[test]
    fn quantities_are_read_as_they_are_printed(units in any_units()) {
        let quantity = Quantity::from_ten_thousandths(units);
        prop_assert_eq!(Quantity::parse(&quantity.to_string()), Ok(quantity));
    }

    #[test]
    fn weights_are_read_as_they_are_printed(grams in 0..=LIMIT * 1000) {
        let weight = Weight::from_grams(grams);
        prop_assert_eq!(Weight::parse(&weight.to_string()), Ok(weight));
    }

    #[test]
    fn money_has_two_to_four_decimals_and_no_zero_past_the_second(units in any_units()) {
        let text = Money::from_ten_thousandths(units).to_string();
        let (_, decimals) = text.split_once('.').expect("a point");
        prop_assert!((2..=4).contains(&decimals.len()), "{}", text);
        prop_assert!(decimals.len() == 2 || !decimals.ends_with('0'), "{}", text);
    }

    #[test]
    fn quantities_have_no_trailing_zeros(units in any_units()) {
        let text = Quantity::from_ten_thousandths(units).to_string();
        prop_assert!(!text.contains('.') || !text.ends_with(['0', '.']), "{}", text);
    }

    #[test]
    fn a_line_amount_is_rounded_half_away_from_zero_to_cents(price in any_units(), quantity in any_units()) {
        let cents = rounded(i128::from(price) * i128::from(quantity), 1_000_000);
        let expected = Some(cents * 100).filter(|units| units.abs() <= i128::from(MOST));
        let amount = Money(price).times(Quantity(quantity)).map(|money| i128::from(money.0));
        prop_assert_eq!(amount, expected);
    }

    #[test]
    fn everyday_amounts_are_exact(price in everyday_prices(), quantity in everyday_quantities()) {
        let cents = rounded(i128::from(price) * i128::from(quantity), 1_000_000);
        prop_assert_eq!(Money(price).times(Quantity(quantity)).map(|money| i128::from(money.0)), Some(cents * 100));
    }

    #[test]
    fn sums_are_exact_and_refused_out_of_range(left in any_units(), right in any_units()) {
        let expected = Some(left + right).filter(|sum| sum.abs() <= MOST);
        prop_assert_eq!(Money(left).plus(Money(right)), expected.map(Money));
        prop_assert_eq!(Quantity(left).plus(Quantity(right)), expected.map(Quantity));
    }

    #[test]
    fn sums_do_not_depend_on_the_order(figures in proptest::array::uniform3(-MOST / 3..=MOST / 3)) {
        let [a, b, c] = figures.map(Money);
        let left_first = a.plus(b).and_then(|sum| sum.plus(c));
        let right_first = b.plus(c).and_then(|sum| a.plus(sum));
        prop_assert_eq!(left_first, right_first);
        prop_assert!(left_first.is_some());
    }

    #[test]
    fn reports_round_to_exactly_two_decimals(units in any_units()) {
        let cents = rounded(i128::from(units), 100);
        let sign = if cents < 0 { "-" } else { "" };
        let expected = format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100);
        prop_assert_eq!(Money(units).two_decimals(), expected);
    }

    #[test]
    fn no_text_makes_reading_a_number_panic(text in any::<String>()) {
        let _number_or_fault = (Money::parse(&text), Quantity::parse(&text), Weight::parse(&text), Price::parse(&text));
    }

    #[test]
    fn what_reads_like_a_number_is_read_exactly_or_refused(text in numberlike()) {
        prop_assert_eq!(Money::parse(&text).map(|money| money.0), exactly(&text, 4), "{}", text);
    }

    #[test]
    fn folding_twice_changes_nothing_more(text in any::<String>()) {
        let folded = fold(&text);
        prop_assert_eq!(fold(&folded), folded);
    }

    #[test]
    fn case_does_not_matter_for_letters_that_have_it(text in "[a-zA-Z0-9À-ÖØ-Þà-öø-þА-Яа-я ]{0,20}") {
        prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
    }

    #[test]
    fn a_text_is_trimmed_counted_in_characters_and_free_of_nul(text in "\\PC{0,12}|[ \t\n\u{0}a]{0,12}") {
        let trimmed = text.trim();
        let expected = match trimmed.chars().count() {
            0 => Ok(None),
            _ if trimmed.contains('\0') => Err(TextFault::Nul),
            9.. => Err(TextFault::TooLong(8)),
            _ => Ok(Some(trimmed.to_owned())),
        };
        prop_assert_eq!(Text::<8>::parse(&text).map(|text| text.map(String::from)), expected);
    }
}

/// What a text is worth in units of `10^-scale`, written out digit by digit.
fn exactly(text: &str, scale: i64) -> Result<i64, NumberFault> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
                return Err(NumberFault::NotANumber);
            }
            (mantissa, exponent.parse::<i64>().expect("at most four digits"))
        }
        None => (unsigned, 0),
    };
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{decimals}");
    if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
        return Err(NumberFault::NotANumber);
    }
    let zeros = i64::try_from(decimals.len()).unwrap();
    let significant = digits.trim_start_matches('0');
    let kept = significant.trim_end_matches('0');
    if kept.is_empty() {
        return Ok(0);
    }
    let power = exponent - zeros + i64::try_from(significant.len() - kept.len()).unwrap() + scale;
    if power < 0 {
        return Err(NumberFault::TooPrecise);
    }
    let units = format!("{kept}{}", "0".repeat(usize::try_from(power.min(60)).unwrap()));
    let units = units.parse::<i64>().ok().filter(|units| *units <= MOST).ok_or(NumberFault::OutOfRange)?;
    Ok(if text.starts_with('-') { -units } else { units })
}

#[test]
fn a_price_times_a_quantity_is_rounded_as_a_shopkeeper_does() {
    let times = |price: &str, quantity: &str| {
        let (price, quantity) = (Money::parse(price).unwrap(), Quantity::parse(quantity).unwrap());
        price.times(quantity).map(|amount| amount.to_string())
    };
    assert_eq!(times("0.615", "3").as_deref(), Some("1.85"));
    assert_eq!(times("0.615", "-3").as_deref(), Some("-1.85"));
    assert_eq!(times("0.005", "1").as_deref(), Some("0.01"));
    assert_eq!(times("0.0049", "1").as_deref(), Some("0.00"));
    assert_eq!(times("49.99", "3").as_deref(), Some("149.97"));
    assert_eq!(times("900000000000", "1").as_deref(), Some("900000000000.00"));
    assert_eq!(times("900000000000", "1.0001"), None);
    assert_eq!(times("900000000000", "900000000000"), None);
}

#[test]
fn numbers_are_printed_plainly() {
    let money = ["0", "5", "49.9", "49.99", "0.615", "0.0001", "-12.5", "1e3"];
    let printed = money.map(|text| Money::parse(text).unwrap().to_string());
    assert_eq!(printed, ["0.00", "5.00", "49.90", "49.99", "0.615", "0.0001", "-12.50", "1000.00"]);
    let quantities = ["0", "3.0", "2.50", "0.0001", "-1", "1e2", "100"];
    let printed = quantities.map(|text| Quantity::parse(text).unwrap().to_string());
    assert_eq!(printed, ["0", "3", "2.5", "0.0001", "-1", "100", "100"]);
    let weights = ["0", "0.45", "12", "0.0004", "0.0005"].map(|text| Weight::parse(text).unwrap().to_string());
    assert_eq!(weights, ["0.000", "0.450", "12.000", "0.000", "0.001"]);
}

#[test]
fn what_is_no_number_is_said_to_be_none() {
    let texts = [
        "",
        " ",
        ".",
        "-",
        "+",
        "e",
        "e5",
        "1e",
        "1e+",
        "--1",
        "-+1",
        "++1",
        "1-",
        "1-2",
        "1_000",
        "1,000",
        "1.2.3",
        "1e5e5",
        "1e1.5",
        "e",
        ".e1",
        "NaN",
        "nan",
        "inf",
        "-Infinity",
        "0x10",
        "1 2",
        "½",
        "١",
        "1\0",
        "twelve",
    ];
    for text in texts {
        assert_eq!(Money::parse(text), Err(NumberFault::NotANumber), "{text:?}");
        assert_eq!(Weight::parse(text), Err(NumberFault::NotANumber), "{text:?}");
    }
}

#[test]
fn every_way_to_write_a_number_is_understood() {
    let same = [
        ("1.5e3", "1500"),
        ("1.5E+3", "1500"),
        ("15e2", "1500"),
        (" 12 ", "12"),
        ("1.", "1"),
        (".5", "0.5"),
        ("+7", "7"),
        ("-0", "0"),
        ("007", "7"),
        ("0.5000000000000000000000000000000000000000", "0.5"),
        ("0e400", "0"),
        ("0e-400", "0"),
        ("5000e-3", "5"),
        ("0.00000000000000000000000000000005e32", "5"),
        ("12e0", "12"),
        ("00000000000000000000000000000000000000000000001", "1"),
        ("100000000000000000000000000000000000000000e-40", "10"),
    ];
    for (text, plain) in same {
        assert_eq!(Money::parse(text), Ok(Money::parse(plain).unwrap()), "{text}");
    }
}

#[test]
fn what_is_out_of_range_is_told_from_what_is_too_fine() {
    let far = [
        "900000000000.0001",
        "-900000000000.0001",
        "1e12",
        "1E400",
        "-1E400",
        "1e99999999999999999999",
        "1234567890123456789012345678901234567890",
        "922337203685477.5808",
        "9223372036854775808",
        "9e27",
        "9e28",
    ];
    for text in far {
        assert_eq!(Money::parse(text), Err(NumberFault::OutOfRange), "{text}");
    }
    let fine = [
        "1e-7",
        "0.00001",
        "49.99000000000000000000000000004",
        "49.99000000000000000000000000004e0",
        "1e-28",
        "1e-29",
        "1e-400",
        "0.5e-28",
        "1e-99999999999999999999",
        "0.00000000000000000000000000000000000000001",
    ];
    for text in fine {
        assert_eq!(Money::parse(text), Err(NumberFault::TooPrecise), "{text}");
    }
}

#[test]
fn the_limit_itself_is_accepted() {
    assert_eq!(Money::parse("900000000000"), Ok(Money(MOST)));
    assert_eq!(Money::parse("-900000000000.0000"), Ok(Money(-MOST)));
    assert_eq!(Quantity::whole(LIMIT), Some(Quantity(MOST)));
    assert_eq!((Quantity::whole(LIMIT + 1), Quantity::whole(i64::MIN)), (None, None));
    assert_eq!(Weight::parse("900000000000"), Ok(Weight(LIMIT * 1000)));
    assert_eq!(Weight::parse("900000000000.001"), Err(NumberFault::OutOfRange));
    assert_eq!((Money(MOST).plus(Money(1)), Money(-MOST).plus(Money(-1))), (None, None));
}

#[test]
fn prices_and_weights_are_never_negative() {
    assert_eq!(Price::parse("-0.01"), Err(NumberFault::Negative));
    assert_eq!(Price::parse("-0").map(Price::money), Ok(Money::ZERO));
    assert_eq!(Weight::parse("-0.001"), Err(NumberFault::Negative));
    assert_eq!(Weight::parse("-0.0001"), Err(NumberFault::Negative));
    assert_eq!(Weight::parse("-0.000"), Ok(Weight(0)));
    assert_eq!(Money::parse("-0.01"), Ok(Money(-100)));
}

#[test]
fn a_weight_finer_than_a_gram_is_rounded_however_fine() {
    let weights =
        [("0.4504", 450), ("0.4505", 451), ("0.45049999999999999999999999999999999", 450), ("1e-40", 0), ("4.5e-4", 0)];
    for (text, grams) in weights {
        assert_eq!(Weight::parse(text), Ok(Weight(grams)), "{text}");
    }
}

#[test]
fn a_text_counts_characters_not_bytes() {
    assert!(Text::<3>::parse("日本語").unwrap().is_some());
    assert_eq!(Text::<3>::parse("日本語!"), Err(TextFault::TooLong(3)));
    assert_eq!(Text::<3>::parse(" \u{3000}a\t").map(|text| text.map(String::from)), Ok(Some("a".to_owned())));
    assert_eq!(Text::<3>::parse("\0"), Err(TextFault::Nul));
}

#[test]
fn folding_knows_more_than_ascii() {
    let folded = [" ANVIL ", "Größe", "ÉCLAIR", "İ", "ΣΟΦΟΣ", "БОЛТ", "日本"].map(fold);
    assert_eq!(folded, ["anvil", "größe", "éclair", "i\u{307}", "σοφοσ", "болт", "日本"]);
}

#[test]
fn a_change_to_nothing_empties() {
    assert_eq!(
        (Change::to(None::<i32>), Change::to(Some(1)), Change::default()),
        (Change::Clear, Change::Set(1), Change::<i32>::Keep)
    );
}

#[test]
fn an_equal_part_is_rounded_once_half_away_from_zero() {
    for (whole, parts, part) in [
        ("28450.80", 382, "74.48"),
        ("0.01", 2, "0.01"),
        ("0.01", 3, "0.00"),
        ("0.05", 2, "0.03"),
        ("-0.05", 2, "-0.03"),
        ("0.0149", 1, "0.01"),
        ("10", 3, "3.33"),
        ("20", 3, "6.67"),
        ("900000000000", 1, "900000000000.00"),
        ("5", 0, "0.00"),
        ("5", -1, "0.00"),
    ] {
        assert_eq!(Money::parse(whole).unwrap().part_of(parts).to_string(), part, "{whole} / {parts}");
    }
    assert_eq!(Money(i64::MAX).part_of(1), Money(i64::MAX / 100 * 100));
}
