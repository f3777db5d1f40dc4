//! The settings of a company.

use serde::{Deserialize, Serialize};
use stockbridge_domain::access::tenants::{self, TenantChanges};
use stockbridge_domain::values::Name;
use stockbridge_domain::{Costing, Tenant, zone};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use stockbridge_http::scalar::{FromScalar, Scalar};
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::auth::{Admin, Caller, Viewer};
use crate::error::Reason;
use crate::requests::{self, BodyRefusals};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![get_settings, change_settings]
}

/// Get the settings
///
/// Those of the caller's company.
#[utoipa::path(
    get, path = "/settings", tag = "settings",
    responses((status = 200, description = "The settings", body = SettingsResponse))
)]
pub async fn get_settings(caller: Caller<Viewer>) -> Answer {
    caller.read(|tx| Ok(tx.tenant().clone()), |tenant| ok(&SettingsResponse::from(tenant))).await
}

/// Change the settings
///
/// For admins. What is left out stays as it is. In a new time zone lists and reports tell all days by that one, those
/// of before too.
#[utoipa::path(
    patch, path = "/settings", tag = "settings", request_body = SettingsRequest,
    responses(
        (status = 200, description = "The settings as they are now", body = SettingsResponse),
        BodyRefusals
    )
)]
pub async fn change_settings(caller: Caller<Admin>, body: RawBody) -> Answer {
    let changes = caller.understand(|| SettingsRequest::read(&body)).await?;
    caller.write(move |tx| tenants::amend(tx, &changes), |tenant| ok(&SettingsResponse::from(tenant))).await
}

/// What shall change of the settings.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct SettingsRequest {
    /// The company's name
    #[serde(default)]
    #[schema(value_type = String, min_length = 1, max_length = 255, example = "Acme")]
    name: Field<Name>,
    /// The time zone in which its days begin, by its IANA name
    #[serde(default)]
    #[schema(value_type = String, example = "Australia/Sydney")]
    zone: Field<Name>,
    /// Whether its orders may promise more than is there
    #[serde(default)]
    #[schema(value_type = bool)]
    allow_backorder: Field<bool>,
    /// What its products cost once a purchase order is received
    #[serde(default)]
    #[schema(value_type = CostingMethod)]
    costing: Field<CostingMethod>,
}

/// The settings of a company.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsResponse {
    /// The company's name
    #[schema(example = "Acme")]
    name: String,
    /// The time zone in which its days begin, by its IANA name
    #[schema(example = "Australia/Sydney")]
    zone: String,
    /// Whether its orders may promise more than is there
    allow_backorder: bool,
    /// What its products cost once a purchase order is received
    costing: CostingMethod,
    /// The company's short code, which does not change
    #[schema(example = "BHH")]
    code: String,
}

/// What products cost once a purchase order for them is received
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CostingMethod {
    /// What their records say
    Standard,
    /// The moving average of what was paid
    Average,
}

impl SettingsRequest {
    fn read(body: &RawBody) -> Result<TenantChanges, Reason> {
        let Self { name, zone: zone_name, allow_backorder, costing } = requests::json(body)?;
        let mut check = Check::new();
        let name = check.replace("name", name);
        let zone_name = check.replace("zone", zone_name);
        let zone = zone_name.and_then(|given| {
            let known =
                given.map(|name| zone::named(name.as_str()).ok_or("is not an IANA time zone such as Australia/Sydney"));
            check.accept("zone", known.transpose())
        });
        let allow_backorder = check.replace("allow_backorder", allow_backorder);
        let costing = check.replace("costing", costing);
        check.finish()?;
        Ok(TenantChanges {
            name: name?,
            zone: zone?,
            subscription_ends_at: None,
            allow_backorder: allow_backorder?,
            costing: costing?.map(Costing::from),
        })
    }
}

impl From<Tenant> for SettingsResponse {
    fn from(tenant: Tenant) -> Self {
        let Tenant { id: _, code, name, zone, subscription_ends_at: _, allow_backorder, costing } = tenant;
        Self { name, zone: zone.name().to_owned(), allow_backorder, costing: costing.into(), code }
    }
}

impl From<Costing> for CostingMethod {
    fn from(costing: Costing) -> Self {
        match costing {
            Costing::Standard => Self::Standard,
            Costing::Average => Self::Average,
        }
    }
}

impl From<CostingMethod> for Costing {
    fn from(costing: CostingMethod) -> Self {
        match costing {
            CostingMethod::Standard => Self::Standard,
            CostingMethod::Average => Self::Average,
        }
    }
}

impl FromScalar for CostingMethod {
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let text = if let Scalar::Text(text) = scalar { text } else { "".into() };
        let word = Costing::from_word(text.trim());
        word.map(Self::from).ok_or_else(|| "must be standard or average".to_owned())
    }
}
