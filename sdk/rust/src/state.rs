//! What an actor keeps between envelopes.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use crate::{Mesh, MeshError, json};

/// Most keys that are listed at once.
const MOST_KEYS: u32 = 1000;

/// The actor's bucket: values under keys. [`Mesh::state`] gives it; it has to be granted (`grants.state`).
///
/// Calls take effect at once, for everybody who uses the bucket, and are no part of the hop: what was written stays when
/// the handler fails, and is written again when the envelope is handled again.
///
/// ```
/// use serde::Deserialize;
/// use troupe::{Mesh, testing::{Envelope, TestState}};
///
/// #[derive(Deserialize)]
/// struct Task {
///     cart: String,
///     item: String,
/// }
///
/// fn handle(task: Task, mesh: &Mesh) -> troupe::Result<Vec<String>> {
///     let cart = mesh.state().update(&task.cart, |items: Option<Vec<String>>| {
///         let mut items = items.unwrap_or_default();
///         items.push(task.item.clone());
///         items
///     })?;
///     Ok(cart)
/// }
///
/// let bucket = TestState::default();
/// for item in ["tea", "milk"] {
///     let task = serde_json::json!({ "cart": "ann", "item": item });
///     Envelope::new(task).state(&bucket).run(handle);
/// }
/// assert_eq!(bucket.text("ann").as_deref(), Some(r#"["tea","milk"]"#));
/// ```
#[derive(Clone, Copy)]
pub struct State<'a> {
    mesh: &'a Mesh,
    ttl: Option<u64>,
}

/// A value, and which it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<T> {
    /// What is there.
    pub value: T,
    /// No other value of the key has it, before or after.
    pub version: u64,
}

impl<'a> State<'a> {
    pub(crate) fn new(mesh: &'a Mesh) -> Self {
        Self { mesh, ttl: None }
    }

    /// The same bucket; what is written through it is gone after some time, counted in whole milliseconds.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use troupe::{Mesh, testing::{Envelope, TestState}};
    /// fn handle(user: String, mesh: &Mesh) -> troupe::Result<()> {
    ///     mesh.state().expiring(Duration::from_secs(60)).set(&user, "here")?;
    ///     Ok(())
    /// }
    /// # let bucket = TestState::default();
    /// # Envelope::new("ann").state(&bucket).run(handle);
    /// # bucket.elapse(Duration::from_secs(60));
    /// # assert_eq!(bucket.text("ann"), None);
    /// ```
    #[must_use]
    pub fn expiring(self, after: Duration) -> Self {
        let ttl = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        Self {
            ttl: Some(ttl),
            ..self
        }
    }

    /// What is under a key.
    ///
    /// # Errors
    ///
    /// [`MeshError::Decode`] when it is no `T`, and as of every call [`MeshError::Refused`]: `troupe.BadStateRequest` for a
    /// key that is none (1 to 512 bytes), and what docs/errors.md lists.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, MeshError> {
        Ok(self.entry(key)?.map(|entry| entry.value))
    }

    /// The same with its version, for [`swap`](Self::swap).
    ///
    /// # Errors
    ///
    /// As of [`get`](Self::get).
    pub fn entry<T: DeserializeOwned>(&self, key: &str) -> Result<Option<Entry<T>>, MeshError> {
        let Some(Entry { value, version }) = self.entry_bytes(key)? else {
            return Ok(None);
        };
        let value = std::str::from_utf8(&value)
            .map_err(serde::de::Error::custom)
            .and_then(json::decode)
            .map_err(|source| MeshError::Decode {
                at: key.into(),
                source,
            })?;
        Ok(Some(Entry { value, version }))
    }

    /// What is under a key, where it is no JSON.
    ///
    /// # Errors
    ///
    /// As of [`get`](Self::get).
    pub fn entry_bytes(&self, key: &str) -> Result<Option<Entry<Vec<u8>>>, MeshError> {
        self.mesh.hop.state_get(key)
    }

    /// Puts a value under a key, whatever is there. Gives its version.
    ///
    /// # Errors
    ///
    /// [`MeshError::Refused`], such as `troupe.StateTooLarge`.
    pub fn set(&self, key: &str, value: impl Serialize) -> Result<u64, MeshError> {
        self.set_bytes(key, encode(&value)?.as_bytes())
    }

    /// Puts bytes under a key, whatever is there. Gives their version.
    ///
    /// # Errors
    ///
    /// As of [`set`](Self::set).
    pub fn set_bytes(&self, key: &str, value: &[u8]) -> Result<u64, MeshError> {
        self.mesh.hop.state_set(key, value, self.ttl)
    }

    /// Puts a value under a key if what is there has the version `expected`; with `None`, if nothing is there. Gives its
    /// version; `None` when it is otherwise: somebody else was first.
    ///
    /// # Errors
    ///
    /// As of [`set`](Self::set).
    pub fn swap(
        &self,
        key: &str,
        expected: Option<u64>,
        value: impl Serialize,
    ) -> Result<Option<u64>, MeshError> {
        self.swap_bytes(key, expected, encode(&value)?.as_bytes())
    }

    /// The same with bytes.
    ///
    /// # Errors
    ///
    /// As of [`set`](Self::set).
    pub fn swap_bytes(
        &self,
        key: &str,
        expected: Option<u64>,
        value: &[u8],
    ) -> Result<Option<u64>, MeshError> {
        self.mesh.hop.state_swap(key, expected, value, self.ttl)
    }

    /// Makes another value of what is there, again and again until nobody was in between. Gives what it made last.
    ///
    /// # Errors
    ///
    /// As of [`get`](Self::get) and [`set`](Self::set).
    pub fn update<T>(
        &self,
        key: &str,
        mut change: impl FnMut(Option<T>) -> T,
    ) -> Result<T, MeshError>
    where
        T: Serialize + DeserializeOwned,
    {
        loop {
            let (before, version) = self
                .entry(key)?
                .map(|entry| (entry.value, entry.version))
                .unzip();
            let value = change(before);
            if self.swap(key, version, &value)?.is_some() {
                return Ok(value);
            }
        }
    }

    /// Removes what is under a key. False when nothing was.
    ///
    /// # Errors
    ///
    /// [`MeshError::Refused`].
    pub fn delete(&self, key: &str) -> Result<bool, MeshError> {
        self.mesh.hop.state_delete(key)
    }

    /// The first 1000 keys that begin with a text, in the order of their bytes.
    ///
    /// # Errors
    ///
    /// [`MeshError::Refused`].
    pub fn keys(&self, prefix: &str) -> Result<Vec<String>, MeshError> {
        self.mesh.hop.state_keys(prefix, None, MOST_KEYS)
    }

    /// The same from the first one after a key, and at most so many; 1000 is the most that there can be at once.
    ///
    /// # Errors
    ///
    /// [`MeshError::Refused`].
    pub fn keys_after(
        &self,
        prefix: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<String>, MeshError> {
        self.mesh.hop.state_keys(prefix, Some(after), limit)
    }

    /// Adds to a counter, which begins at 0. Gives the sum.
    ///
    /// # Errors
    ///
    /// [`MeshError::Refused`]: `troupe.NotACounter`, `troupe.CounterRange`.
    pub fn add(&self, key: &str, delta: i64) -> Result<i64, MeshError> {
        self.mesh.hop.state_add(key, delta)
    }
}

fn encode<T: Serialize>(value: &T) -> Result<String, MeshError> {
    json::encode(value).map_err(MeshError::Encode)
}
