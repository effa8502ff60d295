use std::any::{Any, type_name};
use std::error::Error as StdError;
use std::fmt::Write;
use std::panic::Location;

use crate::error::{Error, Message, Parts};
use crate::{RetryAfter, kind};

/// Details are worth nothing when they are cut.
const MAX_DETAILS: usize = 32 * 1024;
/// How many sources are told of. One that is its own source has no end.
const MAX_SOURCES: usize = 16;

/// How a hop failed, as the mesh is told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The error's type, such as `ParseError` or `serde_json.Error`.
    pub kind: String,
    /// The types of its sources, nearest first.
    pub lineage: Vec<String>,
    /// The error's `Display` text.
    pub message: String,
    /// The error and its sources, a line each, and where `?` was.
    pub traceback: Option<String>,
    /// Anything more, as a JSON text.
    pub details: Option<String>,
}

impl Failure {
    /// Of anything that a handler returns as its error.
    pub(crate) fn of<E: Into<Box<dyn StdError>> + 'static>(error: E, own_crate: &str) -> Self {
        let mut slot = Some(error);
        let any: &mut dyn Any = &mut slot;
        if let Some(error) = any.downcast_mut::<Option<Error>>().and_then(Option::take) {
            return Self::of_parts(error.into_parts(), own_crate);
        }
        #[cfg(feature = "anyhow")]
        if let Some(error) = any
            .downcast_mut::<Option<anyhow::Error>>()
            .and_then(Option::take)
        {
            let first: &(dyn StdError + 'static) = error.as_ref();
            return Self::of_named(kind::of_error(first), first, None);
        }
        let error: Box<dyn StdError> = slot.expect("nobody has taken it").into();
        Self::of_parts(
            Parts {
                error,
                type_name: Some(type_name::<E>()),
                kind: None,
                details: None,
                location: None,
            },
            own_crate,
        )
    }

    fn of_parts(parts: Parts, own_crate: &str) -> Self {
        let error = &*parts.error;
        let kind = match (parts.kind, parts.type_name) {
            (Some(kind), _) => kind,
            (None, Some(name)) if is_a_type(name) => kind::of_type(name, own_crate),
            (None, _) => kind::of_error(error),
        };
        let mut failure = Self::of_named(kind, error, parts.location);
        failure.details = parts
            .details
            .or(failure.details)
            .filter(|text| text.len() <= MAX_DETAILS);
        failure
    }

    fn of_named(
        kind: String,
        error: &(dyn StdError + 'static),
        location: Option<&'static Location<'static>>,
    ) -> Self {
        let message = error.to_string();
        let mut traceback = format!("{kind}: {message}");
        if let Some(location) = location {
            // Writing to a `String` does not fail.
            let _ = write!(traceback, "\n    at {location}");
        }
        let mut lineage = Vec::new();
        let mut source = error.source();
        while let Some(error) = source.filter(|_| lineage.len() < MAX_SOURCES) {
            let kind = kind::of_error(error);
            let _ = write!(traceback, "\nCaused by: {kind}: {error}");
            lineage.push(kind);
            source = error.source();
        }
        let details = error.downcast_ref::<RetryAfter>().map(RetryAfter::details);
        Self {
            kind,
            lineage,
            message,
            traceback: Some(traceback),
            details,
        }
    }
}

/// Whether the name of a type says something about the error: not that of a box, of a text, or of what is called by its
/// meaning.
fn is_a_type(name: &str) -> bool {
    const WRAPPERS: [&str; 4] = [
        "alloc::boxed::Box<",
        "alloc::string::String",
        "&",
        "anyhow::Error",
    ];
    const OWN: [&str; 4] = [
        concat!(env!("CARGO_CRATE_NAME"), "::fatal::"),
        concat!(env!("CARGO_CRATE_NAME"), "::retry_after::"),
        concat!(env!("CARGO_CRATE_NAME"), "::mesh_error::"),
        concat!(env!("CARGO_CRATE_NAME"), "::error::"),
    ];
    !WRAPPERS
        .iter()
        .chain(&OWN)
        .any(|prefix| name.starts_with(prefix))
        && name != type_name::<Message>()
}
