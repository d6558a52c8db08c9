//! What both programs do with their arguments: `AUTHORITY once` gets one token and prints its header, `AUTHORITY
//! serve` reads numbers, gets so many tokens for each and prints the nanoseconds that each took; every other mode is a
//! kind of `serve`.

use std::io::{BufRead, Write};
use std::time::Instant;

pub const TENANT: &str = "contoso.example";
pub const CLIENT: &str = "11111111-2222-3333-4444-555555555555";
pub const SECRET: &str = "s3cret-value-1";

/// `header` gets a token and returns the value of the Authorization header.
pub fn run(mode: &str, header: impl Fn() -> String) {
    let mut out = std::io::stdout().lock();
    if mode == "once" {
        writeln!(out, "{}", header()).expect("a reader");
        out.flush().expect("a reader");
        return;
    }
    for line in std::io::stdin().lock().lines() {
        let count: usize = line.expect("text").parse().expect("a number");
        for _ in 0..count {
            let started = Instant::now();
            let header = header();
            let took = started.elapsed().as_nanos();
            assert!(header.starts_with("Bearer "), "no header");
            write!(out, "{took} ").expect("a reader");
        }
        writeln!(out).expect("a reader");
        out.flush().expect("a reader");
    }
}

/// The authority and the mode.
pub fn arguments() -> (String, String) {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next(), arguments.next()) {
        (Some(authority), Some(mode)) => (authority, mode),
        _ => panic!("AUTHORITY once|serve"),
    }
}
