//! One connection: greeting, log-in, and one mail after the other.

use super::message;
use crate::faults::{self, Fault, Kind, When};
use crate::zeptomail::errors::Refusal;
use crate::zeptomail::request::{MESSAGE_BYTES_MAX, is_address};
use crate::zeptomail::{Sim, admit, request_id, sending};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

const USER: &str = "emailapikey";
const LINE_BYTES_MAX: u64 = 2_000;
const RECIPIENTS_MAX: usize = 500;
/// A client that says nothing for this long is left.
const SILENCE: Duration = Duration::from_secs(300);
/// A caller that waits longer than this for a hanging answer gets its connection closed.
const HANG: Duration = Duration::from_secs(120);

pub(super) struct Session {
    sim: Arc<Sim>,
    stream: BufReader<TcpStream>,
    /// The agent that logged in.
    agent: Option<String>,
    sender: Option<String>,
    recipients: Vec<String>,
}

/// What a line leads to.
enum Next {
    Say(String),
    Leave(&'static str),
    /// The connection closes without a word.
    Drop,
}

fn say(line: &str) -> Next {
    Next::Say(line.to_owned())
}

impl Session {
    pub(super) fn new(sim: Arc<Sim>, stream: TcpStream) -> Self {
        Self {
            sim,
            stream: BufReader::new(stream),
            agent: None,
            sender: None,
            recipients: Vec::new(),
        }
    }

    pub(super) async fn run(mut self) -> io::Result<()> {
        self.write("220 smtp.zeptomail.example ESMTP (simulated)")
            .await?;
        while let Some(line) = self.read().await? {
            match self.obey(&line).await? {
                Next::Say(answer) => self.write(&answer).await?,
                Next::Leave(answer) => return self.write(answer).await,
                Next::Drop => return Ok(()),
            }
        }
        Ok(())
    }

    async fn obey(&mut self, line: &str) -> io::Result<Next> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        Ok(match verb.to_ascii_uppercase().as_str() {
            "EHLO" => Next::Say(format!(
                "250-smtp.zeptomail.example\r\n250-AUTH PLAIN LOGIN\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE {MESSAGE_BYTES_MAX}"
            )),
            "HELO" => say("250 smtp.zeptomail.example"),
            "AUTH" => self.log_in(rest).await?,
            "MAIL" => self.begin(rest),
            "RCPT" => self.add(rest),
            "DATA" => self.data().await?,
            "RSET" => {
                (self.sender, self.recipients) = (None, Vec::new());
                say("250 OK")
            }
            "NOOP" => say("250 OK"),
            "QUIT" => Next::Leave("221 Bye"),
            "STARTTLS" => say("454 TLS not available: the simulator speaks plainly"),
            "" => say("500 Say something"),
            _ => say("502 Command not implemented"),
        })
    }

    async fn log_in(&mut self, rest: &str) -> io::Result<Next> {
        let (way, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let (user, token) = match way.to_ascii_uppercase().as_str() {
            "PLAIN" => {
                let given = match initial {
                    "" => self.ask("").await?,
                    initial => decode(initial),
                };
                let mut parts = given.split('\0').skip(1).map(str::to_owned);
                (
                    parts.next().unwrap_or_default(),
                    parts.next().unwrap_or_default(),
                )
            }
            "LOGIN" => {
                let user = match initial {
                    "" => self.ask("VXNlcm5hbWU6").await?,
                    initial => decode(initial),
                };
                (user, self.ask("UGFzc3dvcmQ6").await?)
            }
            _ => return Ok(say("504 Unrecognised authentication type")),
        };
        let now = self.sim.now();
        let admitted = admit(&mut self.sim.world(), &token, now);
        Ok(match admitted {
            Ok(agent) if user == USER => {
                self.agent = Some(agent);
                say("235 Authentication successful")
            }
            Ok(_) => say("535 Authentication failed"),
            Err(refusal) => {
                let (cause, words) = refusal.words();
                Next::Say(format!("535 Authentication failed: {cause} {words}"))
            }
        })
    }

    /// Puts a question of the log-in, and decodes what comes back.
    async fn ask(&mut self, question: &str) -> io::Result<String> {
        self.write(&format!("334 {question}")).await?;
        Ok(decode(&self.read().await?.unwrap_or_default()))
    }

    fn begin(&mut self, rest: &str) -> Next {
        let Some(agent) = &self.agent else {
            return say("530 Authentication required");
        };
        let Some(sender) = path(rest, "FROM:") else {
            return say("501 Say MAIL FROM:<address>");
        };
        if size(rest).is_some_and(|size| size > MESSAGE_BYTES_MAX) {
            return say("552 The message is larger than 15 MB");
        }
        let world = self.sim.world();
        let allowed = world
            .agents
            .get(agent)
            .is_some_and(|agent| agent.may_send_from(&sender));
        drop(world);
        if !allowed {
            return say("553 The sender's domain is not verified in this Agent");
        }
        (self.sender, self.recipients) = (Some(sender), Vec::new());
        say("250 OK")
    }

    fn add(&mut self, rest: &str) -> Next {
        match path(rest, "TO:") {
            _ if self.sender.is_none() => say("503 Say MAIL first"),
            None => say("501 Say RCPT TO:<address>"),
            Some(to) if !is_address(&to) => say("553 Invalid recipient"),
            Some(_) if self.recipients.len() >= RECIPIENTS_MAX => say("452 Too many recipients"),
            Some(to) => {
                self.recipients.push(to);
                say("250 OK")
            }
        }
    }

    async fn data(&mut self) -> io::Result<Next> {
        if self.recipients.is_empty() {
            return Ok(say("503 Say RCPT first"));
        }
        self.write("354 End with a line that has only a dot")
            .await?;
        let Some(content) = self.content().await? else {
            return Ok(Next::Drop);
        };
        let fault = faults::meet(&mut self.sim.world().faults, "SMTP", "/smtp");
        Ok(self.suffer(fault, &content).await)
    }

    /// Takes the mail, with the trouble that was ordered for it.
    async fn suffer(&mut self, fault: Option<Fault>, content: &[u8]) -> Next {
        let Some(fault) = fault else {
            return self.take(content);
        };
        tokio::time::sleep(Duration::from_millis(fault.slow_ms)).await;
        if fault.kind == Kind::Slow {
            return self.take(content);
        }
        if fault.when == When::After {
            self.take(content);
        }
        match fault.kind {
            Kind::Timeout => {
                tokio::time::sleep(HANG).await;
                Next::Drop
            }
            Kind::Cut | Kind::Reset | Kind::Empty => Next::Drop,
            Kind::RateLimit429 => say("452 Too many requests, try again later"),
            Kind::Garbage => say("<html>502</html>"),
            Kind::Refused => {
                let refusal = Refusal::of(&fault.code, "");
                let (cause, words) = refusal.words();
                Next::Say(format!("550 {cause} {words}"))
            }
            _ => say("451 Try again later"),
        }
    }

    fn take(&mut self, content: &[u8]) -> Next {
        let recipients = std::mem::take(&mut self.recipients);
        let (Some(agent), Some(sender)) = (self.agent.clone(), self.sender.take()) else {
            return say("503 Say MAIL first");
        };
        if content.len() > MESSAGE_BYTES_MAX {
            return say("552 The message is larger than 15 MB");
        }
        let Some(mut mail) = message::read(content, &recipients) else {
            return say("550 The message cannot be understood");
        };
        let allowed = |address: &str| {
            let world = self.sim.world();
            world
                .agents
                .get(&agent)
                .is_some_and(|agent| agent.may_send_from(address))
        };
        if !allowed(&mail.from.address) {
            return say("553 The sender's domain is not verified in this Agent");
        }
        mail.at = self.sim.now();
        mail.agent = agent;
        mail.bounce_address = sender;
        mail.request_id = request_id();
        let queued = mail.request_id.clone();
        self.sim.change(|world| sending::accept(world, mail));
        Next::Say(format!("250 OK queued as {queued}"))
    }

    /// The lines up to the dot, with the dots taken away that were put before others.
    async fn content(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut content = Vec::new();
        loop {
            let mut line = Vec::new();
            let most = u64::try_from(MESSAGE_BYTES_MAX).unwrap_or(u64::MAX);
            let mut limited = (&mut self.stream).take(most);
            let read = limited.read_until(b'\n', &mut line);
            if tokio::time::timeout(SILENCE, read).await?? == 0 {
                return Ok(None);
            }
            if line == b".\r\n" || line == b".\n" {
                return Ok(Some(content));
            }
            // What is too much is read, to be refused at the end.
            if content.len() <= MESSAGE_BYTES_MAX {
                content.extend(line.strip_prefix(b".").unwrap_or(&line));
            }
        }
    }

    async fn read(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(LINE_BYTES_MAX);
        let read = limited.read_until(b'\n', &mut line);
        match tokio::time::timeout(SILENCE, read).await?? {
            0 => Ok(None),
            _ => Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned())),
        }
    }

    async fn write(&mut self, answer: &str) -> io::Result<()> {
        self.stream
            .write_all(format!("{answer}\r\n").as_bytes())
            .await?;
        self.stream.flush().await
    }
}

/// The address of `FROM:<a@b.pt> SIZE=…`.
fn path(rest: &str, word: &str) -> Option<String> {
    let head = rest.get(..word.len())?;
    let rest = rest.get(word.len()..)?.trim_start();
    let (address, _) = rest.strip_prefix('<')?.split_once('>')?;
    head.eq_ignore_ascii_case(word).then(|| address.to_owned())
}

fn size(rest: &str) -> Option<usize> {
    let mut words = rest.split(' ');
    words.find_map(|word| {
        word.to_ascii_uppercase()
            .strip_prefix("SIZE=")?
            .parse()
            .ok()
    })
}

fn decode(text: &str) -> String {
    let bytes = STANDARD.decode(text).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{path, size};

    #[test]
    fn a_path_is_read_whatever_its_case() {
        assert_eq!(path("FROM:<a@b.pt> SIZE=10", "FROM:").unwrap(), "a@b.pt");
        assert_eq!(path("from: <a@b.pt>", "FROM:").unwrap(), "a@b.pt");
        assert_eq!(path("TO:<a@b.pt>", "FROM:"), None);
        assert_eq!(path("ção", "FROM:"), None);
        assert_eq!(size("FROM:<a@b.pt> size=10"), Some(10));
    }
}
