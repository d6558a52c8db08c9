//! The catalogue of answers, for trying the library by hand: prints one JSON line with the
//! authority (and with `--https` the CA file), then serves until standard input closes.

use std::io::Read;

use aadaccess_test_support::{Endpoint, TestCa};
use serde_json::json;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let https = arguments.iter().any(|it| it == "--https");
    if arguments.iter().any(|it| it != "--https") {
        eprintln!("usage: loopback-endpoint [--https]");
        std::process::exit(2);
    }
    let ca = https.then(TestCa::new);
    let endpoint = match &ca {
        Some(ca) => Endpoint::https(ca),
        None => Endpoint::http(),
    };
    let endpoint = endpoint.with_catalogue();
    let ca_file = ca.as_ref().map(|it| it.pem_file().display().to_string());
    println!("{}", json!({"authority": endpoint.authority(), "ca_file": ca_file}));
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
