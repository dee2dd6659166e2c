//! VAT by postcode and day, through checkout.

use orders::domain::tax::{Rates, TaxClass, TaxRegion};
use reqwest::Method;
use serde_json::{Value, json};
use time::macros::date;

use crate::cast::{FUNCHAL, Goods, LISBON, PONTA_DELGADA, address};
use crate::world::{World, euros};

#[tokio::test(flavor = "multi_thread")]
async fn each_region_has_its_own_rates() {
    let world = World::start().await;
    let store = world.store().await;
    let classes = ["standard", "intermediate", "reduced", "zero"];
    let mut sold = Vec::new();
    for tax_class in classes {
        let goods = Goods {
            tax_class,
            ..Goods::at(10_000)
        };
        world.sell(&store, &goods, 100).await;
        sold.push(goods);
    }
    let regions = [
        (LISBON, "PT", [2_300, 1_300, 600, 0]),
        ("8999-999", "PT", [2_300, 1_300, 600, 0]),
        (FUNCHAL, "PT-30", [2_200, 1_200, 400, 0]),
        ("9499-999", "PT-30", [2_200, 1_200, 400, 0]),
        (PONTA_DELGADA, "PT-20", [1_600, 900, 400, 0]),
        ("9999-999", "PT-20", [1_600, 900, 400, 0]),
    ];
    for (postcode, region, expected) in regions {
        let cart = world.cart(&store).await;
        for goods in &sold {
            world.put(&cart, goods, 1).await.expect(200);
        }
        let changes = json!({ "shipping_address": address(postcode) });
        let placed = world.send(cart.checkout(40_000, changes)).await.expect(201);
        let taxes = placed.list("/taxes");
        let rates: Vec<_> = taxes
            .iter()
            .map(|tax| tax["rate_bps"].as_i64().unwrap())
            .collect();
        assert_eq!(rates, expected, "{postcode}");
        assert!(
            taxes.iter().all(|tax| tax["region"] == region),
            "{postcode}"
        );
        let sum = |field: &str| {
            taxes
                .iter()
                .map(|tax| tax[field]["amount"].as_i64().unwrap())
                .sum::<i64>()
        };
        assert_eq!(sum("tax"), placed.number("/tax/amount"));
        assert_eq!(sum("tax") + sum("net"), 40_000);
        // 10,000 × 23 ÷ 123 = 1,869.9…, rounded half away from zero.
        if region == "PT" {
            assert_eq!(taxes[0]["tax"], euros(1_870));
        }
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shipping_is_taxed_as_the_goods_it_brings() {
    let world = World::start().await;
    let store = world.store().await;
    let (full, reduced) = (
        Goods::at(1_000),
        Goods {
            tax_class: "reduced",
            ..Goods::at(3_000)
        },
    );
    world.sell(&store, &full, 10).await;
    world.sell(&store, &reduced, 10).await;
    let rates = json!({ "rates": [{ "region": "PT", "price": euros(400) }] });
    let ask = world
        .admin(&store, Method::PUT, "/api/orders/admin/shipping")
        .json(rates);
    world.send(ask).await.expect(200);
    let (cart, _) = world.cart_with(&store, &full, 1).await;
    let reply = world.put(&cart, &reduced, 1).await.expect(200);
    let gross = |tax: &Value| {
        let part = |field: &str| tax[field]["amount"].as_i64().unwrap();
        (tax["rate_bps"].as_i64().unwrap(), part("net") + part("tax"))
    };
    let by_rate: Vec<_> = reply.list("/taxes").iter().map(gross).collect();
    assert_eq!(by_rate, [(2_300, 1_000 + 100), (600, 3_000 + 300)]);
    let placed = world
        .send(cart.checkout(4_400, json!({})))
        .await
        .expect(201);
    assert_eq!(placed.body["taxes"], reply.body["taxes"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rates_are_rows_with_the_day_on_which_they_begin() {
    let world = World::start().await;
    let Rates(rows) = (*world.app.rates).clone();
    let on = |day, region, class| Rates(rows.clone()).on(day, region, class);
    let madeira = |day| on(day, TaxRegion::Madeira, TaxClass::Reduced);
    assert_eq!(madeira(date!(2024 - 09 - 30)), Some(500));
    assert_eq!(madeira(date!(2024 - 10 - 01)), Some(400));
    let azores = |day| on(day, TaxRegion::Azores, TaxClass::Standard);
    assert_eq!(azores(date!(2021 - 06 - 30)), Some(1_800));
    assert_eq!(azores(date!(2021 - 07 - 01)), Some(1_600));
    for region in [TaxRegion::Mainland, TaxRegion::Azores, TaxRegion::Madeira] {
        for class in [
            TaxClass::Standard,
            TaxClass::Intermediate,
            TaxClass::Reduced,
            TaxClass::Zero,
            TaxClass::Exempt,
        ] {
            let today = on(world.place.clock.now().date(), region, class);
            assert!(today.is_some(), "{} {}", region.as_str(), class.as_str());
        }
    }
    world.end().await;
}
