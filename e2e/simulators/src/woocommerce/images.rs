//! Uploaded files: pictures that are drawn from their names, and some that are none.

use super::reply::{Reply, Way};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use sha2::{Digest as _, Sha256};
use std::io::Cursor;

const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;
const HUGE_BYTES: usize = 80 << 20;
/// Three and a half thousand million points, in a file of a few bytes.
const BOMB_SIDE: u32 = 60_000;

/// What a name begins with tells what the file is: `falta` is missing, `pagina` a page for people,
/// `enorme` too large, `bomba` larger than it looks. All others are what they say.
pub(super) fn serve(path: &str) -> Reply {
    let name = path.rsplit('/').next().unwrap_or_default();
    let Some(format) = ImageFormat::from_path(name).ok() else {
        return Reply::new(200, "application/octet-stream", "Um ficheiro.");
    };
    let stem = name.split('-').next().unwrap_or_default();
    match stem {
        "falta" => Reply::page(404, "Página não encontrada"),
        "pagina" => Reply {
            content_type: "image/jpeg",
            ..Reply::page(200, "Inicie sessão")
        },
        "enorme" => Reply {
            way: Way::Huge(HUGE_BYTES),
            ..Reply::new(200, format.to_mime_type(), draw(name, format))
        },
        "bomba" => Reply::new(200, "image/png", bomb()),
        _ => Reply::new(200, format.to_mime_type(), draw(name, format)),
    }
}

/// Whether an importer should get a picture from this address.
pub(super) fn is_good(src: &str) -> bool {
    let name = src.rsplit('/').next().unwrap_or_default();
    !["falta", "pagina", "enorme", "bomba"]
        .iter()
        .any(|bad| name.starts_with(bad))
}

/// Two colours and a frame; no two names look alike.
fn draw(name: &str, format: ImageFormat) -> Vec<u8> {
    let digest = Sha256::digest(name);
    let byte = |at: usize| digest.get(at).copied().unwrap_or_default();
    let (ground, shape) = (
        Rgb([byte(0), byte(1), byte(2)]),
        Rgb([byte(3), byte(4), byte(5)]),
    );
    let (left, top) = (u32::from(byte(6)) + 40, u32::from(byte(7)) % 200 + 40);
    let picture = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let inside = (left..left + 260).contains(&x) && (top..top + 180).contains(&y);
        if inside { shape } else { ground }
    });
    let mut bytes = Cursor::new(Vec::new());
    match DynamicImage::from(picture).write_to(&mut bytes, format) {
        Ok(()) => bytes.into_inner(),
        Err(error) => {
            tracing::error!(%error, "a picture was not drawn: {error}");
            Vec::new()
        }
    }
}

/// A PNG whose header promises more than memory holds.
fn bomb() -> Vec<u8> {
    let mut header = Vec::new();
    header.extend(BOMB_SIDE.to_be_bytes());
    header.extend(BOMB_SIDE.to_be_bytes());
    // Eight bits, RGB, and the only ways to compress, filter and interlace.
    header.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in [(b"IHDR", header.as_slice()), (b"IDAT", &[]), (b"IEND", &[])] {
        png.extend(u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
        let chunk = [name, data].concat();
        png.extend(&chunk);
        png.extend(crc32(&chunk).to_be_bytes());
    }
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| match crc & 1 {
        1 => (crc >> 1) ^ 0xedb8_8320,
        _ => crc >> 1,
    };
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), step)
    })
}

#[cfg(test)]
mod tests {
    use super::{bomb, crc32};
    use image::ImageReader;
    use std::io::Cursor;

    #[test]
    fn the_bomb_is_a_png_of_its_promised_size() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        let reader = ImageReader::new(Cursor::new(bomb()))
            .with_guessed_format()
            .unwrap();
        assert_eq!(reader.into_dimensions().unwrap(), (60_000, 60_000));
    }
}
