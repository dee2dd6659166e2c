//! Who makes a theme sees it over a real store, and breaks neither.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use storefront::dev::{self, Options};

use crate::shop::{Shop, THEMES};

const CONFIG: &str = "GET /api/tenants/store/config";
const PRODUCTS: &str = "GET /api/catalog/store/products";
const CART: &str = "/api/orders/store/carts";
const SCRIPT: &str = "<script type=\"module\" src=\"/__theme/reload.js\"></script></head>";

const PAUSE: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks again and again until there is something.
async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "waited too long until {what}");
        actix_web::rt::time::sleep(PAUSE).await;
    }
}

/// A theme of the test's own; gone with the value.
struct Folder(PathBuf);

impl Folder {
    fn copy_of(theme: &str) -> Self {
        let copy = std::env::temp_dir().join(format!("theme-{}", uuid::Uuid::now_v7()));
        copy_all(&Path::new(THEMES).join(theme), &copy);
        Self(copy)
    }

    fn change(&self, file: &str, change: impl Fn(&str) -> String) {
        let place = self.0.join(file);
        let text = fs::read_to_string(&place).unwrap();
        fs::write(place, change(&text)).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_all(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

/// The program that shows the theme.
struct Making {
    base: String,
    http: Client,
}

impl Making {
    /// Over a store whose name only browsers know.
    async fn begin(shop: &Shop, theme: &Folder) -> Self {
        // Free a moment ago.
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let options = Options {
            folder: theme.0.clone(),
            shared: Path::new(THEMES).join("base"),
            store: format!("http://loja.localhost:{}", shop.address.port()),
            port: Some(port),
        };
        actix_web::rt::spawn(async { dev::run(options).await.unwrap() });
        let making = Self {
            base: format!("http://127.0.0.1:{port}"),
            http: Client::builder().no_proxy().build().unwrap(),
        };
        until("it listens", async || {
            let asked = making.http.get(format!("{}/__theme/changes", making.base));
            asked.send().await.ok().map(drop)
        })
        .await;
        making
    }

    /// Status, kind and text of an answer.
    async fn ask(&self, method: Method, path: &str) -> (u16, String, String) {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let answer = request.send().await.unwrap();
        let kind = answer.headers().get("content-type");
        let kind = kind.map(|kind| kind.to_str().unwrap().to_owned());
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, kind.unwrap_or_default(), text)
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let (status, _, text) = self.ask(Method::GET, path).await;
        (status, text)
    }

    /// The number that the page asks for, when it is another one than `seen`.
    async fn changed_since(&self, seen: &str) -> String {
        until("the change is seen", async || {
            let (_, now) = self.get("/__theme/changes").await;
            (now != seen).then_some(now)
        })
        .await
    }
}

#[actix_web::test]
async fn a_theme_is_shown_over_a_real_store_as_it_is_saved_and_survives_a_mistake() {
    let (shop, theme) = (Shop::open().await, Folder::copy_of("essential"));
    let making = Making::begin(&shop, &theme).await;
    let (status, kind, page) = making.ask(Method::GET, "/").await;
    assert_eq!((status, kind.as_str()), (200, "text/html; charset=utf-8"));
    assert!(page.contains(SCRIPT) && page.contains("Loja"), "{page}");
    let host = format!("loja.localhost:{}", shop.address.port());
    assert_eq!(shop.asked(CONFIG)[0].host, host);
    let (_, script) = making.get("/__theme/reload.js").await;
    assert!(script.contains("/__theme/changes"));

    let (_, first) = making.get("/__theme/changes").await;
    theme.change("templates/footer.html", |text| {
        format!("{text}<p>Feito agora</p>")
    });
    let second = making.changed_since(&first).await;
    let (_, page) = making.get("/").await;
    assert!(page.contains("<p>Feito agora</p>"), "{page}");

    theme.change("templates/footer.html", |text| format!("{text}{{% if"));
    let third = making.changed_since(&second).await;
    let (status, page) = making.get("/").await;
    assert_eq!(status, 200, "the last good state is shown: {page}");
    assert!(page.contains("<p>Feito agora</p>"));
    theme.change("templates/footer.html", |_| {
        "<p>Feito de novo</p>".to_owned()
    });
    making.changed_since(&third).await;
    let (_, page) = making.get("/").await;
    assert!(page.contains("<p>Feito de novo</p>"), "{page}");
}

#[actix_web::test]
async fn what_a_pages_scripts_ask_reaches_the_store_and_what_they_send_does_not() {
    let (shop, theme) = (Shop::open().await, Folder::copy_of("tactical"));
    let making = Making::begin(&shop, &theme).await;
    let before = shop.asked(PRODUCTS).len();
    let question = "/api/catalog/store/products?q=galo";
    let (status, kind, text) = making.ask(Method::GET, question).await;
    assert_eq!((status, kind.as_str()), (200, "application/json"));
    assert!(text.contains("\"items\":[]"), "{text}");
    let asked = shop.asked(PRODUCTS);
    assert_eq!(asked.len(), before + 1);
    let host = format!("loja.localhost:{}", shop.address.port());
    assert_eq!(asked[before].host, host);
    let (status, _, _) = making.ask(Method::GET, "/api/catalog/store/nothing").await;
    assert_eq!(status, 404, "what the store says is what is said");
    let (status, _, _) = making.ask(Method::POST, CART).await;
    assert_eq!(status, 405);
    assert!(shop.asked(&format!("POST {CART}")).is_empty());
}

#[actix_web::test]
async fn a_store_that_is_not_there_is_said_to_be_away() {
    let (mut shop, theme) = (Shop::open().await, Folder::copy_of("essential"));
    // Nobody listens there any more.
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    shop.address = free.local_addr().unwrap();
    drop(free);
    let making = Making::begin(&shop, &theme).await;
    assert_eq!(making.get("/api/catalog/store/products").await.0, 502);
    assert_eq!(making.get("/").await.0, 503);
}
