//! The server's log: JSON lines on stderr, whoever reads them, so that a name with control
//! characters stays one line. A thread of its own writes them: a reader that stalls or goes away
//! loses lines and holds up nobody.

use std::io::{self, Write};
use std::panic::Location;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use tracing::Level;

/// How many lines wait for a reader that is slow.
const QUEUE: usize = 1024;
/// How long the end waits for the last of them.
const PATIENCE: Duration = Duration::from_secs(1);

/// Hands lines to the thread that writes; what does not fit is lost.
#[derive(Clone)]
pub(crate) struct Queue(SyncSender<Message>);

/// What the thread that writes is told.
enum Message {
    Line(Vec<u8>),
    /// Everything before this is to be written; then say so.
    End(SyncSender<()>),
}

impl Queue {
    /// Waits until what was logged is written, if somebody reads it.
    pub(crate) fn end(&self) {
        let (done, is_done) = sync_channel(1);
        if self.0.try_send(Message::End(done)).is_ok() {
            _ = is_done.recv_timeout(PATIENCE);
        }
    }
}

impl Write for Queue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        _ = self.0.try_send(Message::Line(line.to_vec()));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins the log of what is at least as grave as `level`. Of a panic the place is told: its message may hold what somebody sent.
pub(crate) fn begin(level: Level) -> Queue {
    let (sender, messages) = sync_channel(QUEUE);
    let queue = Queue(sender);
    let each = queue.clone();
    std::thread::spawn(move || {
        // It ends with the reader, and with the process.
        _ = messages.into_iter().try_for_each(|message| match message {
            Message::Line(line) => io::stderr().write_all(&line),
            Message::End(done) => {
                _ = done.send(());
                Ok(())
            }
        });
    });
    let log = tracing_subscriber::fmt()
        .json()
        .with_max_level(level)
        .with_span_list(false)
        .with_writer(move || each.clone())
        .with_ansi(false)
        .log_internal_errors(false);
    // An error means that something in this process logs already.
    _ = log.try_init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(Location::to_string);
        tracing::error!(place, "a thread panicked");
    }));
    queue
}
