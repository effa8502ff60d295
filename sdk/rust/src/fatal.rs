use std::error::Error as StdError;
use std::fmt;

/// Trying again is of no use: the envelope goes to `x-sump` at once.
///
/// ```
/// use troupe::{Fatal, testing::run};
///
/// fn handle(name: String) -> troupe::Result<String> {
///     if name.is_empty() {
///         return Err(Fatal::new("the name is missing"))?;
///     }
///     Ok(format!("Hello, {name}!"))
/// }
///
/// assert_eq!(run(handle, "").failure.unwrap().kind, "troupe.Fatal");
/// ```
#[derive(Debug)]
pub struct Fatal {
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Fatal {
    /// With a message for a person.
    pub fn new(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            source: None,
        }
    }

    /// The same, with the error that it comes from, which becomes part of its lineage.
    ///
    /// ```
    /// use troupe::{Fatal, testing::run};
    ///
    /// fn handle(text: String) -> Result<u32, Fatal> {
    ///     text.parse().map_err(|error| Fatal::new("no number").caused_by::<std::num::ParseIntError>(error))
    /// }
    ///
    /// assert_eq!(run(handle, "x").failure.unwrap().lineage, ["std.ParseIntError"]);
    /// ```
    #[must_use]
    pub fn caused_by<E: Into<Box<dyn StdError + Send + Sync>>>(mut self, error: E) -> Self {
        self.source = Some(error.into());
        self
    }
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Fatal {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
