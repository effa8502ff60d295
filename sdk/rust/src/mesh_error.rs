use std::fmt;

/// Why a call to the mesh came to nothing. Unhandled, it fails the hop.
///
/// ```
/// use troupe::{Mesh, testing::run};
///
/// fn handle(payload: String, mesh: &Mesh) -> troupe::Result<String> {
///     match mesh.set(".route.next", ["reviewer"]) {
///         Err(error) if error.code() == Some("troupe.RouteDenied") => Ok(format!("{payload}, not reviewed")),
///         other => other.map(|()| payload).map_err(Into::into),
///     }
/// }
///
/// assert_eq!(run(handle, "text").payloads(), ["text, not reviewed"]);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum MeshError {
    /// The mesh refused it: a path that may not be written, an actor that may not be added to a route, too much output.
    Refused {
        /// Stable, such as `troupe.AccessError`. It is the failure's kind.
        code: String,
        /// For a person.
        message: String,
    },
    /// The value cannot be said in JSON, such as a map whose keys are no texts.
    Encode(serde_json::Error),
    /// What is there is not of the type that was asked for.
    Decode {
        /// Where: a path of the envelope, or a key of the state.
        at: String,
        /// How it differs.
        source: serde_json::Error,
    },
}

impl MeshError {
    /// The stable code, where the mesh refused it.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    pub(crate) fn refused(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Refused {
            code: code.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for MeshError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { message, .. } => f.write_str(message),
            Self::Encode(error) => write!(f, "the value cannot be said in JSON: {error}"),
            Self::Decode { at, source } => {
                write!(f, "what is at {at} is of another type: {source}")
            }
        }
    }
}

impl std::error::Error for MeshError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused { .. } => None,
            Self::Encode(source) | Self::Decode { source, .. } => Some(source),
        }
    }
}
