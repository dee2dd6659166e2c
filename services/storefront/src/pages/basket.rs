//! The cart: what is in it, with today's prices, and the forms that change it.

use actix_web::HttpResponse;
use kernel::{CartId, VariantId};
use minijinja::{Value, context};
use serde_json::{Value as Json, json};

use super::head::Head;
use super::show::Made;
use super::{Other, Request};
use crate::api::{Ask, Fault, Problem, Upstream};
use crate::web::cookies::{self, Proof};
use crate::web::{Form, respond};

const CARTS: &str = "/api/orders/store/carts";
const QUANTITY_MAX: i64 = 9_999;

/// The visitor's cart; nothing when he has none, or it was ordered.
pub async fn find(request: &Request<'_>) -> Result<Option<(Proof<CartId>, Json)>, Fault> {
    let Some(proof) = cookies::basket(request.http, &request.app.settings) else {
        return Ok(None);
    };
    let ask = Ask::get(Upstream::Orders, format!("{CARTS}/{}", proof.id));
    let found = send(request, &proof, ask).await;
    match found {
        Ok(cart) if cart.get("ordered") == Some(&Json::Bool(true)) => Ok(None),
        Ok(cart) => Ok(Some((proof, cart))),
        Err(fault) if fault.is_not_found() => Ok(None),
        Err(fault) => Err(fault),
    }
}

pub async fn show(request: &Request<'_>) -> Result<Made, Other> {
    let cart = find(request).await?.map(|(_, cart)| cart);
    Ok(Made {
        template: "cart.html",
        head: Head::private(title(request, "cart-title")),
        data: context! {
            cart => Value::from_serialize(&cart),
            problem => request.visit.query.text("problem"),
            left => request.visit.query.text("left").parse::<u32>().ok(),
        },
        ..Made::default()
    })
}

/// Puts a variant into the cart: the one that is named, or the one with the chosen options.
pub async fn add(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let slug = form.text("product");
    let back = |problem: &str| {
        let place = request.link(&format!("/products/{slug}?problem={problem}"));
        respond::see_other(&place, &[])
    };
    if slug.is_empty() || !super::is_slug(slug) {
        return Err(Other::NotFound);
    }
    let Some(quantity) = quantity(form.text("quantity")) else {
        return Ok(back("quantity"));
    };
    let Some(variant) = chosen_variant(request, form, slug).await? else {
        return Ok(back("combination"));
    };
    let proof = match find(request).await? {
        Some((proof, _)) => proof,
        None => create(request).await?,
    };
    let line = json!({ "variant_id": variant, "quantity": quantity });
    let ask = Ask::post(
        Upstream::Orders,
        format!("{CARTS}/{}/lines", proof.id),
        line,
    );
    match send(request, &proof, ask).await {
        Ok(cart) => {
            let cookies = cookies::set_basket(&request.app.settings, &proof, count(&cart));
            Ok(respond::see_other(&request.link("/cart"), &cookies))
        }
        Err(Fault::Refused(problem)) => match told(&problem) {
            Some(words) => Ok(back(&words)),
            None => Err(Fault::Refused(problem).into()),
        },
        Err(fault) => Err(fault.into()),
    }
}

/// Sets how many there are of a line, or takes it out.
pub async fn change(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let page = request.link("/cart");
    let Some(proof) = cookies::basket(request.http, &request.app.settings) else {
        return Ok(respond::see_other(&page, &[]));
    };
    let variant: VariantId = form.text("variant").parse().map_err(|_| Other::NotFound)?;
    let place = format!("{CARTS}/{}/lines/{variant}", proof.id);
    let wanted = if form.has("remove") {
        Some(0)
    } else {
        number(form.text("quantity"))
    };
    let ask = match wanted {
        Some(0) => Ask::delete(Upstream::Orders, place),
        Some(quantity) => Ask::put(Upstream::Orders, place, json!({ "quantity": quantity })),
        None => return Ok(respond::see_other(&format!("{page}?problem=quantity"), &[])),
    };
    match send(request, &proof, ask).await {
        Ok(cart) => {
            let cookies = cookies::set_basket(&request.app.settings, &proof, count(&cart));
            Ok(respond::see_other(&page, &cookies))
        }
        Err(fault) if fault.is_not_found() => Ok(respond::see_other(&page, &[])),
        Err(Fault::Refused(problem)) => match told(&problem) {
            Some(words) => Ok(respond::see_other(&format!("{page}?problem={words}"), &[])),
            None => Err(Fault::Refused(problem).into()),
        },
        Err(fault) => Err(fault.into()),
    }
}

/// The cart without a variant; the number beside its sign follows.
pub async fn take_out(
    request: &Request<'_>,
    proof: &Proof<CartId>,
    variant: VariantId,
) -> Result<Json, Fault> {
    let place = format!("{CARTS}/{}/lines/{variant}", proof.id);
    let cart = send(request, proof, Ask::delete(Upstream::Orders, place)).await?;
    let cookies = cookies::set_basket(&request.app.settings, proof, count(&cart));
    request.jar.keep(cookies);
    Ok(cart)
}

pub fn title(request: &Request<'_>, key: &str) -> String {
    let theme = request.shell.theme(request.app);
    theme.map_or_else(String::new, |theme| {
        theme.say(request.shell.lang_of(request.visit), key)
    })
}

/// Pieces in a cart, for the number beside its sign.
fn count(cart: &Json) -> i64 {
    let lines = cart.get("lines").and_then(Json::as_array);
    let quantity = |line: &Json| line.get("quantity").and_then(Json::as_i64).unwrap_or(0);
    lines.into_iter().flatten().map(quantity).sum()
}

/// Asks with the word that opens the cart.
async fn send(request: &Request<'_>, proof: &Proof<CartId>, ask: Ask) -> Result<Json, Fault> {
    let ask = ask.header("x-cart-token", &proof.word);
    request.app.api.send(&request.visit.caller, ask).await
}

async fn create(request: &Request<'_>) -> Result<Proof<CartId>, Fault> {
    let ask = Ask::post(Upstream::Orders, CARTS, json!({}));
    let cart = request.app.api.send(&request.visit.caller, ask).await?;
    let text = |name: &str| cart.get(name).and_then(Json::as_str).unwrap_or_default();
    Ok(Proof {
        id: text("id").parse().map_err(|_| Fault::Unavailable)?,
        word: text("token").to_owned(),
    })
}

/// The form names a variant, or a value for each option: `option-0`, `option-1`.
async fn chosen_variant(
    request: &Request<'_>,
    form: &Form,
    slug: &str,
) -> Result<Option<String>, Other> {
    let named = form.text("variant");
    if !named.is_empty() {
        return Ok(named.parse::<VariantId>().ok().map(|id| id.to_string()));
    }
    let ask = Ask::get(
        Upstream::Catalog,
        format!("/api/catalog/store/products/{slug}"),
    );
    let product = request.app.api.send(&request.visit.caller, ask).await?;
    Ok(matching(&product, form))
}

fn matching(product: &Json, form: &Form) -> Option<String> {
    let has_values = |variant: &&Json| {
        let values = variant.get("option_values").and_then(Json::as_array);
        values
            .into_iter()
            .flatten()
            .enumerate()
            .all(|(at, value)| value.as_str() == Some(form.text(&format!("option-{at}"))))
    };
    let variants = product.get("variants").and_then(Json::as_array)?;
    let found = variants.iter().find(has_values)?;
    found.get("id")?.as_str().map(str::to_owned)
}

fn number(text: &str) -> Option<i64> {
    text.parse()
        .ok()
        .filter(|number| (0..=QUANTITY_MAX).contains(number))
}

/// One when nothing is said.
fn quantity(text: &str) -> Option<i64> {
    if text.is_empty() {
        Some(1)
    } else {
        number(text).filter(|number| *number > 0)
    }
}

/// What a page can say of a refusal; nothing for one that it has no words for.
fn told(problem: &Problem) -> Option<String> {
    let known = [
        "out-of-stock",
        "not-for-sale",
        "quantity-not-sold",
        "quantity-too-large",
        "cart-too-many-lines",
        "cart-closed",
    ];
    let code = known.into_iter().find(|code| *code == problem.code)?;
    let left = problem.members.get("available").and_then(Json::as_i64);
    Some(left.map_or_else(|| code.to_owned(), |left| format!("{code}&left={left}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variant_with_all_chosen_values_is_meant_and_no_other() {
        let product = json!({ "variants": [
            { "id": "a", "option_values": ["Black", "M"] },
            { "id": "b", "option_values": ["Black", "L"] },
        ]});
        let form = |text: &str| Form::parse(text.as_bytes());
        assert_eq!(
            matching(&product, &form("option-0=Black&option-1=L")).as_deref(),
            Some("b")
        );
        assert_eq!(matching(&product, &form("option-0=Black")), None);
        assert_eq!(matching(&product, &form("option-0=Red&option-1=M")), None);
        let single = json!({ "variants": [{ "id": "c", "option_values": [] }] });
        assert_eq!(matching(&single, &form("")).as_deref(), Some("c"));
    }

    #[test]
    fn a_quantity_is_a_small_whole_number() {
        assert_eq!(
            (
                quantity(""),
                quantity("3"),
                quantity("0"),
                quantity("-1"),
                quantity("1e3")
            ),
            (Some(1), Some(3), None, None, None)
        );
        assert_eq!((number("0"), number("10000")), (Some(0), None));
    }
}
