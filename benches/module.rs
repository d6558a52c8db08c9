//! `cargo bench --bench module`: what the PowerShell module costs in the engine at hand, each figure beside its baseline in
//! the same run. Nothing here fails for being slow; without `pwsh` nothing is measured, aloud.

#[path = "../examples/native/mod.rs"]
mod native;
mod packaged;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use aadaccess_test_support::{Endpoint, TempFile, find_on_path};
use native::Native;

const TENANT: &str = "contoso.example";
const CLIENT: &str = "11111111-2222-3333-4444-555555555555";
const SECRET: &str = "s3cret-value-1";
const ROUNDS: usize = 15;
const WARM_CALLS: usize = 400;

fn main() {
    if std::env::args().any(|it| it == "--test") {
        return;
    }
    let Some(pwsh) = std::env::var_os("AADACCESS_PWSH").map(PathBuf::from).or_else(|| find_on_path("pwsh")) else {
        println!("No pwsh on PATH: the PowerShell module is not measured.");
        return;
    };
    let library = packaged::library();
    let module = packaged::module(&library);
    let engine = Engine { pwsh, library, module, endpoint: Endpoint::http().with_catalogue() };
    println!("medians of {ROUNDS} interleaved processes of {}", engine.pwsh.display());
    engine.import();
    engine.script();
    engine.warm();
}

struct Engine {
    pwsh: PathBuf,
    library: PathBuf,
    module: PathBuf,
    endpoint: Endpoint,
}

impl Engine {
    fn run(&self, script: &TempFile) -> (String, Duration) {
        let started = Instant::now();
        let output = Command::new(&self.pwsh)
            .args(["-NoProfile", "-NonInteractive", "-File"])
            .arg(script.path())
            .env_remove("AADACCESS_LIBRARY")
            .output()
            .expect("pwsh starts");
        let took = started.elapsed();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (String::from_utf8_lossy(&output.stdout).trim().to_owned(), took)
    }

    fn call(&self) -> String {
        format!(
            "$null = Build-AzureADApplicationAccessHeader {TENANT} {CLIENT} {SECRET} -Authority {}",
            self.endpoint.authority()
        )
    }

    fn import(&self) {
        let empty = TempFile::new("empty", ".psm1", b"");
        let timed = |module: &Path| {
            script(&format!(
                "$watch = [Diagnostics.Stopwatch]::StartNew(); Import-Module {}; \
                 [Console]::WriteLine([int]($watch.Elapsed.TotalMilliseconds * 1000))",
                quoted(module)
            ))
        };
        let scripts = [timed(&self.module), timed(empty.path())];
        let micros = |text: String| Duration::from_micros(text.parse().expect("a number of microseconds"));
        report("Import-Module", "an empty module", 40, &interleaved(&scripts, |it| micros(self.run(it).0)));
    }

    fn script(&self) {
        let scripts = [script(&format!("Import-Module {}; {}", quoted(&self.module), self.call())), script("")];
        report("import and one header", "an empty script", 100, &interleaved(&scripts, |it| self.run(it).1));
    }

    fn warm(&self) {
        let loops = script(&format!(
            "Import-Module {}\n{call}\n$watch = [Diagnostics.Stopwatch]::new()\n\
             $times = foreach ($i in 1..{WARM_CALLS}) {{ $watch.Restart(); {call}; [int]($watch.Elapsed.TotalMilliseconds * 1000) }}\n\
             [Array]::Sort($times)\n[Console]::WriteLine($times[{}])",
            quoted(&self.module),
            WARM_CALLS / 2,
            call = self.call()
        ));
        let in_powershell: u64 = self.run(&loops).0.parse().expect("a number of microseconds");
        let native = Native::load(&self.library).expect("it was built");
        let authority = self.endpoint.authority();
        let options = [
            (native::TENANT_ID, TENANT),
            (native::CLIENT_ID, CLIENT),
            (native::CLIENT_SECRET, SECRET),
            (native::AUTHORITY, &authority),
        ];
        let mut times: Vec<Duration> = (0..WARM_CALLS)
            .map(|_| {
                let started = Instant::now();
                assert_eq!(native.request(&options).run().status(), native::OK);
                started.elapsed()
            })
            .collect();
        times.sort_unstable();
        report("a warm call", "the same from C", 1, &[Duration::from_micros(in_powershell), times[WARM_CALLS / 2]]);
    }
}

fn interleaved(scripts: &[TempFile; 2], run: impl Fn(&TempFile) -> Duration) -> [Duration; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (script, times) in scripts.iter().zip(&mut times) {
            times.push(run(script));
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2]
    })
}

fn report(what: &str, against: &str, wanted: u64, [ours, baseline]: &[Duration; 2]) {
    let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
    println!(
        "  {what}: {:.2} ms; {against}: {:.2} ms; {:.2} ms more, ratio {:.2} (at most {wanted} ms more is wanted)",
        ms(*ours),
        ms(*baseline),
        ms(*ours) - ms(*baseline),
        ms(*ours) / ms(*baseline)
    );
}

fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "''"))
}

fn script(text: &str) -> TempFile {
    TempFile::new("bench", ".ps1", text.as_bytes())
}
