use serde_json::{Map, Value};

use crate::{Failure, Level};

/// Where an envelope has been, is, and goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// Actors done, oldest first.
    pub prev: Vec<String>,
    /// The actor whose turn it is; empty when the route is over.
    pub curr: String,
    /// Actors that remain.
    pub next: Vec<String>,
}

/// One downstream envelope.
#[derive(Clone, Debug, PartialEq)]
pub struct Emit {
    /// Its payload.
    pub payload: Value,
    /// The same as the text that travels: numbers in it are exact.
    pub text: String,
    /// The route as edited, with the actor itself as `curr` still: the host sends it on to the first of `next`.
    pub route: Route,
    /// Its headers.
    pub headers: Map<String, Value>,
}

/// One edit that was not refused.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// A value was put at a path.
    Set {
        /// Where.
        path: String,
        /// What.
        value: Value,
    },
    /// What was at a path was removed.
    Del {
        /// Where.
        path: String,
    },
}

/// One log line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// How much it matters.
    pub level: Level,
    /// What it says.
    pub message: String,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What it emitted, the returned payload last; nothing when it failed, since a hop is all or nothing.
    pub emits: Vec<Emit>,
    /// Edits in order, refused ones left out.
    pub edits: Vec<Edit>,
    /// Events that it sent upstream.
    pub flies: Vec<Value>,
    /// Its log, without what it printed.
    pub logs: Vec<Log>,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
}

impl Run {
    /// The payloads of what it emitted.
    pub fn payloads(&self) -> Vec<Value> {
        self.emits.iter().map(|emit| emit.payload.clone()).collect()
    }
}
