//! The same test program as a process of its own: for what is read from the environment.

use std::env;
use std::process::Command;

use aadaccess::Request;

pub const AUTHORITY: &str = "AADACCESS_TEST_AUTHORITY";
pub const CA_FILE: &str = "AADACCESS_TEST_CA_FILE";
pub const PROXY: &str = "AADACCESS_TEST_PROXY";
const MARK: &str = "AADACCESS_TEST_CHILD";
const OUTCOME: &str = "OUTCOME: ";

pub const PROXY_VARIABLES: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];

/// Is this the process that `run` started?
pub fn is_child() -> bool {
    env::var_os(MARK).is_some()
}

/// Runs the test of this name in a new process with these variables and no other proxy variable; what its call of
/// `acquire` led to.
#[track_caller]
pub fn run(test: &str, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(MARK, "1");
    for name in PROXY_VARIABLES.iter().chain(&["HTTP_PROXY", "http_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"]) {
        command.env_remove(name);
    }
    let output = command.envs(environment.iter().copied()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    match text.lines().find_map(|line| line.split_once(OUTCOME)) {
        Some((_, outcome)) => outcome.to_owned(),
        None => panic!("no outcome of {test} in {text}"),
    }
}

/// In the child: one call with the settings of the environment; its outcome as a line.
pub fn acquire() {
    let setting = |name| env::var(name).ok();
    let mut request =
        Request::new().tenant_id("a.example").client_id("app").client_secret("secret-value").max_retries(0);
    if let Some(authority) = setting(AUTHORITY) {
        request = request.authority(authority);
    }
    if let Some(path) = setting(CA_FILE) {
        request = request.ca_file(path);
    }
    if let Some(url) = setting(PROXY) {
        request = request.proxy(url);
    }
    match request.acquire() {
        Ok(token) => println!("{OUTCOME}token {}", token.correlation_id()),
        Err(error) => println!("{OUTCOME}{:?}: {error} / {:?}", error.kind(), error.advice()),
    }
}
