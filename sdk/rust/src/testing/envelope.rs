use serde::Serialize;
use serde_json::Value;

use crate::testing::draft::Source;
use crate::testing::hop::Hop;
use crate::testing::run::{Route, Run};
use crate::testing::state::TestState;
use crate::{Handler, Mesh, json};

/// What a handler is tested with: an envelope, and what its actor is granted.
///
/// ```
/// use troupe::{Mesh, testing::Envelope};
///
/// fn handle(_: (), mesh: &Mesh) -> troupe::Result<Option<String>> {
///     Ok(mesh.get(".headers.lang")?)
/// }
///
/// assert_eq!(Envelope::new(()).header("lang", "en").run(handle).payloads(), ["en"]);
/// ```
#[derive(Clone, Debug)]
pub struct Envelope {
    payload: String,
    source: Source,
    state: TestState,
}

impl Envelope {
    /// An envelope with a payload. Its id is `test`, the actor's name `actor`; everything else is empty.
    ///
    /// # Panics
    ///
    /// When the payload cannot be said in JSON.
    pub fn new(payload: impl Serialize) -> Self {
        Self {
            payload: text_of(&payload, "the payload"),
            source: Source {
                id: "test".into(),
                parent_id: None,
                route: Route {
                    curr: "actor".into(),
                    ..Route::default()
                },
                headers: serde_json::Map::new(),
                status: None,
                grants: Vec::new(),
                most_emits: 1000,
            },
            state: TestState::default(),
        }
    }

    /// With another id.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.source.id = id.into();
        self
    }

    /// With the id of the envelope that it was fanned out from.
    #[must_use]
    pub fn parent_id(mut self, id: impl Into<String>) -> Self {
        self.source.parent_id = Some(id.into());
        self
    }

    /// With another name of the actor.
    #[must_use]
    pub fn actor(mut self, name: impl Into<String>) -> Self {
        self.source.route.curr = name.into();
        self
    }

    /// With actors that are done.
    #[must_use]
    pub fn prev<Name: Into<String>>(mut self, names: impl IntoIterator<Item = Name>) -> Self {
        self.source.route.prev = names.into_iter().map(Into::into).collect();
        self
    }

    /// With actors that remain.
    #[must_use]
    pub fn next<Name: Into<String>>(mut self, names: impl IntoIterator<Item = Name>) -> Self {
        self.source.route.next = names.into_iter().map(Into::into).collect();
        self
    }

    /// With one more header.
    ///
    /// # Panics
    ///
    /// When its value cannot be said in JSON.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).expect("the header's value can be said in JSON");
        self.source.headers.insert(name.into(), value);
        self
    }

    /// With a status, as `mesh.get(".status")` reads it.
    ///
    /// # Panics
    ///
    /// When it cannot be said in JSON.
    #[must_use]
    pub fn status(mut self, status: impl Serialize) -> Self {
        self.source.status =
            Some(serde_json::to_value(status).expect("the status can be said in JSON"));
        self
    }

    /// With one more actor that may be added to a route, as in `spec.grants.route`: a name, or `prefix-*`.
    #[must_use]
    pub fn grant(mut self, name: impl Into<String>) -> Self {
        self.source.grants.push(name.into());
        self
    }

    /// With another limit of emits (`limits.emits`); it is 1000.
    #[must_use]
    pub fn most_emits(mut self, most: usize) -> Self {
        self.source.most_emits = most;
        self
    }

    /// With what the actor keeps; given to several runs, the later ones find what the earlier ones left.
    #[must_use]
    pub fn state(mut self, state: &TestState) -> Self {
        self.state = state.clone();
        self
    }

    /// Runs a handler on it. That it fails is part of what comes of it.
    ///
    /// # Panics
    ///
    /// When the handler does: in a component that ends the hop with `troupe.Trap`.
    pub fn run<Arguments>(self, handler: impl Handler<Arguments>) -> Run {
        #[cfg(feature = "log")]
        crate::log_facade::install();
        let mesh = Mesh {
            hop: Hop::new(self.source, self.state),
        };
        let captured = mesh.hop.capture();
        let outcome = handler.call(&self.payload, &mesh);
        drop(captured);
        let failure = match outcome {
            Err(failure) => Some(failure),
            Ok(None) => None,
            Ok(Some(payload)) => mesh
                .hop
                .emit(&payload)
                .err()
                .map(|error| crate::Failure::of(error, env!("CARGO_CRATE_NAME"))),
        };
        mesh.hop.end(failure)
    }

    /// The payload that it has.
    pub fn payload(&self) -> Value {
        json::decode(&self.payload).expect("it was made of a value")
    }
}

fn text_of(value: &impl Serialize, what: &str) -> String {
    json::encode(value).unwrap_or_else(|error| panic!("{what} cannot be said in JSON: {error}"))
}
