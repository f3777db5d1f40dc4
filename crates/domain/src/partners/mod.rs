//! The people and companies goods go to and come from.

pub mod addresses;
pub mod customers;
#[cfg(test)]
mod tests;
