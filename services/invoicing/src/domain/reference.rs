//! References: how our documents and products are found again at the provider.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::TenantId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Characters of a product's reference that Moloni keeps.
pub const PRODUCT_CHARS_MAX: usize = 30;
/// Characters of a long SKU that stay readable in front of what makes it unique.
const READABLE: usize = 19;
const DIGEST_BYTES: usize = 5;

/// A document's own reference: its store and what it is for, 45 characters that no other document of
/// any company has. It is made before the document is, and searched for before it is made again.
pub fn document(tenant: TenantId, subject: Uuid) -> String {
    let text = |id: Uuid| URL_SAFE_NO_PAD.encode(id.as_bytes());
    format!("{}.{}", text(tenant.uuid()), text(subject))
}

/// A product's reference: its SKU, or what stands for one that is too long or absent. A cut SKU alone
/// would be another product's too.
pub fn product(sku: &str, variant: &str) -> String {
    let sku = sku.trim();
    let count = sku.chars().count();
    if (1..=PRODUCT_CHARS_MAX).contains(&count) {
        return sku.to_owned();
    }
    let whole = if sku.is_empty() { variant } else { sku };
    let digest = Sha256::digest(whole.as_bytes());
    let unique = hex::encode(digest.get(..DIGEST_BYTES).unwrap_or_default());
    let readable: String = sku.chars().take(READABLE).collect();
    match readable.is_empty() {
        true => format!("VS-{unique}"),
        false => format!("{readable}-{unique}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_has_a_reference_of_its_own() {
        let (a, b) = (TenantId::new(), TenantId::new());
        let order = Uuid::now_v7();
        let reference = document(a, order);
        assert_eq!(reference.len(), 45);
        assert_eq!(reference, document(a, order));
        assert_ne!(reference, document(b, order));
        assert_ne!(reference, document(a, Uuid::now_v7()));
    }

    #[test]
    fn long_skus_do_not_become_one() {
        assert_eq!(product(" M4-BLK ", "v"), "M4-BLK");
        let (one, two) = ("X".repeat(40) + "1", "X".repeat(40) + "2");
        let cut = product(&one, "v");
        assert_eq!(cut.chars().count(), 30);
        assert_ne!(cut, product(&two, "v"));
        assert_ne!(product("", "v1"), product("", "v2"));
        assert_eq!(product("Ã".repeat(31).as_str(), "v").chars().count(), 30);
    }
}
