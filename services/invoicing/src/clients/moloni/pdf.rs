//! A document's PDF: Moloni's link opens a page, the file is beside it.

use std::time::Duration;

use url::Url;

use super::MoloniError;
use super::transport::Moloni;

const TIMEOUT: Duration = Duration::from_secs(30);
const BYTES_MAX: usize = 10 << 20;
const MAGIC: &[u8] = b"%PDF";
const HOME: &str = "moloni.pt";

impl Moloni {
    /// The file behind a link of `documents/getPDFLink`.
    ///
    /// # Errors
    /// When the link leads elsewhere than to Moloni, or there is no PDF under it.
    pub async fn download(&self, link: &str) -> Result<Vec<u8>, MoloniError> {
        let url = file(link, self.base())
            .ok_or_else(|| MoloniError::Unclear("a link that leads elsewhere".into()))?;
        let broken = |_| MoloniError::Unclear("the download broke".into());
        let request = self.http().get(url).timeout(TIMEOUT);
        let mut answer = request.send().await.map_err(broken)?;
        if !answer.status().is_success() {
            let status = answer.status().as_u16();
            return Err(MoloniError::Unclear(format!(
                "a download with status {status}"
            )));
        }
        let mut content = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(broken)? {
            if content.len() + part.len() > BYTES_MAX {
                return Err(MoloniError::Unclear("the file is too long".into()));
            }
            content.extend_from_slice(&part);
        }
        match content.starts_with(MAGIC) {
            true => Ok(content),
            false => Err(MoloniError::Unclear("the download is no PDF".into())),
        }
    }
}

/// The file's address for a page's. What Moloni answers is not trusted to lead anywhere: only to its own
/// hosts, or to the one that the operator configured.
fn file(link: &str, base: &str) -> Option<Url> {
    let (page, base) = (Url::parse(link).ok()?, Url::parse(base).ok()?);
    let host = page.host_str()?;
    let configured = page.origin() == base.origin();
    let own = page.scheme() == "https"
        && page.port().is_none()
        && (host == HOME || host.ends_with(&format!(".{HOME}")));
    if !configured && !own {
        return None;
    }
    let mut url = page.join("/downloads/index.php").ok()?;
    let query = page.query().unwrap_or_default();
    url.set_query(Some(&format!("action=getDownload&{query}")));
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_molonis_own_addresses_are_followed() {
        let base = "https://api.moloni.pt/v1/";
        let good = file("https://www.moloni.pt/downloads/?h=ab&d=7", base).unwrap();
        assert_eq!(
            good.as_str(),
            "https://www.moloni.pt/downloads/index.php?action=getDownload&h=ab&d=7"
        );
        for bad in [
            "http://www.moloni.pt/downloads/?h=ab",
            "https://moloni.pt.example.com/downloads/?h=ab",
            "https://notmoloni.pt/downloads/?h=ab",
            "https://www.moloni.pt:8443/downloads/?h=ab",
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
            "",
        ] {
            assert_eq!(file(bad, base), None, "{bad}");
        }
        assert!(
            file(
                "http://127.0.0.1:9030/downloads/?h=a",
                "http://127.0.0.1:9030/v1/"
            )
            .is_some()
        );
        assert!(
            file(
                "http://127.0.0.1:9031/downloads/?h=a",
                "http://127.0.0.1:9030/v1/"
            )
            .is_none()
        );
    }
}
