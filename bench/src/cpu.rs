//! How much processor time the parts of the platform used, read from `/proc`.

use std::collections::{BTreeMap, HashSet};
use std::{env, fs};

/// Clock ticks a second; Linux has reported 100 to user space on every architecture we run on.
const TICKS: f64 = 100.0;

/// Processor seconds by part, since each process began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cpu {
    pub services: f64,
    pub postgres: f64,
    pub broker: f64,
}

impl Cpu {
    /// What was used since `earlier`.
    pub fn since(self, earlier: Self) -> Self {
        Self {
            services: self.services - earlier.services,
            postgres: self.postgres - earlier.postgres,
            broker: self.broker - earlier.broker,
        }
    }

    /// The same for a time that is so many times as long.
    pub fn times(self, factor: f64) -> Self {
        Self {
            services: self.services * factor,
            postgres: self.postgres * factor,
            broker: self.broker * factor,
        }
    }

    /// Milliseconds for each of so many things, in words.
    #[expect(
        clippy::as_conversions,
        reason = "a count of what is measured fits a float's mantissa"
    )]
    pub fn of_each(self, count: usize, thing: &str) -> String {
        let Self {
            services,
            postgres,
            broker,
        } = self.times(1_000.0 / count.max(1) as f64);
        format!("cpu {services:.2} ms, pg {postgres:.2} ms, broker {broker:.2} ms {thing}")
    }
}

/// Adds up the platform's processes by their command. Processes that ended are counted with their
/// parent, so a backend of PostgreSQL that came and went is not lost.
pub fn read() -> Cpu {
    let mut cpu = Cpu::default();
    for process in of_platform() {
        let seconds = process.own + process.children;
        match process.command.as_str() {
            name if name.starts_with("stores") => cpu.services += process.own,
            "postgres" => {
                cpu.postgres += if process.is_leader {
                    seconds
                } else {
                    process.own
                }
            }
            "redis-server" | "beam.smp" => cpu.broker += process.own,
            _ => {}
        }
    }
    cpu
}

/// Processor seconds of PostgreSQL by who is logged in, which is a service, and of its own processes by
/// their names. A backend says so in its command line.
pub fn postgres_by_login() -> BTreeMap<String, f64> {
    let mut seconds = BTreeMap::new();
    for process in of_platform() {
        if process.command == "postgres" && !process.is_leader {
            *seconds.entry(process.login()).or_default() += process.own;
        }
    }
    seconds
}

/// Processor seconds of each service that runs as a process of its own, by its name; its supervisor
/// writes its number down. Where all are one process it is called `all`.
pub fn services_by_name() -> BTreeMap<String, f64> {
    let folder = env::var("STORES_RUN_DIR").unwrap_or_default();
    let Ok(entries) = fs::read_dir(format!("{folder}/pids")) else {
        return BTreeMap::new();
    };
    let seconds = entries.flatten().filter_map(|entry| {
        let file = entry.file_name().into_string().ok()?;
        let name = file.strip_prefix("stores-")?.strip_suffix(".child")?;
        let id = fs::read_to_string(entry.path()).ok()?;
        Some((name.to_owned(), read_process(id.trim().parse().ok()?)?.own))
    });
    seconds.collect()
}

/// Resident memory of the services, in bytes.
pub fn services_memory() -> u64 {
    let pages: u64 = of_platform()
        .into_iter()
        .filter(|process| process.command.starts_with("stores"))
        .map(|process| process.resident_pages)
        .sum();
    pages * 4_096
}

/// Resident memory of a service that runs as a process of its own; its supervisor writes its number down.
pub fn memory_of_service(name: &str) -> Option<u64> {
    let folder = env::var("STORES_RUN_DIR").ok()?;
    let text = fs::read_to_string(format!("{folder}/pids/stores-{name}.child")).ok()?;
    let process = read_process(text.trim().parse().ok()?)?;
    Some(process.resident_pages * 4_096)
}

/// Resident memory of one process, in bytes.
pub fn memory_of(pid: u32) -> u64 {
    read_process(pid).map_or(0, |process| process.resident_pages * 4_096)
}

struct Process {
    id: u32,
    parent: u32,
    session: u32,
    command: String,
    own: f64,
    children: f64,
    resident_pages: u64,
    is_leader: bool,
}

impl Process {
    /// Source: PostgreSQL's `update_process_title`.
    fn login(&self) -> String {
        let line = fs::read_to_string(format!("/proc/{}/cmdline", self.id)).unwrap_or_default();
        let title = line
            .rsplit_once("postgres: ")
            .map_or("", |(_, title)| title);
        let word = title.split([' ', '\0']).next().unwrap_or_default();
        word.to_owned()
    }
}

/// Others may run on the same machine, tests for example: each part of the platform leads a session,
/// which the run folder names, and a backend of PostgreSQL has its server as its parent.
fn of_platform() -> Vec<Process> {
    let leaders = leaders();
    let is_ours =
        |process: &Process| leaders.contains(&process.session) || leaders.contains(&process.parent);
    processes().into_iter().filter(is_ours).collect()
}

fn leaders() -> HashSet<u32> {
    let folder = env::var("STORES_RUN_DIR").unwrap_or_default();
    let Ok(entries) = fs::read_dir(format!("{folder}/pids")) else {
        return HashSet::new();
    };
    let texts = entries
        .flatten()
        .filter_map(|entry| fs::read_to_string(entry.path()).ok());
    texts
        .filter_map(|text| text.split_whitespace().next()?.parse().ok())
        .collect()
}

fn processes() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = entries
        .flatten()
        .filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(read_process).collect()
}

/// Source: proc(5), `/proc/pid/stat`.
fn read_process(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (head, tail) = stat.rsplit_once(')')?;
    let command = head.split_once('(')?.1.to_owned();
    let fields: Vec<&str> = tail.split_whitespace().collect();
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|f| f.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    let number = |at: usize| fields.get(at).and_then(|f| f.parse::<u32>().ok());
    let parent = number(1)?;
    let parent_name = fs::read_to_string(format!("/proc/{parent}/comm")).unwrap_or_default();
    Some(Process {
        id: pid,
        parent,
        session: number(3)?,
        own: (ticks(11) + ticks(12)) / TICKS,
        children: (ticks(13) + ticks(14)) / TICKS,
        resident_pages: fields.get(21).and_then(|f| f.parse().ok()).unwrap_or(0),
        is_leader: command == "postgres" && parent_name.trim() != "postgres",
        command,
    })
}
