//! A virtual host of the test's own on the broker that runs beside the checkout.

use std::env;
use std::process::Command;
use std::thread;

use bus::Rabbit;
use kernel::EventId;
use secrecy::SecretString;
use serde_json::{Value, json};

/// Gone with the value. Tests run side by side: each has its own queues.
pub struct Broker {
    management: String,
    ctl: String,
    vhost: String,
    url: String,
    http: reqwest::Client,
}

impl Broker {
    /// # Panics
    /// When no broker runs: `deploy/local/stack.sh infra up` starts it and writes the variables.
    pub async fn start() -> Self {
        let broker = Self::not_yet();
        broker.create().await;
        broker
    }

    /// One whose virtual host is not there yet: connections are refused until [`Broker::create`].
    pub fn not_yet() -> Self {
        let vhost = format!("test-{}", EventId::new());
        let url = variable("RABBITMQ_URL");
        let place = url
            .rsplit_once('/')
            .map_or(url.as_str(), |(place, _)| place);
        Self {
            management: variable("RABBITMQ_MANAGEMENT_URL"),
            ctl: variable("RABBITMQCTL"),
            url: format!("{place}/{vhost}"),
            vhost,
            http: reqwest::Client::new(),
        }
    }

    /// Makes the virtual host with all that the services need, as `stores migrate` does.
    pub async fn create(&self) {
        self.create_for(&Rabbit::new(self.url().into())).await;
    }

    /// As [`Broker::create`], with the queues that `rabbit` uses.
    pub async fn create_for(&self, rabbit: &Rabbit) {
        let definitions = rabbit.definitions().expect("the owner's login is a URL");
        self.define(&definitions).await;
    }

    /// Only the virtual host: nobody but the server's administrators may enter it.
    pub async fn create_empty(&self) {
        let vhosts = json!({ "vhosts": [{ "name": self.vhost }] });
        self.define(&vhosts).await;
    }

    pub fn url(&self) -> SecretString {
        self.url.clone().into()
    }

    /// Closes every connection, as a broker that restarts does.
    pub async fn cut(&self) {
        let (ctl, vhost) = (self.ctl.clone(), self.vhost.clone());
        let cut = move || {
            let arguments = ["close_all_connections", "--vhost", &vhost, "cut by a test"];
            Command::new(ctl).args(arguments).output()
        };
        let output = tokio::task::spawn_blocking(cut)
            .await
            .expect("the closing of connections ends");
        let output = output.expect("rabbitmqctl can be run");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    pub async fn delete_queue(&self, name: &str) {
        let url = format!("{}/api/queues/{}/{name}", self.management, self.vhost);
        taken(self.http.delete(url).send().await);
    }

    async fn define(&self, definitions: &Value) {
        let url = format!("{}/api/definitions", self.management);
        taken(self.http.post(url).json(definitions).send().await);
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let url = format!("{}/api/vhosts/{}", self.management, self.vhost);
        // A virtual host that stays costs a little memory and no test.
        let _ = thread::spawn(move || delete(&url)).join();
    }
}

/// On a thread of its own: a runtime may be at work on this one. A program of the broker's would start a
/// virtual machine for it.
fn delete(url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    if let Ok(runtime) = runtime {
        let _ = runtime.block_on(reqwest::Client::new().delete(url).send());
    }
}

fn taken(answer: reqwest::Result<reqwest::Response>) {
    let answer = answer.and_then(reqwest::Response::error_for_status);
    answer.expect("the broker's management takes the call");
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: start the infrastructure first"))
}
