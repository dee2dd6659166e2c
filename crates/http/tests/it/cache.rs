use crate::world::World;

const HOT: &str = "/api/catalog/store/hot";

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_answer_is_sent_again_and_revalidates() {
    let world = World::start().await;
    let get = |slug: &str| world.get(&format!("{slug}.store.localhost"), HOT);
    let first = get("one").send().await.unwrap();
    assert_eq!(first.headers()["cache-control"], "public, max-age=60");
    let etag = first.headers()["etag"].clone();
    let body = first.text().await.unwrap();
    assert_eq!(get("one").send().await.unwrap().text().await.unwrap(), body);
    let again = get("one")
        .header("if-none-match", &etag)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (again.status().as_u16(), &again.headers()["etag"]),
        (304, &etag)
    );
    assert_eq!(again.text().await.unwrap(), "");
    let other = get("two").send().await.unwrap().text().await.unwrap();
    assert!(
        other.contains("two:2") && !other.contains("one"),
        "another store has its own"
    );
    world.hot.drop_tenant(world.one);
    let renewed = get("one")
        .header("if-none-match", &etag)
        .send()
        .await
        .unwrap();
    assert_eq!(renewed.status(), 200);
    assert!(renewed.text().await.unwrap().contains("one:3"));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_form_is_compressed_once_and_has_its_own_tag() {
    let world = World::start().await;
    let get = |accepts: &str| {
        world
            .get("one.store.localhost", HOT)
            .header("accept-encoding", accepts)
            .send()
    };
    let plain = get("identity").await.unwrap();
    let gzip = get("gzip").await.unwrap();
    let brotli = get("gzip, br").await.unwrap();
    assert!(!plain.headers().contains_key("content-encoding"));
    assert_eq!(gzip.headers()["content-encoding"], "gzip");
    assert_eq!(brotli.headers()["content-encoding"], "br");
    assert_ne!(gzip.headers()["etag"], brotli.headers()["etag"]);
    let length = plain.bytes().await.unwrap().len();
    assert!(gzip.bytes().await.unwrap().len() * 5 < length);
    assert!(brotli.bytes().await.unwrap().len() * 5 < length);
    world.stop().await;
}
