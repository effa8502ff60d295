use std::any::type_name;
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;

use serde::Serialize;

use crate::json;

/// What a handler returns. The error is [`Error`] unless said otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Any error, with what the mesh wants to know of it.
///
/// `?` makes one of every [`std::error::Error`], and keeps the name of its type, which is what the rules of an actor's
/// `resiliency` match, and where that happened. A handler may return any other error as well, such as one of its own, a
/// `Box<dyn std::error::Error>`, or, with the feature `anyhow`, an `anyhow::Error`; in a box the name of the type can only
/// be read off its `Debug` text.
///
/// The failure's kind is the type's name: `ParseError` for one of the actor's own crate, `serde_json.Error` for one of
/// another. Its lineage are the types of its [`source`](StdError::source)s, nearest first.
///
/// ```
/// use troupe::testing::run;
///
/// fn handle(text: String) -> troupe::Result<u32> {
///     Ok(text.parse()?)
/// }
///
/// let failure = run(handle, "many").failure.unwrap();
/// assert_eq!(failure.kind, "std.ParseIntError");
/// assert_eq!(failure.message, "invalid digit found in string");
/// ```
///
/// It is no [`std::error::Error`] itself, as otherwise `?` could not make one of all that are.
pub struct Error(Box<Parts>);

/// What is behind one pointer, so that a `Result` stays small.
pub(crate) struct Parts {
    pub(crate) error: Box<dyn StdError>,
    /// The name of its type, as the compiler says it.
    pub(crate) type_name: Option<&'static str>,
    /// The kind that it was given instead.
    pub(crate) kind: Option<String>,
    /// A JSON text.
    pub(crate) details: Option<String>,
    /// Where it was made.
    pub(crate) location: Option<&'static Location<'static>>,
}

impl Error {
    /// An error with a kind, for which no type is worth while.
    ///
    /// ```
    /// let error = troupe::Error::new("OutOfStock", "no more tea");
    /// assert_eq!(error.to_string(), "no more tea");
    /// ```
    #[track_caller]
    pub fn new(kind: impl Into<String>, message: impl fmt::Display) -> Self {
        Self::msg(message).with_kind(kind)
    }

    /// An error that is a message; its kind is `Error`.
    #[track_caller]
    pub fn msg(message: impl fmt::Display) -> Self {
        Self(Box::new(Parts {
            error: Box::new(Message(message.to_string())),
            type_name: None,
            kind: None,
            details: None,
            location: Some(Location::caller()),
        }))
    }

    /// The same with another kind.
    #[must_use]
    pub fn with_kind(mut self, kind: impl Into<String>) -> Self {
        self.0.kind = Some(kind.into());
        self
    }

    /// The same with details, which travel with the failure if JSON can say them, in 32 KiB at most.
    ///
    /// ```
    /// use troupe::testing::run;
    ///
    /// fn handle(_: serde_json::Value) -> troupe::Result<()> {
    ///     let details = serde_json::json!({ "field": "email" });
    ///     Err(troupe::Error::new("Invalid", "no address").with_details(details))
    /// }
    ///
    /// assert_eq!(run(handle, ()).failure.unwrap().details.as_deref(), Some(r#"{"field":"email"}"#));
    /// ```
    #[must_use]
    pub fn with_details(mut self, details: impl Serialize) -> Self {
        // Details are an extra: the failure itself has to get through without them.
        self.0.details = json::encode(&details).ok();
        self
    }

    /// What is in it, if that is a `T`.
    pub fn downcast_ref<T: StdError + 'static>(&self) -> Option<&T> {
        self.0.error.downcast_ref()
    }

    pub(crate) fn into_parts(self) -> Parts {
        *self.0
    }
}

impl<E: StdError + 'static> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Self {
        Self(Box::new(Parts {
            error: Box::new(error),
            type_name: Some(type_name::<E>()),
            kind: None,
            details: None,
            location: Some(Location::caller()),
        }))
    }
}

impl From<Error> for Box<dyn StdError> {
    fn from(error: Error) -> Self {
        error.0.error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.error.fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.error.fmt(f)?;
        let mut source = self.0.error.source();
        while let Some(error) = source {
            write!(f, "\nCaused by: {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

/// An error that is nothing but a message.
pub(crate) struct Message(String);

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for Message {}
