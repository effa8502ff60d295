use std::fmt;
use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use crate::state::State;
use crate::{MeshError, backend, json};

/// The envelope that is being handled, and what can be done with it.
///
/// Edits and emits are part of the hop: they take effect when the handler has returned `Ok`, all of them, or else none.
/// [`fly`](Self::fly) and [`log`](Self::log) act at once.
///
/// A path is `.` and segments: `.headers.lang`, `.headers["any key"]`, `.route.prev[-1]`, and for slices
/// `.route.next[:0]` (before all that is there), `.route.next[999:]` (after it). What can be written is `.route.next` and
/// what is below it, and headers that are not reserved.
pub struct Mesh {
    pub(crate) hop: backend::Hop,
}

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For whoever looks for a mistake.
    Debug,
    /// What happened.
    Info,
    /// What may become a problem.
    Warn,
    /// What is one.
    Error,
}

impl Mesh {
    /// What is at a path (of `id`, `parent_id`, `route`, `headers`, `status`), with the edits so far; `None` where there is
    /// nothing.
    ///
    /// ```
    /// # use troupe::{Mesh, testing::Envelope};
    /// fn handle(_: (), mesh: &Mesh) -> troupe::Result<Option<String>> {
    ///     Ok(mesh.get(".route.next[0]")?)
    /// }
    /// # assert_eq!(Envelope::new(()).next(["store"]).run(handle).payloads(), ["store"]);
    /// # assert!(Envelope::new(()).run(handle).emits.is_empty());
    /// ```
    ///
    /// # Errors
    ///
    /// [`MeshError::Refused`] for a path that is none, [`MeshError::Decode`] when what is there is no `T`.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, MeshError> {
        let Some(text) = self.hop.get(path)? else {
            return Ok(None);
        };
        json::decode(&text)
            .map(Some)
            .map_err(|source| MeshError::Decode {
                at: path.into(),
                source,
            })
    }

    /// Puts a value at a path, making missing objects on the way. It holds for what is emitted after it.
    ///
    /// ```
    /// # use troupe::{Mesh, testing::Envelope};
    /// fn handle(payload: u32, mesh: &Mesh) -> troupe::Result<u32> {
    ///     mesh.set(".headers.seen", true)?;
    ///     mesh.set(".route.next[:0]", ["store"])?; // needs grants.route: [store] in actor.yaml
    ///     Ok(payload)
    /// }
    /// # let hop = Envelope::new(1).next(["report"]).grant("store").run(handle);
    /// # assert_eq!(hop.emits[0].route.next, ["store", "report"]);
    /// # assert_eq!(hop.emits[0].headers["seen"], true);
    /// ```
    ///
    /// # Errors
    ///
    /// [`MeshError::Refused`]: `troupe.AccessError`, `troupe.RouteDenied`, `troupe.BadPath`, `troupe.IndexOutOfRange`,
    /// `troupe.BadActorName`, `troupe.RouteTooLong`.
    pub fn set(&self, path: &str, value: impl Serialize) -> Result<(), MeshError> {
        self.hop.set(path, &encode(&value)?)
    }

    /// Removes what is at a path; `.route.next` becomes empty.
    ///
    /// # Errors
    ///
    /// As of [`set`](Self::set).
    pub fn del(&self, path: &str) -> Result<(), MeshError> {
        self.hop.del(path)
    }

    /// Emits an envelope with a payload, and the route and headers as they are now.
    ///
    /// # Errors
    ///
    /// [`MeshError::Refused`] with `troupe.OutputLimit` when it is too much.
    pub fn emit(&self, payload: impl Serialize) -> Result<(), MeshError> {
        self.hop.emit(&encode(&payload)?)
    }

    /// Sends an event to whoever follows this envelope: at once, at most once, and never part of the result.
    ///
    /// # Errors
    ///
    /// [`MeshError::Refused`] when there are too many.
    pub fn fly(&self, event: impl Serialize) -> Result<(), MeshError> {
        self.hop.fly(&encode(&event)?)
    }

    /// Writes a line to the log of the envelope. `println!` and `eprintln!` do so too, and the macros of the crate `log`.
    pub fn log(&self, level: Level, message: impl fmt::Display) {
        self.hop.log(level, &message.to_string());
    }

    /// Sleeps for that long or a little longer, counted in whole milliseconds; other envelopes are handled meanwhile. It
    /// needs no grant, and the actor's `timeout` goes on. In a component `std::thread::sleep` comes back at once.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use troupe::{Mesh, testing::run};
    /// fn handle(payload: u32, mesh: &Mesh) -> troupe::Result<u32> {
    ///     mesh.sleep(Duration::from_millis(5));
    ///     Ok(payload)
    /// }
    /// # assert_eq!(run(handle, 1).payloads(), [1]);
    /// ```
    pub fn sleep(&self, time: Duration) {
        self.hop.sleep(time);
    }

    /// What the actor keeps between envelopes. An actor that calls this needs `grants.state` in its `actor.yaml`.
    pub fn state(&self) -> State<'_> {
        State::new(self)
    }
}

fn encode<T: Serialize>(value: &T) -> Result<String, MeshError> {
    json::encode(value).map_err(MeshError::Encode)
}
