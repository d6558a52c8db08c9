//! Text that comes in, and text that goes out.

use crate::error::Error;
use crate::field::LONGEST_TEXT;
use crate::secret::Secret;
use libc::c_char;
use zeroize::Zeroizing;

/// The length of a text that ends with a NUL.
pub const AAD_NUL_TERMINATED: usize = usize::MAX;

/// Copies the UTF-8 at `text`; `field` names it in refusals.
///
/// # Safety
/// `text` is NULL, or points to `length` bytes, or to a NUL-terminated text when `length` says so.
pub(super) unsafe fn read_utf8(field: &str, text: *const c_char, length: usize) -> Result<Secret, Error> {
    // SAFETY: what the caller says.
    let bytes = unsafe { units(field, text.cast::<u8>(), length, "bytes") }?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Error::invalid(format!("The {field} is not UTF-8 from byte {} on", error.valid_up_to() + 1))
    })?;
    match text.find('\0') {
        Some(index) => Err(Error::invalid(format!("The {field} holds a NUL at byte {}", index + 1))),
        None => Ok(Secret::from(text)),
    }
}

/// Copies the UTF-16 at `text`; `field` names it in refusals.
///
/// # Safety
/// `text` is NULL, or points to `length` code units, or to a NUL-terminated text when `length` says so.
pub(super) unsafe fn read_utf16(field: &str, text: *const u16, length: usize) -> Result<Secret, Error> {
    // SAFETY: what the caller says.
    let units = unsafe { units(field, text, length, "UTF-16 code units") }?;
    let characters = || char::decode_utf16(units.iter().copied());
    let (mut position, mut length) = (1, 0);
    for character in characters() {
        let refused = |what| Err(Error::invalid(format!("The {field} holds {what} at UTF-16 code unit {position}")));
        match character {
            Ok('\0') => return refused("a NUL"),
            Ok(character) => {
                position += character.len_utf16();
                length += character.len_utf8();
            }
            Err(_) => return refused("a lone half of a surrogate pair"),
        }
    }
    check_length(field, length, "bytes of UTF-8")?;
    // Room for all of it at once: a string that grows leaves unwiped copies behind.
    let mut copy = String::with_capacity(length);
    copy.extend(characters().flatten());
    Ok(Secret::from(copy))
}

/// # Safety
/// `text` is NULL, or points to `length` units, or to a NUL-terminated text when `length` says so; they stay there and
/// as they are for `'a`.
unsafe fn units<'a, Unit>(field: &str, text: *const Unit, length: usize, name: &str) -> Result<&'a [Unit], Error>
where
    Unit: Copy + Default + PartialEq,
{
    if text.is_null() {
        if length == 0 {
            return Ok(&[]);
        }
        return Err(Error::invalid(format!("The {field} is NULL")));
    }
    if !text.is_aligned() {
        return Err(Error::invalid(format!("The {field} is at an odd address")));
    }
    let length = match length {
        // SAFETY: the caller says that a NUL ends the text.
        AAD_NUL_TERMINATED => (0..).take_while(|at| unsafe { *text.add(*at) } != Unit::default()).count(),
        length => length,
    };
    check_length(field, length, name)?;
    // SAFETY: `text` is not NULL and aligned, and the caller says that so many units can be read.
    Ok(unsafe { std::slice::from_raw_parts(text, length) })
}

fn check_length(field: &str, length: usize, units: &str) -> Result<(), Error> {
    if length > LONGEST_TEXT {
        return Err(Error::invalid(format!(
            "The {field} is too long: {length} {units}, at most {LONGEST_TEXT} are allowed"
        )));
    }
    Ok(())
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
