//! Images, wherever the old shop says that they are.

use std::time::Duration;

use outbound::header::{ACCEPT, HeaderValue, REFERER, USER_AGENT};
use outbound::{Outbound, OutboundError, Request, Rules};

/// What catalog takes of an upload.
pub const BYTES_MAX: usize = 20 * 1_024 * 1_024;

/// For files: redirects are common, from HTTP to HTTPS and to a name with `www.`.
pub const RULES: Rules = Rules {
    http: true,
    redirects: 4,
    time: Duration::from_secs(30),
    bytes: BYTES_MAX,
};

/// Why an image did not come.
#[derive(Debug, thiserror::Error)]
pub enum ImageTrouble {
    /// It will not come the next time either.
    #[error("{0}")]
    Never(String),
    /// It may come later.
    #[error("{0}")]
    Later(String),
}

/// An image as it came.
pub struct Fetched {
    pub bytes: Vec<u8>,
    /// By its first bytes, whatever its name and its head say.
    pub content_type: &'static str,
}

/// Fetches an image; `home` is the shop's own address, which hosts want to see where they keep others from
/// showing their files.
///
/// # Errors
/// In words for the merchant's eyes.
pub async fn fetch(client: &Outbound, src: &str, home: &str) -> Result<Fetched, ImageTrouble> {
    let never = |text: String| ImageTrouble::Never(text);
    let url = client
        .check(src)
        .map_err(|refused| never(format!("its address is not {refused}")))?;
    let mut request = Request::get(url);
    request.headers.insert(
        ACCEPT,
        HeaderValue::from_static("image/webp,image/jpeg,image/png,image/gif;q=0.9"),
    );
    request.headers.insert(
        USER_AGENT,
        HeaderValue::from_static("Mozilla/5.0 (compatible; virtual-stores)"),
    );
    if let Ok(home) = HeaderValue::from_str(home) {
        request.headers.insert(REFERER, home);
    }
    let answer = client.send(&request).await.map_err(|error| match error {
        OutboundError::Refused(_) | OutboundError::Elsewhere(_) => never(error.to_string()),
        OutboundError::TooLong(_) => never("an image has at most 20 MiB".to_owned()),
        OutboundError::NoConnection | OutboundError::TimedOut | OutboundError::Broken => {
            ImageTrouble::Later(error.to_string())
        }
    })?;
    match answer.status {
        200 => {}
        429 | 500..=599 => {
            return Err(ImageTrouble::Later(format!(
                "its host answers {}",
                answer.status
            )));
        }
        status => return Err(never(format!("its host answers {status}"))),
    }
    let content_type =
        kind_of(&answer.body).ok_or_else(|| never("it is no JPEG, PNG, WebP or GIF".to_owned()))?;
    Ok(Fetched {
        bytes: answer.body,
        content_type,
    })
}

fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    let webp = bytes.get(8..12) == Some(b"WEBP");
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', ..] if webp => Some("image/webp"),
        _ => None,
    }
}
