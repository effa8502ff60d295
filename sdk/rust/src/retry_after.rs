use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// Try again, but not before some time has passed.
///
/// ```
/// use std::time::Duration;
/// use troupe::{RetryAfter, testing::run};
///
/// fn handle(_: String) -> Result<(), RetryAfter> {
///     Err(RetryAfter::new(Duration::from_secs(30), "the model is loading"))
/// }
///
/// let failure = run(handle, "x").failure.unwrap();
/// assert_eq!(failure.kind, "troupe.RetryAfter");
/// assert_eq!(failure.details.as_deref(), Some(r#"{"seconds":30}"#));
/// ```
#[derive(Debug)]
pub struct RetryAfter {
    after: Duration,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl RetryAfter {
    /// With how long to wait at least, and a message for a person.
    pub fn new(after: Duration, message: impl fmt::Display) -> Self {
        Self {
            after,
            message: message.to_string(),
            source: None,
        }
    }

    /// The same, with the error that it comes from, which becomes part of its lineage.
    #[must_use]
    pub fn caused_by<E: Into<Box<dyn StdError + Send + Sync>>>(mut self, error: E) -> Self {
        self.source = Some(error.into());
        self
    }

    /// What the host reads, a JSON text.
    pub(crate) fn details(&self) -> String {
        let seconds = self.after.as_secs_f64();
        if self.after.subsec_nanos() == 0 {
            format!(r#"{{"seconds":{}}}"#, self.after.as_secs())
        } else {
            format!(r#"{{"seconds":{seconds}}}"#)
        }
    }
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for RetryAfter {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
