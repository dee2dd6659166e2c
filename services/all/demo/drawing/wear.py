"""Clothes and shoes."""

from studio import box, dark, disc, flip, light, mirror, spline


def garment(kind):
    """Body and right sleeve of an upper garment."""
    wide = {"tee": 176, "puffer": 214}.get(kind, 194)
    bottom = {"tee": 820, "vest": 800}.get(kind, 838)
    body = [(500, 196, 1), (566, 184), (640, 214), (500 + wide - 4, 262), (500 + wide - 14, 420), (500 + wide - 8, 640),
            (500 + wide, bottom - 14, 1), (500 + wide - 40, bottom), (500, bottom + 8)]
    if kind == "vest":
        body[2:5] = [(622, 206), (648, 250), (640, 360), (678, 440)]
    return body, bottom


def sleeve(kind):
    if kind == "tee":
        return [(628, 206), (700, 250), (800, 392), (806, 410, 1), (716, 470, 1), (660, 392), (640, 300)]
    return [(626, 204), (706, 244), (772, 420), (822, 640), (846, 800), (832, 826), (764, 836), (748, 816), (716, 640), (668, 470),
            (644, 330)]


def jacket(s, colour, second, hood=True, quilted=False, kind="jacket", half=False):
    if kind == "puffer" or quilted:
        kind = "puffer"
    points, bottom = garment(kind)
    body, arm = mirror(points), sleeve(kind)
    arms = [] if kind == "vest" else [spline(arm), spline(flip(arm))]
    neck = mirror([(500, 132, 1), (566, 140), (604, 196), (600, 236), (500, 262)])
    cap = mirror([(500, 86), (584, 106), (634, 188), (616, 262), (560, 300), (500, 310)])
    s.hang(body + "".join(arms) + (cap if hood else neck))
    for path in arms:
        s.body(path, colour, 34, 0.12, 0.22)
    for side in (1, -1):
        if arms:
            place = lambda pts: pts if side == 1 else flip(pts)
            path = arms[0] if side == 1 else arms[1]
            s.fold(place([(690, 420), (744, 452), (792, 440)]), path, colour, 16)
            s.fold(place([(716, 600), (770, 610), (812, 590)]), path, colour, 14, 0.3)
            s.fold(place([(664, 300), (700, 330), (712, 400)]), path, colour, 18)
            s.body(spline(place([(760, 792), (842, 776), (848, 812), (832, 828), (766, 838), (752, 824)])), dark(second, 0.15), 10)
            if quilted:
                for at in range(6):
                    y = 330 + at * 78
                    s.fold(place([(640 + at * 18, y + 30), (720 + at * 16, y + 12), (778 + at * 14, y - 16)]), path, colour, 20, 0.55)
    s.body(body, colour, 46, 0.14, 0.24)
    if quilted:
        for at in range(7):
            y = 306 + at * 74
            s.fold([(296, y), (400, y + 16), (500, y + 8), (600, y + 16), (704, y)], body, colour, 24, 0.6)
    else:
        s.fold([(330, 420), (380, 520), (372, 660)], body, colour, 26, 0.28)
        s.fold([(668, 430), (626, 540), (640, 690)], body, colour, 26, 0.32)
        s.fold([(420, 700), (460, 760), (440, 830)], body, colour, 20, 0.22)
        yoke = spline([(312, 300), (400, 340), (500, 348), (600, 340), (688, 300)], False)
        top = mirror([(500, 196, 1), (566, 184), (640, 214), (690, 262), (686, 306, 1), (600, 342), (500, 350)])
        if second != colour:
            s.body(top, second, 30, 0.14, 0.2)
        s.seam(yoke, colour)
    if hood:
        s.body(cap, second if second != colour else colour, 34, 0.14, 0.2)
        hole = mirror([(500, 138), (556, 150), (584, 204), (566, 258), (500, 290)])
        s.body(hole, dark(colour, 0.55), 30, 0.0)
        s.line(hole, light(colour, 0.3), 3, 0.5, "7 5")
    else:
        s.body(neck, second, 26, 0.14, 0.2)
        s.body(mirror([(500, 150, 1), (552, 154), (572, 186), (500, 214)]), dark(second, 0.6), 18, 0.0)
    end = 470 if half else bottom
    s.zip(500, 262 if hood else 216, 500, end, colour)
    if half:
        s.pocket(box(590, 330, 84, 96, 8), dark(second, 0.1))
        s.label(604, 340, 52, 24)
    else:
        for side in (1, -1):
            at = [(604, 560), (640, 700)] if side == 1 else [(396, 560), (360, 700)]
            s.line(f"M{at[0][0]} {at[0][1]}L{at[1][0]} {at[1][1]}", dark(colour, 0.6), 12, 0.85)
            s.line(f"M{at[0][0] - 4} {at[0][1]}L{at[1][0] - 4} {at[1][1]}", light(colour, 0.35), 2, 0.6)
            s.flat(box(at[0][0] - 5, at[0][1] + 2, 10, 34, 5), "#c9c9c4")
        s.label(560, 372, 74, 32)
    s.seam(spline([(500 - 190, bottom - 44), (500, bottom - 28), (500 + 190, bottom - 44)], False), colour)


def vest(s, colour, second):
    points, bottom = garment("vest")
    body = mirror(points)
    neck = mirror([(500, 176, 1), (556, 172), (592, 206), (574, 280), (500, 340)])
    s.hang(body)
    s.body(body, colour, 44, 0.14, 0.26)
    s.body(neck, dark(second, 0.45), 20, 0.02)
    for side in (1, -1):
        x = 526 if side == 1 else 334
        s.pocket(box(x, 620, 140, 150, 14), second)
        s.body(box(x - 4, 604, 148, 54, 12), dark(second, 0.08), 12)
        s.buckle(x + 70, 654, 40, 24)
        s.pocket(box(x + 14, 446, 112, 112, 12), second)
        s.body(box(x + 10, 436, 120, 40, 10), dark(second, 0.08), 10)
    s.strap([(588, 214), (600, 330), (598, 430)], dark(second, 0.3), 24)
    s.strap([(412, 214), (400, 330), (402, 430)], dark(second, 0.3), 24)
    s.zip(500, 336, 500, bottom, colour)
    s.label(552, 500, 60, 28)


def tee(s, colour, second):
    points, _ = garment("tee")
    body, arm = mirror(points), sleeve("tee")
    arms = [spline(arm), spline(flip(arm))]
    s.hang(body + "".join(arms))
    for path in arms:
        s.body(path, colour, 30, 0.12, 0.2)
    s.body(body, colour, 40, 0.14, 0.2)
    for pts in ([(352, 400), (400, 520), (380, 700)], [(652, 410), (612, 560), (636, 760)], [(430, 560), (480, 690), (456, 800)],
                [(640, 260), (600, 330), (560, 360)], [(360, 260), (400, 330), (440, 360)]):
        s.fold(pts, body, colour, 24, 0.26)
    for pts in ([(700, 300), (724, 360), (712, 440)], [(300, 300), (276, 360), (288, 440)]):
        s.fold(pts, "".join(arms), colour, 16, 0.3)
    hole = mirror([(500, 190, 1), (550, 184), (582, 196), (560, 244), (500, 268)])
    s.body(hole, dark(colour, 0.5), 20, 0.0)
    s.line(spline([(418, 198), (440, 250), (500, 276), (560, 250), (582, 198)], False), dark(colour, 0.25), 15)
    s.line(spline([(414, 200), (436, 260), (500, 288), (564, 260), (586, 200)], False), light(colour, 0.4), 2, 0.5, "7 5")
    s.line("M716 460L800 402", light(colour, 0.4), 2, 0.5, "7 5")
    s.line("M284 460L200 402", light(colour, 0.4), 2, 0.5, "7 5")
    s.line(spline([(330, 796), (500, 806), (670, 796)], False), light(colour, 0.4), 2, 0.5, "7 5")
    s.put(f'<g transform="translate(500 430) scale(1.7)" opacity="0.85"><path d="M-64 40L-18 -34L8 6L22 -14L64 40Z" fill="{second}"/>'
          f'<path d="M-18 -34L-34 -8L-20 -14L-12 -4L-4 -14Z" fill="{light(second, 0.7)}"/></g>')


def trousers(s, colour, second, short=False):
    low = 610 if short else 890
    leg = [(500, 150, 1), (640, 148, 1), (652, 200), (672, 380), (676 if not short else 700, low - 20, 1), (600, low, 1) if not short
           else (560, low, 1), (556 if not short else 540, 640 if not short else 520), (512, 400, 1), (500, 392)]
    path = mirror(leg)
    s.hang(path)
    s.body(path, colour, 42, 0.14, 0.26)
    for side in (1, -1):
        place = lambda pts: pts if side == 1 else flip(pts)
        s.fold(place([(520, 380), (570, 420), (640, 410)]), path, colour, 18, 0.35)
        s.fold(place([(536, 300), (560, 360), (610, 372)]), path, colour, 14, 0.25)
        if not short:
            s.fold(place([(568, 640), (620, 660), (668, 640)]), path, colour, 18, 0.35)
            s.fold(place([(590, 700), (630, 720), (668, 706)]), path, colour, 14, 0.28)
            s.fold(place([(600, 820), (636, 850), (670, 846)]), path, colour, 16, 0.35)
            s.pocket(spline(place([(604, 460, 1), (668, 452, 1), (672, 580, 1), (612, 590, 1)])), dark(colour, 0.08))
            s.body(spline(place([(600, 452, 1), (670, 444, 1), (672, 484, 1), (604, 492, 1)])), dark(colour, 0.14), 8)
        s.seam(spline(place([(566, 196), (600, 250), (648, 280)]), False), colour)
    s.body(mirror([(500, 148, 1), (642, 146, 1), (648, 194, 1), (500, 200, 1)]), second, 16)
    for x in (410, 590, 500):
        s.body(box(x - 9, 142, 18, 62, 4), dark(second, 0.1), 6)
    s.seam("M500 200C500 260 500 330 500 392", colour)
    s.flat(disc(512, 172, 11), "#b9b4a8")
    s.flat(disc(510, 170, 5), "#efece4")
    s.label(596, 214, 50, 24)


def shoe(s, colour, second, height=0, laces="#e8e1cf"):
    """A boot, or with no height a shoe, from the side; its toe points to the left."""
    top = 520 - height
    upper = [(300 + 20, 690, 1), (206, 688), (196, 640), (236, 588), (330, 566), (410, 530), (452, 500 - height * 0.55), (470, top + 12, 1),
             (590, top - 14), (690, top + 4, 1), (700, 520), (722, 600), (724, 690, 1)]
    path = spline(upper)
    s.stand(470, 782, 300, 24)
    sole = spline([(178, 690), (300, 694), (460, 706), (600, 694), (736, 682), (752, 730), (744, 782), (640, 788), (590, 772), (520, 776),
                   (300, 792), (214, 782), (172, 740)])
    s.body(sole, dark(second, 0.5), 22, 0.1)
    for at in range(11):
        x = 206 + at * 48
        s.flat(f"M{x} 770l26 0l-5 22l-18 0Z", "#101112")
    s.body(spline([(182, 684), (300, 690), (460, 700), (600, 690), (736, 678), (744, 716), (600, 730), (440, 738), (260, 730), (180, 716)]),
           light(second, 0.3), 14)
    s.body(path, colour, 44, 0.16, 0.3)
    s.body(spline([(180, 690), (186, 640), (224, 596), (280, 578), (316, 628), (318, 692)]), dark(second, 0.1), 26, 0.18, 0.2)
    s.body(spline([(640, 560), (700, 530), (726, 600), (728, 692), (620, 694), (616, 620)]), dark(second, 0.1), 24, 0.14, 0.2)
    s.fold([(330, 580), (380, 640), (372, 692)], path, colour, 18, 0.3)
    s.seam(spline([(316, 692), (352, 620), (440, 600), (560, 616), (616, 692)], False), colour)
    if height:
        s.seam(spline([(480, top + 90), (560, top + 78), (696, top + 90)], False), colour)
        s.fold([(560, 470), (620, 500), (694, 490)], path, colour, 22, 0.4)
        s.fold([(570, 420), (620, 440), (690, 430)], path, colour, 16, 0.25)
        s.body(spline([(466, top + 4), (580, top - 34), (694, top - 4), (698, top + 40), (590, top + 14), (472, top + 52)]), dark(second, 0.2), 18)
    else:
        s.body(spline([(470, 530), (580, 488), (694, 518), (696, 556), (590, 532), (480, 562)]), dark(second, 0.2), 16)
    s.body(spline([(352, 566), (414, 524), (452, 500 - height * 0.55), (470, top + 30), (510, top + 60), (486, 560), (440, 606)]),
           light(colour, 0.08), 14)
    rows = 4 + height // 50
    for at in range(rows):
        part = at / (rows - 1)
        x, y = 372 + 104 * part ** 0.8, 590 - (590 - top - 60) * part
        s.cord([(x - 26, y - 20), (x + 16, y - 2), (x + 52, y + 16)], laces, 11)
        s.flat(disc(x + 54, y + 18, 9), "#3a3a38")
        s.flat(disc(x + 52, y + 16, 4), "#c8c4ba")
    s.cord([(488, top + 34), (420, top + 40), (432, top + 96), (490, top + 60)], laces, 8)
    s.cord([(488, top + 34), (540, top + 96), (566, top + 140)], laces, 8)
    s.label(584, 592 if not height else top + 110, 56, 26)


def sandal(s, colour, second):
    s.stand(490, 742, 330, 22)
    sole = spline([(160, 664), (240, 690), (420, 668), (600, 640), (760, 610), (850, 640), (846, 720), (700, 744), (420, 752), (210, 748), (150, 710)])
    s.body(sole, dark(second, 0.45), 24)
    s.body(spline([(160, 650), (240, 676), (420, 652), (600, 622), (760, 594), (850, 622), (840, 662), (640, 680), (420, 706), (220, 716), (150, 690)]),
           light(second, 0.32), 16)
    for at in range(12):
        s.flat(f"M{196 + at * 54} 728l28 0l-5 22l-18 0Z", "#111214")
    for pts in ([(236, 676), (250, 560), (330, 520), (404, 560), (420, 660)], [(400, 662), (430, 500), (520, 420), (580, 470), (596, 628)],
                [(590, 628), (640, 440), (760, 420), (836, 500), (826, 616)]):
        s.strap(pts, colour, 58)
    s.strap([(330, 522), (430, 470), (520, 424)], colour, 40)
    s.strap([(560, 450), (640, 420), (720, 424)], colour, 40)
    s.buckle(470, 470, 60, 46)
    s.buckle(720, 436, 60, 46)


def socks(s, colour, second):
    for dx, dy, tone in ((120, -26, second), (0, 24, colour)):
        pts = [(330 + dx, 150 + dy, 1), (500 + dx, 142 + dy, 1), (506 + dx, 400 + dy), (516 + dx, 560 + dy), (560 + dx, 640 + dy), (640 + dx, 700 + dy),
               (650 + dx, 780 + dy), (560 + dx, 812 + dy), (430 + dx, 740 + dy), (340 + dx, 640 + dy), (326 + dx, 520 + dy), (338 + dx, 340 + dy)]
        path = spline(flip(pts, 480))
        s.hang(path, 18)
        s.body(path, tone, 40, 0.16, 0.5)
        for at in range(14):
            x = 460 - dx + at * 13
            s.put(f'<g clip-path="{s.clip(path)}"><path d="M{x} {150 + dy}L{x + 2} {266 + dy}" stroke="{dark(tone, 0.4)}" stroke-width="3" opacity="0.6"/></g>')
        for y, shade in ((290, light(tone, 0.75)), (318, light(tone, 0.75))):
            s.put(f'<g clip-path="{s.clip(path)}"><path d="M100 {y + dy}L900 {y + dy - 10}" stroke="{shade}" stroke-width="14" opacity="0.85"/></g>')
        toe = spline(flip([(560 + dx, 640 + dy), (650 + dx, 700 + dy), (660 + dx, 790 + dy), (560 + dx, 820 + dy), (520 + dx, 790 + dy), (560 + dx, 720 + dy)], 480))
        s.put(f'<g clip-path="{s.clip(path)}"><path d="{toe}" fill="{dark(tone, 0.4)}" opacity="0.75"/></g>')
        s.fold(flip([(340 + dx, 620 + dy), (420 + dx, 600 + dy), (510 + dx, 560 + dy)], 480), path, tone, 18, 0.35)


def wellies(s, colour, second):
    for dx, dy in ((130, -30), (0, 16)):
        pts = [(420, 160, 1), (620, 160, 1), (628, 420), (640, 620), (650, 730, 1), (620, 760), (250, 764), (206, 740), (216, 680), (290, 630), (400, 590),
               (424, 500), (414, 320)]
        pts = [(x + dx - 40, y + dy, *rest) for x, y, *rest in pts]
        path = spline(pts)
        s.stand(430 + dx - 40, 786 + dy, 240, 20)
        s.body(spline([(196 + dx - 40, 736 + dy), (420 + dx - 40, 750 + dy), (664 + dx - 40, 730 + dy), (664 + dx - 40, 792 + dy), (520 + dx - 40, 796 + dy),
                       (500 + dx - 40, 780 + dy), (220 + dx - 40, 796 + dy), (192 + dx - 40, 770 + dy)]), dark(second, 0.4), 14)
        s.body(path, colour, 50, 0.3)
        s.shade(spline([(450 + dx - 40, 200 + dy), (476 + dx - 40, 200 + dy), (486 + dx - 40, 540 + dy), (456 + dx - 40, 540 + dy)]), path, "#ffffff", 0.45, 9)
        s.shade(spline([(270 + dx - 40, 680 + dy), (360 + dx - 40, 640 + dy), (380 + dx - 40, 660 + dy), (290 + dx - 40, 706 + dy)]), path, "#ffffff", 0.4, 9)
        s.body(box(412 + dx - 40, 150 + dy, 216, 34, 12), second, 10)
        s.strap([(640 + dx - 40, 230 + dy), (590 + dx - 40, 236 + dy), (560 + dx - 40, 228 + dy)], second, 26)
        s.fold([(424 + dx - 40, 590 + dy), (500 + dx - 40, 620 + dy), (630 + dx - 40, 590 + dy)], path, colour, 16, 0.35)
        s.label(500 + dx - 40, 216 + dy, 60, 28, second, light(second, 0.8))


def glove(s, colour, second):
    for side in (0, 1):
        move = lambda pts: [((x if side else 1000 - x) + (-176 if not side else 176) , y + (20 if side else -10), *r) for x, y, *r in pts]
        hand = [(430, 800, 1), (422, 660), (352, 560), (300, 450), (316, 420), (352, 432), (420, 520), (424, 360), (426, 250), (448, 226), (476, 250),
                (482, 380), (490, 220), (512, 190), (538, 218), (540, 380), (552, 236), (576, 212), (598, 240), (594, 400), (612, 300), (634, 284), (652, 312),
                (640, 470), (622, 640), (612, 800, 1)]
        path = spline(move(hand))
        s.hang(path, 16)
        s.body(path, colour, 30, 0.16, 0.3)
        for x, y in ((452, 330), (514, 300), (575, 320), (630, 390)):
            (px, py), = [p[:2] for p in move([(x, y)])]
            s.body(box(px - 18, py - 12, 36, 58, 14), second, 10, 0.2)
        s.body(spline(move([(446, 470), (520, 452), (622, 470), (616, 560), (530, 582), (450, 560)])), second, 20, 0.2)
        s.fold(move([(430, 540), (470, 610), (440, 680)]), path, colour, 16, 0.4)
        cuff = spline(move([(428, 690, 1), (618, 690, 1), (616, 812, 1), (428, 812, 1)]))
        s.body(cuff, dark(colour, 0.2), 20)
        (px, py), = [p[:2] for p in move([(522, 740)])]
        s.body(box(px - 74, py - 24, 148, 48, 8), second, 10)
        s.label(px - 28, py - 13, 56, 26)


def cap(s, colour, second):
    s.stand(480, 690, 320, 30)
    crown = spline([(236, 640, 1), (232, 520), (280, 380), (400, 306), (540, 320), (650, 410), (694, 540), (700, 640, 1), (480, 664)])
    s.body(crown, colour, 56, 0.16, 0.3)
    for pts in ([(440, 306), (400, 440), (392, 650)], [(452, 306), (560, 420), (600, 640)], [(446, 306), (310, 400), (270, 560)]):
        s.seam(spline(pts, False), colour)
    brim = spline([(520, 628), (620, 580), (700, 596), (800, 640), (872, 706), (866, 730), (740, 716), (600, 700), (500, 684)])
    s.hang(brim, 12)
    s.body(brim, second, 26, 0.16, 0.2)
    for at in range(4):
        s.line(spline([(560 + at * 8, 640 + at * 13), (680, 634 + at * 18), (820 - at * 6, 690 + at * 8)], False), light(second, 0.35), 2, 0.5, "7 5")
    s.body(disc(446, 306, 20, 12), second, 6)
    s.label(520, 480, 116, 66, light(colour, 0.82), dark(colour, 0.4))
    s.flat(disc(330, 420, 7), dark(colour, 0.6))


def beanie(s, colour, second):
    s.stand(500, 760, 270, 26)
    crown = mirror([(500, 210), (600, 236), (690, 340), (730, 520), (734, 640, 1), (500, 660)])
    s.body(crown, colour, 60, 0.16, 0.5)
    clip = s.clip(crown)
    for at in range(-8, 9):
        x = 500 + at * 28
        s.put(f'<g clip-path="{clip}"><path d="M{500 + at * 8} 220C{500 + at * 20} 330 {x} 460 {x} 660" fill="none" stroke="{dark(colour, 0.5)}" '
              f'stroke-width="8" opacity="0.42" filter="{s.blur(2)}"/></g>')
    cuff = spline([(252, 600), (500, 626), (748, 600), (756, 690), (744, 756), (500, 780), (256, 756), (244, 690)])
    s.hang(cuff, 8)
    s.body(cuff, second, 34, 0.16, 0.5)
    clip = s.clip(cuff)
    for at in range(26):
        x = 254 + at * 20
        s.put(f'<g clip-path="{clip}"><path d="M{x} 600V790" stroke="{dark(second, 0.5)}" stroke-width="7" opacity="0.4" filter="{s.blur(2)}"/></g>')
    s.label(580, 660, 96, 56)
    s.body(disc(500, 186, 60), light(second, 0.2), 30, 0.2, 0.6)


def goggles(s, colour, second):
    s.hang(spline([(180, 460), (500, 380), (820, 460), (820, 560), (500, 640), (180, 560)]), 20)
    s.strap([(206, 480), (130, 400), (300, 300), (500, 276), (700, 300), (870, 400), (794, 480)], "#2b2e31", 66)
    frame = mirror([(500, 372), (640, 366), (770, 392), (820, 460), (806, 560), (720, 634), (610, 644), (550, 600), (500, 572)])
    s.body(frame, colour, 30, 0.24)
    lens = mirror([(500, 408), (640, 400), (750, 424), (780, 480), (764, 548), (700, 596), (618, 604), (562, 566), (500, 534)])
    s.put(f'<path d="{lens}" fill="{s.gradient([(0, light(second, 0.6)), (0.45, second), (0.7, dark(second, 0.45)), (1, light(second, 0.25))], (0, 0, 1, 1))}"/>')
    s.shade(spline([(280, 430), (420, 410), (360, 560), (270, 560)]), lens, "#ffffff", 0.5, 8)
    s.shade(spline([(600, 420), (660, 414), (590, 590), (556, 560)]), lens, "#ffffff", 0.3, 8)
    s.line(lens, dark(colour, 0.6), 5, 0.8)
    for x in (206, 794):
        s.buckle(x, 500, 44, 90, dark(colour, 0.3))
    for x in (420, 500, 580):
        s.flat(box(x - 22, 378, 44, 10, 5), dark(colour, 0.6))
