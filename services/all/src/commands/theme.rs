//! For who makes a theme. The storefront is a program of its own, and what it knows of themes is in there: these
//! commands hand over to it.

use std::convert::Infallible;
use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::anyhow;
use clap::Subcommand;

const PROGRAM: &str = "stores-storefront";

/// What a theme's maker asks for
#[derive(Debug, Subcommand)]
pub enum Theme {
    /// Tells everything that is wrong with the theme in a folder
    Check {
        folder: PathBuf,
        /// What all themes share; otherwise looked for beside the folder
        #[arg(long)]
        base: Option<PathBuf>,
    },
    /// Shows a real store in the theme of a folder, and loads the page again when a file is saved
    Dev {
        folder: PathBuf,
        /// The store's address, such as https://shop.example
        #[arg(long)]
        store: String,
        /// What all themes share; otherwise looked for beside the folder
        #[arg(long)]
        base: Option<PathBuf>,
        /// Where it is shown on this machine; 3900 when absent
        #[arg(long)]
        port: Option<u16>,
    },
}

/// Becomes the storefront's program; comes back only when there is none.
///
/// # Errors
/// When the program is not found or cannot be started.
pub fn run(theme: &Theme) -> anyhow::Result<Infallible> {
    let own = std::env::current_exe().ok();
    let error = command(theme, own.as_deref().and_then(Path::parent)).exec();
    Err(match error.kind() {
        io::ErrorKind::NotFound => anyhow!(
            "{PROGRAM} does this, and it is neither beside this program nor on PATH; \
             `cargo build --release --bin {PROGRAM}` makes it"
        ),
        _ => anyhow!(error).context(format!("starting {PROGRAM}")),
    })
}

/// The program beside this one, or whichever PATH finds.
fn command(theme: &Theme, beside: Option<&Path>) -> Command {
    let neighbour = beside.map(|folder| folder.join(PROGRAM));
    let neighbour = neighbour.filter(|program| program.is_file());
    let mut command = match neighbour {
        Some(program) => Command::new(program),
        None => Command::new(PROGRAM),
    };
    command.arg("theme");
    let mut option = |name: &str, value: Option<&OsStr>| {
        if let Some(value) = value {
            command.arg(name).arg(value);
        }
    };
    match theme {
        Theme::Check { folder, base } => {
            option("check", Some(folder.as_os_str()));
            option("--base", base.as_deref().map(Path::as_os_str));
        }
        Theme::Dev {
            folder,
            store,
            base,
            port,
        } => {
            option("dev", Some(folder.as_os_str()));
            option("--store", Some(store.as_ref()));
            option("--base", base.as_deref().map(Path::as_os_str));
            let port = port.map(|port| port.to_string());
            option("--port", port.as_deref().map(OsStr::new));
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        theme: Theme,
    }

    fn handed_over(line: &str, beside: Option<&Path>) -> Vec<String> {
        let words = std::iter::once("theme").chain(line.split_whitespace());
        let command = command(&Line::parse_from(words).theme, beside);
        let program = std::iter::once(command.get_program());
        let words = program.chain(command.get_args());
        words.map(|word| word.display().to_string()).collect()
    }

    #[test]
    fn what_was_asked_for_is_handed_to_the_storefront() {
        let cases = [
            ("check a/b", "theme check a/b"),
            ("check a --base x", "theme check a --base x"),
            ("dev a --store https://s", "theme dev a --store https://s"),
            (
                "dev a --port 1 --base x --store https://s",
                "theme dev a --store https://s --base x --port 1",
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(
                handed_over(line, None).join(" "),
                format!("{PROGRAM} {expected}")
            );
        }
    }

    #[test]
    fn the_program_beside_this_one_comes_before_those_of_the_path() {
        let folder = std::env::temp_dir().join(format!("stores-theme-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&folder).unwrap();
        assert_eq!(handed_over("check a", Some(&folder))[0], PROGRAM);
        let neighbour = folder.join(PROGRAM);
        std::fs::write(&neighbour, "").unwrap();
        assert_eq!(
            handed_over("check a", Some(&folder))[0],
            neighbour.display().to_string()
        );
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
