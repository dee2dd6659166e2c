//! A TCP proxy that breaks connections on command, whatever protocol they speak.
//!
//! A pair is a port of ours and the address that it leads to. A test holds a [`Pair`] in its own
//! process, or runs `simulators proxy` and pulls the same levers by HTTP.

mod admin;
mod faults;
mod link;
mod pair;
mod pump;

pub use faults::{After, Counted, Faults, Loss, Side, Then};
pub use pair::Pair;

use crate::Handle;
use actix_web::{App, HttpServer, web};
use anyhow::Context as _;
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::str::FromStr;
use std::sync::Mutex;

#[derive(Clone, Debug, clap::Args)]
pub struct Config {
    /// Where the levers are pulled.
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// 0 takes a free port.
    #[arg(long, default_value_t = 9060)]
    pub port: u16,
    /// `name,listen,upstream`, such as `postgres,127.0.0.1:15432,127.0.0.1:5432`; may be repeated.
    #[arg(long)]
    pub pair: Vec<Route>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 0,
            pair: Vec::new(),
        }
    }
}

/// What a pair is made of.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    pub name: String,
    /// Port 0 takes a free one.
    #[serde(default = "any_port")]
    pub listen: String,
    pub upstream: String,
}

fn any_port() -> String {
    "127.0.0.1:0".to_owned()
}

impl FromStr for Route {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',').map(str::to_owned);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(name), Some(listen), Some(upstream), None) => Ok(Self {
                name,
                listen,
                upstream,
            }),
            _ => Err("write name,listen,upstream".to_owned()),
        }
    }
}

/// The pairs that run, by name.
type Pairs = Mutex<BTreeMap<String, Pair>>;

/// Starts the levers and the pairs of the command line, and answers once all of them listen.
pub async fn start(config: Config) -> anyhow::Result<(SocketAddr, Handle)> {
    let listener = TcpListener::bind((config.host.as_str(), config.port))
        .with_context(|| format!("listening on {}:{}", config.host, config.port))?;
    let address = listener.local_addr()?;
    let mut pairs = BTreeMap::new();
    for route in config.pair {
        let pair = Pair::start(&route.listen, &route.upstream)
            .await
            .with_context(|| format!("listening on {}", route.listen))?;
        pairs.insert(route.name, pair);
    }
    let data = web::Data::new(Mutex::new(pairs));
    let server =
        HttpServer::new(move || App::new().app_data(data.clone()).configure(admin::routes))
            .workers(1)
            .disable_signals()
            .listen(listener)?
            .run();
    Ok((address, Handle::of_server(server)))
}
