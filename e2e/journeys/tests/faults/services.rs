//! The services: each is away for a while, and takes nobody with it who does not need it.

use anyhow::Context;
use journeys::processes::take_away;

use crate::deeds::{Deed, Expected, Scene};
use crate::ending::{come_to_its_end, go_on};

/// What each service alone does; everything else works without it.
const ALONE_DOES: [(&str, &[Deed]); 7] = [
    ("tenants", &[Deed::Login]),
    ("catalog", &[Deed::Browse, Deed::Search]),
    ("orders", &[Deed::Cart, Deed::Checkout, Deed::Admin]),
    ("payments", &[Deed::Pay]),
    ("invoicing", &[]),
    ("mail", &[]),
    ("migration", &[]),
];

#[tokio::test]
async fn a_service_that_is_away_takes_nobody_with_it() -> anyhow::Result<()> {
    let _alone = crate::ALONE.lock().await;
    let scene = Scene::open().await?;
    let mut objections = Vec::new();
    for (service, own) in ALONE_DOES {
        let ready = scene.prepare().await?;
        let away = take_away(service)?;
        let replies = go_on(&scene, &ready).await;
        away.bring_back().await?;
        for (deed, reply) in replies? {
            let expected = if own.contains(&deed) {
                Expected::Away
            } else {
                Expected::Works
            };
            if let Some(objection) = expected.objection(&reply) {
                objections.push(format!("without {service}, {deed:?}: {objection}"));
            }
        }
        come_to_its_end(&scene, &ready)
            .await
            .with_context(|| format!("after {service} was away"))?;
    }
    anyhow::ensure!(objections.is_empty(), "{objections:#?}");
    Ok(())
}
