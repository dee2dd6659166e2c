//! The broker dies, loses everything, and says everything three times.

use anyhow::Context;
use journeys::processes::{empty_broker, kill_broker, start_broker, take_away};
use journeys::stores;
use reqwest::Method;
use serde_json::json;

use crate::deeds::{Ready, Scene};
use crate::ending::{come_to_its_end, go_on, pay};

/// Those who tell what others hear of an order.
const TELLERS: [&str; 4] = ["tenants", "catalog", "orders", "payments"];

#[tokio::test]
async fn a_broker_that_dies_twice_loses_nothing() -> anyhow::Result<()> {
    let _alone = crate::ALONE.lock().await;
    let scene = Scene::open().await?;
    for nth in ["first", "second"] {
        let ready = scene.prepare().await?;
        kill_broker()?;
        let replies = go_on(&scene, &ready).await;
        start_broker().await?;
        for (deed, reply) in replies? {
            anyhow::ensure!(
                (200..300).contains(&reply.status),
                "without the broker, {deed:?}: {} {}",
                reply.status,
                reply.body
            );
        }
        let end = come_to_its_end(&scene, &ready).await;
        end.with_context(|| format!("after the broker's {nth} death"))?;
    }
    Ok(())
}

/// Those who hear of orders are away, so what they are told waits in the broker, and goes with it.
#[tokio::test]
async fn what_an_emptied_broker_had_is_told_again() -> anyhow::Result<()> {
    let _alone = crate::ALONE.lock().await;
    let scene = Scene::open().await?;
    let ready = scene.prepare().await?;
    let hearers = ["invoicing", "mail"].map(take_away);
    pay(&scene, &ready.payer, &ready.placed).await?;
    all_is_told(&scene).await?;
    kill_broker()?;
    empty_broker()?;
    start_broker().await?;
    for away in hearers {
        away?.bring_back().await?;
    }
    come_to_its_end(&scene, &ready).await
}

#[tokio::test]
async fn what_is_told_thrice_and_out_of_turn_happens_once() -> anyhow::Result<()> {
    let _alone = crate::ALONE.lock().await;
    let scene = Scene::open().await?;
    let ready = scene.prepare().await?;
    let (told, paid) = tokio::join!(tell_all_twice(&scene), buy(&scene, &ready));
    told.and(paid)?;
    come_to_its_end(&scene, &ready).await?;
    tell_all_twice(&scene).await?;
    come_to_its_end(&scene, &ready).await
}

async fn buy(scene: &Scene, ready: &Ready) -> anyhow::Result<()> {
    pay(scene, &ready.payer, &ready.placed).await
}

async fn tell_all_twice(scene: &Scene) -> anyhow::Result<()> {
    for service in TELLERS.into_iter().chain(TELLERS) {
        let path = format!("/api/{service}/sysadmin/events/replay");
        let ask = ask(scene, Method::POST, &path)?.json(json!({}));
        // A service tells again once at a time.
        let door = &scene.store.door;
        let taken = |reply: &journeys::client::Reply| (reply.status == 202).then_some(());
        door.until("the telling again", &ask, taken).await?;
    }
    Ok(())
}

/// Nothing waits to leave a service.
async fn all_is_told(scene: &Scene) -> anyhow::Result<()> {
    for service in TELLERS {
        let ask = ask(
            scene,
            Method::GET,
            &format!("/api/{service}/sysadmin/outbox"),
        )?;
        let empty = |reply: &journeys::client::Reply| {
            (reply.body.get("waiting")?.as_i64()? == 0).then_some(())
        };
        let door = &scene.store.door;
        door.until("all being told", &ask, empty).await?;
    }
    Ok(())
}

fn ask(scene: &Scene, method: Method, path: &str) -> anyhow::Result<journeys::client::Ask> {
    let token = stores(&["sysadmin", "token"])?;
    Ok(scene.store.door.platform(method, path).bearer(&token))
}
