//! Whether the service in this container is ready: `/health PORT` asks its own address, as a program without a shell
//! or curl beside it can be asked by Docker. Ends with 0 when it is, with 1 otherwise.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

const TIME: Duration = Duration::from_secs(2);
const REQUEST: &[u8] =
    b"GET /internal/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

fn main() -> ExitCode {
    let port = std::env::args().nth(1).and_then(|text| text.parse().ok());
    match port.map(status) {
        Some(Ok(true)) => ExitCode::SUCCESS,
        Some(Ok(false)) => fail("not ready"),
        Some(Err(error)) => fail(&error.to_string()),
        None => fail("usage: /health PORT"),
    }
}

fn fail(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::FAILURE
}

/// Whether the answer's status is 200; only its first line is read.
fn status(port: u16) -> std::io::Result<bool> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, TIME)?;
    stream.set_read_timeout(Some(TIME))?;
    stream.set_write_timeout(Some(TIME))?;
    stream.write_all(REQUEST)?;
    let mut line = [0; 12];
    stream.read_exact(&mut line)?;
    Ok(&line == b"HTTP/1.1 200")
}
