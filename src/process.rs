//! What belongs to this process alone: agents and workers. A forked child gets its own.

use crate::http::Agents;
use crate::worker::Workers;
use once_cell::race::OnceBox;

pub(crate) struct Process {
    pid: u32,
    pub(crate) agents: Agents,
    pub(crate) workers: Workers,
    child: OnceBox<Process>,
}

static FIRST: OnceBox<Process> = OnceBox::new();

impl Process {
    /// This process's own state. After a fork the parent's is neither locked nor dropped: another thread of the parent
    /// may have held its locks at that moment, and the child has no such thread to release them.
    pub(crate) fn current() -> &'static Process {
        let pid = std::process::id();
        let mut process = FIRST.get_or_init(|| Process::new(pid));
        while let Some(child) = process.child.get() {
            process = child;
        }
        if process.pid != pid {
            process = process.child.get_or_init(|| Process::new(pid));
        }
        process
    }

    fn new(pid: u32) -> Box<Self> {
        Box::new(Process { pid, agents: Agents::default(), workers: Workers::default(), child: OnceBox::new() })
    }
}
