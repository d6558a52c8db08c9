//! An HTTP answer, bounded in size and wiped when dropped.

use std::io::{self, Read};
use ureq::http::{HeaderMap, HeaderName, header};
use zeroize::Zeroizing;

/// The largest body, whatever `Content-Length` says.
const LARGEST_BODY: usize = 1024 * 1024;
/// Room for a token answer.
const FIRST_BUFFER: usize = 4 * 1024;

pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    pub(crate) body: Zeroizing<Vec<u8>>,
    headers: HeaderMap,
}

/// Why a body was not read.
pub(super) enum BodyError {
    TooLarge,
    Io(io::Error),
}

impl HttpAnswer {
    pub(super) fn read(response: ureq::http::Response<ureq::Body>) -> Result<Self, BodyError> {
        let (parts, body) = response.into_parts();
        let body = read_bounded(body.into_reader())?;
        Ok(HttpAnswer { status: parts.status.as_u16(), body, headers: parts.headers })
    }

    fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn retry_after(&self) -> Option<&str> {
        self.header(&header::RETRY_AFTER)
    }

    pub(crate) fn date(&self) -> Option<&str> {
        self.header(&header::DATE)
    }

    /// The encoding of the body, if it is any: none was asked for.
    pub(crate) fn content_encoding(&self) -> bool {
        self.headers
            .get_all(header::CONTENT_ENCODING)
            .iter()
            .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"))
    }

    /// The id that the server gave this request, or gives back.
    pub(crate) fn request_id(&self) -> Option<&str> {
        ["client-request-id", "x-ms-request-id"].into_iter().find_map(|name| self.headers.get(name)?.to_str().ok())
    }

    /// Where a redirect points to, without user info, path or query.
    pub(crate) fn location(&self) -> Location {
        self.header(&header::LOCATION).map_or(Location::Unusable, Location::parse)
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// A host, with its port where one is named.
    Host(String),
    /// A path: the host that was asked.
    SameHost,
    Unusable,
}

impl Location {
    /// Reads a URI reference (RFC 3986, section 4.1).
    fn parse(reference: &str) -> Self {
        if reference.starts_with('/') && !reference.starts_with("//") {
            return Location::SameHost;
        }
        let absolute = if reference.starts_with("//") { format!("https:{reference}") } else { reference.to_owned() };
        let Ok(uri) = absolute.parse::<ureq::http::Uri>() else { return Location::Unusable };
        match (uri.scheme(), uri.authority()) {
            (Some(_), Some(authority)) => Location::Host(match authority.port() {
                Some(port) => format!("{}:{port}", authority.host()),
                None => authority.host().to_owned(),
            }),
            _ => Location::Unusable,
        }
    }
}

/// Reads to the end through buffers that are wiped when they are outgrown.
fn read_bounded(mut reader: impl Read) -> Result<Zeroizing<Vec<u8>>, BodyError> {
    let mut body = Zeroizing::new(vec![0; FIRST_BUFFER]);
    let mut filled = 0;
    loop {
        if filled == body.len() {
            if filled > LARGEST_BODY {
                return Err(BodyError::TooLarge);
            }
            let mut larger = Zeroizing::new(vec![0; (filled * 2).min(LARGEST_BODY + 1)]);
            larger[..filled].copy_from_slice(&body);
            body = larger;
        }
        match reader.read(&mut body[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(BodyError::Io(error)),
        }
    }
    body.truncate(filled);
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_a_host_or_a_path() {
        let host = |text: &str| Location::Host(text.to_owned());
        for (reference, location) in [
            ("https://u:p@evil.example:8443/x?code=1#y", host("evil.example:8443")),
            ("//evil.example/x", host("evil.example")),
            ("/login?x", Location::SameHost),
            ("", Location::Unusable),
            ("login", Location::Unusable),
            ("::::", Location::Unusable),
            ("https:///x", Location::Unusable),
        ] {
            assert_eq!(Location::parse(reference), location, "{reference}");
        }
    }

    #[test]
    fn a_body_of_one_mebibyte_is_read_and_one_byte_more_is_not() {
        let read = |size: u64| read_bounded(io::repeat(b'x').take(size));
        for size in [0, 1, FIRST_BUFFER as u64, LARGEST_BODY as u64] {
            assert_eq!(read(size).ok().map(|body| body.len() as u64), Some(size));
        }
        assert!(matches!(read(LARGEST_BODY as u64 + 1), Err(BodyError::TooLarge)));
        assert!(matches!(read(u64::MAX), Err(BodyError::TooLarge)));
    }
}
