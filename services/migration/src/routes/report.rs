//! What came, side by side with what there is, and what is left to do before the switch.

mod checklist;

use http_kit::permissions::CanManageImports;
use http_kit::{ApiError, Data, Json, Path, Staff};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{CountView, ImportView, view};
use crate::app::App;
use crate::error::import_not_found;
use crate::store::counts;
use crate::store::imports;
use crate::store::report::{self, Shelves, Totals, Turnover};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TotalView {
    pub resource: String,
    /// The type or the state that the old shop gives it; empty where it gives none.
    pub label: String,
    pub source: i64,
    pub arrived: i64,
    /// What an import would write after this dry run; absent in the report of an import.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_come: Option<i64>,
    /// Came once and is no more in the old shop.
    pub gone: i64,
}

impl From<Totals> for TotalView {
    fn from(row: Totals) -> Self {
        Self {
            resource: row.resource,
            label: row.label,
            source: row.source,
            arrived: row.arrived,
            would_come: None,
            gone: row.gone,
        }
    }
}

/// A dry run writes no record down, so what it counted is what it tells.
impl From<&CountView> for TotalView {
    fn from(count: &CountView) -> Self {
        Self {
            resource: count.resource.clone(),
            label: String::new(),
            source: count.total.max(count.read),
            arrived: count.unchanged,
            would_come: Some(count.sent),
            gone: 0,
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StockView {
    /// Products and variations of the old shop that count their own stock.
    pub source_counted: i64,
    pub source_units: i64,
    /// Counts that arrived; what is not counted and out of stock arrives as none.
    pub arrived_counted: i64,
    pub arrived_units: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TurnoverView {
    /// In UTC.
    #[schema(example = "2026-10")]
    pub month: String,
    pub currency: String,
    /// The old shop's.
    pub status: String,
    pub source: TurnoverSum,
    pub arrived: TurnoverSum,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TurnoverSum {
    pub orders: i64,
    /// Minor units.
    pub total: i64,
    pub refunded: i64,
}

impl From<Turnover> for TurnoverView {
    fn from(row: Turnover) -> Self {
        Self {
            month: row.month,
            currency: row.currency,
            status: row.status,
            source: TurnoverSum {
                orders: row.source_orders,
                total: row.source_total,
                refunded: row.source_refunded,
            },
            arrived: TurnoverSum {
                orders: row.arrived_orders,
                total: row.arrived_total,
                refunded: row.arrived_refunded,
            },
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IssueCount {
    pub resource: String,
    /// failed or note.
    pub kind: String,
    pub count: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckView {
    pub key: String,
    /// Nothing: this platform cannot see it, or not before an import has ended that was no dry run.
    pub done: Option<bool>,
    pub text: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportView {
    pub import: ImportView,
    /// Of everything that ever came from this shop; after a dry run, of what it read.
    pub totals: Vec<TotalView>,
    pub stock: StockView,
    pub turnover: Vec<TurnoverView>,
    pub issues: Vec<IssueCount>,
    /// Why the two sides differ, where they do; nothing before an import has ended that was no dry run.
    pub differences: Vec<String>,
    /// What to do before the switch.
    pub checklist: Vec<CheckView>,
}

/// An import's report: totals side by side, what differs and why, and the checklist for the switch.
#[utoipa::path(get, path = "/api/migration/admin/imports/{id}/report", responses((status = 200, body = ReportView)))]
pub async fn get_report(
    app: Data<App>,
    staff: Staff<CanManageImports>,
    id: Path<Uuid>,
) -> Result<Json<ReportView>, ApiError> {
    let now = app.clock.now();
    let report = app
        .db
        .read(staff.tenant.id, async |tx| {
            let row = imports::find_import(tx, *id).await?;
            let row = row.ok_or_else(import_not_found)?;
            let totals = report::list_totals(tx, &row.source).await?;
            let shelves = report::get_shelves(tx, &row.source).await?;
            let turnover = report::list_turnover(tx, &row.source).await?;
            let issues = counts::count_issues(tx, *id).await?;
            let import = view(tx, row, now).await?;
            Ok::<_, ApiError>(assemble(import, (totals, shelves, turnover), issues))
        })
        .await?;
    Ok(Json(report))
}

fn assemble(
    import: ImportView,
    (totals, shelves, turnover): (Vec<Totals>, Shelves, Vec<Turnover>),
    issues: Vec<(String, String, i64)>,
) -> ReportView {
    let totals: Vec<TotalView> = if import.dry_run {
        import.counts.iter().map(TotalView::from).collect()
    } else {
        totals.into_iter().map(TotalView::from).collect()
    };
    let turnover: Vec<TurnoverView> = turnover.into_iter().map(TurnoverView::from).collect();
    let issues: Vec<IssueCount> = issues
        .into_iter()
        .map(|(resource, kind, count)| IssueCount {
            resource,
            kind,
            count,
        })
        .collect();
    // What was not tried yet is not missing.
    let has_tried = import.has_ended() && !import.dry_run;
    let differences = if has_tried {
        differences(&totals, &shelves, &turnover)
    } else {
        Vec::new()
    };
    ReportView {
        differences,
        checklist: checklist::checklist(&import, &totals, &turnover, &issues),
        stock: StockView {
            source_counted: shelves.source_counted,
            source_units: shelves.source_units,
            arrived_counted: shelves.arrived_counted,
            arrived_units: shelves.arrived_units,
        },
        import,
        totals,
        turnover,
        issues,
    }
}

fn differences(totals: &[TotalView], shelves: &Shelves, turnover: &[TurnoverView]) -> Vec<String> {
    let mut told: Vec<String> = totals
        .iter()
        .filter(|row| row.source != row.arrived)
        .map(|row| {
            let missing = row.source - row.arrived;
            format!(
                "{missing} of {} ({}{}) did not arrive: see the issues that failed",
                row.source,
                row.resource,
                if row.label.is_empty() {
                    String::new()
                } else {
                    format!(", {}", row.label)
                }
            )
        })
        .collect();
    if shelves.below_zero != 0 {
        told.push(format!(
            "{} units were promised beyond what the old shop has; here such counts are 0",
            -shelves.below_zero
        ));
    }
    if shelves.untaken != 0 {
        told.push(format!(
            "{} units belong to products whose variations do not take from them",
            shelves.untaken
        ));
    }
    let explained = shelves.source_units - shelves.untaken - shelves.below_zero;
    if explained != shelves.arrived_units {
        told.push(format!(
            "{} units of stock differ: counts are promised to orders here, or did not arrive",
            explained - shelves.arrived_units
        ));
    }
    let months = turnover.iter().filter(|row| row.source != row.arrived);
    told.extend(months.map(|row| {
        format!(
            "turnover of {} in {} ({}) differs",
            row.month, row.currency, row.status
        )
    }));
    told
}
