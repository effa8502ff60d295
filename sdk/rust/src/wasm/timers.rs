//! The interface `timers`.

use std::time::Duration;

use crate::wasm::mesh::Hop;

#[link(wasm_import_module = "troupe:actor/timers@0.1.0")]
unsafe extern "C" {
    #[link_name = "sleep"]
    safe fn timers_sleep(milliseconds: u32);
}

impl Hop {
    pub(crate) fn sleep(&self, time: Duration) {
        let milliseconds = time.as_nanos().div_ceil(1_000_000);
        timers_sleep(u32::try_from(milliseconds).unwrap_or(u32::MAX));
    }
}
