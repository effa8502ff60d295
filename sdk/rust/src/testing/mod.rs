//! Runs a handler in a unit test, without building it, under the host's own rules about what an actor may edit and emit.
//!
//! ```
//! use troupe::testing::Envelope;
//!
//! fn handle(text: String, mesh: &troupe::Mesh) -> troupe::Result<usize> {
//!     mesh.set(".route.next[:0]", ["store"])?;
//!     Ok(text.len())
//! }
//!
//! let hop = Envelope::new("four").next(["report"]).grant("store").run(handle);
//! assert_eq!(hop.failure, None);
//! assert_eq!(hop.payloads(), [4]);
//! assert_eq!(hop.emits[0].route.next, ["store", "report"]);
//! ```

mod actor_name;
mod draft;
mod envelope;
mod hop;
mod path;
mod run;
mod state;
mod value;

pub use envelope::Envelope;
pub use run::{Edit, Emit, Log, Route, Run};
pub use state::TestState;

pub(crate) use hop::Hop;
#[cfg(feature = "log")]
pub(crate) use hop::log;

/// Runs a handler on a payload, with nothing else in the envelope. That it fails is part of what comes of it.
///
/// # Panics
///
/// When the payload cannot be said in JSON, and when the handler does.
///
/// ```
/// use troupe::testing::run;
///
/// fn handle(text: String) -> troupe::Result<usize> {
///     Ok(text.len())
/// }
///
/// assert_eq!(run(handle, "four").payloads(), [4]);
/// ```
pub fn run<Arguments>(
    handler: impl crate::Handler<Arguments>,
    payload: impl serde::Serialize,
) -> Run {
    Envelope::new(payload).run(handler)
}
