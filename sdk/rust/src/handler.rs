use std::any::type_name;
use std::error::Error as StdError;

use serde::{Serialize, de::DeserializeOwned};

use crate::optional::encode_optional;
use crate::{Failure, Mesh, json};

/// A function that can be an actor: `Fn(Payload) -> Result<Output, Error>`, or the same with a `&Mesh` behind.
///
/// - The payload is anything that [`serde`] can read from JSON and that borrows nothing.
/// - The output is anything that it can write. `None` and `()` emit nothing more.
/// - The error is anything that can be a `Box<dyn std::error::Error>`: [`Error`](crate::Error), errors of one's own, a
///   `Box<dyn Error>`, texts.
///
/// It is implemented for functions and closures; there is nothing to implement.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an actor's function",
    label = "not from payload to `Result`",
    note = "it takes a payload that implements `serde::Deserialize` and borrows nothing, and a `&troupe::Mesh` behind it if \
            it wants one",
    note = "it returns a `Result`, such as `troupe::Result<Output>`, of what implements `serde::Serialize`"
)]
pub trait Handler<Arguments> {
    /// Handles a payload, a JSON text.
    ///
    /// # Errors
    ///
    /// What the function returns, or why the payload does not fit.
    fn call(&self, payload: &str, mesh: &Mesh) -> Result<Option<String>, Failure>;
}

impl<F, Payload, Output, Error> Handler<(Payload,)> for F
where
    F: Fn(Payload) -> Result<Output, Error>,
    Payload: DeserializeOwned,
    Output: Serialize,
    Error: Into<Box<dyn StdError>> + 'static,
{
    fn call(&self, payload: &str, _: &Mesh) -> Result<Option<String>, Failure> {
        finish::<F, _, _>(self(read::<F, _>(payload)?))
    }
}

impl<F, Payload, Output, Error> Handler<(Payload, Mesh)> for F
where
    F: Fn(Payload, &Mesh) -> Result<Output, Error>,
    Payload: DeserializeOwned,
    Output: Serialize,
    Error: Into<Box<dyn StdError>> + 'static,
{
    fn call(&self, payload: &str, mesh: &Mesh) -> Result<Option<String>, Failure> {
        finish::<F, _, _>(self(read::<F, _>(payload)?, mesh))
    }
}

fn read<F, Payload: DeserializeOwned>(text: &str) -> Result<Payload, Failure> {
    json::decode(text).map_err(|error| Failure::of(error, crate_of::<F>()))
}

fn finish<F, Output, Error>(result: Result<Output, Error>) -> Result<Option<String>, Failure>
where
    Output: Serialize,
    Error: Into<Box<dyn StdError>> + 'static,
{
    match result {
        Ok(output) => encode_optional(&output).map_err(|error| Failure::of(error, crate_of::<F>())),
        Err(error) => Err(Failure::of(error, crate_of::<F>())),
    }
}

/// The crate in which a function is.
fn crate_of<F>() -> &'static str {
    type_name::<F>().split("::").next().unwrap_or_default()
}
