//! Failures of every shape.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use serde_json::json;
use troupe::{Error, Fatal, Mesh, RetryAfter};

#[derive(Debug)]
struct BaseError;

/// An error of the actor's own.
#[derive(Debug)]
struct CustomError(BaseError);

/// One that says what another was about.
#[derive(Debug)]
struct OuterError(std::num::ParseIntError);

impl fmt::Display for BaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base")
    }
}

impl fmt::Display for CustomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("custom")
    }
}

impl fmt::Display for OuterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("outer")
    }
}

impl StdError for BaseError {}

impl StdError for CustomError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

impl StdError for OuterError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

/// Fails in the way that a case names.
pub fn raise(shape: &str, mesh: &Mesh) -> troupe::Result<()> {
    match shape {
        "custom" => Err(CustomError(BaseError))?,
        "caused" => drop("inner".parse::<u8>().map_err(OuterError)?),
        "fatal" => Err(Fatal::new("fatal"))?,
        "retry-after" => Err(RetryAfter::new(Duration::from_secs(30), "later"))?,
        "details" => return Err(Error::msg("details").with_details(json!({ "field": "email" }))),
        "unicode" => return Err(Error::msg("Grüße 🎭 \0 end")),
        "empty" => return Err(Error::msg("")),
        "crash" => return divide(1, shape.len() - "crash".len()),
        "refused" => mesh.set(".status", 1)?,
        // Nothing but errors can be returned as one.
        _ => {}
    }
    Err(Error::msg(shape))
}

fn divide(dividend: usize, divisor: usize) -> troupe::Result<()> {
    Err(Error::msg(dividend / divisor))
}
