//! What the endpoint answers, good or bad.

use std::time::Duration;

use serde_json::{Map, Value, json};

/// One answer of the endpoint. Made by a constructor, then shaped by builder methods.
#[derive(Clone, Debug)]
pub struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    pub(crate) fault: Fault,
    pub(crate) delay: Duration,
    pub(crate) drip: Option<Drip>,
    pub(crate) endless: bool,
    pub(crate) chunked: bool,
    pub(crate) close: bool,
    pub(crate) claimed_length: Option<u64>,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    Bytes(Vec<u8>),
    /// Written out when it is sent; `{correlation_id}` in it becomes the request's id.
    Json(Map<String, Value>),
    /// The same with a fresh access token of this length (0: as short as it comes).
    Token(Map<String, Value>, usize),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Drip {
    pub pause: Duration,
    pub head_too: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Fault {
    None,
    Die,
    DieInBody(usize),
    Silence,
    EndlessContinue,
    EndlessHead,
    Raw(Vec<u8>),
}

impl Reply {
    /// An answer with this status and an empty body.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Body::Bytes(Vec::new()),
            fault: Fault::None,
            delay: Duration::ZERO,
            drip: None,
            endless: false,
            chunked: false,
            close: false,
            claimed_length: None,
        }
    }

    /// 200 with a fresh token: `token_type` Bearer, `expires_in` and `ext_expires_in` 3599.
    pub fn token() -> Self {
        let members = json!({"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599});
        let Value::Object(members) = members else { unreachable!() };
        Self { body: Body::Token(members, 0), ..Self::status(200) }
            .header("Content-Type", "application/json; charset=utf-8")
    }

    /// This status with a JSON object as body.
    ///
    /// # Panics
    /// When `value` is not an object.
    pub fn json(status: u16, value: Value) -> Self {
        let Value::Object(members) = value else { panic!("a JSON object is needed, not {value}") };
        Self { body: Body::Json(members), ..Self::status(status) }
            .header("Content-Type", "application/json; charset=utf-8")
    }

    /// 200 with this text as `application/json`, sent as it is: for spellings that `json` can't make.
    pub fn json_text(text: impl Into<Vec<u8>>) -> Self {
        Self::status(200).header("Content-Type", "application/json; charset=utf-8").body(text)
    }

    /// This status with a web page, as proxies and load balancers send it.
    pub fn html(status: u16) -> Self {
        Self::status(status)
            .header("Content-Type", "text/html")
            .body("<!DOCTYPE html>\r\n<html><head><title>Sign in</title></head><body><h1>Hello</h1></body></html>")
    }

    /// Nothing is answered; the socket stays open until the other side closes it.
    pub fn silence() -> Self {
        Self::faulty(Fault::Silence)
    }

    /// The connection is closed before a byte of the answer.
    pub fn die() -> Self {
        Self::faulty(Fault::Die)
    }

    /// `100 Continue` every 20 ms without end.
    pub fn endless_continue() -> Self {
        Self::faulty(Fault::EndlessContinue)
    }

    /// A head with one header after another without end, as fast as it goes.
    pub fn endless_head() -> Self {
        Self::faulty(Fault::EndlessHead)
    }

    /// These bytes in place of an HTTP answer, then the end of the connection.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::faulty(Fault::Raw(bytes.into()))
    }

    fn faulty(fault: Fault) -> Self {
        Self { fault, ..Self::status(200) }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body.
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Body::Bytes(bytes.into());
        self
    }

    /// Sets a member of a JSON body; `access_token` in place of the fresh one.
    ///
    /// # Panics
    /// When the body is not JSON.
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members().insert(name.to_owned(), value.into());
        self
    }

    /// Takes a member out of a JSON body.
    ///
    /// # Panics
    /// When the body is not JSON, or for the fresh `access_token` (use [`Reply::json`]).
    pub fn without(mut self, name: &str) -> Self {
        assert_ne!(name, "access_token", "make the answer with Reply::json");
        self.members().remove(name);
        self
    }

    /// Makes the fresh token this many characters long.
    ///
    /// # Panics
    /// When this is no [`Reply::token`].
    pub fn token_length(mut self, characters: usize) -> Self {
        match &mut self.body {
            Body::Token(_, length) => *length = characters,
            _ => panic!("only Reply::token() has a fresh token"),
        }
        self
    }

    fn members(&mut self) -> &mut Map<String, Value> {
        match &mut self.body {
            Body::Json(members) | Body::Token(members, _) => members,
            Body::Bytes(_) => panic!("this answer has no JSON body"),
        }
    }

    /// Waits this long before the first byte.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sends the body one byte at a time with this pause between them.
    pub fn drip(mut self, pause: Duration) -> Self {
        self.drip = Some(Drip { pause, head_too: false });
        self
    }

    /// Sends head and body one byte at a time with this pause between them.
    pub fn drip_all(mut self, pause: Duration) -> Self {
        self.drip = Some(Drip { pause, head_too: true });
        self
    }

    /// Goes on with `x` after the body, without end and without a `Content-Length`.
    pub fn endless(mut self) -> Self {
        self.endless = true;
        self
    }

    /// Sends the body in chunks.
    pub fn chunked(mut self) -> Self {
        self.chunked = true;
        self
    }

    /// Answers `Connection: close` and closes.
    pub fn close(mut self) -> Self {
        self.close = true;
        self
    }

    /// Claims this `Content-Length` whatever the body's length, and closes after the body.
    pub fn content_length(mut self, claimed: u64) -> Self {
        self.claimed_length = Some(claimed);
        self.close = true;
        self
    }

    /// Closes after this many bytes of the body.
    pub fn die_in_body(mut self, after: usize) -> Self {
        self.fault = Fault::DieInBody(after);
        self
    }

    /// Is it sent at once and whole?
    pub(crate) fn is_prompt(&self) -> bool {
        let whole = matches!(self.fault, Fault::None) && self.drip.is_none() && !self.endless;
        whole && self.delay.is_zero()
    }
}
