use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::state::Entry;
use crate::testing::draft::{Draft, Source};
use crate::testing::run::{Edit, Log, Run};
use crate::testing::state::TestState;
use crate::{Failure, Level, MeshError, json};

/// The hop that a handler is run in: calls are answered here.
pub(crate) struct Hop {
    draft: RefCell<Draft>,
    seen: RefCell<Seen>,
    /// Kept with the thread too, for what is logged without a mesh in hand.
    logs: Logs,
    state: TestState,
}

#[derive(Default)]
struct Seen {
    edits: Vec<Edit>,
    flies: Vec<serde_json::Value>,
}

type Logs = Rc<RefCell<Vec<Log>>>;

thread_local! {
    /// Logs of the hop that is being handled by a thread.
    static CURRENT: RefCell<Option<Logs>> = const { RefCell::new(None) };
}

/// A line in the log of the hop that this thread handles; nowhere when it handles none.
#[cfg(feature = "log")]
pub(crate) fn log(level: Level, message: &str) {
    CURRENT.with_borrow(|current| {
        if let Some(logs) = current {
            logs.borrow_mut().push(Log {
                level,
                message: message.into(),
            });
        }
    });
}

/// Takes back what the thread logs to, also when the handler panics.
struct Logging(Option<Logs>);

impl Drop for Logging {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

impl Hop {
    pub(super) fn new(source: Source, state: TestState) -> Self {
        let draft = RefCell::new(Draft::new(source));
        Self {
            draft,
            seen: RefCell::default(),
            logs: Logs::default(),
            state,
        }
    }

    /// From now on, what the thread logs is logged here.
    pub(super) fn capture(&self) -> impl Drop + use<> {
        Logging(CURRENT.replace(Some(Rc::clone(&self.logs))))
    }

    pub(super) fn end(self, failure: Option<Failure>) -> Run {
        let Seen { edits, flies } = self.seen.into_inner();
        let emits = if failure.is_some() {
            Vec::new()
        } else {
            self.draft.into_inner().emits
        };
        Run {
            emits,
            edits,
            flies,
            logs: self.logs.take(),
            failure,
        }
    }

    pub(crate) fn get(&self, path: &str) -> Result<Option<String>, MeshError> {
        self.draft.borrow().get(path)
    }

    pub(crate) fn set(&self, path: &str, value: &str) -> Result<(), MeshError> {
        self.draft.borrow_mut().set(path, value)?;
        let value = json::decode(value).map_err(MeshError::Encode)?;
        self.seen.borrow_mut().edits.push(Edit::Set {
            path: path.into(),
            value,
        });
        Ok(())
    }

    pub(crate) fn del(&self, path: &str) -> Result<(), MeshError> {
        self.draft.borrow_mut().del(path)?;
        self.seen
            .borrow_mut()
            .edits
            .push(Edit::Del { path: path.into() });
        Ok(())
    }

    pub(crate) fn emit(&self, payload: &str) -> Result<(), MeshError> {
        self.draft.borrow_mut().emit(payload)
    }

    pub(crate) fn fly(&self, event: &str) -> Result<(), MeshError> {
        let event = json::decode(event).map_err(MeshError::Encode)?;
        self.seen.borrow_mut().flies.push(event);
        Ok(())
    }

    pub(crate) fn log(&self, level: Level, message: &str) {
        self.logs.borrow_mut().push(Log {
            level,
            message: message.into(),
        });
    }

    /// Time passes for what is kept too.
    pub(crate) fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
        self.state.elapse(time);
    }

    pub(crate) fn state_get(&self, key: &str) -> Result<Option<Entry<Vec<u8>>>, MeshError> {
        self.state.get(key)
    }

    pub(crate) fn state_set(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<u64>,
    ) -> Result<u64, MeshError> {
        self.state.set(key, value, ttl)
    }

    pub(crate) fn state_swap(
        &self,
        key: &str,
        expected: Option<u64>,
        value: &[u8],
        ttl: Option<u64>,
    ) -> Result<Option<u64>, MeshError> {
        self.state.swap(key, expected, value, ttl)
    }

    pub(crate) fn state_delete(&self, key: &str) -> Result<bool, MeshError> {
        self.state.delete(key)
    }

    pub(crate) fn state_keys(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, MeshError> {
        self.state.keys(prefix, after, limit)
    }

    pub(crate) fn state_add(&self, key: &str, delta: i64) -> Result<i64, MeshError> {
        self.state.add(key, delta)
    }
}
