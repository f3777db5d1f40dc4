//! Which organization a call is about: four spellings, two of them aliases, in a fixed order of precedence.

use std::borrow::Cow;

use serde::Deserialize;
use stockbridge_domain::{Error, Organization, Tenant};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::ids;
use crate::loose::Word;

/// How a query or a body names the organization; without any of them it is the token's own.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct OrganizationFields {
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

/// The organization that every row of a list names.
pub struct Owner<'a> {
    /// Its id.
    pub id: String,
    /// The organization.
    pub tenant: &'a Tenant,
}

/// A body that says `T` and names the organization beside it: for the document alone, under the name of `T`.
pub struct OfOrganization<T>(T);

/// How a body names the organization, as documented; it is read as [`OrganizationFields`].
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by the documents only")]
struct BodyFields {
    /// The organization by id, else the token's own; it beats the code
    #[schema(example = "1-1")]
    organization_id: Option<String>,
    /// Alias of `organization_id`, which beats it
    org_id: Option<String>,
    /// The organization by code
    #[schema(example = "BHH")]
    organization_code: Option<String>,
    /// Alias of `organization_code`, which beats it
    org_code: Option<String>,
}

impl OrganizationFields {
    /// What they say, whatever is wrong with the others.
    pub fn named(&self) -> Named {
        let Self { organization_id, org_id, organization_code, org_code } = self;
        let first = |fields: [&Field<Option<Word>>; 2]| {
            let mut said = fields.into_iter().filter_map(|field| field.clone().lenient().flatten());
            said.next().map(|Word(text)| text)
        };
        Named { id: first([organization_id, org_id]), code: first([organization_code, org_code]) }
    }

    /// What they say, where nothing else may be said.
    ///
    /// # Errors
    /// [`Error::Invalid`]: one of them is no text.
    pub fn one(self) -> Result<Named, Error> {
        let mut check = Check::new();
        let named = self.judged(&mut check);
        check.finish()?;
        named.map_err(Error::from)
    }

    /// Judges them beside other fields.
    ///
    /// # Errors
    /// A recorded problem: one of them is no text.
    pub fn judged(self, check: &mut Check) -> Result<Named, Gap> {
        let named = self.named();
        let Self { organization_id, org_id, organization_code, org_code } = self;
        let judged = [
            check.optional_text("organization_id", organization_id),
            check.optional_text("org_id", org_id),
            check.optional_text("organization_code", organization_code),
            check.optional_text("org_code", org_code),
        ];
        judged.into_iter().collect::<Result<Vec<_>, _>>().map(|_| named)
    }
}

impl Named {
    /// The organization that is meant; `None` means the token's own.
    pub fn organization(&self) -> Option<Organization> {
        let by_id = self.id.as_deref().map(ids::organization_named);
        by_id.or_else(|| self.code.clone().map(Organization::Code))
    }
}

impl<'a> Owner<'a> {
    /// The organization of this tenant.
    pub fn of(tenant: &'a Tenant) -> Self {
        Self { id: ids::organization(tenant.id), tenant }
    }
}

impl<T: ToSchema> PartialSchema for OfOrganization<T> {
    fn schema() -> RefOr<Schema> {
        let mut schema = T::schema();
        if let (RefOr::T(Schema::Object(body)), RefOr::T(Schema::Object(named))) = (&mut schema, BodyFields::schema()) {
            body.properties.extend(named.properties);
        }
        schema
    }
}

impl<T: ToSchema> ToSchema for OfOrganization<T> {
    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use stockbridge_domain::TenantId;
    use stockbridge_http::query;

    use super::*;

    fn meant(text: &str) -> Option<Organization> {
        query::read::<OrganizationFields>(text).unwrap().named().organization()
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
