//! Secret text: wiped when dropped, never printable.

use std::fmt;
use zeroize::Zeroizing;

/// Text that is overwritten when it is dropped and that no formatting prints.
///
/// A `&str` or `String` converts into it. A `String` that is converted keeps its one buffer; copies that the caller
/// made before are the caller's to wipe.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text itself. Whoever calls this is responsible for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret(Zeroizing::new(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Secret::from(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_no_secret() {
        assert_eq!(format!("{:?}", Secret::from("hunter22")), "[redacted]");
        assert_eq!(format!("{:?}", Some(Secret::from("x"))), "Some([redacted])");
    }
}
