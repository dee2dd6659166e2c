"""Packs, bags and what is drunk from on the way."""

from studio import box, dark, disc, flip, light, mirror, spline


def backpack(s, colour, second, kind="day"):
    """`trek` is tall with a lid, `day` has a round top and a zip, `roll` is closed by rolling."""
    top, low, wide = {"trek": (250, 850, 196), "day": (270, 800, 206), "roll": (300, 830, 190)}[kind]
    s.stand(500, low - 4, 230, 24)
    for side in (1, -1):
        place = lambda pts: pts if side == 1 else flip(pts)
        s.strap(place([(560, top + 30), (690, top + 70), (730, 560), (700, low - 70)]), dark(second, 0.25), 44)
    s.strap([(450, top + 10), (466, top - 70), (534, top - 70), (550, top + 10)], dark(second, 0.2), 22)
    if kind != "day":
        side_bag = mirror([(500, top + 260), (500 + wide + 36, top + 270), (500 + wide + 46, low - 120), (500 + wide + 20, low - 40), (500, low - 30)])
        s.body(side_bag, dark(second, 0.1), 34, 0.12, 0.24)
    main = mirror([(500, top), (500 + wide - 60, top + 12), (500 + wide - 6, top + 90), (500 + wide + 8, top + 300), (500 + wide + 2, low - 60),
                   (500 + wide - 40, low), (500, low + 8)])
    s.body(main, colour, 56, 0.16, 0.26)
    s.fold([(500 - wide, top + 240), (430, top + 262), (330, top + 330)], main, colour, 20, 0.2)
    pocket = mirror([(500, low - 250), (500 + wide - 50, low - 246), (500 + wide - 36, low - 60), (500 + wide - 70, low - 22), (500, low - 18)])
    if kind == "trek":
        lid = mirror([(500, top - 66), (500 + wide - 50, top - 54), (500 + wide + 14, top + 10), (500 + wide + 6, top + 96), (500 + wide - 60, top + 122),
                      (500, top + 128)])
        s.pocket(pocket, second, 30)
        s.zip(500 - wide + 76, low - 208, 500 + wide - 76, low - 208, second)
        for x in (410, 590):
            s.strap([(x, top + 100), (x, top + 220), (x, low - 40)], dark(second, 0.35), 22)
        s.hang(lid, 10)
        s.body(lid, second, 40, 0.16, 0.26)
        s.zip(500 - wide + 60, top + 60, 500 + wide - 60, top + 60, second)
        for x in (410, 590):
            s.buckle(x, top + 150, 46, 58)
        s.label(462, top - 10, 76, 36)
    elif kind == "day":
        arch = spline([(500 - wide + 26, top + 300), (500 - wide + 40, top + 110), (440, top + 52), (560, top + 52), (500 + wide - 40, top + 110),
                       (500 + wide - 26, top + 300)], False)
        s.line(arch, dark(colour, 0.5), 16, 0.9)
        s.line(arch, "#8d9092", 7, 1, "3 4")
        s.flat(box(500 - wide + 20, top + 292, 13, 50, 6), "#c9c9c4")
        s.pocket(pocket, second, 30)
        s.zip(500 - wide + 66, low - 206, 500 + wide - 66, low - 206, second)
        s.label(462, top + 120, 76, 36)
        for y in (top + 190, top + 228):
            s.strap([(400, y), (500, y + 3), (600, y)], dark(second, 0.35), 16)
    else:
        roll = mirror([(500, top - 72), (500 + wide - 30, top - 76), (500 + wide - 10, top - 46), (500 + wide - 16, top - 6), (500, top + 6)])
        s.body(mirror([(500, top - 40), (500 + wide - 26, top - 30), (500 + wide - 2, top + 100), (500, top + 120)]), colour, 30, 0.16, 0.2)
        s.hang(roll, 8)
        s.body(roll, dark(colour, 0.06), 24, 0.2, 0.2)
        s.line(spline([(500 - wide + 24, top - 40), (500, top - 34), (500 + wide - 24, top - 40)], False), dark(colour, 0.5), 5, 0.6)
        for x in (400, 600):
            s.strap([(x, top - 74), (x, top + 60), (x, top + 190)], dark(second, 0.3), 24)
            s.buckle(x, top + 70, 50, 60)
        s.pocket(pocket, second, 30)
        s.line(spline([(340, low - 200), (500, low - 190), (660, low - 200)], False), dark(second, 0.5), 6, 0.7)
        s.label(462, low - 150, 76, 36)


def drybag(s, colour, second):
    s.stand(500, 836, 190, 24)
    body = mirror([(500, 270), (620, 276), (664, 340), (674, 560), (668, 800), (600, 838), (500, 846)])
    s.body(body, colour, 66, 0.3)
    for pts in ([(400, 330), (420, 430), (390, 520)], [(600, 330), (570, 420), (610, 500)], [(340, 700), (420, 730), (520, 720)]):
        s.fold(pts, body, colour, 24, 0.34)
    s.shade(spline([(376, 360), (404, 350), (398, 760), (374, 750)]), body, "#ffffff", 0.45, 9)
    roll = mirror([(500, 206), (650, 200), (668, 236), (648, 280), (500, 286)])
    s.hang(roll, 8)
    s.body(roll, dark(colour, 0.06), 22, 0.24)
    s.line(spline([(346, 244), (500, 250), (654, 244)], False), dark(colour, 0.5), 5, 0.6)
    s.cord([(340, 250), (400, 160), (500, 140), (600, 160), (660, 250)], "#2b2e31", 26)
    s.buckle(500, 142, 84, 52)
    s.body(disc(500, 560, 96, 96), second, 12, 0.1)
    s.put(f'<g transform="translate(500 566) scale(1.05)"><path d="M-64 40L-18 -34L8 6L22 -14L64 40Z" fill="{colour}"/></g>')
    s.strap([(640, 340), (720, 480), (712, 700), (640, 800)], "#2b2e31", 26)


def duffel(s, colour, second):
    s.stand(500, 752, 350, 24)
    s.cord([(340, 470), (360, 300), (500, 244), (640, 300), (660, 470)], dark(second, 0.35), 30)
    body = spline([(160, 500), (200, 430), (320, 410), (680, 410), (800, 430), (842, 500), (846, 660), (806, 740), (640, 756), (360, 756), (194, 740), (154, 660)])
    s.body(body, colour, 70, 0.18, 0.22)
    for x in (160, 838):
        end = disc(x, 584, 50, 150)
        s.put(f'<g clip-path="{s.clip(body)}">')
        s.body(end, dark(second, 0.1), 26)
        s.put("</g>")
    s.line(spline([(214, 470), (500, 446), (788, 470)], False), dark(colour, 0.5), 16, 0.9)
    s.line(spline([(214, 470), (500, 446), (788, 470)], False), "#8d9092", 7, 1, "3 4")
    s.flat(box(774, 464, 13, 50, 6), "#c9c9c4")
    for x in (340, 660):
        s.strap([(x, 440), (x, 600), (x, 752)], dark(second, 0.3), 40)
        s.buckle(x, 560, 62, 50)
    s.pocket(spline([(400, 540, 1), (600, 540, 1), (604, 690), (590, 712), (410, 712), (396, 690)]), second, 20)
    s.label(458, 590, 84, 40)
    s.fold([(240, 520), (270, 620), (230, 710)], body, colour, 20, 0.25)
    s.fold([(760, 520), (730, 620), (770, 710)], body, colour, 20, 0.25)


def waistpack(s, colour, second):
    s.cord([(200, 560), (90, 480), (180, 330), (500, 270), (820, 330), (910, 480), (800, 560)], dark(second, 0.35), 40)
    s.buckle(500, 268, 110, 60)
    body = spline([(206, 470), (320, 430), (680, 430), (794, 470), (820, 560), (760, 690), (620, 736), (380, 736), (240, 690), (180, 560)])
    s.hang(body)
    s.body(body, colour, 54, 0.18, 0.26)
    s.line(spline([(250, 500), (500, 470), (750, 500)], False), dark(colour, 0.5), 16, 0.9)
    s.line(spline([(250, 500), (500, 470), (750, 500)], False), "#8d9092", 7, 1, "3 4")
    s.flat(box(738, 494, 13, 46, 6), "#c9c9c4")
    s.pocket(spline([(310, 556), (500, 540), (690, 556), (700, 640), (640, 700), (360, 700), (300, 640)]), second, 26)
    s.zip(350, 590, 640, 590, second)
    s.label(460, 626, 80, 38)


def sling(s, colour, second):
    s.cord([(380, 330), (300, 130), (560, 90), (720, 260), (700, 700), (640, 790)], dark(second, 0.35), 44)
    s.buckle(640, 190, 76, 64)
    body = spline([(352, 330), (440, 270), (560, 280), (640, 350), (668, 560), (640, 760), (560, 830), (420, 820), (340, 740), (320, 540)])
    s.hang(body)
    s.body(body, colour, 56, 0.18, 0.26)
    s.line(spline([(384, 430), (420, 350), (520, 330), (600, 390)], False), dark(colour, 0.5), 16, 0.9)
    s.line(spline([(384, 430), (420, 350), (520, 330), (600, 390)], False), "#8d9092", 7, 1, "3 4")
    s.pocket(spline([(372, 520), (490, 500), (612, 520), (624, 680), (570, 768), (430, 762), (364, 690)]), second, 28)
    s.zip(404, 556, 580, 556, second)
    s.label(456, 626, 80, 38)


def flask(s, colour, second, low=False):
    """A vacuum flask, or low a cup with a lid."""
    top, wide = (430, 128) if low else (250, 112)
    s.stand(500, 846, wide + 30, 20)
    s.tube(box(500 - wide, top, 2 * wide, 600 - (top - 246), 34), colour, 0.5)
    if not low:
        s.tube(spline([(500 - wide, 320, 1), (500 - wide + 6, 270), (500 - 78, 226, 1), (500 + 78, 226, 1), (500 + wide - 6, 270), (500 + wide, 320, 1)]), colour, 0.5)
        s.tube(box(418, 128, 164, 106, 22), second, 0.6)
        for at in range(9):
            s.flat(box(428 + at * 17, 150, 5, 62, 2), dark(second, 0.5), 0.4)
        s.flat(box(424, 226, 152, 10, 3), "#111214", 0.5)
        s.cord([(580, 170), (664, 176), (668, 250), (610, 262)], "#2b2e31", 20)
    else:
        s.tube(box(500 - wide - 8, top - 54, 2 * wide + 16, 62, 18), second, 0.4)
        s.tube(box(440, top - 84, 90, 36, 12), second, 0.4)
        s.cord([(500 + wide - 4, top + 90), (740, top + 90), (744, 690), (500 + wide - 4, 700)], dark(second, 0.2), 36)
    s.tube(box(500 - wide, 800, 2 * wide, 48, 22), "#aeb2b4", 0.7)
    s.put(f'<g transform="translate(506 590) scale(1.05)" opacity="0.9"><path d="M-64 40L-18 -34L8 6L22 -14L64 40Z" fill="{light(colour, 0.85)}"/></g>')
    s.flat(box(470, 650, 74, 6, 3), light(colour, 0.85), 0.9)


def bottle(s, colour, second):
    s.stand(500, 850, 150, 20)
    body = spline([(384, 400), (430, 330), (440, 270, 1), (560, 270, 1), (570, 330), (616, 400), (622, 600), (618, 820), (590, 850), (410, 850), (382, 820), (378, 600)])
    s.put(f'<g opacity="0.86">')
    s.tube(body, colour, 0.75)
    s.put("</g>")
    s.put(f'<g clip-path="{s.clip(body)}"><path d="M370 470h270v400h-270Z" fill="{dark(colour, 0.35)}" opacity="0.32"/>'
          f'<ellipse cx="500" cy="470" rx="122" ry="14" fill="{light(colour, 0.6)}" opacity="0.6"/></g>')
    s.tube(box(420, 180, 160, 96, 18), second, 0.45)
    for at in range(9):
        s.flat(box(430 + at * 16, 196, 5, 64, 2), dark(second, 0.5), 0.5)
    s.cord([(424, 200), (400, 120), (500, 96), (600, 120), (576, 200)], dark(second, 0.2), 22)
    for at in range(6):
        s.line(f"M566 {480 + at * 56}h{34 if at % 2 else 22}", light(colour, 0.85), 4, 0.85)
    s.put(f'<g transform="translate(474 640) scale(1)" opacity="0.9"><path d="M-64 40L-18 -34L8 6L22 -14L64 40Z" fill="{light(colour, 0.9)}"/></g>')


def mug(s, colour, second):
    s.stand(470, 770, 210, 24)
    handle = spline([(640, 430), (760, 420), (820, 500), (800, 610), (700, 670), (640, 660)], False)
    s.line(handle, dark(colour, 0.35), 46)
    s.line(handle, colour, 36)
    s.put(f'<path d="{handle}" transform="translate(-6 -8)" fill="none" stroke="{light(colour, 0.6)}" stroke-width="8" opacity="0.8" stroke-linecap="round"/>')
    body = spline([(270, 350, 1), (670, 350, 1), (662, 600), (640, 740), (590, 772), (350, 772), (300, 740), (278, 600)])
    s.tube(body, colour, 0.6)
    s.flat(disc(470, 350, 202, 40), second)
    s.put(f'<path d="{disc(470, 352, 184, 32)}" fill="{s.gradient([(0, dark(colour, 0.5)), (1, light(colour, 0.3))])}"/>')
    for x, y, r in ((330, 420, 5), (560, 700, 6), (600, 480, 4), (390, 730, 4), (520, 520, 3), (350, 600, 3)):
        s.flat(disc(x, y, r), light(colour, 0.8), 0.9)
    s.put(f'<g transform="translate(470 560) scale(1.5)" opacity="0.95"><path d="M-64 40L-18 -34L8 6L22 -14L64 40Z" fill="{second}"/></g>')
    s.line("M340 640h260", second, 6)
