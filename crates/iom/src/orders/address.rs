//! Where an order goes: an object in requests and answers, its JSON text in the books.

use serde::{Deserialize, Serialize};
use stockbridge_domain::partners::customers::Address;
use stockbridge_domain::values::Name;
use stockbridge_domain::{Fault, Result};
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use utoipa::ToSchema;

/// Where goods are to go. Without anything in it, it counts as left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ShippingAddressRequest {
    /// Its first line
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "123 George St")]
    line1: Field<Option<Name>>,
    /// Its second line
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255)]
    line2: Field<Option<Name>>,
    /// Its city
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "Sydney")]
    city: Field<Option<Name>>,
    /// Its state
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "NSW")]
    state: Field<Option<Name>>,
    /// Its postcode
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "2000")]
    postcode: Field<Option<Name>>,
    /// Its country
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255, example = "AU")]
    country: Field<Option<Name>>,
    /// Who receives the goods
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255)]
    name: Field<Option<Name>>,
    /// The company of who receives them
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255)]
    company: Field<Option<Name>>,
    /// Whom to call
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255)]
    phone: Field<Option<Name>>,
}

/// Where goods go.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShippingAddress {
    /// Its first line
    #[schema(required = true, example = "123 George St")]
    line1: Option<String>,
    /// Its city
    #[schema(required = true, example = "Sydney")]
    city: Option<String>,
    /// Its state
    #[schema(required = true, example = "NSW")]
    state: Option<String>,
    /// Its postcode
    #[schema(required = true, example = "2000")]
    postcode: Option<String>,
    /// Its country
    #[schema(required = true, example = "AU")]
    country: Option<String>,
    /// Its second line
    #[schema(required = true)]
    line2: Option<String>,
    /// Who receives the goods
    #[serde(default)]
    #[schema(required = true)]
    name: Option<String>,
    /// The company of who receives them
    #[serde(default)]
    #[schema(required = true)]
    company: Option<String>,
    /// Whom to call
    #[serde(default)]
    #[schema(required = true)]
    phone: Option<String>,
}

impl ShippingAddressRequest {
    /// Judges the members. `None` when there is nothing in any of them.
    ///
    /// # Errors
    /// A recorded problem.
    pub(super) fn check(self, check: &mut Check) -> std::result::Result<Option<ShippingAddress>, Gap> {
        let Self { line1, line2, city, state, postcode, country, name, company, phone } = self;
        let mut text = |name, field| check.optional_text(name, field).map(|text| text.map(String::from));
        let (line1, line2) = (text("line1", line1), text("line2", line2));
        let (city, state) = (text("city", city), text("state", state));
        let (postcode, country) = (text("postcode", postcode), text("country", country));
        let (name, company, phone) = (text("name", name), text("company", company), text("phone", phone));
        let address = ShippingAddress {
            line1: line1?,
            city: city?,
            state: state?,
            postcode: postcode?,
            country: country?,
            line2: line2?,
            name: name?,
            company: company?,
            phone: phone?,
        };
        Ok((address != ShippingAddress::default()).then_some(address))
    }
}

impl ShippingAddress {
    /// As it stands in the books.
    pub fn written(&self) -> String {
        serde_json::json!(self).to_string()
    }

    /// As it was written.
    ///
    /// # Errors
    /// Only when nobody here wrote it.
    pub(super) fn read(text: &str) -> Result<Self> {
        let fault = |error| Fault::Internal(format!("a shipping address is no JSON: {error}"));
        Ok(serde_json::from_str(text).map_err(fault)?)
    }
}

impl From<&Address> for ShippingAddress {
    fn from(address: &Address) -> Self {
        let Address { id: _, customer_id: _, kind: _, line1, line2, city, state, postcode, country, is_default: _ } =
            address.clone();
        Self { line1: Some(line1), city, state, postcode, country, line2, name: None, company: None, phone: None }
    }
}
