//! The interface `state`. What is not called is not imported, so only actors that use it need the grant.

use crate::MeshError;
use crate::state::Entry;
use crate::wasm::mesh::Hop;
use crate::wasm::refusal::result_in;
use crate::wasm::returned::Area;

#[link(wasm_import_module = "troupe:actor/state@0.1.0")]
unsafe extern "C" {
    #[link_name = "get"]
    fn get(key: *const u8, key_length: usize, returned: *mut u8);
    #[link_name = "set"]
    fn set(
        key: *const u8,
        key_length: usize,
        value: *const u8,
        value_length: usize,
        has_ttl: i32,
        ttl: u64,
        returned: *mut u8,
    );
    #[link_name = "swap"]
    fn swap(
        key: *const u8,
        key_length: usize,
        has_expected: i32,
        expected: u64,
        value: *const u8,
        value_length: usize,
        has_ttl: i32,
        ttl: u64,
        returned: *mut u8,
    );
    #[link_name = "delete"]
    fn delete(key: *const u8, key_length: usize, returned: *mut u8);
    #[link_name = "keys"]
    fn keys(
        prefix: *const u8,
        prefix_length: usize,
        has_after: i32,
        after: *const u8,
        after_length: usize,
        limit: u32,
        returned: *mut u8,
    );
    #[link_name = "add"]
    fn add(key: *const u8, key_length: usize, delta: i64, returned: *mut u8);
}

/// An `option<u64>` among arguments.
fn option(number: Option<u64>) -> (i32, u64) {
    number.map_or((0, 0), |number| (1, number))
}

// SAFETY, of all calls here: texts and bytes are there during the call, the area has room for the result, and the host has
// put it there, at the offsets that the canonical ABI gives to its parts.
#[allow(clippy::undocumented_unsafe_blocks)]
impl Hop {
    pub(crate) fn state_get(&self, key: &str) -> Result<Option<Entry<Vec<u8>>>, MeshError> {
        let mut area = Area::<32>::new();
        unsafe {
            get(key.as_ptr(), key.len(), area.as_mut_ptr());
            result_in(&area, 8, |area| {
                area.is_second(8).then(|| Entry {
                    value: area.list(16),
                    version: area.read(24),
                })
            })
        }
    }

    pub(crate) fn state_set(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<u64>,
    ) -> Result<u64, MeshError> {
        let mut area = Area::<24>::new();
        let (has_ttl, ttl) = option(ttl);
        unsafe {
            set(
                key.as_ptr(),
                key.len(),
                value.as_ptr(),
                value.len(),
                has_ttl,
                ttl,
                area.as_mut_ptr(),
            );
            result_in(&area, 8, |area| area.read(8))
        }
    }

    pub(crate) fn state_swap(
        &self,
        key: &str,
        expected: Option<u64>,
        value: &[u8],
        ttl: Option<u64>,
    ) -> Result<Option<u64>, MeshError> {
        let mut area = Area::<24>::new();
        let (has_expected, expected) = option(expected);
        let (has_ttl, ttl) = option(ttl);
        unsafe {
            swap(
                key.as_ptr(),
                key.len(),
                has_expected,
                expected,
                value.as_ptr(),
                value.len(),
                has_ttl,
                ttl,
                area.as_mut_ptr(),
            );
            result_in(&area, 8, |area| area.is_second(8).then(|| area.read(16)))
        }
    }

    pub(crate) fn state_delete(&self, key: &str) -> Result<bool, MeshError> {
        let mut area = Area::<20>::new();
        unsafe {
            delete(key.as_ptr(), key.len(), area.as_mut_ptr());
            result_in(&area, 4, |area| area.is_second(4))
        }
    }

    pub(crate) fn state_keys(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, MeshError> {
        /// A string in a list.
        #[repr(C)]
        struct Listed {
            at: *mut u8,
            length: usize,
        }
        let mut area = Area::<20>::new();
        let (has_after, after) = after.map_or((0, ""), |after| (1, after));
        unsafe {
            keys(
                prefix.as_ptr(),
                prefix.len(),
                has_after,
                after.as_ptr(),
                after.len(),
                limit,
                area.as_mut_ptr(),
            );
            result_in(&area, 4, |area| {
                let listed = area.list::<Listed>(4).into_iter();
                listed
                    .map(|Listed { at, length }| String::from_raw_parts(at, length, length))
                    .collect()
            })
        }
    }

    pub(crate) fn state_add(&self, key: &str, delta: i64) -> Result<i64, MeshError> {
        let mut area = Area::<24>::new();
        unsafe {
            add(key.as_ptr(), key.len(), delta, area.as_mut_ptr());
            result_in(&area, 8, |area| area.read(8))
        }
    }
}
