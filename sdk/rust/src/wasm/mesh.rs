//! The interface `mesh`.

use crate::wasm::refusal::result_in;
use crate::wasm::returned::Area;
use crate::{Level, MeshError};

#[link(wasm_import_module = "troupe:actor/mesh@0.1.0")]
unsafe extern "C" {
    #[link_name = "get"]
    fn mesh_get(path: *const u8, path_length: usize, returned: *mut u8);
    #[link_name = "set"]
    fn mesh_set(
        path: *const u8,
        path_length: usize,
        value: *const u8,
        value_length: usize,
        returned: *mut u8,
    );
    #[link_name = "del"]
    fn mesh_del(path: *const u8, path_length: usize, returned: *mut u8);
    #[link_name = "emit"]
    fn mesh_emit(payload: *const u8, payload_length: usize, returned: *mut u8);
    #[link_name = "fly"]
    fn mesh_fly(event: *const u8, event_length: usize, returned: *mut u8);
    #[link_name = "log"]
    fn mesh_log(level: i32, message: *const u8, message_length: usize);
}

/// The hop that guest code is in: the host knows which.
pub(crate) struct Hop;

/// `result<option<json>, refusal>`, the largest.
const RESULT: usize = 20;

/// Calls a function that returns `result<_, refusal>`.
fn call(function: impl FnOnce(*mut u8)) -> Result<(), MeshError> {
    let mut area = Area::<RESULT>::new();
    function(area.as_mut_ptr());
    // SAFETY: the host has put its result there.
    unsafe { result_in(&area, 4, |_| ()) }
}

impl Hop {
    pub(crate) fn get(&self, path: &str) -> Result<Option<String>, MeshError> {
        let mut area = Area::<RESULT>::new();
        // SAFETY: the text is there during the call, and the area has room for the result, which the host puts there.
        unsafe {
            mesh_get(path.as_ptr(), path.len(), area.as_mut_ptr());
            result_in(&area, 4, |area| area.is_second(4).then(|| area.string(8)))
        }
    }

    pub(crate) fn set(&self, path: &str, value: &str) -> Result<(), MeshError> {
        // SAFETY: the texts are there during the call, and the area has room for the result.
        call(|area| unsafe {
            mesh_set(path.as_ptr(), path.len(), value.as_ptr(), value.len(), area)
        })
    }

    pub(crate) fn del(&self, path: &str) -> Result<(), MeshError> {
        // SAFETY: as above.
        call(|area| unsafe { mesh_del(path.as_ptr(), path.len(), area) })
    }

    pub(crate) fn emit(&self, payload: &str) -> Result<(), MeshError> {
        // SAFETY: as above.
        call(|area| unsafe { mesh_emit(payload.as_ptr(), payload.len(), area) })
    }

    pub(crate) fn fly(&self, event: &str) -> Result<(), MeshError> {
        // SAFETY: as above.
        call(|area| unsafe { mesh_fly(event.as_ptr(), event.len(), area) })
    }

    pub(crate) fn log(&self, level: Level, message: &str) {
        log(level, message);
    }
}

/// A line in the log of the hop that guest code is in.
pub(crate) fn log(level: Level, message: &str) {
    let level = match level {
        Level::Debug => 0,
        Level::Info => 1,
        Level::Warn => 2,
        Level::Error => 3,
    };
    // SAFETY: the text is there during the call.
    unsafe { mesh_log(level, message.as_ptr(), message.len()) }
}
