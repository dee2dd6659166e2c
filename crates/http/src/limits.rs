//! Every limit of the HTTP side, by name.

use std::time::Duration;

/// A JSON body.
pub const JSON_BYTES: usize = 1_024 * 1_024;
/// Nesting of a JSON body.
pub const JSON_DEPTH: usize = 32;
/// A body whose signature is checked before it is parsed.
pub const RAW_BYTES: usize = 256 * 1_024;
/// Path and query together.
pub const URI_BYTES: usize = 8 * 1_024;
/// Names and values of all headers together.
pub const HEADER_BYTES: usize = 32 * 1_024;
/// Until the head of a request is there.
pub const HEADER_TIME: Duration = Duration::from_secs(10);
/// Until the body of a request is there.
pub const BODY_TIME: Duration = Duration::from_secs(30);
/// For the handler itself, after its inputs are read.
pub const HANDLER_TIME: Duration = Duration::from_secs(10);
/// For a client to take something of its answer; one that takes nothing for so long is cut off.
pub const SEND_TIME: Duration = Duration::from_secs(30);
/// An idle connection.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Connections a worker holds at once; more wait in the kernel's queue.
pub const CONNECTIONS_PER_WORKER: usize = 10_000;
/// For requests under way when the process is told to end.
pub const SHUTDOWN_TIME: Duration = Duration::from_secs(25);
/// Requests under way at once for one tenant in one process, so that none starves the others.
pub const TENANT_CONCURRENCY: u32 = 256;
/// Below this, compressing costs more than it saves.
pub const COMPRESS_BYTES_MIN: usize = 1_024;

const _: () = assert!(RAW_BYTES <= JSON_BYTES && URI_BYTES < HEADER_BYTES);
