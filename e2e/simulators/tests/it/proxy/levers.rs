use super::world::{Client, World};
use serde_json::{Value, json};
use simulators::proxy::{self, Config};
use std::io::ErrorKind;
use tokio::net::TcpStream;

struct Levers {
    base: String,
    client: reqwest::Client,
    _handle: simulators::Handle,
}

impl Levers {
    async fn start(config: Config) -> Self {
        let (address, handle) = proxy::start(config).await.unwrap();
        Self {
            base: format!("http://{address}/_sim/pairs"),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            _handle: handle,
        }
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let method = method.parse().unwrap();
        let request = self.client.request(method, format!("{}{path}", self.base));
        let answer = request.json(&body).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }
}

async fn connect(pair: &Value) -> Client {
    Client(
        TcpStream::connect(pair["listen"].as_str().unwrap())
            .await
            .unwrap(),
    )
}

#[tokio::test]
async fn pairs_come_and_go_and_break_by_http() {
    // The pair of this world is the upstream: proxies can stand in a row.
    let world = World::start().await;
    let upstream = world.pair.address().to_string();
    let levers = Levers::start(Config::default()).await;
    let (status, pair) = levers
        .call("POST", "", json!({"name": "echo", "upstream": upstream}))
        .await;
    assert_eq!(status, 201);
    assert_eq!(connect(&pair).await.ask("hi").await, "hi");
    let twice = levers.call("POST", "", json!({"name": "echo", "upstream": upstream}));
    assert_eq!(twice.await.0, 409);

    let set = levers
        .call("PUT", "/echo/faults", json!({"garbage": true}))
        .await;
    assert_eq!((set.0, &set.1["faults"]["garbage"]), (200, &json!(true)));
    let mut client = connect(&pair).await;
    client.send("hi").await;
    assert_ne!(client.hear(2).await.unwrap(), b"hi");
    assert_eq!(
        levers.call("DELETE", "/echo/faults", json!({})).await.0,
        200
    );

    levers
        .call("POST", "/echo/lose", json!({"only": "pay"}))
        .await;
    let mut client = connect(&pair).await;
    assert_eq!(client.ask("look").await, "look");
    client.send("pay").await;
    assert_eq!(client.hear_all().await.1, Some(ErrorKind::ConnectionReset));

    let mut client = connect(&pair).await;
    client.ask("x").await;
    levers
        .call("POST", "/echo/half_close", json!({"side": "client"}))
        .await;
    assert_eq!(client.hear_all().await, (vec![], None));
    let mut client = connect(&pair).await;
    client.ask("x").await;
    levers.call("POST", "/echo/reset", json!({})).await;
    assert_eq!(client.hear_all().await.1, Some(ErrorKind::ConnectionReset));

    let (_, list) = levers.call("GET", "", json!({})).await;
    assert_eq!(list[0]["counted"]["answers_lost"], 1);
    let mut client = connect(&pair).await;
    client.ask("x").await;
    assert_eq!(levers.call("DELETE", "/echo", json!({})).await.0, 204);
    client.hear_all().await;
    let gone = TcpStream::connect(pair["listen"].as_str().unwrap()).await;
    assert_eq!(gone.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    assert_eq!(levers.call("GET", "/echo", json!({})).await.0, 404);
}

#[tokio::test]
async fn a_fault_with_a_wrong_name_is_refused() {
    let config = Config {
        pair: vec!["db,127.0.0.1:0,127.0.0.1:1".parse().unwrap()],
        ..Config::default()
    };
    let levers = Levers::start(config).await;
    assert_eq!(levers.call("GET", "/db", json!({})).await.0, 200);
    let typo = levers
        .call("PUT", "/db/faults", json!({"latencyms": 5}))
        .await;
    assert_eq!(typo.0, 400);
    assert!("db,127.0.0.1:0".parse::<proxy::Route>().is_err());
}
