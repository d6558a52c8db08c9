//! What is left in memory of a call that is over: no client secret, no token.
//! Linux only: there a process can read the list of its own memory. A program of its own with one test, so that nothing
//! else moves memory about, and the endpoint, which keeps what it was sent, in another process.
#![cfg(target_os = "linux")]

mod common;

use std::env;
use std::ffi::c_void;
use std::process::Command;

use aadaccess::Request;
use aadaccess_test_support::{Endpoint, Reply, TestCa};

use common::path;

const LENGTH: usize = 48;

/// Character `index` of a text that stands nowhere in this program.
fn character(seed: u32, index: usize) -> u8 {
    let mixed = (seed + index as u32).wrapping_mul(2_654_435_761).rotate_left(13).wrapping_mul(2_246_822_519) >> 7;
    b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"[mixed as usize % 57]
}

fn text(seed: u32) -> String {
    let mut text = String::with_capacity(LENGTH);
    text.extend((0..LENGTH).map(|index| char::from(character(seed, index))));
    text
}

const SECRET: u32 = 1_000;
const TOKEN: u32 = 2_000;
const REFRESH_TOKEN: u32 = 3_000;
const ROTATED: u32 = 4_000;
const UTF_16: u32 = 5_000;

/// How often 24 characters on end of this text stand in writable memory.
fn occurrences(seed: u32) -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut found = 0;
    for line in maps.lines() {
        let mut words = line.split_ascii_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        if !rights.starts_with("rw") || line.ends_with("[vvar]") {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let [start, end] = [start, end].map(|it| usize::from_str_radix(it, 16).unwrap());
        // SAFETY: the range is mapped and readable, and no other thread runs that could unmap it; that its content may
        // change is why it is read byte by byte.
        let byte = |at: usize| unsafe { std::ptr::read_volatile(at as *const u8) };
        let (first, middle) = (character(seed, 0), character(seed, LENGTH / 2));
        for at in start..end - LENGTH / 2 {
            let offset = match byte(at) {
                it if it == first => 0,
                it if it == middle => LENGTH / 2,
                _ => continue,
            };
            found += usize::from((0..LENGTH / 2).all(|index| byte(at + index) == character(seed, offset + index)));
        }
    }
    found
}

unsafe extern "C" {
    fn aad_request_new() -> *mut c_void;
    fn aad_request_set_text_utf16(request: *mut c_void, option: i32, text: *const u16, length: usize) -> i32;
    fn aad_request_free(request: *mut c_void);
}

/// The library's own UTF-8 is what `occurrences` sees of it; one that is refused at its end leaves nothing either.
fn set_utf16() {
    const CLIENT_SECRET: i32 = 3;
    let mut units: Vec<u16> = (0..LENGTH).map(|index| character(UTF_16, index).into()).collect();
    // SAFETY: a request of its own, and as many units as there are.
    unsafe {
        let request = aad_request_new();
        assert_eq!(aad_request_set_text_utf16(request, CLIENT_SECRET, units.as_ptr(), LENGTH), 0);
        assert_eq!(occurrences(UTF_16), 2, "both halves of one copy");
        assert_eq!(aad_request_set_text_utf16(request, CLIENT_SECRET, units.as_ptr(), LENGTH), 0);
        assert_eq!(occurrences(UTF_16), 2, "the copy that was replaced is wiped");
        units.push(0xd83d);
        assert_eq!(aad_request_set_text_utf16(request, CLIENT_SECRET, units.as_ptr(), LENGTH + 1), -1);
        aad_request_free(request);
    }
    println!("FOUND: UTF-16 secret {}", occurrences(UTF_16));
}

fn child(authority: &str, ca_file: &str) {
    let kept = text(SECRET);
    assert!(occurrences(SECRET) >= 2, "the search finds what is there");
    drop(zeroize::Zeroizing::new(kept));
    assert_eq!(occurrences(SECRET), 0, "the search finds nothing else");
    set_utf16();
    let request = Request::new()
        .tenant_id("a.example")
        .client_id("app")
        .client_secret(text(SECRET))
        .refresh_token(text(REFRESH_TOKEN))
        .authority(authority)
        .ca_file(ca_file);
    for _ in 0..3 {
        let token = request.acquire().unwrap();
        assert!(token.access_token().len() == LENGTH && token.refresh_token().is_some());
    }
    let refused = request.clone().tenant_id("refused.example").acquire();
    assert!(refused.is_err());
    let call = request.clone().tenant_id("hang.example").start();
    call.wait(Some(common::millis(300)));
    let kept = request.clone().tenant_id("closing.example").start();
    kept.wait(None);
    drop((request, call));
    std::thread::sleep(common::millis(500));
    // Whoever keeps a finished call for its token keeps no secret.
    for (name, seed) in [("secret", SECRET), ("refresh token", REFRESH_TOKEN)] {
        println!("FOUND: {name} {}", occurrences(seed));
    }
    drop(kept);
    for (name, seed) in [("token", TOKEN), ("rotated token", ROTATED)] {
        println!("FOUND: {name} {}", occurrences(seed));
    }
}

#[test]
fn nothing_of_secrets_and_tokens_is_left_in_memory() {
    if let (Ok(authority), Ok(ca_file)) = (env::var("AADACCESS_TEST_AUTHORITY"), env::var("AADACCESS_TEST_CA_FILE")) {
        return child(&authority, &ca_file);
    }
    let ca = TestCa::new();
    for (scheme, endpoint) in [("http", Endpoint::http()), ("https", Endpoint::https(&ca))] {
        let good = Reply::token().member("access_token", text(TOKEN)).member("refresh_token", text(ROTATED));
        endpoint.default_reply(good.clone());
        endpoint.script("closing.example", [good.header("Connection", "close")]);
        endpoint.script("refused.example", [Reply::aadsts(7000215)]);
        endpoint.script("hang.example", [Reply::silence()]);
        let output = Command::new(env::current_exe().unwrap())
            .args(["--nocapture", "--test-threads=1"])
            .env("AADACCESS_TEST_AUTHORITY", endpoint.authority())
            .env("AADACCESS_TEST_CA_FILE", path(&ca))
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{shown}\n{}", String::from_utf8_lossy(&output.stderr));
        let found: Vec<&str> = shown.lines().filter_map(|line| line.split_once("FOUND: ").map(|it| it.1)).collect();
        assert_eq!(found[..3], ["UTF-16 secret 0", "secret 0", "refresh token 0"], "over {scheme}");
        // rustls wipes none of its buffers of decrypted bytes, so this much can be promised of plain http only.
        if scheme == "http" {
            assert_eq!(found[3..], ["token 0", "rotated token 0"]);
        }
    }
}
