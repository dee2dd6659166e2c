use kernel::TenantId;
use kernel::ticket::TicketKey;
use uuid::Uuid;

/// The word that confirms a customer's address or opens the choice of a new password. The service that keeps its
/// hash and the one that writes the mail each make it from the request's id, so that it never travels and lies
/// nowhere.
pub fn account_word(key: &TicketKey, tenant: TenantId, request: Uuid) -> String {
    let mut subject = tenant.uuid().into_bytes().to_vec();
    subject.extend(request.as_bytes());
    key.word("account", &subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_belongs_to_one_request_of_one_store() {
        let key = TicketKey::new(vec![7; 32]);
        let (tenant, request) = (TenantId::new(), Uuid::now_v7());
        let word = account_word(&key, tenant, request);
        assert_eq!(word, account_word(&key, tenant, request));
        assert_ne!(word, account_word(&key, TenantId::new(), request));
        assert_ne!(word, account_word(&key, tenant, Uuid::now_v7()));
        assert_ne!(
            word,
            account_word(&TicketKey::new(vec![8; 32]), tenant, request)
        );
    }
}
