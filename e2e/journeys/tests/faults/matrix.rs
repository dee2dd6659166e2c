//! The parts the platform stands on, in each kind of trouble.

use anyhow::Context;
use journeys::faults::{Proxy, Trouble};

use crate::deeds::{Deed, Expected, Scene};
use crate::ending::{come_to_its_end, go_on};

/// A part, and what does not simply work while it is in trouble.
struct Row {
    part: &'static str,
    otherwise: &'static [(Deed, Expected)],
}

const ROWS: [Row; 7] = [
    Row {
        part: "redis",
        otherwise: &[],
    },
    Row {
        part: "rabbitmq",
        otherwise: &[],
    },
    Row {
        part: "s3",
        otherwise: &[],
    },
    Row {
        part: "moloni",
        otherwise: &[],
    },
    Row {
        part: "zeptomail",
        otherwise: &[],
    },
    Row {
        part: "stripe",
        otherwise: &[(Deed::Pay, Expected::Refused)],
    },
    Row {
        part: "postgres",
        // What is kept in memory is still shown.
        otherwise: &[
            (Deed::Browse, Expected::Either),
            (Deed::Search, Expected::Either),
            (Deed::Cart, Expected::Either),
            (Deed::Login, Expected::Either),
            (Deed::Checkout, Expected::Either),
            (Deed::Pay, Expected::Either),
            (Deed::Admin, Expected::Either),
        ],
    },
];

impl Row {
    fn expected(&self, deed: Deed) -> Expected {
        let named = self.otherwise.iter().find(|(of, _)| *of == deed);
        named.map_or(Expected::Works, |(_, expected)| *expected)
    }

    /// Down for each part; the other kinds too where there is time (`make faults`).
    fn troubles(&self) -> &'static [Trouble] {
        match std::env::var("STORES_FAULTS").as_deref() {
            Ok("all") => &Trouble::ALL,
            _ => &[Trouble::Down],
        }
    }
}

#[tokio::test]
async fn whatever_breaks_people_go_on_and_nothing_is_lost() -> anyhow::Result<()> {
    let _alone = crate::ALONE.lock().await;
    let scene = Scene::open().await?;
    let proxy = Proxy::from_environment()?;
    let mut objections = Vec::new();
    for row in &ROWS {
        for trouble in row.troubles() {
            let cell = format!("{} {trouble:?}", row.part);
            let ready = scene.prepare().await?;
            proxy.begin(row.part, *trouble).await?;
            let replies = go_on(&scene, &ready).await;
            proxy.end(row.part).await?;
            for (deed, reply) in replies? {
                if let Some(objection) = row.expected(deed).objection(&reply) {
                    objections.push(format!("{cell}, {deed:?}: {objection}"));
                }
            }
            come_to_its_end(&scene, &ready)
                .await
                .with_context(|| format!("after {cell}"))?;
        }
    }
    anyhow::ensure!(objections.is_empty(), "{objections:#?}");
    Ok(())
}
