//! The component's side: actor.wit by hand, in the canonical ABI. The linker checks the types of what is imported and
//! exported here against the world; the layouts in memory are checked by the conformance cases.

mod allocate;
pub mod export;
mod mesh;
mod refusal;
mod returned;
mod state;
mod timers;

pub(crate) use mesh::Hop;
#[cfg(feature = "log")]
pub(crate) use mesh::log;
