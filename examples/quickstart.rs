//! `cargo run --release --example quickstart`: the whole way once, on this machine and with nothing to set up. The
//! library that cargo has just built gets headers from a token endpoint of our own, through its C ABI and, where
//! PowerShell is installed, through the module. It ends with 0 only when every step did what it says.

mod native;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use aadaccess_test_support::{Endpoint, TestCa, built_library, find_on_path};
use native::Native;

const TENANT: &str = "contoso.example";
const CLIENT: &str = "11111111-2222-3333-4444-555555555555";
const SECRET: &str = "s3cret-value-1";
const WRONG_SECRET: &str = "8f4e0c1a-secret-id-in-place-of-its-value";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe quickstart failed: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = built_library()?;
    native::check_fresh(&library, &project.join("src"))?;
    let native = Native::load(&library)?;
    if native.version() != env!("CARGO_PKG_VERSION") {
        return Err(format!("{} is version {}: another build", library.display(), native.version()));
    }
    let ca = TestCa::new();
    let endpoint = Endpoint::https(&ca).with_catalogue();
    println!("The library, version {}: {}", native.version(), library.display());
    println!(
        "The token endpoint of this example, in place of https://login.microsoftonline.com: {}",
        endpoint.authority()
    );

    println!("\n1. A header with a client secret, from C");
    let program = Program { native, authority: endpoint.authority(), ca_file: text(ca.pem_file())? };
    program.header(&[(native::CLIENT_SECRET, SECRET)])?;

    println!("\n2. A header with a refresh token");
    let next = program.header(&[(native::REFRESH_TOKEN, "refresh-token-1")])?;
    let next = next.ok_or("no new refresh token came")?;
    println!("   A new refresh token came along, for the next time: {}", shortened(&next));

    println!("\n3. A secret that is refused");
    program.refusal(&[(native::CLIENT_SECRET, WRONG_SECRET)])?;

    let named = std::env::var_os("AADACCESS_PWSH").map(PathBuf::from);
    match named.or_else(|| find_on_path("pwsh")) {
        Some(pwsh) => in_powershell(&pwsh, project, &library, &program, &endpoint)?,
        None => println!("\nNo pwsh on PATH: the same through the PowerShell module was left out."),
    }
    println!("\nAll of it worked.");
    Ok(())
}

struct Program {
    native: Native,
    authority: String,
    ca_file: String,
}

impl Program {
    fn request(&self, credential: &[(i32, &str)]) -> native::Request<'_> {
        let mut options = vec![
            (native::TENANT_ID, TENANT),
            (native::CLIENT_ID, CLIENT),
            (native::AUTHORITY, &self.authority),
            (native::CA_FILE, &self.ca_file),
        ];
        options.extend(credential);
        self.native.request(&options)
    }

    /// Shows the header, and hands out the refresh token that came with it.
    fn header(&self, credential: &[(i32, &str)]) -> Result<Option<String>, String> {
        let started = Instant::now();
        let call = self.request(credential).run();
        let took = started.elapsed();
        if call.status() != native::OK {
            let text = call.text(native::ERROR_TEXT).unwrap_or_default();
            return Err(format!("{}: {text}", self.native.status_text(call.status())));
        }
        let header = call.text(native::HEADER).ok_or("a call that went well has no header")?;
        println!("   Authorization: {}   in {:.1} ms", shortened(header), took.as_secs_f64() * 1000.0);
        Ok(call.text(native::NEXT_REFRESH_TOKEN).map(str::to_owned))
    }

    /// Shows what the error says.
    fn refusal(&self, credential: &[(i32, &str)]) -> Result<(), String> {
        let call = self.request(credential).run();
        let error = call.text(native::OAUTH_ERROR).ok_or("the wrong secret was not refused")?;
        let sentence = call.text(native::ERROR_TEXT).ok_or("a refusal has no sentence")?;
        if error != "invalid_client" || call.int(native::HTTP_STATUS) != 401 || sentence.contains(WRONG_SECRET) {
            return Err(format!("not the expected refusal: {sentence}"));
        }
        println!("   Status: {} ({})", call.status(), self.native.status_text(call.status()));
        println!("   Error:  {sentence}");
        println!("   Advice: {}", call.text(native::ERROR_ADVICE).unwrap_or("none"));
        Ok(())
    }
}

/// The same through the module: `quickstart.ps1` beside this file, which ends with 0 when all went well.
fn in_powershell(
    pwsh: &Path,
    project: &Path,
    library: &Path,
    program: &Program,
    endpoint: &Endpoint,
) -> Result<(), String> {
    println!("\n4. The same in PowerShell ({})", pwsh.display());
    let before = endpoint.count(TENANT);
    let status = Command::new(pwsh)
        .args(["-NoProfile", "-NonInteractive", "-File"])
        .arg(project.join("examples").join("quickstart.ps1"))
        .env("AADACCESS_LIBRARY", library)
        .env("QUICKSTART_AUTHORITY", &program.authority)
        .env("QUICKSTART_CA_FILE", &program.ca_file)
        .env("QUICKSTART_TENANT", TENANT)
        .env("QUICKSTART_CLIENT", CLIENT)
        .env("QUICKSTART_SECRET", SECRET)
        .env("QUICKSTART_WRONG_SECRET", WRONG_SECRET)
        .status()
        .map_err(|error| format!("{}: {error}", pwsh.display()))?;
    let asked = endpoint.count(TENANT) - before;
    if !status.success() || asked != 3 {
        return Err(format!("PowerShell ended with {status}, after {asked} of 3 requests"));
    }
    Ok(())
}

/// Enough to recognize it, and no token on a screen.
fn shortened(value: &str) -> String {
    let start: String = value.chars().take(14).collect();
    format!("{start}... ({} characters)", value.chars().count())
}

fn text(path: &Path) -> Result<String, String> {
    path.to_str().map(str::to_owned).ok_or_else(|| format!("{}: not a name in Unicode", path.display()))
}
