//! Threads that make the attempts: parked when idle, reused, ended when idle for long.

use crate::lock::lock;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

type Job = Box<dyn FnOnce() + Send>;

const IDLE: Duration = Duration::from_secs(60);
/// Windows builds certificate chains on this stack.
const STACK: usize = 1024 * 1024;

/// The parked threads.
#[derive(Clone, Default)]
pub(crate) struct Workers(Arc<Mutex<Vec<Arc<Seat>>>>);

/// Where a parked thread waits for its next job.
#[derive(Default)]
struct Seat {
    job: Mutex<Option<Job>>,
    filled: Condvar,
}

impl Workers {
    /// Runs `job` on a parked thread, or on a new one.
    ///
    /// # Errors
    /// A thread that cannot be started; `job` is dropped then.
    pub(crate) fn run(&self, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let job: Job = Box::new(job);
        if let Some(seat) = self.seats().pop() {
            *lock(&seat.job) = Some(job);
            seat.filled.notify_one();
            return Ok(());
        }
        let workers = self.clone();
        thread::Builder::new().name("aadaccess".to_owned()).stack_size(STACK).spawn(move || workers.work(job)).map(drop)
    }

    fn seats(&self) -> MutexGuard<'_, Vec<Arc<Seat>>> {
        lock(&self.0)
    }

    fn work(&self, first: Job) {
        let seat = Arc::new(Seat::default());
        let mut job = first;
        loop {
            // The job reports its own panic; this one keeps the thread.
            let _ = catch_unwind(AssertUnwindSafe(job));
            self.seats().push(seat.clone());
            job = match self.next_job(&seat) {
                Some(next) => next,
                None => return,
            };
        }
    }

    fn next_job(&self, seat: &Arc<Seat>) -> Option<Job> {
        let end = Instant::now() + IDLE;
        let mut job = lock(&seat.job);
        loop {
            if let Some(next) = job.take() {
                return Some(next);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                drop(job);
                let mut seats = self.seats();
                let before = seats.len();
                seats.retain(|other| !Arc::ptr_eq(other, seat));
                if seats.len() < before {
                    return None;
                }
                // Somebody took the seat in this moment: its job is there, or about to be.
                drop(seats);
                job = lock(&seat.job);
                while job.is_none() {
                    job = seat.filled.wait(job).unwrap_or_else(PoisonError::into_inner);
                }
                continue;
            }
            job = seat.filled.wait_timeout(job, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_parked_thread_takes_the_next_job_also_after_a_panic() {
        let workers = Workers::default();
        let (sender, ids) = mpsc::channel();
        let mut seen = Vec::new();
        for panics in [false, true, false] {
            let sender = sender.clone();
            workers
                .run(move || {
                    sender.send(thread::current().id()).unwrap();
                    if panics {
                        panic!("expected by this test");
                    }
                })
                .unwrap();
            seen.push(ids.recv().unwrap());
            while workers.seats().is_empty() {
                thread::yield_now();
            }
        }
        assert!(seen.iter().all(|id| *id == seen[0]));
    }
}
