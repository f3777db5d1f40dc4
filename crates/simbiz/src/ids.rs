//! Ids as this dialect writes them: `1-<tenant>` for an organization, `1-<tenant>-<n>` for everything in it, `n`
//! being the number that the domain knows. Input may leave all before the last number out.

use stockbridge_domain::{Organization, TenantId};

/// What every id begins with; the reference numbers installations, and this is one.
const INSTALLATION: &str = "1";

/// The id of an organization.
pub fn organization(tenant: TenantId) -> String {
    format!("{INSTALLATION}-{}", tenant.get())
}

/// The id of something in an organization.
pub fn id(tenant: TenantId, number: i64) -> String {
    format!("{INSTALLATION}-{}-{number}", tenant.get())
}

/// The number behind an id, as one organization reads it; `None` for another organization's and for what is no id.
pub fn number(text: &str, tenant: TenantId) -> Option<i64> {
    match text.trim().split('-').collect::<Vec<_>>()[..] {
        [number] => natural(number),
        [INSTALLATION, home, number] if natural(home) == Some(tenant.get()) => natural(number),
        _ => None,
    }
}

/// The organization that an id names.
pub fn organization_named(text: &str) -> Organization {
    let number = match text.trim().split('-').collect::<Vec<_>>()[..] {
        [number] | [INSTALLATION, number] => natural(number),
        _ => None,
    };
    number.map_or_else(|| Organization::Unreadable(text.to_owned()), |number| Organization::Id(TenantId::new(number)))
}

/// Digits alone: a parsed integer would also take a sign.
fn natural(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: TenantId = TenantId::new(7);

    #[test]
    fn what_is_written_is_read_again() {
        assert_eq!(id(OURS, 1001), "1-7-1001");
        assert_eq!(number("1-7-1001", OURS), Some(1001));
        assert_eq!(organization(OURS), "1-7");
        assert_eq!(organization_named("1-7"), Organization::Id(OURS));
    }

    #[test]
    fn the_last_number_is_enough() {
        assert_eq!(number(" 1001 ", OURS), Some(1001));
        assert_eq!(organization_named("7"), Organization::Id(OURS));
    }

    #[test]
    fn what_is_not_of_this_organization_is_nobodys() {
        for odd in [
            "1-8-1001",
            "2-7-1001",
            "1-7",
            "7-1001",
            "1-7-",
            "1--1001",
            "1-7-1-1",
            "-1",
            "+1",
            "",
            " ",
            "1e3",
            "١",
            "9223372036854775808",
            "1-7-9223372036854775808",
            "1-7-10 01",
            "\0",
        ] {
            assert_eq!(number(odd, OURS), None, "{odd:?}");
        }
    }

    #[test]
    fn an_unreadable_organization_keeps_its_text() {
        for odd in ["BHH", "2-7", "1-7-1", "1-", "-7", "", "99999999999999999999"] {
            assert_eq!(organization_named(odd), Organization::Unreadable(odd.to_owned()), "{odd:?}");
        }
    }
}
