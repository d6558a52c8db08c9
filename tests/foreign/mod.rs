//! What the tests of the C and the C# door share: running compilers and programs in another language.

#![allow(dead_code)]

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use aadaccess_test_support::{Endpoint, Proxy, TestCa};

/// No program here may take longer; one that does is ended and the test fails.
const LIMIT: Duration = Duration::from_secs(120);

pub const PROXY_VARIABLES: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];

pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// The standard output of a program that ended well.
    #[track_caller]
    pub fn good(self) -> String {
        assert_eq!(self.code, Some(0), "standard output:\n{}\nstandard error:\n{}", self.stdout, self.stderr);
        self.stdout
    }
}

/// Runs it to its end, whatever that is, and reads what it writes.
#[track_caller]
pub fn run(command: &mut Command) -> Outcome {
    run_while(command, |_| ())
}

/// The same; `meanwhile` gets the process id as soon as it runs.
#[track_caller]
pub fn run_while(command: &mut Command, meanwhile: impl FnOnce(u32)) -> Outcome {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut stdout = child.stdout.take().expect("piped");
    let mut stderr = child.stderr.take().expect("piped");
    let stdout = thread::spawn(move || read(&mut stdout));
    let stderr = thread::spawn(move || read(&mut stderr));
    let started = Instant::now();
    meanwhile(child.id());
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child of ours") {
            break status;
        }
        if started.elapsed() > LIMIT {
            child.kill().expect("a child of ours");
            let _ = child.wait();
            panic!(
                "{command:?} was still running after {LIMIT:?}; it said:\n{}{}",
                stdout.join().expect("reads"),
                stderr.join().expect("reads")
            );
        }
        thread::sleep(Duration::from_millis(5));
    };
    Outcome { code: status.code(), stdout: stdout.join().expect("reads"), stderr: stderr.join().expect("reads") }
}

fn read(from: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = from.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Where in the project.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A folder for what is compiled, made when it isn't there.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder below the target folder");
    folder
}

/// Every tenant of the catalogue over https, and what a program must know to go there.
pub struct World {
    pub ca: TestCa,
    pub endpoint: Endpoint,
}

impl World {
    pub fn new() -> Self {
        let ca = TestCa::new();
        let endpoint = Endpoint::https(&ca).with_catalogue();
        Self { ca, endpoint }
    }

    /// Sets the variables that the programs read, and takes those away that would lead them elsewhere.
    pub fn introduce<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for name in PROXY_VARIABLES {
            command.env_remove(name);
        }
        command
            .env("TEST_AUTHORITY", self.endpoint.authority())
            .env("TEST_CA_FILE", self.ca.pem_file())
            .env("TEST_VERSION", env!("CARGO_PKG_VERSION"))
    }

    /// The token handed out last.
    pub fn last_token(&self) -> String {
        self.endpoint.issued().pop().expect("a token was handed out")
    }

    /// What `tests/csharp/Tokens.cs` sent as secrets.
    pub fn check_secrets(&self) {
        let requests = self.endpoint.requests("any.test.example");
        let secrets = requests.iter().map(|it| it.field("client_secret").expect("a secret"));
        let long = "s3cret-long-".to_owned() + &"\u{20ac}".repeat(20_000);
        let expected = [
            "p&q=r+s%t \"u' v\"\\/?#",
            "\u{e9}\u{df}\u{65e5}\u{672c} \u{1f511}\u{1f9ea} e\u{301}",
            &long,
            "s\u{e9}cure \u{1f511}+%",
        ];
        assert!(secrets.eq(expected));
    }

    /// What `tests/c/utf16.c` sent, with each setter.
    pub fn check_utf16(&self) {
        let secret =
            "s3cret-long-& = + % \" ' \u{e4}\u{f6}\u{fc}\u{df} \u{65e5}\u{672c} \u{d7ff}\u{e000} \u{1f511}\u{10ffff}";
        let mut requests = self.endpoint.requests("contoso.example");
        requests.retain(|it| it.field("client_secret").is_some_and(|it| it.starts_with("s3cret-long-")));
        assert_eq!(requests.len(), 3);
        for request in &requests {
            assert_eq!(request.field("client_secret"), Some(secret));
            assert_eq!(request.raw_body, requests[0].raw_body);
        }
    }
}

/// An endpoint that is reached through a proxy alone: an open one, and one that wants credentials.
pub struct Proxied {
    host: World,
    open: Proxy,
    strict: Proxy,
}

impl Proxied {
    pub fn new() -> Self {
        let host = World::new();
        let to_host = || Proxy::new().route("login.test.example:443", host.endpoint.address());
        let open = to_host();
        let strict = to_host().credentials("DOMAIN\\u@/%", "p\u{e4}ss:w@rd/%");
        Self { host, open, strict }
    }

    pub fn introduce(&self, command: &mut Command) {
        command.env("TEST_PROXY", self.open.url());
        command.env("TEST_STRICT_PROXY", self.strict.url());
        command.env("TEST_CA_FILE", self.host.ca.pem_file());
    }

    pub fn check(&self) {
        let connects = self.open.connects();
        assert!(!connects.is_empty());
        assert!(connects.iter().all(|it| it.target == "login.test.example:443"), "{connects:?}");
        assert!(self.strict.connects().iter().any(|it| it.credentials.is_none()));
    }
}
