//! What a fiscal provider does for us, whichever it is.

use std::future::Future;

use time::Date;

use crate::clients::moloni::MoloniError;
use crate::domain::bill::Bill;
use crate::domain::credit::Credit;
use crate::domain::problem::{Code, Problem};

/// A document at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    /// The provider's name for the kind: an id means something in its family only.
    pub family: String,
    pub id: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MadeState {
    Draft,
    /// Numbered and signed; it never changes again.
    Closed,
    Annulled,
}

/// A document as the provider has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub handle: Handle,
    pub state: MadeState,
    /// What is to be paid, tax included, in cents.
    pub total: i64,
    pub day: Option<Date>,
    /// As printed, such as "FR 2026/20"; empty in a draft.
    pub number: String,
    pub atcud: String,
}

/// What kind of invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvoiceKind {
    InvoiceReceipt,
    SimplifiedInvoice,
}

/// Why the provider did not do something.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It will not, until somebody acts.
    #[error("{} ({})", .0.code.as_str(), .0.detail)]
    Problem(Problem),
    /// Nothing was done; later it may be.
    #[error("{0}")]
    Wait(String),
    /// It may have been done or not.
    #[error("{0}")]
    Unknown(String),
    #[error(transparent)]
    Database(#[from] db::Error),
}

impl From<Problem> for ProviderError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl ProviderError {
    /// What Moloni's refusal means where nothing more is known of the call.
    pub fn of(error: MoloniError) -> Self {
        match error {
            MoloniError::Unavailable(what) => Self::Wait(what),
            MoloniError::Unclear(what) => Self::Unknown(what),
            MoloniError::TokenRefused | MoloniError::GrantRefused(_) => {
                Problem::new(Code::ConnectionLost, "").into()
            }
            MoloniError::KeyRefused(what) => Problem::new(Code::KeyRefused, what).into(),
            MoloniError::Forbidden => Problem::new(Code::CompanyClosed, "").into(),
            MoloniError::Refused(codes) => Problem::new(Code::Refused, codes.join("; ")).into(),
        }
    }

    /// The same of a call that only looks: whether it was done does not matter.
    #[must_use]
    pub fn of_a_look(self) -> Self {
        match self {
            Self::Unknown(what) => Self::Wait(what),
            other => other,
        }
    }
}

type Answer<T> = Result<T, ProviderError>;

/// The calls that a document's way needs. None may be believed to have failed because its answer is
/// lost: [`ProviderError::Unknown`] says so, and [`find`](FiscalProvider::find) tells.
pub trait FiscalProvider: Sync {
    /// A document whose buyer, products and taxes exist at the provider.
    type Ready: Send + Sync;

    /// Makes sure that everything an invoice names is there. No document is made.
    fn prepare_invoice(
        &self,
        bill: &Bill,
        kind: InvoiceKind,
        reference: &str,
        day: Date,
    ) -> impl Future<Output = Answer<Self::Ready>> + Send;

    /// The same for a credit note against a closed document.
    fn prepare_credit(
        &self,
        original: &Handle,
        credit: &Credit,
        reference: &str,
        day: Date,
    ) -> impl Future<Output = Answer<Self::Ready>> + Send;

    /// Makes the document, as a draft.
    fn insert(&self, ready: &Self::Ready) -> impl Future<Output = Answer<Handle>> + Send;

    /// Every document with this reference, of any kind and in any state.
    fn find(&self, reference: &str) -> impl Future<Output = Answer<Vec<Handle>>> + Send;

    /// The document as it is now; nothing when it is gone.
    fn read(&self, handle: &Handle) -> impl Future<Output = Answer<Option<Made>>> + Send;

    /// Closes a draft, dated `day`.
    fn close(&self, made: &Made, day: Date) -> impl Future<Output = Answer<()>> + Send;

    /// Deletes a draft.
    fn delete(&self, handle: &Handle) -> impl Future<Output = Answer<()>> + Send;

    /// The PDF of a closed document.
    fn pdf(&self, handle: &Handle) -> impl Future<Output = Answer<Vec<u8>>> + Send;
}
