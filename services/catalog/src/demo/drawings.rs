//! The goods' pictures, from simple shapes: the undermost first.

use super::painter::Shape::{Area, Bar, Block, Disc};
use super::painter::{Colour, Part, Shape};

const SHADE: Colour = [212, 210, 203];
const BLACK: Colour = [54, 56, 60];
const COAL: Colour = [36, 38, 41];
const GREY: Colour = [102, 106, 111];
const STEEL: Colour = [150, 156, 162];
const WHITE: Colour = [244, 243, 238];
const TAN: Colour = [178, 152, 112];
const BROWN: Colour = [122, 92, 62];
const GREEN: Colour = [98, 114, 76];
const MOSS: Colour = [78, 92, 60];
const GLASS: Colour = [140, 184, 200];
const RED: Colour = [196, 66, 52];
const AMBER: Colour = [236, 186, 76];

fn parts<const N: usize>(parts: [(Colour, Shape); N]) -> Vec<Part> {
    let part = |(colour, shape)| Part { shape, colour };
    parts.into_iter().map(part).collect()
}

/// The upper half of a disc.
fn dome(x: i64, y: i64, radius: i64) -> Shape {
    // Sines of 0 to 90 degrees, in thousandths; backwards they are the cosines.
    const SINES: [i64; 13] = [
        0, 131, 259, 383, 500, 609, 707, 793, 866, 924, 966, 991, 1_000,
    ];
    let turns = SINES.iter().zip(SINES.iter().rev());
    let right = turns.map(|(up, out)| (x + radius * out / 1_000, y - radius * up / 1_000));
    let left = right.clone().rev().map(|(at, height)| (2 * x - at, height));
    Area(right.chain(left).collect())
}

/// The same shapes in a row, `step` apart.
fn row(colour: Colour, count: i64, shape: impl Fn(i64) -> Shape) -> impl Iterator<Item = Part> {
    (0..count).map(move |at| Part {
        shape: shape(at),
        colour,
    })
}

pub fn carbine() -> Vec<Part> {
    let mut all = parts([
        (SHADE, Block(90, 600, 620, 26, 13)),
        (COAL, Bar((640, 392), (742, 392), 9)),
        (BLACK, Block(724, 376, 34, 32, 6)),
        (TAN, Block(440, 352, 208, 78, 14)),
        (COAL, Block(616, 312, 16, 44, 4)),
        (BLACK, Block(250, 340, 200, 96, 10)),
        (GREY, Block(280, 362, 92, 22, 6)),
        (COAL, Block(266, 300, 116, 20, 6)),
        (COAL, Bar((290, 322), (290, 342), 8)),
        (COAL, Bar((362, 322), (362, 342), 8)),
        (GREY, Block(144, 366, 112, 26, 8)),
        (
            TAN,
            Area(vec![
                (60, 356),
                (176, 350),
                (176, 436),
                (128, 430),
                (60, 476),
            ]),
        ),
        (
            TAN,
            Area(vec![(262, 428), (316, 428), (296, 560), (234, 548)]),
        ),
        (
            COAL,
            Area(vec![(346, 430), (412, 430), (438, 580), (370, 590)]),
        ),
        (GREY, Bar((322, 440), (344, 478), 5)),
        (GREY, Bar((344, 478), (350, 440), 5)),
    ]);
    all.extend(row(BROWN, 5, |at| Block(458 + at * 36, 380, 20, 10, 5)));
    all
}

pub fn pistol() -> Vec<Part> {
    let mut all = parts([
        (SHADE, Block(180, 640, 420, 26, 13)),
        (
            COAL,
            Area(vec![(212, 372), (360, 372), (324, 612), (190, 600)]),
        ),
        (BLACK, Block(190, 356, 440, 56, 10)),
        (GREY, Block(182, 268, 462, 96, 14)),
        (COAL, Block(616, 300, 32, 34, 10)),
        (BLACK, Block(372, 282, 92, 44, 6)),
        (COAL, Block(612, 250, 20, 22, 4)),
        (COAL, Block(204, 250, 30, 22, 4)),
        (STEEL, Bar((368, 418), (380, 500), 8)),
        (STEEL, Bar((380, 500), (468, 496), 8)),
        (STEEL, Bar((468, 496), (476, 414), 8)),
        (BLACK, Bar((408, 416), (424, 466), 9)),
        (BLACK, Block(184, 590, 150, 30, 8)),
    ]);
    all.extend(row(BLACK, 6, |at| Block(204 + at * 20, 284, 8, 62, 4)));
    all.extend(row(GREY, 5, |at| {
        Bar((226 + at, 440 + at * 30), (310 - at * 4, 440 + at * 30), 4)
    }));
    all
}

pub fn rifle() -> Vec<Part> {
    parts([
        (SHADE, Block(60, 590, 680, 24, 12)),
        (COAL, Bar((440, 396), (760, 396), 9)),
        (BLACK, Block(330, 376, 130, 40, 8)),
        (
            GREEN,
            Area(vec![
                (40, 400),
                (190, 388),
                (330, 400),
                (600, 410),
                (610, 446),
                (350, 462),
                (210, 452),
                (60, 530),
            ]),
        ),
        (
            MOSS,
            Area(vec![(236, 440), (300, 440), (276, 556), (214, 540)]),
        ),
        (MOSS, Area(vec![(40, 400), (64, 398), (82, 522), (60, 530)])),
        (COAL, Block(374, 440, 62, 66, 8)),
        (STEEL, Bar((318, 402), (350, 440), 7)),
        (STEEL, Disc(354, 446, 13)),
        (BLACK, Block(246, 300, 260, 40, 18)),
        (BLACK, Block(206, 288, 74, 64, 18)),
        (BLACK, Block(470, 284, 88, 72, 20)),
        (GLASS, Block(546, 296, 14, 48, 6)),
        (GREY, Block(352, 276, 40, 34, 8)),
        (COAL, Block(300, 336, 28, 48, 4)),
        (COAL, Block(436, 336, 28, 48, 4)),
        (BLACK, Bar((590, 430), (552, 586), 7)),
        (BLACK, Bar((600, 430), (646, 586), 7)),
    ])
}

pub fn goggles() -> Vec<Part> {
    parts([
        (SHADE, Block(150, 590, 500, 26, 13)),
        (COAL, Bar((70, 380), (190, 400), 34)),
        (COAL, Bar((610, 400), (730, 380), 34)),
        (GREY, Block(84, 366, 30, 54, 6)),
        (GREY, Block(686, 366, 30, 54, 6)),
        (BLACK, Block(150, 280, 500, 250, 110)),
        (GLASS, Block(182, 310, 436, 190, 84)),
        (BLACK, Area(vec![(400, 430), (470, 540), (330, 540)])),
        (
            [182, 216, 226],
            Area(vec![(236, 340), (318, 330), (250, 470), (212, 440)]),
        ),
        (
            [182, 216, 226],
            Area(vec![(344, 328), (372, 326), (300, 474), (276, 474)]),
        ),
        (GREY, Bar((300, 268), (500, 268), 7)),
    ])
}

pub fn mask() -> Vec<Part> {
    let mut all = parts([
        (SHADE, Block(200, 660, 400, 26, 13)),
        (COAL, Bar((100, 270), (220, 330), 15)),
        (COAL, Bar((580, 330), (700, 270), 15)),
        (COAL, Bar((110, 480), (220, 470), 15)),
        (COAL, Bar((580, 470), (690, 480), 15)),
        (
            MOSS,
            Area(vec![
                (170, 290),
                (320, 260),
                (400, 300),
                (480, 260),
                (630, 290),
                (620, 470),
                (540, 600),
                (400, 650),
                (260, 600),
                (180, 470),
            ]),
        ),
        (
            BLACK,
            Area(vec![
                (214, 326),
                (322, 304),
                (400, 350),
                (478, 304),
                (586, 326),
                (576, 454),
                (510, 562),
                (400, 602),
                (290, 562),
                (224, 454),
            ]),
        ),
    ]);
    for line in 0..7 {
        let inset = (line - 2).max(0) * 16;
        all.extend(row(STEEL, 14 - (line - 2).max(0), move |at| {
            Disc(238 + inset / 2 + at * 25, 366 + line * 30, 7)
        }));
    }
    all.extend(parts([
        (GREEN, Bar((400, 296), (400, 352), 12)),
        (STEEL, Disc(196, 310, 10)),
        (STEEL, Disc(604, 310, 10)),
    ]));
    all
}

pub fn helmet() -> Vec<Part> {
    let mut all = parts([
        (SHADE, Block(190, 640, 430, 26, 13)),
        (COAL, Bar((280, 470), (364, 612), 12)),
        (COAL, Bar((530, 460), (424, 612), 12)),
        (BLACK, Block(352, 598, 84, 38, 14)),
        (TAN, dome(400, 410, 214)),
        (
            TAN,
            Area(vec![
                (186, 408),
                (614, 408),
                (612, 446),
                (480, 446),
                (330, 486),
                (196, 482),
            ]),
        ),
        (BROWN, Bar((204, 478), (330, 482), 9)),
        (BROWN, Bar((330, 482), (480, 444), 9)),
        (BROWN, Bar((480, 444), (604, 442), 9)),
        (COAL, Block(300, 360, 230, 40, 10)),
        (BLACK, Block(566, 286, 56, 92, 12)),
    ]);
    all.extend(row(GREY, 6, |at| Block(314 + at * 35, 370, 20, 20, 4)));
    all.extend(row(BROWN, 3, |at| {
        Disc(334 + at * 66, 262 - (at % 2) * 14, 13)
    }));
    all
}

pub fn shirt() -> Vec<Part> {
    parts([
        (SHADE, Block(230, 690, 340, 24, 12)),
        (
            MOSS,
            Area(vec![(250, 210), (300, 300), (232, 400), (112, 336)]),
        ),
        (
            MOSS,
            Area(vec![(550, 210), (500, 300), (568, 400), (688, 336)]),
        ),
        (
            GREEN,
            Area(vec![
                (250, 206),
                (334, 178),
                (400, 214),
                (466, 178),
                (550, 206),
                (566, 330),
                (562, 674),
                (238, 674),
                (234, 330),
            ]),
        ),
        (
            MOSS,
            Area(vec![
                (334, 178),
                (360, 168),
                (440, 168),
                (466, 178),
                (400, 252),
            ]),
        ),
        (
            COAL,
            Area(vec![
                (352, 182),
                (370, 176),
                (430, 176),
                (448, 182),
                (400, 226),
            ]),
        ),
        (MOSS, Bar((242, 660), (558, 660), 3)),
        (WHITE, Block(450, 300, 58, 20, 4)),
        (MOSS, Bar((262, 380), (286, 560), 3)),
        (MOSS, Bar((538, 380), (514, 560), 3)),
    ])
}

pub fn glove() -> Vec<Part> {
    let mut all = parts([
        (SHADE, Block(250, 700, 320, 24, 12)),
        (COAL, Bar((290, 470), (204, 352), 34)),
        (BLACK, Bar((310, 420), (296, 190), 32)),
        (BLACK, Bar((382, 400), (378, 140), 33)),
        (BLACK, Bar((452, 404), (462, 170), 32)),
        (BLACK, Bar((516, 430), (544, 240), 29)),
        (BLACK, Block(272, 372, 278, 220, 56)),
        (GREY, Block(304, 404, 214, 120, 36)),
        (COAL, Block(292, 566, 240, 116, 22)),
        (RED, Block(292, 598, 240, 14, 4)),
        (GREY, Block(428, 624, 104, 40, 8)),
    ]);
    all.extend(row(GREY, 4, |at| {
        Bar(
            (298 + at * 74, 310 - (at % 3) * 20),
            (302 + at * 74, 340),
            10,
        )
    }));
    all.extend(row(BLACK, 3, |at| Block(326 + at * 64, 424, 46, 80, 16)));
    all
}

pub fn cap() -> Vec<Part> {
    parts([
        (SHADE, Block(150, 570, 580, 26, 13)),
        (TAN, dome(370, 460, 220)),
        (TAN, Block(150, 450, 440, 74, 20)),
        (BROWN, Bar((370, 246), (330, 480), 3)),
        (BROWN, Bar((370, 246), (500, 460), 3)),
        (BROWN, Bar((370, 246), (206, 450), 3)),
        (BROWN, Disc(370, 240, 15)),
        (COAL, Block(384, 366, 130, 76, 10)),
        (GREEN, Block(396, 378, 106, 52, 6)),
        (BROWN, Bar((164, 508), (430, 508), 3)),
        (
            BROWN,
            Area(vec![
                (400, 480),
                (590, 470),
                (670, 486),
                (730, 514),
                (764, 552),
                (752, 566),
                (660, 548),
                (560, 540),
                (410, 540),
            ]),
        ),
        (TAN, Bar((424, 526), (650, 534), 3)),
        (BROWN, Disc(296, 350, 6)),
    ])
}

pub fn magazine() -> Vec<Part> {
    let mut all = parts([
        (SHADE, Block(280, 690, 300, 24, 12)),
        (STEEL, Block(312, 118, 120, 46, 10)),
        (WHITE, Disc(356, 116, 18)),
        (WHITE, Disc(394, 116, 18)),
        (
            BLACK,
            Area(vec![
                (296, 150),
                (452, 150),
                (470, 400),
                (536, 660),
                (370, 690),
                (310, 420),
            ]),
        ),
        (
            GREY,
            Area(vec![
                (340, 200),
                (414, 200),
                (426, 400),
                (478, 610),
                (404, 624),
                (352, 412),
            ]),
        ),
        (
            COAL,
            Area(vec![(362, 664), (540, 632), (552, 682), (374, 712)]),
        ),
    ]);
    all.extend(row(BLACK, 6, |at| {
        let (x, y) = (346 + at * at * 2, 240 + at * 58);
        Bar((x, y), (x + 76, y - 4), 6)
    }));
    all
}

pub fn bottle() -> Vec<Part> {
    let mut all = parts([
        (SHADE, Block(240, 700, 340, 26, 13)),
        (GREEN, Block(344, 96, 112, 70, 14)),
        (MOSS, Block(336, 152, 128, 24, 8)),
        (
            [206, 214, 214],
            Area(vec![
                (352, 174),
                (448, 174),
                (540, 280),
                (540, 330),
                (260, 330),
                (260, 280),
            ]),
        ),
        ([206, 214, 214], Block(260, 270, 280, 440, 34)),
    ]);
    for line in 0..5 {
        all.extend(row(WHITE, 9, move |at| {
            Disc(282 + at * 29 + (line % 2) * 6, 296 + line * 27, 14)
        }));
    }
    all.extend(parts([
        (GREEN, Block(260, 432, 280, 196, 6)),
        (WHITE, Block(286, 462, 228, 52, 8)),
        (AMBER, Disc(400, 572, 34)),
        (
            MOSS,
            Area(vec![(384, 590), (396, 548), (424, 556), (412, 586)]),
        ),
        (WHITE, Bar((284, 664), (284, 690), 5)),
    ]));
    all.extend(row(MOSS, 4, |at| Block(356 + at * 24, 106, 10, 44, 4)));
    all
}

pub fn torch() -> Vec<Part> {
    let mut all = parts([
        (
            [246, 232, 190],
            Area(vec![(560, 330), (790, 210), (790, 590), (560, 470)]),
        ),
        (SHADE, Block(100, 560, 480, 24, 12)),
        (BLACK, Block(150, 352, 330, 96, 22)),
        (GREY, Block(110, 366, 60, 68, 16)),
        (RED, Block(96, 380, 24, 40, 8)),
        (
            COAL,
            Area(vec![(452, 352), (520, 310), (520, 490), (452, 448)]),
        ),
        (COAL, Block(510, 304, 60, 192, 16)),
        (AMBER, Block(558, 322, 18, 156, 8)),
        (GREY, Block(270, 442, 120, 34, 8)),
        (COAL, Block(250, 470, 160, 40, 8)),
        (GREY, Disc(330, 490, 12)),
        (STEEL, Block(346, 330, 60, 26, 10)),
    ]);
    all.extend(row(COAL, 7, |at| Block(190 + at * 18, 364, 8, 72, 4)));
    all
}
