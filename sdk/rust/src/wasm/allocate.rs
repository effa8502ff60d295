use std::alloc::{Layout, alloc, handle_alloc_error, realloc};
use std::ptr;

/// Memory for what the host puts in: it becomes strings and vectors of Rust, so it is Rust's.
///
/// # Safety
///
/// As of the canonical ABI: `old` is nothing, or was got here with `old_size` and `align`.
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(
    old: *mut u8,
    old_size: usize,
    align: usize,
    new_size: usize,
) -> *mut u8 {
    if new_size == 0 {
        // A vector of nothing has no memory, and a pointer that is aligned.
        return ptr::without_provenance_mut(align);
    }
    // SAFETY: the alignments of the canonical ABI are powers of two up to 8, and sizes are those of the memory.
    let (layout, at) = unsafe {
        if old_size == 0 {
            let layout = Layout::from_size_align_unchecked(new_size, align);
            (layout, alloc(layout))
        } else {
            let layout = Layout::from_size_align_unchecked(old_size, align);
            (layout, realloc(old, layout, new_size))
        }
    };
    if at.is_null() {
        handle_alloc_error(layout);
    }
    at
}
