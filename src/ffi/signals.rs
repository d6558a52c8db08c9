//! Keeps the host's signal handlers off our threads: a new thread inherits the mask of the one that starts it.

/// Runs `start` with all signals blocked on this thread, and then restores its mask.
#[cfg(unix)]
pub(super) fn blocked<T>(start: impl FnOnce() -> T) -> T {
    use std::mem::MaybeUninit;

    struct Restore(libc::sigset_t);

    impl Drop for Restore {
        fn drop(&mut self) {
            // SAFETY: a mask that `pthread_sigmask` wrote.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, std::ptr::null_mut()) };
        }
    }

    let (mut all, mut before) = (MaybeUninit::uninit(), MaybeUninit::uninit());
    // SAFETY: `sigfillset` writes the one, `pthread_sigmask` the other unless it fails, and then nothing was changed.
    let _restore = unsafe {
        libc::sigfillset(all.as_mut_ptr());
        (libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr()) == 0)
            .then(|| Restore(before.assume_init()))
    };
    start()
}

#[cfg(not(unix))]
pub(super) fn blocked<T>(start: impl FnOnce() -> T) -> T {
    start()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::mem::MaybeUninit;

    fn is_blocked(signal: libc::c_int) -> bool {
        let mut mask = MaybeUninit::uninit();
        // SAFETY: only reads this thread's mask, and then the mask.
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, std::ptr::null(), mask.as_mut_ptr());
            libc::sigismember(mask.as_ptr(), signal) == 1
        }
    }

    #[test]
    fn a_thread_that_is_started_inside_takes_no_signals_and_the_starter_takes_them_again() {
        let inside = blocked(|| std::thread::spawn(|| is_blocked(libc::SIGINT) && is_blocked(libc::SIGCHLD)));
        assert!(inside.join().unwrap());
        assert!(!is_blocked(libc::SIGINT) && !is_blocked(libc::SIGCHLD));
    }
}
