//! HTTP mechanics that every API dialect needs and none owns, in the order in which a request meets them.
//! Nothing here knows a dialect's words: what a caller is told is worded by the dialect.

pub mod trail;

pub mod once;

pub mod routes;

pub mod panics;

pub mod bearer;

pub mod tokens;

pub mod path;

pub mod query;

pub mod prefer;

pub mod body;

pub mod form;

pub mod fields;

pub mod scalar;

pub mod check;

pub mod numbers;

pub mod uploads;

pub mod site;

pub mod pass;

pub mod reply;

pub mod stream;
