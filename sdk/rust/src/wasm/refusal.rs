use crate::MeshError;
use crate::wasm::returned::Area;

/// What a call came to: a refusal is where the value would be.
///
/// # Safety
///
/// The area has a `result<_, refusal>`, and what it is made into was not read yet.
pub(super) unsafe fn result_in<T, const SIZE: usize>(
    area: &Area<SIZE>,
    value_at: usize,
    value: impl FnOnce(&Area<SIZE>) -> T,
) -> Result<T, MeshError> {
    // SAFETY: the caller's.
    unsafe {
        if area.is_second(0) {
            Err(MeshError::refused(
                area.string(value_at),
                area.string(value_at + 8),
            ))
        } else {
            Ok(value(area))
        }
    }
}
