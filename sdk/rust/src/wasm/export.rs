//! The export `handle`.

use std::panic;

use crate::wasm::mesh::{Hop, log};
use crate::{Failure, Handler, Level, Mesh};

/// The world, for the linker: made of actor.wit by `cli/build/rust/world.ts`.
pub const WORLD: &[u8; include_bytes!("../world.bin").len()] = include_bytes!("../world.bin");

type Outcome = Result<Option<String>, Failure>;

/// What `handle` returns: words in the layout of `result<option<json>, failure>`, and behind them what they point to.
#[repr(C)]
struct Returned {
    words: [usize; 13],
    _outcome: Outcome,
    _lineage: Vec<[usize; 2]>,
}

/// Handles an envelope.
///
/// # Safety
///
/// As of the canonical ABI: a text is there, which is ours from now on.
pub unsafe fn handle<Arguments>(
    handler: impl Handler<Arguments>,
    at: *mut u8,
    length: usize,
) -> *const u8 {
    panic::set_hook(Box::new(|info| log(Level::Error, &info.to_string())));
    #[cfg(feature = "log")]
    crate::log_facade::install();
    // SAFETY: the caller's; the memory is from `cabi_realloc`.
    let payload = unsafe { String::from_raw_parts(at, length, length) };
    let outcome = handler.call(&payload, &Mesh { hop: Hop });
    drop(payload);
    Box::into_raw(Box::new(lower(outcome))).cast()
}

/// The host has read what was returned.
///
/// # Safety
///
/// It is what [`handle`] has returned, once.
pub unsafe fn handled(at: *mut u8) {
    // SAFETY: the caller's.
    drop(unsafe { Box::from_raw(at.cast::<Returned>()) });
}

/// Texts stay where they are when the `String` is moved.
fn lower(outcome: Outcome) -> Returned {
    let mut words = [0; 13];
    let mut lineage = Vec::new();
    match &outcome {
        Ok(payload) => put_option(&mut words[1..4], payload.as_deref()),
        Err(failure) => {
            words[0] = 1;
            words[1..3].copy_from_slice(&place(&failure.kind));
            lineage = failure.lineage.iter().map(|base| place(base)).collect();
            words[3..5].copy_from_slice(&[lineage.as_ptr().addr(), lineage.len()]);
            words[5..7].copy_from_slice(&place(&failure.message));
            put_option(&mut words[7..10], failure.traceback.as_deref());
            put_option(&mut words[10..13], failure.details.as_deref());
        }
    }
    Returned {
        words,
        _outcome: outcome,
        _lineage: lineage,
    }
}

fn put_option(words: &mut [usize], text: Option<&str>) {
    if let Some(text) = text {
        words[0] = 1;
        words[1..].copy_from_slice(&place(text));
    }
}

fn place(text: &str) -> [usize; 2] {
    [text.as_ptr().addr(), text.len()]
}
