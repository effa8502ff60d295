//! Actors of a Troupe mesh, in Rust.
//!
//! An actor is one function: payload in, payload out. What goes in is anything that [`serde`] can read, what comes out
//! anything that it can write, and it fails with any error.
//!
//! ```
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Deserialize)]
//! struct Task {
//!     text: String,
//! }
//!
//! #[derive(Serialize)]
//! struct Count {
//!     words: usize,
//! }
//!
//! #[troupe::actor]
//! fn handle(task: Task) -> troupe::Result<Count> {
//!     Ok(Count { words: task.text.split_whitespace().count() })
//! }
//! # fn main() {
//! # let hop = troupe::testing::run(handle, serde_json::json!({ "text": "to be or not" }));
//! # assert_eq!(hop.payloads(), [serde_json::json!({ "words": 4 })]);
//! # }
//! ```
//!
//! With a [`Mesh`] as its second argument, it reads the envelope, edits its route and headers, and emits as often as it
//! likes:
//!
//! ```
//! use troupe::Mesh;
//!
//! #[troupe::actor]
//! fn handle(text: String, mesh: &Mesh) -> troupe::Result<()> {
//!     let language: Option<String> = mesh.get(".headers.lang")?;
//!     if language.as_deref() != Some("en") {
//!         mesh.set(".route.next[:0]", ["translate"])?;
//!     }
//!     for line in text.lines() {
//!         mesh.emit(line)?;
//!     }
//!     Ok(())
//! }
//! # fn main() {
//! # let hop = troupe::testing::Envelope::new("one\ntwo").grant("translate").run(handle);
//! # assert_eq!(hop.payloads(), ["one", "two"]);
//! # }
//! ```
//!
//! `Ok(Some(payload))` and `Ok(payload)` emit it last; `Ok(None)` and `Ok(())` emit nothing more. An error fails the hop,
//! and nothing of it gets out: see [`Error`], [`Fatal`] and [`RetryAfter`].

mod error;
mod failure;
mod fatal;
mod handler;
mod json;
mod kind;
#[cfg(feature = "log")]
mod log_facade;
mod mesh;
mod mesh_error;
mod optional;
mod retry_after;
pub mod state;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
#[cfg(target_arch = "wasm32")]
mod wasm;

/// Where calls go: to the host in a component, to the test kit in a test.
#[cfg(not(target_arch = "wasm32"))]
use testing as backend;
#[cfg(target_arch = "wasm32")]
use wasm as backend;

pub use error::{Error, Result};
pub use failure::Failure;
pub use fatal::Fatal;
pub use handler::Handler;
pub use mesh::{Level, Mesh};
pub use mesh_error::MeshError;
pub use retry_after::RetryAfter;
pub use troupe_macros::actor;

#[doc(hidden)]
#[cfg(target_arch = "wasm32")]
pub use wasm::export as __export;

/// Checks, where no component is made, what would be checked there.
#[doc(hidden)]
pub fn __check<Arguments, H: Handler<Arguments>>(_: H) {}

/// What `#[troupe::actor]` puts behind a function.
#[doc(hidden)]
#[macro_export]
macro_rules! __export {
    ($handle:path) => {
        #[cfg(not(target_arch = "wasm32"))]
        const _: fn() = || $crate::__check($handle);

        #[cfg(target_arch = "wasm32")]
        const _: () = {
            // Tells the linker which world this is.
            #[unsafe(link_section = "component-type:troupe-actor")]
            static WORLD: [u8; $crate::__export::WORLD.len()] = *$crate::__export::WORLD;

            #[unsafe(export_name = "handle")]
            unsafe extern "C" fn __troupe_handle(at: *mut u8, length: usize) -> *const u8 {
                unsafe { $crate::__export::handle($handle, at, length) }
            }

            #[unsafe(export_name = "cabi_post_handle")]
            unsafe extern "C" fn __troupe_handled(at: *mut u8) {
                unsafe { $crate::__export::handled(at) }
            }
        };
    };
}

/// The README's examples are compiled, as those here are.
#[cfg(doctest)]
#[doc(hidden)]
#[doc = include_str!("../README.md")]
struct Readme;
