use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use crate::MeshError;
use crate::state::Entry;

const KEY_BYTES: usize = 512;
const VALUE_BYTES: usize = 1024 * 1024;
const MOST_KEYS: u32 = 1000;
/// A hundred years.
const LONGEST_TTL_MS: u64 = 100 * 366 * 24 * 3600 * 1000;

/// A bucket in memory, with the rules of the real one. Clones are the same bucket. Its time goes on only when it is told
/// to.
///
/// ```
/// use std::time::Duration;
/// use troupe::{Mesh, testing::{Envelope, TestState}};
///
/// fn handle(_: (), mesh: &Mesh) -> troupe::Result<i64> {
///     Ok(mesh.state().add("visits", 1)?)
/// }
///
/// let bucket = TestState::default();
/// Envelope::new(()).state(&bucket).run(handle);
/// assert_eq!(Envelope::new(()).state(&bucket).run(handle).payloads(), [2]);
/// assert_eq!(bucket.text("visits").as_deref(), Some("2"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct TestState(Rc<Bucket>);

#[derive(Debug, Default)]
struct Bucket {
    entries: RefCell<BTreeMap<String, Kept>>,
    version: Cell<u64>,
    now: Cell<u64>,
}

#[derive(Clone, Debug)]
struct Kept {
    value: Vec<u8>,
    version: u64,
    expires_at: Option<u64>,
}

impl TestState {
    /// Lets time pass.
    pub fn elapse(&self, time: Duration) {
        self.0
            .now
            .set(self.0.now.get() + u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    }

    /// What is under a key, as a text: what [`State::set`](crate::state::State::set) has put there is JSON.
    pub fn text(&self, key: &str) -> Option<String> {
        self.live(key)
            .map(|kept| String::from_utf8_lossy(&kept.value).into_owned())
    }

    pub(super) fn get(&self, key: &str) -> Result<Option<Entry<Vec<u8>>>, MeshError> {
        check_key(key)?;
        Ok(self
            .live(key)
            .map(|Kept { value, version, .. }| Entry { value, version }))
    }

    pub(super) fn set(&self, key: &str, value: &[u8], ttl: Option<u64>) -> Result<u64, MeshError> {
        check_key(key)?;
        let expires_at = self.expiry(ttl)?;
        self.put(key, value, expires_at)
    }

    pub(super) fn swap(
        &self,
        key: &str,
        expected: Option<u64>,
        value: &[u8],
        ttl: Option<u64>,
    ) -> Result<Option<u64>, MeshError> {
        check_key(key)?;
        let expires_at = self.expiry(ttl)?;
        if self.live(key).map(|kept| kept.version) != expected {
            return Ok(None);
        }
        self.put(key, value, expires_at).map(Some)
    }

    pub(super) fn delete(&self, key: &str) -> Result<bool, MeshError> {
        check_key(key)?;
        let found = self.live(key).is_some();
        self.0.entries.borrow_mut().remove(key);
        Ok(found)
    }

    pub(super) fn keys(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, MeshError> {
        if !prefix.is_empty() {
            check_key(prefix)?;
        }
        after.map(check_key).transpose()?;
        if !(1..=MOST_KEYS).contains(&limit) {
            return Err(bad_request(&format!(
                "a limit is a whole number from 1 to {MOST_KEYS}"
            )));
        }
        let entries = self.0.entries.borrow();
        let keys = entries.keys().filter(|key| {
            key.starts_with(prefix) && after.is_none_or(|after| after < key.as_str())
        });
        Ok(keys
            .filter(|key| self.live(key).is_some())
            .take(limit as usize)
            .cloned()
            .collect())
    }

    pub(super) fn add(&self, key: &str, delta: i64) -> Result<i64, MeshError> {
        check_key(key)?;
        let found = self.live(key);
        let digits = found.as_ref().map_or("0".into(), |kept| {
            String::from_utf8_lossy(&kept.value).into_owned()
        });
        // One that is written otherwise, such as with a sign or a zero before it, is none.
        let Some(number) = digits
            .parse::<i64>()
            .ok()
            .filter(|number| number.to_string() == digits)
        else {
            let message = format!("What is under {key:?} is no whole number");
            return Err(MeshError::refused("troupe.NotACounter", message));
        };
        let Some(sum) = number.checked_add(delta) else {
            let message = format!("The counter {key:?} would leave its range");
            return Err(MeshError::refused("troupe.CounterRange", message));
        };
        self.put(
            key,
            sum.to_string().as_bytes(),
            found.and_then(|kept| kept.expires_at),
        )?;
        Ok(sum)
    }

    fn live(&self, key: &str) -> Option<Kept> {
        let is_live = |kept: &&Kept| kept.expires_at.is_none_or(|at| at > self.0.now.get());
        self.0.entries.borrow().get(key).filter(is_live).cloned()
    }

    fn put(&self, key: &str, value: &[u8], expires_at: Option<u64>) -> Result<u64, MeshError> {
        if value.len() > VALUE_BYTES {
            let message = format!(
                "The value has {} bytes and may have {VALUE_BYTES}",
                value.len()
            );
            return Err(MeshError::refused("troupe.StateTooLarge", message));
        }
        let version = self.0.version.get() + 1;
        self.0.version.set(version);
        let kept = Kept {
            value: value.into(),
            version,
            expires_at,
        };
        self.0.entries.borrow_mut().insert(key.into(), kept);
        Ok(version)
    }

    fn expiry(&self, ttl: Option<u64>) -> Result<Option<u64>, MeshError> {
        match ttl {
            None => Ok(None),
            Some(ttl @ 1..=LONGEST_TTL_MS) => Ok(Some(self.0.now.get() + ttl)),
            Some(_) => Err(bad_request(
                "a time to live is a whole number of milliseconds, from 1 to those of a hundred years",
            )),
        }
    }
}

fn check_key(key: &str) -> Result<(), MeshError> {
    if (1..=KEY_BYTES).contains(&key.len()) {
        return Ok(());
    }
    Err(bad_request(&format!(
        "a key has 1 to {KEY_BYTES} bytes of UTF-8"
    )))
}

fn bad_request(problem: &str) -> MeshError {
    let message = format!("The state cannot be asked for this: {problem}");
    MeshError::refused("troupe.BadStateRequest", message)
}
