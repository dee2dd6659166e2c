//! Images of every kind, good and evil.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// A picture that no other call makes: its first pixel is `seed`.
pub fn picture(seed: u32, width: u32, height: u32) -> DynamicImage {
    let mut picture = RgbImage::from_fn(width, height, |x, y| {
        let shade = |n: u32| u8::try_from(n % 256).unwrap();
        Rgb([shade(x * 3), shade(y * 5), shade(x + y)])
    });
    let [_, r, g, b] = seed.to_be_bytes();
    picture.put_pixel(0, 0, Rgb([r, g, b]));
    DynamicImage::ImageRgb8(picture)
}

pub fn png(seed: u32) -> Vec<u8> {
    encoded(&picture(seed, 40, 30), ImageFormat::Png)
}

pub fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A photograph as a telephone takes it: lying on its side by its EXIF, which also has `words`.
pub fn photograph(words: &str) -> Vec<u8> {
    let jpeg = encoded(&picture(7, 64, 32), ImageFormat::Jpeg);
    // TIFF, little endian, one directory: Orientation (0x0112) = 6, Copyright (0x8298) = the words.
    let length = u32::try_from(words.len()).unwrap();
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0".to_vec();
    exif.extend_from_slice(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
    exif.extend_from_slice(b"\x98\x82\x02\0");
    exif.extend_from_slice(&length.to_le_bytes());
    exif.extend_from_slice(&38_u32.to_le_bytes());
    exif.extend_from_slice(b"\0\0\0\0");
    exif.extend_from_slice(words.as_bytes());
    let segment = u16::try_from(exif.len() + 2).unwrap();
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend_from_slice(b"\xFF\xE1");
    bytes.extend_from_slice(&segment.to_be_bytes());
    bytes.extend_from_slice(&exif);
    bytes.extend_from_slice(&jpeg[2..]);
    bytes
}

/// A PNG of a few bytes whose header promises `width` × `height` pixels.
pub fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = encoded(&picture(1, 1, 1), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let checksum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (!(crc & 1)).wrapping_add(1))
        })
    })
}
