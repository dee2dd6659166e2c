//! Images from merchants: what is accepted, and the sizes they are published in.
//!
//! Nothing that was uploaded is ever published: an image is decoded and written anew, so what rides
//! in it (EXIF with a place, scripts behind the last pixel) is left behind.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What may be uploaded: 20 MiB.
pub const UPLOAD_BYTES_MAX: usize = 20 * 1_024 * 1_024;
/// Checked from the header, before anything is decoded.
pub const PIXELS_MAX: u64 = 40_000_000;
/// Beyond this a side is no photograph.
const SIDE_MAX: u32 = 30_000;
/// What decoding may take: 40 megapixels of eight bytes.
const DECODE_BYTES_MAX: u64 = 320 * 1_024 * 1_024;
/// Widths that are published, never wider than the original.
const WIDTHS: [u32; 4] = [320, 640, 1_200, 2_000];
/// The width that is also published as JPEG, for mails and those who read no WebP.
const JPEG_WIDTH: u32 = 1_200;
const WEBP_QUALITY: f32 = 80.0;
const JPEG_QUALITY: u8 = 82;

/// What an upload says it is; its content decides in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub enum ImageType {
    #[serde(rename = "image/jpeg")]
    Jpeg,
    #[serde(rename = "image/png")]
    Png,
    #[serde(rename = "image/webp")]
    WebP,
    #[serde(rename = "image/gif")]
    Gif,
}

impl ImageType {
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Jpeg, Self::Png, Self::WebP, Self::Gif]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
        }
    }
}

/// One published size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendition {
    pub file: String,
    pub content_type: String,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
}

/// An image as it is published.
pub struct Published {
    pub width: u32,
    pub height: u32,
    /// The smallest first.
    pub files: Vec<(Rendition, Vec<u8>)>,
}

/// Why an image was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    #[error("JPEG, PNG, WebP and GIF are accepted, by their content")]
    Type,
    #[error("an image has at most 40 megapixels")]
    TooLarge,
    #[error("the image is damaged")]
    Damaged,
}

/// The kind of image by its first bytes, whatever its name says.
pub fn sniff(bytes: &[u8]) -> Option<ImageFormat> {
    let webp = bytes.get(8..12) == Some(b"WEBP");
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some(ImageFormat::Jpeg),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(ImageFormat::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(ImageFormat::Gif),
        [b'R', b'I', b'F', b'F', ..] if webp => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// Decodes an upload and makes its published sizes. Takes up to some seconds of a processor: run it
/// where that hurts nobody. An animation becomes its first picture.
///
/// # Errors
/// See [`ImageError`]; size is judged before anything is decoded.
pub fn publish(bytes: &[u8]) -> Result<Published, ImageError> {
    let image = decode(bytes)?;
    let (width, height) = (image.width(), image.height());
    let mut widths: Vec<u32> = WIDTHS.into_iter().filter(|size| *size < width).collect();
    widths.push(width.min(WIDTHS.into_iter().max().unwrap_or(width)));
    widths.dedup();
    let jpeg_width = widths
        .iter()
        .copied()
        .filter(|size| *size <= JPEG_WIDTH)
        .max()
        .unwrap_or(width);
    let mut files = Vec::new();
    // From the largest down: each is made of the one before, which costs a fraction.
    let mut current = image;
    for size in widths.into_iter().rev() {
        if size < current.width() {
            let tall = scaled(current.height(), size, current.width());
            current = current.resize_exact(size, tall, image::imageops::FilterType::CatmullRom);
        }
        files.push(webp(&current)?);
        if size == jpeg_width {
            files.push(jpeg(&current)?);
        }
    }
    files.reverse();
    Ok(Published {
        width,
        height,
        files,
    })
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, ImageError> {
    let format = sniff(bytes).ok_or(ImageError::Type)?;
    let size = ImageReader::with_format(Cursor::new(bytes), format).into_dimensions();
    let (width, height) = size.map_err(|_| ImageError::Damaged)?;
    if u64::from(width) * u64::from(height) > PIXELS_MAX || width.max(height) > SIDE_MAX {
        return Err(ImageError::TooLarge);
    }
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODE_BYTES_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| ImageError::Damaged)?;
    let orientation = decoder
        .orientation()
        .unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|_| ImageError::Damaged)?;
    image.apply_orientation(orientation);
    // Eight bits a channel are what browsers show and what the encoders take.
    Ok(match image.color().has_alpha() {
        true => DynamicImage::ImageRgba8(image.into_rgba8()),
        false => DynamicImage::ImageRgb8(image.into_rgb8()),
    })
}

fn scaled(side: u32, to: u32, from: u32) -> u32 {
    let scaled = u64::from(side) * u64::from(to) / u64::from(from.max(1));
    u32::try_from(scaled).unwrap_or(SIDE_MAX).max(1)
}

fn webp(image: &DynamicImage) -> Result<(Rendition, Vec<u8>), ImageError> {
    let encoder = webp::Encoder::from_image(image).map_err(|_| ImageError::Damaged)?;
    let bytes = encoder
        .encode_simple(false, WEBP_QUALITY)
        .map_err(|_| ImageError::Damaged)?;
    Ok(rendition(image, "webp", "image/webp", bytes.to_vec()))
}

fn jpeg(image: &DynamicImage) -> Result<(Rendition, Vec<u8>), ImageError> {
    let mut bytes = Vec::new();
    let opaque = on_white(image);
    let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
    opaque
        .write_with_encoder(encoder)
        .map_err(|_| ImageError::Damaged)?;
    Ok(rendition(image, "jpg", "image/jpeg", bytes))
}

/// JPEG knows no transparency; what was see-through becomes white, not black.
fn on_white(image: &DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image.clone();
    }
    let mut page =
        image::RgbaImage::from_pixel(image.width(), image.height(), image::Rgba([255; 4]));
    image::imageops::overlay(&mut page, &image.to_rgba8(), 0, 0);
    DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(page).into_rgb8())
}

fn rendition(
    image: &DynamicImage,
    suffix: &str,
    content_type: &str,
    bytes: Vec<u8>,
) -> (Rendition, Vec<u8>) {
    let rendition = Rendition {
        file: format!("{}.{suffix}", image.width()),
        content_type: content_type.to_owned(),
        width: image.width(),
        height: image.height(),
        bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
    };
    (rendition, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgba8(width, height)
            .write_to(&mut bytes, ImageFormat::Png)
            .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn an_image_is_published_in_its_own_width_and_below() {
        let published = publish(&png(1_000, 500)).unwrap();
        let names: Vec<_> = published
            .files
            .iter()
            .map(|(r, _)| (r.file.as_str(), r.height))
            .collect();
        assert_eq!(
            names,
            [
                ("320.webp", 160),
                ("640.webp", 320),
                ("1000.jpg", 500),
                ("1000.webp", 500)
            ]
        );
        for (rendition, bytes) in &published.files {
            assert!(sniff(bytes).is_some(), "{}", rendition.file);
        }
        assert_eq!(publish(&png(1, 1)).unwrap().files.len(), 2);
    }

    #[test]
    fn what_is_no_image_is_refused() {
        for bytes in [
            &b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"[..],
            b"",
            b"%PDF-1.7",
            b"BM12345678",
            b"\x00\x00\x01\x00",
        ] {
            assert_eq!(publish(bytes).err(), Some(ImageError::Type));
        }
        assert_eq!(
            publish(b"\x89PNG\r\n\x1a\nrubbish").err(),
            Some(ImageError::Damaged)
        );
    }

    #[test]
    fn a_bomb_is_refused_by_its_header() {
        let mut bomb = png(1, 1);
        // Width and height of IHDR, and the checksum that belongs to them.
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        let checksum = crc(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
        assert_eq!(publish(&bomb).err(), Some(ImageError::TooLarge));
    }

    #[test]
    fn what_rides_behind_an_image_is_left_behind() {
        let mut polyglot = png(8, 8);
        polyglot.extend_from_slice(b"<script>alert(1)</script>PK\x03\x04");
        for (_, bytes) in publish(&polyglot).unwrap().files {
            assert!(!bytes.windows(7).any(|part| part == b"<script"));
        }
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xEDB8_8320 & (!(crc & 1)).wrapping_add(1))
            })
        })
    }
}
