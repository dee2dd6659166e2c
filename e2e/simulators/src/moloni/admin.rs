//! `/_sim/…`: the levers. Loopback only; never routed.

use super::Sim;
use super::document::{Status, close, show};
use super::seed::{self, Plan};
use super::world::{Settings, World};
use crate::json::Json as _;
use crate::levers::{Advance, Faults, is_local};
use actix_web::web::{Data, Json, Path, ServiceConfig};
use actix_web::{HttpResponse, guard, web};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes(config: &mut ServiceConfig) {
    let scope = web::scope("/_sim")
        .guard(guard::fn_guard(is_local))
        .route("/state", web::get().to(state))
        .route(
            "/effects",
            web::get().to(async |sim: Data<Sim>| HttpResponse::Ok().json(sim.world().effects())),
        )
        .route(
            "/log",
            web::get().to(async |sim: Data<Sim>| HttpResponse::Ok().json(&sim.world().log)),
        )
        .route("/reset", web::post().to(reset))
        .route("/settings", web::post().to(set_settings))
        .route("/clock", web::post().to(move_clock))
        .route("/faults", web::post().to(add_faults))
        .route("/faults", web::delete().to(clear_faults))
        .route("/tokens", web::post().to(issue_tokens))
        .route("/tokens", web::delete().to(revoke_tokens))
        .route("/lockout", web::post().to(lock_out))
        .route("/lockout", web::delete().to(unlock))
        .route("/companies", web::post().to(found_company))
        .route(
            "/companies/{company}/{table}/{id}",
            web::post().to(edit_row),
        )
        .route("/documents/{id}/{deed}", web::post().to(act_on_document));
    config.service(scope);
}

/// Every document with its totals, and every row of every table.
async fn state(sim: Data<Sim>) -> HttpResponse {
    let world = sim.world();
    let method = world.settings.calc_method_id;
    let companies = world.companies.iter().map(|(id, company)| {
        let documents = company.documents.values();
        let documents: Vec<_> = documents.map(|one| show::full(company, one, method)).collect();
        let shown = json!({"card": company.card, "tables": company.tables, "documents": documents, "mails": company.mails});
        (id.to_string(), shown)
    });
    let companies: serde_json::Map<_, _> = companies.collect();
    HttpResponse::Ok().json(json!({"now": sim.now(), "companies": companies,
        "settings": world.settings, "faults": world.faults}))
}

async fn reset(sim: Data<Sim>) -> HttpResponse {
    let mut world = sim.world();
    *world = World::new(&sim.config.clock);
    sim.keeper.changed();
    HttpResponse::NoContent().finish()
}

async fn set_settings(sim: Data<Sim>, settings: Json<Settings>) -> HttpResponse {
    sim.world().settings = settings.into_inner();
    HttpResponse::NoContent().finish()
}

async fn move_clock(sim: Data<Sim>, by: Json<Advance>) -> HttpResponse {
    let by = time::Duration::seconds(by.advance_seconds);
    sim.config.clock.advance(by);
    HttpResponse::Ok().json(json!({"now": sim.now()}))
}

async fn add_faults(sim: Data<Sim>, faults: Json<Faults>) -> HttpResponse {
    sim.world().faults.extend(Vec::from(faults.into_inner()));
    HttpResponse::NoContent().finish()
}

async fn clear_faults(sim: Data<Sim>) -> HttpResponse {
    sim.world().faults.clear();
    HttpResponse::NoContent().finish()
}

/// A pair as `grant/` would answer it, without the way there.
async fn issue_tokens(sim: Data<Sim>) -> HttpResponse {
    let mut world = sim.world();
    let pair = world.grants.issue(sim.now());
    sim.keeper.changed();
    HttpResponse::Ok().json(pair)
}

async fn revoke_tokens(sim: Data<Sim>) -> HttpResponse {
    let mut world = sim.world();
    world.grants.revoke_all();
    sim.keeper.changed();
    HttpResponse::NoContent().finish()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LockOut {
    seconds: i64,
}

async fn lock_out(sim: Data<Sim>, body: Json<LockOut>) -> HttpResponse {
    sim.world().grants.lock(sim.now() + body.seconds);
    HttpResponse::NoContent().finish()
}

async fn unlock(sim: Data<Sim>) -> HttpResponse {
    sim.world().grants.lock(0);
    HttpResponse::NoContent().finish()
}

/// A company of its own for a test, which the one user sees too.
async fn found_company(sim: Data<Sim>, plan: Option<Json<Plan>>) -> HttpResponse {
    let plan = plan.map(Json::into_inner).unwrap_or_default();
    let mut world = sim.world();
    let id = world.companies.keys().max().copied().unwrap_or_default() + 1;
    seed::found(&mut world, &sim.config.clock, id, &plan);
    sim.keeper.changed();
    HttpResponse::Ok().json(json!({"company_id": id}))
}

/// Somebody changes a row in Moloni's own pages: hides a product, renames a customer, …
async fn edit_row(
    sim: Data<Sim>,
    path: Path<(i64, String, i64)>,
    change: Json<Value>,
) -> HttpResponse {
    let (company, table, id) = path.into_inner();
    let mut world = sim.world();
    let rows = world
        .companies
        .get_mut(&company)
        .and_then(|company| company.tables.get_mut(&table));
    let own = |row: &Value| {
        let map = row.as_object();
        map.is_some_and(|map| {
            map.iter()
                .any(|(key, value)| is_key(key, &table) && value == id)
        })
    };
    let row = rows.and_then(|rows| rows.iter_mut().find(|row| own(row)));
    let Some(row) = row else {
        return HttpResponse::NotFound().json(json!({"error": format!("no {table} {id}")}));
    };
    row.merge(&change);
    let shown = row.clone();
    sim.keeper.changed();
    HttpResponse::Ok().json(shown)
}

/// The name of a table's own id.
fn is_key(field: &str, table: &str) -> bool {
    let key = match table {
        "documentSets" => "document_set_id",
        "paymentMethods" => "payment_method_id",
        "maturityDates" => "maturity_date_id",
        "deliveryMethods" => "delivery_method_id",
        "measurementUnits" => "unit_id",
        "productCategories" => "category_id",
        "warehouses" => "warehouse_id",
        "taxes" => "tax_id",
        "products" => "product_id",
        _ => "customer_id",
    };
    field == key
}

/// Somebody acts on a document in Moloni's own pages: `close`, `annul`, `delete`, or `edit`, which
/// changes the references.
async fn act_on_document(
    sim: Data<Sim>,
    path: Path<(i64, String)>,
    change: Option<Json<Value>>,
) -> HttpResponse {
    let (id, deed) = path.into_inner();
    let mut world = sim.world();
    let company = world.owner_of(id);
    let Some((company, mut document)) =
        company.and_then(|company| company.documents.remove(&id).map(|one| (company, one)))
    else {
        return HttpResponse::NotFound().json(json!({"error": format!("no document {id}")}));
    };
    match deed.as_str() {
        "close" if document.is_draft() => close::close(company, &mut document),
        "annul" if document.is_closed() => document.status = Status::Annulled,
        "edit" => {
            let change = change.map(Json::into_inner).unwrap_or_default();
            let changed = |field, old: &String| {
                change
                    .get(field)
                    .map_or(old.clone(), |_| change.text(field).to_owned())
            };
            document.draft.our_reference = changed("our_reference", &document.draft.our_reference);
            document.draft.your_reference =
                changed("your_reference", &document.draft.your_reference);
        }
        "delete" if document.is_draft() => {
            sim.keeper.changed();
            return HttpResponse::NoContent().finish();
        }
        _ => {
            company.documents.insert(id, document);
            return HttpResponse::Conflict()
                .json(json!({"error": format!("cannot {deed} document {id}")}));
        }
    }
    company.documents.insert(id, document);
    sim.keeper.changed();
    HttpResponse::NoContent().finish()
}
