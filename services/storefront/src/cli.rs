//! What the program is asked to do: serve, or help who makes a theme.

use std::io::Write;
use std::path::PathBuf;

use crate::dev;
use crate::theme::check;

const USAGE: &str = "stores-storefront                                    serves every store
stores-storefront theme check FOLDER [--base FOLDER]
stores-storefront theme dev FOLDER --store ADDRESS [--base FOLDER] [--port NUMBER]";

/// A command line that was understood.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    Serve,
    Check {
        folder: PathBuf,
        shared: PathBuf,
    },
    Dev {
        folder: PathBuf,
        shared: PathBuf,
        store: String,
        port: Option<u16>,
    },
}

impl Command {
    /// # Errors
    /// With the usage, when it is none of ours.
    pub fn parse(arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut words = Vec::new();
        let (mut store, mut shared, mut port) = (None, None, None);
        let mut arguments = arguments;
        let wrong = || anyhow::anyhow!(USAGE);
        while let Some(word) = arguments.next() {
            match word.as_str() {
                "--store" => store = Some(arguments.next().ok_or_else(wrong)?),
                "--base" => shared = Some(PathBuf::from(arguments.next().ok_or_else(wrong)?)),
                "--port" => {
                    let number = arguments.next().and_then(|text| text.parse().ok());
                    port = Some(number.ok_or_else(wrong)?);
                }
                _ => words.push(word),
            }
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (what, folder) = match words.as_slice() {
            [] if store.is_none() && shared.is_none() && port.is_none() => return Ok(Self::Serve),
            ["theme", what, folder] => (*what, PathBuf::from(folder)),
            _ => return Err(wrong()),
        };
        let shared = shared.unwrap_or_else(|| check::shared_beside(&folder));
        match (what, store) {
            ("check", None) if port.is_none() => Ok(Self::Check { folder, shared }),
            ("dev", Some(store)) => Ok(Self::Dev {
                folder,
                shared,
                store,
                port,
            }),
            _ => Err(wrong()),
        }
    }
}

/// Does what a theme's maker asks for; whether the theme is good.
///
/// # Errors
/// When a folder cannot be read or the theme cannot be served.
pub async fn run(command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Serve => Ok(true),
        Command::Check { folder, shared } => report(&folder, &shared),
        Command::Dev {
            folder,
            shared,
            store,
            port,
        } => {
            let options = dev::Options {
                folder,
                shared,
                store,
                port,
            };
            dev::run(options).await?;
            Ok(true)
        }
    }
}

fn report(folder: &std::path::Path, shared: &std::path::Path) -> anyhow::Result<bool> {
    let faults = check::check_folder(folder, shared)?;
    let mut out = std::io::stdout().lock();
    for fault in &faults {
        writeln!(out, "{fault}")?;
    }
    match faults.len() {
        0 => writeln!(out, "Nothing is wrong with it.")?,
        1 => writeln!(out, "1 fault")?,
        many => writeln!(out, "{many} faults")?,
    }
    Ok(faults.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Option<Command> {
        Command::parse(line.split_whitespace().map(str::to_owned)).ok()
    }

    #[test]
    fn a_line_is_understood_whole_or_answered_with_the_usage() {
        assert_eq!(parsed(""), Some(Command::Serve));
        let check = Command::Check {
            folder: "a/b".into(),
            shared: "a/b/../base".into(),
        };
        assert_eq!(parsed("theme check a/b"), Some(check));
        let dev = Command::Dev {
            folder: "a".into(),
            shared: "x".into(),
            store: "https://s".to_owned(),
            port: Some(1),
        };
        assert_eq!(
            parsed("theme dev a --store https://s --base x --port 1"),
            Some(dev)
        );
        for bad in [
            "theme",
            "theme check",
            "theme dev a",
            "theme check a --port 1",
            "serve",
            "theme dev a --store",
            "--port 1",
        ] {
            assert_eq!(parsed(bad), None, "{bad}");
        }
    }
}
