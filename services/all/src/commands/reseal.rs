//! `reseal`: secrets at rest after a change of keys.

use std::process::ExitCode;

use anyhow::Context;
use http_kit::Platform;

use crate::{say, services};

/// Seals with the newest key what another of the ring sealed; fails when something opens with none.
pub async fn run(platform: &Platform) -> anyhow::Result<ExitCode> {
    let mut all_open = true;
    for (name, sealed) in [
        ("invoicing", invoicing::SEALED),
        ("mail", mail::SEALED),
        ("migration", migration::SEALED),
    ] {
        let db = services::one(name)?.db(platform)?;
        let done = db::reseal(&db, &platform.config.sealing_keys, &sealed).await;
        let done = done.with_context(|| format!("sealing anew what {name} keeps"))?;
        all_open &= done.unopened == 0;
        say::line(format_args!(
            "{name}: {} sealed anew, {} open with no key of SEALING_KEYS",
            done.anew, done.unopened
        ));
    }
    Ok(if all_open {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
