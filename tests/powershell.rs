//! The PowerShell door: each test starts a real PowerShell on one script of `tests/powershell`, with the freshly built
//! library and a loopback endpoint of its own. `pwsh` is the one on `PATH` or the one that `AADACCESS_PWSH` names.

mod foreign;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aadaccess_test_support::{Endpoint, Proxy, TestCa, built_library, find_on_path, temp_path, tool_or_skip};
use foreign::{Outcome, PROXY_VARIABLES, project, run, scratch};

fn pwsh() -> Option<PathBuf> {
    let named = std::env::var_os("AADACCESS_PWSH").map(PathBuf::from);
    let found = named.or_else(|| find_on_path("pwsh"));
    tool_or_skip("powershell", found, "no pwsh on PATH, and AADACCESS_PWSH names none")
}

/// The path of a library from this source, as the engine sees it.
fn compile(source: &str, output: &str) -> Option<PathBuf> {
    let windows = std::env::var_os("AADACCESS_PWSH_CC").map(PathBuf::from);
    let cc = windows.clone().or_else(|| find_on_path("cc"));
    let cc = tool_or_skip("c", cc, "no C compiler cc on PATH, for a test of the PowerShell module")?;
    let library = scratch("powershell").join(output).with_extension(if windows.is_some() { "dll" } else { "so" });
    let mut command = Command::new(cc);
    command.args(["-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-I"]).arg(project("include"));
    command.arg("-o").arg(&library).arg(project("tests/powershell").join(source));
    if cfg!(target_os = "linux") && windows.is_none() {
        command.arg("-ldl");
    }
    run(&mut command).good();
    Some(if windows.is_some() { format!("Z:{}", library.display()).replace('/', "\\").into() } else { library })
}

/// The script as a command, against the catalogue over plain http.
fn command(pwsh: &Path, script: &str, endpoint: &Endpoint) -> Command {
    let mut command = Command::new(pwsh);
    command.args(["-NoProfile", "-NonInteractive", "-File"]).arg(project("tests/powershell").join(script));
    for name in PROXY_VARIABLES {
        command.env_remove(name);
    }
    command
        .env("TEST_AUTHORITY", endpoint.authority())
        .env("TEST_MODULE", project("powershell/AzureADApplicationAccess"))
        .env("AADACCESS_LIBRARY", library());
    command
}

/// The built library as the engine sees it: `tests/windows.rs` runs this suite in another engine with another library.
fn library() -> PathBuf {
    let given = std::env::var_os("AADACCESS_PWSH_LIBRARY").map(PathBuf::from);
    given.unwrap_or_else(|| built_library().expect("cargo builds the library before the tests"))
}

/// A script of assertions: it ends with 0 and has written no error beside them.
#[track_caller]
fn passes(outcome: Outcome) -> String {
    let stderr = outcome.stderr.clone();
    let stdout = outcome.good();
    assert!(stdout.contains(" checks passed"), "{stdout}");
    assert_eq!(stderr, "", "nothing but assertions may write errors\n{stdout}");
    stdout
}

#[track_caller]
fn script(name: &str) {
    let Some(pwsh) = pwsh() else { return };
    let endpoint = Endpoint::http().with_catalogue();
    passes(run(&mut command(&pwsh, name, &endpoint)));
}

#[test]
fn every_line_of_the_usage_works_unchanged() {
    script("usage.ps1");
}

#[test]
fn parameters_as_callers_write_them() {
    script("syntax.ps1");
}

#[test]
fn values_are_taken_as_the_original_took_them() {
    script("values.ps1");
}

#[test]
fn the_recorded_behaviour_case_by_case() {
    script("behaviour.ps1");
}

#[test]
fn callers_and_their_preferences() {
    script("preferences.ps1");
}

#[test]
fn verbose_and_progress() {
    script("streams.ps1");
}

#[test]
fn runspaces_and_repeated_imports() {
    script("runspaces.ps1");
}

#[test]
fn the_token_object() {
    script("passthru.ps1");
}

#[test]
fn the_display_of_the_token_object_shows_no_token() {
    let Some(pwsh) = pwsh() else { return };
    let endpoint = Endpoint::http().with_catalogue();
    let shown = run(&mut command(&pwsh, "display.ps1", &endpoint)).good();
    let token = endpoint.issued().pop().expect("a token was handed out");
    assert_eq!(shown.matches("Bearer").count(), 2, "the object and its twin: {shown}");
    assert!(shown.contains("ExpiresOn") && shown.contains("CorrelationId"), "{shown}");
    assert!(!shown.contains(&token) && !shown.contains("SecureString") && !shown.contains("AccessToken"), "{shown}");
}

#[test]
fn the_library_is_found_or_the_error_names_every_path() {
    let Some(pwsh) = pwsh() else { return };
    let endpoint = Endpoint::http().with_catalogue();
    let mut command = command(&pwsh, "library.ps1", &endpoint);
    if let (Some(other), Some(foreign)) = (compile("other_abi.c", "libother.so"), compile("foreign.c", "libforeign.so"))
    {
        command.env("TEST_OTHER_LIBRARY", other).env("TEST_FOREIGN_LIBRARY", foreign);
    }
    passes(run(&mut command));
}

#[test]
fn constrained_language_gets_one_sentence() {
    script("constrained.ps1");
    let Some(pwsh) = pwsh() else { return };
    let endpoint = Endpoint::http();
    let outcome = run(&mut command(&pwsh, "constrained-session.ps1", &endpoint));
    let (lines, errors) = (outcome.stdout.lines(), outcome.stderr);
    let lines: Vec<&str> = lines.collect();
    assert_eq!(lines[0], "errors: 2", "{errors}");
    assert!(lines[1..].iter().all(|it| it.starts_with("AadAccess.ConstrainedLanguage,")), "{lines:?}");
    assert_eq!(errors.matches("This session runs in ConstrainedLanguage mode").count(), 2, "{errors}");
}

#[test]
fn help_is_complete() {
    script("help.ps1");
}

#[test]
fn a_session_that_shows_the_two_functions_alone() {
    script("restricted.ps1");
}

#[test]
fn the_shims_bring_the_functions() {
    script("shims.ps1");
}

#[test]
fn the_examples_run() {
    script("examples.ps1");
}

#[test]
fn a_script_ends_or_goes_on() {
    let Some(pwsh) = pwsh() else { return };
    let endpoint = Endpoint::http().with_catalogue();
    let e = "Authorization not successful. Error while posting body source: invalid_client";
    let n = "Authorization not successful. Not enough information provided.";
    let detail = "AADSTS7000215";
    /// What is done, exit code, standard output, what is in standard error, what is not.
    type Case<'a> = (&'a str, i32, &'a str, &'a [&'a str], &'a [&'a str]);
    let cases: &[Case] = &[
        ("build", 1, "", &[e, detail, "Recommendation"], &[]),
        ("get", 1, "", &[e, detail], &[]),
        ("too little", 1, "", &[n], &[e]),
        ("function", 1, "", &[e, detail], &[]),
        ("assignment", 1, "", &[e, detail], &[]),
        ("silent", 1, "", &[detail], &[e]),
        ("ignore", 1, "", &[detail], &[e]),
        ("stop", 1, "", &[detail], &[e]),
        ("preference stop", 1, "", &[e], &[]),
        ("preference silent", 0, "went on", &[], &[e, detail]),
        ("trap", 0, "went on", &[e], &[]),
        ("try", 0, "caught Unauthorized\nwent on", &[e], &[]),
        ("binding", 0, "went on", &["nonsense"], &[e]),
        ("success", 0, "Authorization successful! Token saved in varable.\nwent on", &[], &["Error", "error"]),
    ];
    for (case, code, stdout, present, absent) in cases {
        let mut command = command(&pwsh, "exit-codes.ps1", &endpoint);
        let outcome = run(command.arg(case));
        let unwrapped = words(&outcome.stderr);
        assert_eq!(outcome.code, Some(*code), "{case}: {}", outcome.stderr);
        // The thrown record's view goes to standard output or error as the host likes: only our lines count.
        let lines: Vec<&str> = outcome.stdout.lines().filter(|line| is_ours(line)).collect();
        assert_eq!(lines.join("\n"), *stdout, "{case}");
        let all = format!("{unwrapped} {}", words(&outcome.stdout));
        for text in *present {
            assert!(all.contains(text), "{case}: no '{text}' in {all}");
        }
        for text in *absent {
            assert!(!unwrapped.contains(text), "{case}: '{text}' in {unwrapped}");
        }
    }
    let mut nowhere = command(&pwsh, "exit-codes.ps1", &endpoint);
    let outcome = run(nowhere.arg("no library").env("AADACCESS_LIBRARY", "/nowhere/libaadaccess.so"));
    assert_eq!(outcome.code, Some(1));
    let all = words(&outcome.stderr) + &words(&outcome.stdout);
    assert!(all.contains("/nowhere/libaadaccess.so"), "{all}");
}

/// The error view wraps lines and draws bars before them.
fn words(text: &str) -> String {
    text.split_whitespace().filter(|it| *it != "|").collect::<Vec<_>>().join(" ")
}

fn is_ours(line: &str) -> bool {
    ["went on", "caught ", "Authorization successful", "function went on"].iter().any(|it| line.starts_with(it))
}

#[test]
fn proxies_of_the_session() {
    let Some(pwsh) = pwsh() else { return };
    let ca = TestCa::new();
    let host = Endpoint::https(&ca).with_catalogue();
    let to_host = || Proxy::new().route("login.test.example:443", host.address());
    let open = to_host();
    let strict = to_host().credentials("DOMAIN\\u@/%", "p\u{e4}ss:w@rd/%");
    let endpoint = Endpoint::http().with_catalogue();
    let mut command = command(&pwsh, "proxy.ps1", &endpoint);
    command.env("TEST_PROXY", open.url()).env("TEST_STRICT_PROXY", strict.url()).env("TEST_CA_FILE", ca.pem_file());
    passes(run(&mut command));
    let connects = open.connects();
    assert!(!connects.is_empty());
    assert!(connects.iter().all(|it| it.target == "login.test.example:443"), "{connects:?}");
    assert!(strict.connects().iter().any(|it| it.credentials.is_none()));
}

#[test]
fn a_stop_frees_everything() {
    let (Some(pwsh), Some(counting)) = (pwsh(), compile("counting.c", "libcounting.so")) else { return };
    let endpoint = Endpoint::http().with_catalogue();
    let mut command = command(&pwsh, "stop.ps1", &endpoint);
    command.env("TEST_REAL_LIBRARY", library()).env("AADACCESS_LIBRARY", counting);
    let (calls, slow) = (temp_path("calls", ".txt"), temp_path("slow", ".flag"));
    passes(run(command.env("TEST_CALLS_FILE", &calls).env("TEST_SLOW_FILE", &slow)));
    let _ = fs::remove_file(calls);
}

// On Windows a console's Ctrl-C reaches the test program as well; `stop.ps1` stops pipelines there, too.
#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_call_at_once() {
    use std::time::{Duration, Instant};

    let Some(pwsh) = pwsh() else { return };
    let endpoint = Endpoint::http().with_catalogue();
    let mut sent = None;
    let outcome = foreign::run_while(&mut command(&pwsh, "interrupt.ps1", &endpoint), |id| {
        assert!(endpoint.wait_for_requests("interrupt.hang.example", 1, Duration::from_secs(30)), "no request came");
        let id = id.to_string();
        sent = Some(Instant::now());
        assert!(Command::new("kill").args(["-INT", &id]).status().expect("kill is there").success());
    });
    let took = sent.expect("SIGINT was sent").elapsed();
    assert!(took < Duration::from_secs(2), "it took {took:?}");
    assert_eq!(outcome.code, Some(130), "{}", outcome.stderr);
    assert!(!outcome.stdout.contains("went on"), "{}", outcome.stdout);
}

#[cfg(target_os = "linux")]
#[test]
fn module_logging_holds_no_secret() {
    let (Some(pwsh), Some(syslog)) = (pwsh(), compile("syslog.c", "libsyslog.so")) else { return };
    let endpoint = Endpoint::http().with_catalogue();
    let log = temp_path("syslog", ".txt");
    let hidden = [
        ("TEST_HIDDEN", "s3cret-long-hidden"),
        ("TEST_HIDDEN_WRONG", "wr0ng-hidden-value"),
        ("TEST_HIDDEN_PROXY", "pr0xy-hidden-value"),
        ("TEST_HIDDEN_REFRESH", "refresh-token-1"),
    ];
    let mut command = command(&pwsh, "logging.ps1", &endpoint);
    command.envs(hidden).env("TEST_PLAIN", "s3cret-long-plain").env("LD_PRELOAD", syslog).env("TEST_SYSLOG", &log);
    passes(run(&mut command));
    let text = fs::read_to_string(&log).expect("the engine wrote to syslog");
    fs::remove_file(log).expect("just read");
    assert!(text.contains("ParameterBinding(Invoke-TokenRequest)"), "module logging was on");
    let tokens = endpoint.issued();
    assert!(!tokens.is_empty());
    for secret in hidden.iter().map(|it| it.1).chain(["refresh-token-2"]).chain(tokens.iter().map(String::as_str)) {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} was logged");
    }
    let plain: Vec<&str> = text.lines().filter(|line| line.contains("s3cret-long-plain")).collect();
    assert_eq!(plain.len(), 2, "once for each exported function: {plain:?}");
    assert!(
        plain.iter().all(|line| line.contains("AzureADApplicationAccess") && line.contains("clientSecret")),
        "{plain:?}"
    );
}
