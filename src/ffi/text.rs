//! Text that comes in, and text that goes out.

use crate::error::Error;
use crate::field::LONGEST_TEXT;
use crate::secret::Secret;
use libc::c_char;
use zeroize::Zeroizing;

/// The length of a text that ends with a NUL.
pub const AAD_NUL_TERMINATED: usize = usize::MAX;

/// Copies the text at `text`; `field` names it in refusals.
///
/// # Safety
/// `text` is NULL, or points to `length` bytes, or to a NUL-terminated text when `length` says so.
pub(super) unsafe fn read(field: &str, text: *const c_char, length: usize) -> Result<Secret, Error> {
    if text.is_null() {
        if length == 0 {
            return Ok(Secret::from(""));
        }
        return Err(Error::invalid(format!("The {field} is NULL")));
    }
    let length = match length {
        // SAFETY: the caller says that a NUL ends the text.
        AAD_NUL_TERMINATED => unsafe { libc::strlen(text) },
        length => length,
    };
    if length > LONGEST_TEXT {
        return Err(Error::invalid(format!(
            "The {field} is too long: {length} bytes, at most {LONGEST_TEXT} are allowed"
        )));
    }
    // SAFETY: `text` is not NULL and the caller says that so many bytes can be read.
    let bytes = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), length) };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Error::invalid(format!("The {field} is not UTF-8 from byte {} on", error.valid_up_to() + 1))
    })?;
    match text.find('\0') {
        Some(index) => Err(Error::invalid(format!("The {field} holds a NUL at byte {}", index + 1))),
        None => Ok(Secret::from(text)),
    }
}

/// A text for the caller: NUL-terminated, wiped when the call is freed.
pub(super) struct Text(Zeroizing<Vec<u8>>);

impl Text {
    pub(super) fn new(text: &str) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() + 1));
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
        Text(bytes)
    }

    pub(super) fn as_ptr(&self) -> *const c_char {
        self.0.as_ptr().cast()
    }

    /// Without the NUL.
    pub(super) fn len(&self) -> usize {
        self.0.len() - 1
    }
}
