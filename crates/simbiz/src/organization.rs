//! Which organization a call is about: four spellings, two of them aliases, in a fixed order of precedence.

use serde::Deserialize;
use stockbridge_domain::Organization;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use utoipa::IntoParams;

use crate::ids;
use crate::loose::Word;

/// How a query names the organization; without any of them it is the token's own.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct OrganizationQuery {
    /// The organization by id. It beats all other ways to name one
    #[param(value_type = String, required = false, example = "1-1")]
    pub organization_id: Field<Option<Word>>,
    /// Alias of `organization_id`, which beats it
    #[param(value_type = String, required = false)]
    pub org_id: Field<Option<Word>>,
    /// The organization by code
    #[param(value_type = String, required = false, example = "BHH")]
    pub organization_code: Field<Option<Word>>,
    /// Alias of `organization_code`, which beats it
    #[param(value_type = String, required = false)]
    pub org_code: Field<Option<Word>>,
}

/// What a call says of its organization, aliases resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The id, as it was sent.
    pub id: Option<String>,
    /// The code, as it was sent.
    pub code: Option<String>,
}

impl OrganizationQuery {
    /// What the query says.
    pub fn named(&self) -> Named {
        let Self { organization_id, org_id, organization_code, org_code } = self;
        Named::new([organization_id, org_id], [organization_code, org_code])
    }
}

impl Named {
    /// Judges the four fields of a body, in the order of [`OrganizationQuery`]'s.
    ///
    /// # Errors
    /// A recorded problem: one of them is no text.
    pub fn judged(check: &mut Check, fields: [Field<Option<Word>>; 4]) -> Result<Self, Gap> {
        let [organization_id, org_id, organization_code, org_code] = fields;
        let named = Self::new([&organization_id, &org_id], [&organization_code, &org_code]);
        let judged = [
            check.optional_text("organization_id", organization_id),
            check.optional_text("org_id", org_id),
            check.optional_text("organization_code", organization_code),
            check.optional_text("org_code", org_code),
        ];
        judged.into_iter().collect::<Result<Vec<_>, _>>().map(|_| named)
    }

    /// Takes the first of each that says something.
    pub fn new(ids: [&Field<Option<Word>>; 2], codes: [&Field<Option<Word>>; 2]) -> Self {
        let first = |fields: [&Field<Option<Word>>; 2]| {
            let mut said = fields.into_iter().filter_map(|field| field.clone().lenient().flatten());
            said.next().map(|Word(text)| text)
        };
        Self { id: first(ids), code: first(codes) }
    }

    /// The organization that is meant; `None` means the token's own.
    pub fn organization(&self) -> Option<Organization> {
        let by_id = self.id.as_deref().map(ids::organization_named);
        by_id.or_else(|| self.code.clone().map(Organization::Code))
    }
}

#[cfg(test)]
mod tests {
    use stockbridge_domain::TenantId;
    use stockbridge_http::query;

    use super::*;

    fn meant(text: &str) -> Option<Organization> {
        query::read::<OrganizationQuery>(text).unwrap().named().organization()
    }

    #[test]
    fn the_id_beats_the_code_and_names_beat_their_aliases() {
        let id = |id| Some(Organization::Id(TenantId::new(id)));
        assert_eq!(meant("org_code=D&organization_code=C&org_id=2&organization_id=1-1"), id(1));
        assert_eq!(meant("org_code=D&organization_code=C&org_id=2"), id(2));
        assert_eq!(meant("org_code=D&organization_code=C"), Some(Organization::Code("C".to_owned())));
        assert_eq!(meant("org_code=D"), Some(Organization::Code("D".to_owned())));
        assert_eq!(meant("q=D"), None);
    }

    #[test]
    fn a_blank_says_nothing() {
        assert_eq!(meant("organization_id=&org_id=+&organization_code=C"), Some(Organization::Code("C".to_owned())));
        assert_eq!(meant("organization_id="), None);
    }
}
