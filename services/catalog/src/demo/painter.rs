//! Paints simple shapes with smooth edges and a little light from above.

use image::{Rgb, RgbImage};

/// A picture's sides, in pixels. Shapes are placed in these.
pub const SIDE: i64 = 800;
/// Each pixel is looked at in so many places a side: what is half covered is half painted.
const LOOKS: i64 = 3;

pub type Colour = [u8; 3];

/// Where a part is.
pub enum Shape {
    /// Left, top, width, height and how round its corners are.
    Block(i64, i64, i64, i64, i64),
    /// Centre and radius.
    Disc(i64, i64, i64),
    /// From a point to another, and half its width; the ends are round.
    Bar((i64, i64), (i64, i64), i64),
    /// The corners, around.
    Area(Vec<(i64, i64)>),
}

pub struct Part {
    pub shape: Shape,
    pub colour: Colour,
}

/// The parts, the first one undermost, on a light ground.
pub fn paint(parts: &[Part]) -> RgbImage {
    let side = u32::try_from(SIDE).unwrap_or(1);
    let mut picture = RgbImage::from_fn(side, side, |_, y| {
        Rgb(shaded([238, 237, 232], i64::from(y), (0, SIDE)))
    });
    for part in parts {
        lay(part, &mut picture);
    }
    picture
}

fn lay(part: &Part, picture: &mut RgbImage) {
    let (left, top, right, bottom) = bounds(&part.shape);
    for y in top.max(0)..bottom.min(SIDE) {
        let colour = shaded(part.colour, y, (top, bottom));
        for x in left.max(0)..right.min(SIDE) {
            let covered = coverage(&part.shape, x, y);
            let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
                continue;
            };
            if covered > 0 {
                let Rgb(below) = *picture.get_pixel(x, y);
                picture.put_pixel(x, y, Rgb(mixed(below, colour, covered)));
            }
        }
    }
}

/// How many of a pixel's places are inside.
fn coverage(shape: &Shape, x: i64, y: i64) -> i64 {
    let places = (0..LOOKS * LOOKS).map(|n| (n % LOOKS, n / LOOKS));
    let inside = places.filter(|(dx, dy)| {
        // Middles of thirds of a pixel, in sixths.
        contains(
            shape,
            (x * LOOKS * 2 + dx * 2 + 1, y * LOOKS * 2 + dy * 2 + 1),
        )
    });
    i64::try_from(inside.count()).unwrap_or(0)
}

const fn fine(length: i64) -> i64 {
    length * LOOKS * 2
}

fn contains(shape: &Shape, at: (i64, i64)) -> bool {
    match shape {
        Shape::Block(left, top, width, height, round) => {
            let round = fine(*round);
            let nearest = (
                at.0.clamp(fine(*left) + round, fine(left + width) - round),
                at.1.clamp(fine(*top) + round, fine(top + height) - round),
            );
            squared(at, nearest) <= round * round
        }
        Shape::Disc(x, y, radius) => {
            squared(at, (fine(*x), fine(*y))) <= fine(*radius) * fine(*radius)
        }
        Shape::Bar(from, to, half) => is_near(
            at,
            ((fine(from.0), fine(from.1)), (fine(to.0), fine(to.1))),
            fine(*half),
        ),
        Shape::Area(corners) => {
            let next = corners.iter().cycle().skip(1);
            let crossed = corners
                .iter()
                .zip(next)
                .filter(|(a, b)| crosses(at, (fine(a.0), fine(a.1)), (fine(b.0), fine(b.1))));
            crossed.count() % 2 == 1
        }
    }
}

/// Whether a point is no further than `reach` from a line between two others.
fn is_near(at: (i64, i64), (from, to): ((i64, i64), (i64, i64)), reach: i64) -> bool {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (px, py) = (at.0 - from.0, at.1 - from.1);
    let (along, length) = (px * dx + py * dy, dx * dx + dy * dy);
    if along <= 0 {
        squared(at, from) <= reach * reach
    } else if along >= length {
        squared(at, to) <= reach * reach
    } else {
        let beside = px * dy - py * dx;
        beside * beside <= reach * reach * length
    }
}

/// Whether a line to the right of the point crosses the edge from `a` to `b`.
const fn crosses(at: (i64, i64), a: (i64, i64), b: (i64, i64)) -> bool {
    if (a.1 > at.1) == (b.1 > at.1) {
        return false;
    }
    let (rise, run) = (b.1 - a.1, b.0 - a.0);
    let left = (at.0 - a.0) * rise;
    let right = run * (at.1 - a.1);
    if rise > 0 { left < right } else { left > right }
}

const fn squared(a: (i64, i64), b: (i64, i64)) -> i64 {
    (a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1)
}

/// Left, top, right and bottom.
fn bounds(shape: &Shape) -> (i64, i64, i64, i64) {
    match shape {
        Shape::Block(left, top, width, height, _) => (*left, *top, left + width, top + height),
        Shape::Disc(x, y, radius) => (x - radius, y - radius, x + radius, y + radius),
        Shape::Bar(from, to, half) => (
            from.0.min(to.0) - half,
            from.1.min(to.1) - half,
            from.0.max(to.0) + half,
            from.1.max(to.1) + half,
        ),
        Shape::Area(corners) => corners.iter().fold((SIDE, SIDE, 0, 0), |all, (x, y)| {
            (all.0.min(*x), all.1.min(*y), all.2.max(*x), all.3.max(*y))
        }),
    }
}

/// Lighter at the top of its span than at the bottom.
fn shaded(colour: Colour, y: i64, (top, bottom): (i64, i64)) -> Colour {
    let light = 1_120 - 240 * (y - top) / (bottom - top).max(1);
    colour.map(|part| byte(i64::from(part) * light / 1_000))
}

fn mixed(below: Colour, above: Colour, covered: i64) -> Colour {
    let all = LOOKS * LOOKS;
    let mix = |below: u8, above: u8| {
        byte((i64::from(below) * (all - covered) + i64::from(above) * covered) / all)
    };
    let ([r, g, b], [red, green, blue]) = (below, above);
    [mix(r, red), mix(g, green), mix(b, blue)]
}

fn byte(value: i64) -> u8 {
    u8::try_from(value.clamp(0, 255)).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(picture: &RgbImage, x: u32, y: u32) -> Colour {
        picture.get_pixel(x, y).0
    }

    #[test]
    fn each_shape_is_where_it_was_placed() {
        let red = |shape| {
            paint(&[Part {
                shape,
                colour: [200, 0, 0],
            }])
        };
        let is_red = |colour: Colour| colour[0] > 150 && colour[1] == 0;
        for (shape, inside, outside) in [
            (Shape::Block(100, 100, 200, 100, 40), (200, 150), (102, 102)),
            (Shape::Disc(400, 400, 50), (440, 400), (440, 440)),
            (
                Shape::Bar((100, 100), (300, 300), 20),
                (200, 210),
                (200, 260),
            ),
            (
                Shape::Area(vec![(100, 100), (300, 100), (100, 300)]),
                (150, 150),
                (280, 280),
            ),
        ] {
            let picture = red(shape);
            assert!(is_red(at(&picture, inside.0, inside.1)), "{inside:?}");
            assert!(!is_red(at(&picture, outside.0, outside.1)), "{outside:?}");
        }
    }

    #[test]
    fn what_is_half_covered_is_half_painted() {
        assert_eq!(mixed([0; 3], [90; 3], 3), [30; 3]);
        let slope = Shape::Area(vec![(100, 100), (300, 100), (100, 300)]);
        let edge = coverage(&slope, 199, 200);
        assert!((1..9).contains(&edge), "{edge}");
    }
}
