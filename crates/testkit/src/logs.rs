//! Everything that a test's process logs, so that a test can look for what must not be in it.

use std::io::{Result, Write};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// What libraries say where the platform runs; ours tell more than there.
const LIBRARIES: &str =
    "info,lapin=warn,lapin::returned_messages=off,h2=warn,hyper=warn,reqwest=warn,simulators=off";

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static ONCE: OnceLock<()> = OnceLock::new();

struct Kept;

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        log().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        Self
    }
}

fn log() -> MutexGuard<'static, Vec<u8>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to keep what is logged, and the spans with their fields; of `crates` and of what all
/// services stand on down to the last trace. The first call of a process counts.
pub fn keep(crates: &[&str]) {
    ONCE.get_or_init(|| {
        let shared = ["bus", "db", "jobs", "http_kit", "outbound"];
        let all = crates.iter().chain(&shared);
        let ours: String = all.map(|name| format!(",{name}=trace")).collect();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(format!("{LIBRARIES}{ours}")))
            .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
            .with_writer(Kept)
            .with_ansi(false)
            .finish();
        // A process that tells elsewhere already keeps nothing, and its test finds nothing.
        let _ = tracing::subscriber::set_global_default(subscriber);
    });
}

/// What was logged since.
pub fn kept() -> String {
    String::from_utf8_lossy(&log()).into_owned()
}

/// The lines of the log that have one of `words` in them, as text or as bytes that were printed.
pub fn lines_with(words: &[&str]) -> Vec<String> {
    let printed = |word: &&str| {
        let bytes: Vec<String> = word.bytes().map(|byte| byte.to_string()).collect();
        [(*word).to_owned(), bytes.join(", ")]
    };
    let wanted: Vec<String> = words.iter().flat_map(printed).collect();
    let log = kept();
    let has_one = |line: &&str| wanted.iter().any(|word| line.contains(word.as_str()));
    log.lines().filter(has_one).map(str::to_owned).collect()
}
