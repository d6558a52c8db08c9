//! `cargo xtask`: see [`xtask::options::USAGE`].

use std::process::ExitCode;

use xtask::options::{Options, USAGE};
use xtask::{Result, Source};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    match command.as_str() {
        "package" => xtask::package(&Source::here()?, &Options::read(arguments)?),
        "libraries" => xtask::libraries(&Source::here()?, &Options::read(arguments)?).map(drop),
        "" | "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(format!("unknown command '{other}'\n\n{USAGE}")),
    }
}
