use reqwest::{Client, Method, StatusCode};
use rust_s3_client::{Bucket, Credentials, Region};
use simulators::{Handle, s3};
use std::collections::HashMap;
use std::path::PathBuf;

mod rust_s3_client {
    pub use ::s3::creds::Credentials;
    pub use ::s3::{Bucket, Region};
}

const KEY: &str = "stores-key";
const SECRET: &str = "stores-secret-of-tests";

struct Server {
    base: String,
    root: PathBuf,
    _handle: Handle,
}

impl Server {
    async fn start(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("simulators-{}-{name}", std::process::id()));
        let (address, handle) = s3::start(s3::Config {
            root: root.clone(),
            host: "127.0.0.1".into(),
            port: 0,
            access_key: KEY.into(),
            secret_key: SECRET.into(),
            bucket: vec!["stores".into()],
        })
        .await
        .unwrap();
        Self {
            base: format!("http://{address}"),
            root,
            _handle: handle,
        }
    }

    fn bucket(&self) -> Box<Bucket> {
        self.bucket_as(KEY, SECRET)
    }

    fn bucket_as(&self, key: &str, secret: &str) -> Box<Bucket> {
        let region = Region::Custom {
            region: "us-east-1".into(),
            endpoint: self.base.clone(),
        };
        let credentials = Credentials::new(Some(key), Some(secret), None, None, None).unwrap();
        Bucket::new("stores", region, credentials)
            .unwrap()
            .with_path_style()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

async fn status(method: Method, url: &str, body: &str) -> StatusCode {
    Client::new()
        .request(method, url)
        .body(body.to_owned())
        .send()
        .await
        .unwrap()
        .status()
}

#[tokio::test]
async fn an_object_lives_through_put_get_range_head_list_delete() {
    let server = Server::start("life").await;
    let bucket = server.bucket();
    let key = "t/0192/products/Ténis & meias +1.png";

    let put = bucket
        .put_object_with_content_type(key, b"0123456789", "image/png")
        .await
        .unwrap();
    assert_eq!(put.status_code(), 200);
    let got = bucket.get_object(key).await.unwrap();
    assert_eq!(got.as_slice(), b"0123456789");
    assert_eq!(got.headers().get("content-type").unwrap(), "image/png");

    let part = bucket.get_object_range(key, 2, Some(4)).await.unwrap();
    assert_eq!((part.status_code(), part.as_slice()), (206, &b"234"[..]));
    let (head, code) = bucket.head_object(key).await.unwrap();
    assert_eq!((head.content_length, code), (Some(10), 200));

    bucket.put_object("t/0193/other.png", b"x").await.unwrap();
    let listed = bucket.list("t/0192/".into(), None).await.unwrap();
    let names: Vec<_> = listed
        .iter()
        .flat_map(|page| &page.contents)
        .map(|o| &o.key)
        .collect();
    assert_eq!(names, [key]);

    assert_eq!(bucket.delete_object(key).await.unwrap().status_code(), 204);
    assert!(!bucket.object_exists(key).await.unwrap_or(false));
    assert!(bucket.get_object(key).await.is_err());
}

#[tokio::test]
async fn an_object_larger_than_one_part_is_kept_whole() {
    let server = Server::start("large").await;
    let bytes: Vec<u8> = (0..9_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let mut reader = bytes.as_slice();
    server
        .bucket()
        .put_object_stream(&mut reader, "big.bin")
        .await
        .unwrap();
    let got = server.bucket().get_object("big.bin").await.unwrap();
    assert!(got.as_slice() == bytes.as_slice());
}

#[tokio::test]
async fn nobody_gets_in_without_the_right_signature() {
    let server = Server::start("doors").await;
    server
        .bucket()
        .put_object("a.txt", b"secret")
        .await
        .unwrap();
    let url = format!("{}/stores/a.txt", server.base);

    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
        assert_eq!(
            status(method.clone(), &url, "x").await,
            403,
            "unsigned {method}"
        );
    }
    assert_eq!(
        status(
            Method::GET,
            &format!("{}/stores?list-type=2", server.base),
            ""
        )
        .await,
        403
    );
    assert_eq!(
        status(Method::GET, &format!("{}/", server.base), "").await,
        403
    );

    for (key, secret) in [(KEY, "another-secret"), ("another-key", SECRET)] {
        let stranger = server.bucket_as(key, secret);
        let refused = stranger.get_object("a.txt").await.unwrap_err().to_string();
        assert!(refused.contains("403"), "{refused}");
        let refused = stranger
            .put_object("a.txt", b"mine")
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains("403"), "{refused}");
    }
    assert_eq!(
        server
            .bucket()
            .get_object("a.txt")
            .await
            .unwrap()
            .as_slice(),
        b"secret"
    );
}

#[tokio::test]
async fn a_presigned_address_serves_one_object_one_way_for_its_time() {
    let server = Server::start("presigned").await;
    let bucket = server.bucket();

    let put = bucket
        .presign_put("t/1/a.txt", 60, None, None)
        .await
        .unwrap();
    assert_eq!(status(Method::PUT, &put, "hello").await, 200);
    let get = bucket.presign_get("t/1/a.txt", 60, None).await.unwrap();
    let body = Client::new()
        .get(&get)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(body, "hello");

    bucket
        .put_object("t/2/b.txt", b"of another tenant")
        .await
        .unwrap();
    let elsewhere = get.replace("t/1/a.txt", "t/2/b.txt");
    assert_ne!(elsewhere, get);
    assert_eq!(
        status(Method::GET, &elsewhere, "").await,
        403,
        "another key"
    );
    assert_eq!(
        status(Method::PUT, &put.replace("a.txt", "c.txt"), "x").await,
        403,
        "another key"
    );
    assert_eq!(status(Method::PUT, &get, "x").await, 403, "another method");
    assert_eq!(
        status(Method::DELETE, &put, "").await,
        403,
        "another method"
    );
    let longer = get.replace("X-Amz-Expires=60", "X-Amz-Expires=600000");
    assert_ne!(longer, get);
    assert_eq!(status(Method::GET, &longer, "").await, 403, "a longer life");
    let (head, signature) = get.rsplit_once("X-Amz-Signature=").unwrap();
    let forged = format!("{head}X-Amz-Signature={}", "0".repeat(signature.len()));
    assert_eq!(
        status(Method::GET, &forged, "").await,
        403,
        "a made-up signature"
    );
    let unsigned = get.split('?').next().unwrap();
    assert_eq!(status(Method::GET, unsigned, "").await, 403, "no signature");
}

#[tokio::test]
async fn a_presigned_address_expires() {
    let server = Server::start("expired").await;
    server.bucket().put_object("a.txt", b"x").await.unwrap();
    let url = server.bucket().presign_get("a.txt", 1, None).await.unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while status(Method::GET, &url, "").await != 403 {
        assert!(std::time::Instant::now() < deadline, "it never expired");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_browser_may_upload_to_a_presigned_address() {
    let server = Server::start("cors").await;
    let queries = HashMap::new();
    let url = server
        .bucket()
        .presign_put("a.png", 60, None, Some(queries))
        .await
        .unwrap();

    let asked = Client::new()
        .request(Method::OPTIONS, &url)
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "content-type")
        .send()
        .await
        .unwrap();
    assert_eq!(asked.status(), 200);
    assert_eq!(asked.headers()["access-control-allow-origin"], "*");
    assert_eq!(
        asked.headers()["access-control-allow-headers"],
        "content-type"
    );
    assert!(
        asked.headers()["access-control-allow-methods"]
            .to_str()
            .unwrap()
            .contains("PUT")
    );

    let put = Client::new()
        .put(&url)
        .header("origin", "https://shop.example")
        .header("content-type", "image/png")
        .body("png")
        .send()
        .await
        .unwrap();
    assert_eq!(put.status(), 200);
    assert_eq!(put.headers()["access-control-allow-origin"], "*");

    // A refusal must be readable too, or the page sees only "network error".
    let refused = Client::new()
        .put(url.replace("a.png", "b.png"))
        .header("origin", "https://shop.example")
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.headers()["access-control-allow-origin"], "*");
}
