//! What the host leaves in memory for a function that returns more than a number.

use std::mem::MaybeUninit;

/// Room for a result, aligned as any of them.
#[repr(C, align(8))]
pub(super) struct Area<const SIZE: usize>([MaybeUninit<u8>; SIZE]);

impl<const SIZE: usize> Area<SIZE> {
    pub(super) fn new() -> Self {
        Self([MaybeUninit::uninit(); SIZE])
    }

    pub(super) fn as_mut_ptr(&mut self) -> *mut u8 {
        self.0.as_mut_ptr().cast()
    }

    /// # Safety
    ///
    /// A `T` was put there. It is read once, if it owns anything.
    pub(super) unsafe fn read<T>(&self, offset: usize) -> T {
        debug_assert!(offset + size_of::<T>() <= SIZE);
        // SAFETY: the caller's; it is within the area, at the offset that the canonical ABI aligns.
        unsafe { self.0.as_ptr().add(offset).cast::<T>().read() }
    }

    /// Whether the discriminant at an offset is the second of two: `some`, `error`, `true`.
    ///
    /// # Safety
    ///
    /// A discriminant was put there.
    pub(super) unsafe fn is_second(&self, offset: usize) -> bool {
        // SAFETY: the caller's.
        unsafe { self.read::<u8>(offset) != 0 }
    }

    /// # Safety
    ///
    /// A list was put there whose items are laid out as `T` is. It is read once.
    pub(super) unsafe fn list<T>(&self, offset: usize) -> Vec<T> {
        // SAFETY: the caller's; the memory is from `cabi_realloc`, of exactly this size.
        unsafe {
            let (at, length) = (self.read::<*mut T>(offset), self.read::<usize>(offset + 4));
            Vec::from_raw_parts(at, length, length)
        }
    }

    /// # Safety
    ///
    /// A string was put there. It is read once.
    pub(super) unsafe fn string(&self, offset: usize) -> String {
        // SAFETY: the caller's; strings of the canonical ABI are UTF-8.
        unsafe { String::from_utf8_unchecked(self.list(offset)) }
    }
}
