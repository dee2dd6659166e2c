//! The mails that arrived, at the stand-in for ZeptoMail.

use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(60);

/// Everybody's inbox.
#[derive(Clone)]
pub struct Inbox {
    http: reqwest::Client,
    base: String,
}

impl Inbox {
    pub fn from_environment() -> anyhow::Result<Self> {
        let api = std::env::var("ZEPTOMAIL_API_BASE").context("ZEPTOMAIL_API_BASE is not set")?;
        Ok(Self {
            http: reqwest::Client::new(),
            base: api.trim_end_matches("/v1.1").to_owned(),
        })
    }

    /// The mails to an address that have a text in them, oldest first.
    pub async fn mails(&self, to: &str, text: &str) -> anyhow::Result<Vec<Value>> {
        let ask = self.http.get(format!("{}/_sim/inbox", self.base));
        let answer = ask.query(&[("to", to)]).send().await?;
        let mails: Vec<Value> = answer.error_for_status()?.json().await?;
        let fits = |mail: &Value| mail.to_string().contains(text);
        Ok(mails.into_iter().filter(fits).collect())
    }

    /// Waits until so many such mails are there, and a little longer: there are not more.
    pub async fn until(&self, to: &str, text: &str, count: usize) -> anyhow::Result<Vec<Value>> {
        let began = Instant::now();
        loop {
            let mails = self.mails(to, text).await?;
            if mails.len() >= count {
                tokio::time::sleep(Duration::from_secs(1)).await;
                let mails = self.mails(to, text).await?;
                anyhow::ensure!(mails.len() == count, "{} mails of {count}", mails.len());
                return Ok(mails);
            }
            anyhow::ensure!(
                began.elapsed() < PATIENCE,
                "{} mails of {count} arrived: {:?}",
                mails.len(),
                subjects(&mails)
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

pub fn subjects(mails: &[Value]) -> Vec<String> {
    let subject = |mail: &Value| Some(mail.get("subject")?.as_str()?.to_owned());
    mails.iter().filter_map(subject).collect()
}
