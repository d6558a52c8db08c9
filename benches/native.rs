//! `cargo bench`: what the library costs, as ratios against bare ureq in the same run. Nothing here fails for being slow.
//!
//! The packaged library is called through its C ABI by one program, bare ureq by another of the same build profile
//! (`benches/programs`); both trust the same store, the system's with our test root.

mod packaged;

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use aadaccess_test_support::{Endpoint, TempFile, TestCa};

const WARM_ROUNDS: usize = 60;
const WARM_REQUESTS: usize = 50;
const COLD_ROUNDS: usize = 100;

fn main() {
    // `cargo test --all-targets` starts this as well, which is no measurement.
    if !std::env::args().any(|it| it == "--bench") {
        return;
    }
    let library = packaged::library();
    packaged::cargo(&["build", "--release", "--package", "aadaccess-bench-programs"]);

    let ca = TestCa::new();
    let store = trust_store(&ca);
    let endpoint = Endpoint::https(&ca).with_catalogue();
    let release = packaged::folder().join("release");
    let programs = Programs { release, library: library.clone(), store, authority: endpoint.authority() };
    warm(&programs);
    cold(&programs);
    let size = library.metadata().expect("it was built").len() as f64 / 1e6;
    println!("\nlibrary as packaged: {size:.2} MB (at most 2.0 is wanted)");
}

/// The system's certificates and ours in one file, where `SSL_CERT_FILE` is read; elsewhere ours alone can't be trusted.
fn trust_store(ca: &TestCa) -> TempFile {
    let system = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
    let system = system.iter().find_map(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    let count = system.matches("BEGIN CERTIFICATE").count();
    println!("trust store: {count} certificates of the system and a test root");
    TempFile::new("store", ".pem", (system + "\n" + &ca.pem()).as_bytes())
}

struct Programs {
    release: PathBuf,
    library: PathBuf,
    store: TempFile,
    authority: String,
}

impl Programs {
    fn command(&self, program: &str, mode: &str) -> Command {
        let mut command = Command::new(self.release.join(program));
        command
            .args([&self.authority, mode])
            .env("AADACCESS_LIBRARY", &self.library)
            .env("SSL_CERT_FILE", self.store.path())
            .env_remove("SSL_CERT_DIR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        command
    }
}

/// A program that serves: so many requests for each number that it is sent.
struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    times: Vec<Duration>,
}

impl Server {
    fn start(programs: &Programs, name: &str, mode: &str) -> Self {
        let mut child = programs.command(name, mode).spawn().expect("it was built");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, input, output, times: Vec::new() }
    }

    fn round(&mut self, count: usize) {
        writeln!(self.input, "{count}").expect("it reads");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it answers");
        let times = line.split_whitespace().map(|it| Duration::from_nanos(it.parse().expect("nanoseconds")));
        self.times.extend(times);
        assert_eq!(self.times.len() % count, 0, "the program ended early");
    }

    fn median(mut self) -> Duration {
        drop(self.input);
        assert!(self.child.wait().expect("a child of ours").success());
        median(&mut self.times)
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn warm(programs: &Programs) {
    let start = |name, mode| Server::start(programs, name, mode);
    let mut servers = [start("bare", "serve"), start("bare", "serve-without-deadline"), start("door", "serve")];
    let mut worker = Worker::new();
    let mut handovers = Vec::new();
    // One round for connections, TLS tickets and caches.
    for round in 0..=WARM_ROUNDS {
        servers.iter_mut().for_each(|server| server.round(WARM_REQUESTS));
        let job = servers[1].times[round * WARM_REQUESTS / 2].min(Duration::from_millis(1));
        handovers.extend((0..WARM_REQUESTS / 2).map(|_| worker.handover(job)));
    }
    for server in &mut servers {
        server.times.drain(..WARM_REQUESTS);
    }
    let [bare, careless, door] = servers.map(Server::median);
    let handover = median(&mut handovers);
    println!("\nwarm request over kept-alive TLS, medians of {} interleaved", WARM_ROUNDS * WARM_REQUESTS);
    println!("  bare ureq, same settings           {:8.1} us", micros(bare));
    println!("  bare ureq without a total deadline {:8.1} us", micros(careless));
    println!("  the library through its C ABI      {:8.1} us", micros(door));
    println!("  one hand-over to a parked thread   {:8.1} us", micros(handover));
    for (name, other) in
        [("same settings (at most 1.1 + a hand-over is wanted)", bare), ("no total deadline", careless)]
    {
        let alone = ratio(door.saturating_sub(handover), other);
        println!("  {name}: ratio {:.3}, {alone:.3} without the hand-over", ratio(door, other));
    }
}

fn cold(programs: &Programs) {
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..COLD_ROUNDS + 5 {
        for (index, name) in ["bare", "door"].iter().enumerate() {
            let started = Instant::now();
            let mut child = programs.command(name, "once").spawn().expect("it was built");
            let mut header = String::new();
            BufReader::new(child.stdout.take().expect("piped")).read_line(&mut header).expect("text");
            let took = started.elapsed();
            assert!(child.wait().expect("a child of ours").success() && header.starts_with("Bearer "), "{header}");
            if round >= 5 {
                times[index].push(took);
            }
        }
    }
    let [mut bare, mut door] = times;
    let (bare, door) = (median(&mut bare), median(&mut door));
    println!("\ncold process, from exec to the header, medians of {COLD_ROUNDS} interleaved");
    println!("  bare ureq                        {:8.1} us", micros(bare));
    println!("  the library through its C ABI    {:8.1} us", micros(door));
    println!("  ratio {:.3} (at most 1.15 is wanted)", ratio(door, bare));
}

/// A parked thread that is handed jobs.
struct Worker {
    jobs: mpsc::Sender<Duration>,
    answers: mpsc::Receiver<Duration>,
}

impl Worker {
    fn new() -> Self {
        let (jobs, inbox) = mpsc::channel::<Duration>();
        let (outbox, answers) = mpsc::channel();
        thread::spawn(move || {
            for job in inbox {
                let started = Instant::now();
                thread::sleep(job);
                if outbox.send(started.elapsed()).is_err() {
                    return;
                }
            }
        });
        Self { jobs, answers }
    }

    /// There and back, around a job that blocks as long as a request does; the job's own time is taken off.
    fn handover(&mut self, job: Duration) -> Duration {
        let started = Instant::now();
        self.jobs.send(job).expect("a worker");
        let inside = self.answers.recv().expect("an answer");
        started.elapsed().saturating_sub(inside)
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}
