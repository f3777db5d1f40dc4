//! Windows, slices and cursors, with hostile texts.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn a_cursor_is_read_as_it_is_printed(id in 0..=i64::MAX) {
        let cursor = Cursor::Id(id);
        prop_assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }

    #[test]
    fn no_text_makes_reading_a_cursor_panic(text in any::<String>(), tail in "c1[-+_0-9a-zA-Z]{0,20}") {
        for text in [text, tail] {
            let read = text.parse::<Cursor>();
            prop_assert!(read.is_err() || read.is_ok_and(|cursor| cursor.id >= 0));
        }
    }

    #[test]
    fn slices_put_together_are_the_list(length in 0..40_i64, limit in 1..12_i64) {
        let list = (1..=length).collect::<Vec<_>>();
        let (mut seen, mut start) = (Vec::new(), Start::Page(1));
        loop {
            let window = Window { start, limit };
            let fetched = list.iter().copied().filter(|id| *id > window.after_id().unwrap().unwrap_or(0));
            let fetched = fetched.take(usize::try_from(limit + 1).unwrap()).collect();
            let slice = Part::cut(fetched, &window, |id| Cursor::Id(*id)).of(length);
            prop_assert!(!slice.rows.is_empty() || length == 0);
            prop_assert_eq!(slice.total, length);
            seen.extend(slice.rows);
            match slice.next {
                Some(next) => start = Start::After(next),
                None => break,
            }
        }
        prop_assert_eq!(seen, list);
    }
}

#[test]
fn hostile_cursors_are_refused() {
    let texts = [
        "",
        "c1",
        "c",
        "1",
        "c2ff",
        "c1-1",
        "c1xyz",
        "c1 1",
        "c18000000000000000",
        "c1ffffffffffffffffff",
        "C11",
        "c1\0",
    ];
    for text in texts {
        assert_eq!(text.parse::<Cursor>(), Err(()), "{text:?}");
    }
}

#[test]
fn a_page_far_past_the_end_does_not_overflow() {
    let window = |number| Window { start: Start::Page(number), limit: MAX_LIMIT };
    assert_eq!((window(1).offset(), window(3).offset()), (0, 400));
    assert_eq!(window(i64::MAX).offset(), i64::MAX);
    let after = Window { start: Start::After(Cursor::Id(7)), limit: 1 };
    assert_eq!((after.offset(), after.after_id(), window(9).after_id()), (0, Ok(Some(7)), Ok(None)));
}
