//! The C door: the header alone, programs in `tests/c` compiled as C99 and as C++ against the header and the
//! built library, and the examples.
#![cfg(unix)]

mod foreign;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use aadaccess_test_support::{Endpoint, Proxy, ServerCert, built_library, find_on_path, tool_or_skip};
use foreign::{Outcome, World, project, run, run_while, scratch};

const STRICT: [&str; 4] = ["-Wall", "-Wextra", "-Werror", "-pedantic"];

#[derive(Clone, Copy)]
enum Language {
    C,
    Cpp,
}

impl Language {
    fn compiler(self) -> Option<PathBuf> {
        match self {
            Language::C => tool_or_skip("c", find_on_path("cc"), "no C compiler cc on PATH"),
            Language::Cpp => tool_or_skip("cpp", find_on_path("c++"), "no C++ compiler c++ on PATH"),
        }
    }

    fn arguments(self) -> [&'static str; 3] {
        match self {
            Language::C => ["-std=c99", "-x", "c"],
            Language::Cpp => ["-std=c++11", "-x", "c++"],
        }
    }
}

fn library() -> PathBuf {
    built_library().expect("cargo builds the library before the tests")
}

/// Compiles a source of the project and links it to the library, unless it loads that by itself. `None`: no compiler.
fn compile(language: Language, source: &str, linked: bool) -> Option<PathBuf> {
    let compiler = language.compiler()?;
    // A name of its own each time: a program that runs can't be written anew.
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let name = source.replace(['/', '.'], "-");
    let program = scratch("c").join(format!("{name}-{}", NEXT.fetch_add(1, Ordering::Relaxed)));
    let mut command = Command::new(compiler);
    command
        .args(language.arguments())
        .args(STRICT)
        .arg("-I")
        .arg(project("include"))
        .arg(project(source))
        .args(["-x", "none", "-pthread", "-o"])
        .arg(&program);
    if linked {
        let library = library();
        let folder = library.parent().expect("a folder").display();
        command.args([format!("-L{folder}"), format!("-Wl,-rpath,{folder}")]);
        command.arg("-laadaccess");
        // Before LD_LIBRARY_PATH, with which cargo names target/<profile>, too: an older build may lie there.
        if cfg!(target_os = "linux") {
            command.arg("-Wl,--disable-new-dtags");
        }
    } else {
        command.arg("-ldl");
    }
    run(&mut command).good();
    Some(program)
}

/// Runs `tests/c/<name>.c` in this language against a fresh endpoint. `None`: no compiler.
fn program_in(language: Language, name: &str, prepare: impl FnOnce(&World, &mut Command)) -> Option<World> {
    let linked = name != "reload";
    let program = compile(language, &format!("tests/c/{name}.c"), linked)?;
    let world = World::new();
    let mut command = Command::new(program);
    world.introduce(&mut command);
    prepare(&world, &mut command);
    assert_eq!(run(&mut command).good(), format!("{name} ok\n"));
    Some(world)
}

macro_rules! programs {
    ($($name:ident),*) => { $(
        mod $name {
            #[test]
            fn as_c99() {
                super::program_in(super::Language::C, stringify!($name), super::$name);
            }

            #[test]
            fn as_cpp11() {
                super::program_in(super::Language::Cpp, stringify!($name), super::$name);
            }
        }
    )* };
}

programs!(inputs, results, threads, fork, reload, sigpipe);

fn inputs(_: &World, _: &mut Command) {}
fn results(_: &World, _: &mut Command) {}
fn threads(_: &World, _: &mut Command) {}
fn fork(_: &World, _: &mut Command) {}

fn reload(_: &World, command: &mut Command) {
    command.arg(library());
}

fn sigpipe(world: &World, command: &mut Command) {
    let certificate = world.ca.server_config(ServerCert::Good);
    let plain = closing_listener(|_| ());
    let tls = closing_listener(move |socket| shake_hands(&certificate, socket));
    command.env("TEST_CLOSING", format!("http://127.0.0.1:{plain}"));
    command.env("TEST_CLOSING_TLS", format!("https://localhost:{tls}"));
}

/// A listener that reads a little of what comes and closes with the rest unread, so that the peer is reset while it
/// writes. Its thread ends with the test process.
fn closing_listener(begin: impl Fn(&mut TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.expect("a connection");
            begin(&mut socket);
            let _ = socket.read(&mut [0; 1000]);
        }
    });
    port
}

fn shake_hands(certificate: &Arc<rustls::ServerConfig>, socket: &mut TcpStream) {
    let mut connection = rustls::ServerConnection::new(certificate.clone()).expect("a good certificate");
    let _ = connection.complete_io(socket);
}

#[test]
fn utf16_is_sent_as_utf8_is() {
    for language in [Language::C, Language::Cpp] {
        if let Some(world) = program_in(language, "utf16", |_, _| ()) {
            world.check_utf16();
        }
    }
}

#[test]
fn the_header_compiles_alone_in_every_dialect() {
    let dialects = [(Language::C, "c", ["-std=c99", "-std=c11"]), (Language::Cpp, "c++", ["-std=c++11", "-std=c++17"])];
    for (language, kind, standards) in dialects {
        let Some(compiler) = language.compiler() else {
            continue;
        };
        for standard in standards {
            let mut command = Command::new(&compiler);
            command
                .args([standard, "-x", kind, "-fsyntax-only"])
                .args(STRICT)
                .arg("-I")
                .arg(project("include"))
                .arg("-")
                .stdin(Stdio::piped())
                .stderr(Stdio::piped());
            let mut child = command.spawn().expect("the compiler starts");
            let mut input = child.stdin.take().expect("piped");
            // Twice: once must be enough for the compiler.
            let source = b"#include \"aadaccess.h\"\n#include \"aadaccess.h\"\n";
            input.write_all(source).expect("the compiler reads");
            drop(input);
            let output = child.wait_with_output().expect("the compiler ends");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{standard}:\n{said}");
        }
    }
}

/// The example, in an environment without proxies and Azure variables of its own.
fn example(name: &str, language: Language) -> Option<Command> {
    let program = compile(language, &format!("examples/c/{name}.c"), true)?;
    let mut command = Command::new(program);
    for variable in foreign::PROXY_VARIABLES {
        command.env_remove(variable);
    }
    for variable in ["TENANT_ID", "CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "AUTHORITY_HOST"] {
        command.env_remove(format!("AZURE_{variable}"));
    }
    Some(command)
}

fn identify(command: &mut Command, secret: &str) {
    command
        .env("AZURE_TENANT_ID", "contoso.example")
        .env("AZURE_CLIENT_ID", "11111111-2222-3333-4444-555555555555")
        .env("AZURE_CLIENT_SECRET", secret);
}

/// It knows the real authority only: the proxy leads there, to our endpoint, and the system's trust store is ours.
#[cfg(target_os = "linux")]
#[test]
fn the_short_example_prints_a_header_or_what_to_do() {
    for language in [Language::C, Language::Cpp] {
        let Some(mut command) = example("header", language) else {
            continue;
        };
        let world = World::new();
        let proxy = Proxy::new().route("login.microsoftonline.com:443", world.endpoint.address());
        command.env("HTTPS_PROXY", proxy.url());
        command.env("SSL_CERT_FILE", world.ca.pem_file());
        command.env_remove("SSL_CERT_DIR");
        identify(&mut command, "s3cret-value-1");
        let Outcome { code, stdout, stderr } = run(&mut command);
        assert_eq!((code, stderr.as_str()), (Some(0), ""));
        assert_eq!(stdout, format!("Authorization: Bearer {}\n", world.last_token()));

        identify(&mut command, "not-the-secret");
        let Outcome { code, stdout, stderr } = run(&mut command);
        assert_eq!((code, stdout.as_str()), (Some(1), ""));
        assert!(stderr.contains("AADSTS7000215"), "{stderr}");
        assert_eq!(stderr.lines().count(), 2, "a sentence and an advice: {stderr}");
        assert!(!stderr.contains("not-the-secret"), "{stderr}");
    }
}

#[test]
fn the_short_example_without_values_says_what_is_missing() {
    let Some(mut command) = example("header", Language::C) else {
        return;
    };
    let Outcome { code, stdout, stderr } = run(&mut command);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("tenant"), "{stderr}");
}

#[test]
fn the_long_example_prints_all_that_came() {
    for language in [Language::C, Language::Cpp] {
        let Some(mut command) = example("request", language) else {
            continue;
        };
        let world = World::new();
        command.env("AZURE_AUTHORITY_HOST", world.endpoint.authority());
        command.env("AADACCESS_CA_FILE", world.ca.pem_file());
        identify(&mut command, "s3cret-value-1");
        command.env("AZURE_REFRESH_TOKEN", "refresh-token-1");
        let Outcome { code, stdout, stderr } = run(&mut command);
        assert_eq!((code, stderr.as_str()), (Some(0), "Requests sent: 1\n"));
        let lines: Vec<&str> = stdout.lines().collect();
        assert_eq!(lines.len(), 4, "{stdout}");
        assert_eq!(lines[0], format!("Authorization: Bearer {}", world.last_token()));
        assert_eq!(lines[1], "Scope: https://graph.microsoft.com/.default");
        assert!(lines[2].starts_with("Expires (Unix time): "), "{stdout}");
        assert_eq!(lines[3], "New refresh token: refresh-token-2");

        command.env_remove("AZURE_REFRESH_TOKEN");
        command.env("AZURE_TENANT_ID", "throttled.example");
        let Outcome { code, stderr, .. } = run(&mut command);
        assert_eq!(code, Some(0), "{stderr}");
        assert_eq!(stderr, "waiting: throttled, 1 s to go\nRequests sent: 2\n");

        command.env("AZURE_TENANT_ID", "contoso.example");
        identify(&mut command, "not-the-secret");
        let Outcome { code, stdout, stderr } = run(&mut command);
        assert_eq!((code, stdout.as_str()), (Some(1), ""));
        assert!(
            stderr.contains("\nOAuth error: invalid_client\nAADSTS codes: 7000215\nHTTP status: 401\n"),
            "{stderr}"
        );
        assert!(stderr.ends_with("\nRequests sent: 1\n"), "{stderr}");
    }
}

#[test]
fn the_long_example_ends_with_ctrl_c() {
    let Some(mut command) = example("request", Language::C) else {
        return;
    };
    let world = World::new();
    command.env("AZURE_AUTHORITY_HOST", world.endpoint.authority());
    command.env("AADACCESS_CA_FILE", world.ca.pem_file());
    identify(&mut command, "s3cret-value-1");
    command.env("AZURE_TENANT_ID", "hang.example");
    let outcome = run_while(&mut command, |id| {
        let patience = Duration::from_secs(10);
        assert!(world.endpoint.wait_for_requests("hang.example", 1, patience));
        let mut kill = Command::new("kill");
        run(kill.args(["-INT", &id.to_string()])).good();
    });
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.starts_with("cancelled (-14)\nError: "), "{}", outcome.stderr);
}

/// `cargo test --test c -- --ignored`
#[test]
#[ignore = "needs valgrind"]
fn memory_under_valgrind() {
    let valgrind = find_on_path("valgrind").expect("valgrind on PATH");
    for name in ["inputs", "results", "utf16"] {
        let Some(program) = compile(Language::C, &format!("tests/c/{name}.c"), true) else {
            return;
        };
        let world = World::new();
        // Plain http: valgrind can't follow the assembly of TLS and takes its results for uninitialised.
        let endpoint = Endpoint::http().with_catalogue();
        let mut command = Command::new(&valgrind);
        command.args(["--quiet", "--error-exitcode=9", "--leak-check=full", "--show-leak-kinds=definite"]);
        command.args(["--errors-for-leak-kinds=definite"]);
        world.introduce(command.arg(&program)).env("TEST_AUTHORITY", endpoint.authority());
        assert_eq!(run(&mut command).good(), format!("{name} ok\n"));
    }
}
