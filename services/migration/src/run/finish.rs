//! The end of an import: what is gone from the old shop is told.

use super::lists::singular;
use super::{Run, Trouble};
use crate::store::counts::{self, IssueRow, NOTE};
use crate::store::records;

impl Run {
    pub(super) async fn finish(&self) -> Result<(), Trouble> {
        if self.dry_run {
            return Ok(());
        }
        let now = self.app.clock.now();
        let seen_twice = self
            .steps
            .iter()
            .filter(|step| step.pass == 2 && !step.is_sweep);
        for step in seen_twice {
            let resource = singular(step.resource);
            let tx = self.app.db.begin_tenant(self.tenant).await?;
            let gone = records::mark_gone(&tx, &self.source, resource, self.id).await?;
            let told: Vec<IssueRow> = gone
                .iter()
                .map(|id| {
                    let why = "it is no more in the old shop; what came of it stays here";
                    IssueRow::new(&tx, self.id, (resource, id), (NOTE, why), now)
                })
                .collect();
            counts::save_issues(&tx, &told).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
