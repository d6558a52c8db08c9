//! Checks of single values. A refused value is never repeated: it may be a secret in the wrong place.

use crate::error::Error;

/// The longest text any option takes, in bytes.
pub(crate) const LONGEST_TEXT: usize = 1024 * 1024;

/// Refuses `value` of `field`, naming the length and the first character that `allowed` does not take.
pub(crate) fn check_characters(
    field: &str,
    value: &str,
    allowed: impl Fn(char) -> bool,
    rule: &str,
) -> Result<(), Error> {
    match value.chars().position(|c| !allowed(c)) {
        None => Ok(()),
        Some(index) => {
            let bad = value.chars().nth(index).map_or("character", class);
            Err(refusal(field, value, &format!("has a {bad} at position {}", index + 1), rule))
        }
    }
}

/// A refusal that names the field, the length and what is wrong, and then the rule.
pub(crate) fn refusal(field: &str, value: &str, what: &str, rule: &str) -> Error {
    Error::invalid(format!("The {field} ({} characters) {what}; allowed: {rule}", value.chars().count()))
}

/// Refuses an empty value and one longer than `longest` bytes.
pub(crate) fn check_length(field: &str, value: &str, longest: usize) -> Result<(), Error> {
    if value.is_empty() {
        return Err(Error::invalid(format!("The {field} is empty")));
    }
    if value.len() > longest {
        return Err(Error::invalid(format!(
            "The {field} is too long: {} bytes, at most {longest} are allowed",
            value.len()
        )));
    }
    Ok(())
}

fn class(c: char) -> &'static str {
    match c {
        ' ' => "blank",
        c if c.is_control() => "control character",
        c if !c.is_ascii() => "non-ASCII character",
        c if c.is_ascii_punctuation() => "punctuation character",
        c if c.is_ascii_digit() => "digit",
        _ => "letter",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_field_length_position_and_class_but_never_the_value() {
        let error = check_characters("tenant id", "abc/secret", |c| c != '/', "letters").unwrap_err();
        assert_eq!(
            error.to_string(),
            "The tenant id (10 characters) has a punctuation character at position 4; allowed: letters"
        );
    }
}
