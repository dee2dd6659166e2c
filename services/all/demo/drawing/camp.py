"""What a night outside is made of."""

from studio import box, dark, disc, flip, light, mirror, spline


def tent(s, colour, second, long=False):
    s.stand(500, 770, 400, 26)
    if long:
        outer = spline([(90, 772, 1), (120, 560), (240, 420), (400, 380), (640, 390), (800, 470), (880, 620), (912, 772, 1)])
        s.body(outer, colour, 60, 0.2)
        for pts in ([(300, 394), (270, 560), (280, 770)], [(620, 386), (640, 560), (640, 770)]):
            s.line(spline(pts, False), dark(colour, 0.5), 12, 0.8)
            s.line(spline(pts, False), light(second, 0.2), 5)
        door = spline([(130, 772, 1), (150, 600), (220, 470), (262, 560), (268, 772, 1)])
        window = spline([(400, 500), (540, 496), (556, 600), (396, 604)])
    else:
        outer = mirror([(500, 330), (600, 352), (740, 500), (850, 690), (884, 772, 1), (500, 782)])
        s.body(outer, colour, 60, 0.2)
        side = spline([(500, 332), (600, 352), (740, 500), (850, 690), (884, 772, 1), (640, 780, 1), (620, 600), (560, 420)])
        s.shade(side, outer, "#0b0d10", 0.2, 10)
        for pts in ([(110, 776), (260, 520), (500, 322), (660, 520), (720, 780)], [(890, 776), (740, 520), (500, 322), (340, 520), (280, 780)]):
            s.line(spline(pts, False), dark(colour, 0.55), 13, 0.85)
            s.line(spline(pts, False), light(second, 0.3), 6)
        door = spline([(330, 778, 1), (390, 590), (480, 430), (500, 420), (520, 430), (610, 590), (664, 780, 1)])
        window = None
    s.body(door, dark(colour, 0.66), 24, 0.0)
    s.line(door, second, 8)
    flap = spline([(330, 778, 1), (390, 590), (480, 430), (494, 430), (450, 600), (410, 700), (420, 780, 1)]) if not long else \
        spline([(130, 772, 1), (150, 600), (220, 470), (226, 520), (180, 640), (188, 772, 1)])
    s.body(flap, light(colour, 0.1), 18, 0.2)
    if window:
        s.body(window, dark(colour, 0.5), 12)
        s.line(window, second, 6)
    for x in ((90, 912) if long else (116, 884)):
        way = -1 if x < 500 else 1
        s.line(f"M{x} 640L{x + way * 60} 800" if long else f"M{x - way * 70} 600L{x + way * 50} 800", "#e7e2d2", 3, 0.9)
        s.line(f"M{x + way * 50} 786l{way * 8} 26", "#8b8f90", 8)
    s.body(spline([(96, 752), (500, 764), (904, 752), (908, 786), (500, 794), (92, 786)]), dark(second, 0.35), 10)
    s.label(660 if not long else 700, 640 if not long else 560, 70, 34)


def sleeping_bag(s, colour, second):
    s.put('<g transform="rotate(-18 500 500)">')
    outer = spline([(500, 96), (600, 130), (660, 230), (690, 380), (676, 620), (620, 850), (560, 900), (440, 900), (380, 850), (324, 620), (310, 380), (340, 230), (400, 130)])
    s.hang(outer)
    s.body(outer, colour, 70, 0.2)
    for at in range(10):
        y = 330 + at * 58
        s.fold([(300, y - 16), (400, y + 12), (500, y + 4), (600, y + 12), (700, y - 16)], outer, colour, 22, 0.5)
    hood = spline([(500, 150), (576, 176), (606, 260), (580, 330), (500, 350), (420, 330), (394, 260), (424, 176)])
    s.body(hood, second, 40, 0.2)
    s.line(hood, dark(colour, 0.4), 6, 0.6)
    s.body(spline([(420, 280), (500, 262), (580, 280), (570, 326), (500, 344), (430, 326)]), light(second, 0.3), 18)
    s.zip(648, 330, 640, 700, colour)
    s.label(450, 780, 100, 46)
    s.put("</g>")


def mat(s, colour, second):
    s.put('<g transform="rotate(14 500 500)">')
    outer = spline([(330, 150), (400, 110), (600, 110), (670, 150), (684, 300), (676, 760), (650, 880), (580, 906), (420, 906), (350, 880), (324, 760), (316, 300)])
    s.hang(outer)
    s.body(outer, colour, 40, 0.2)
    for row in range(13):
        for column in range(5):
            x, y = 372 + column * 64 + (row % 2) * 0, 164 + row * 58
            s.shade(disc(x + 4, y + 5, 25, 22), outer, dark(colour, 0.7), 0.4, 7)
            s.shade(disc(x - 6, y - 8, 17, 13), outer, "#ffffff", 0.3, 6)
    pillow = spline([(340, 150), (500, 126), (660, 150), (668, 236), (500, 252), (332, 236)])
    s.body(pillow, second, 30, 0.2)
    s.tube(disc(626, 872, 22), "#2b2e31", 0.5)
    s.label(450, 176, 100, 44)
    s.put("</g>")


def chair(s, colour, second):
    s.stand(500, 846, 300, 18)
    tone = "#4a4e52"
    for pts in ([(300, 840), (420, 640), (690, 420)], [(700, 840), (580, 640), (310, 420)], [(250, 830), (400, 700), (640, 600)], [(750, 830), (600, 700), (360, 600)]):
        s.cord(pts, tone, 22)
    back = mirror([(500, 190), (620, 176), (700, 200), (716, 330), (690, 520), (640, 580), (500, 600)])
    s.hang(back, 14)
    s.body(back, colour, 50, 0.18, 0.24)
    s.body(mirror([(500, 184), (620, 170), (704, 196), (712, 262), (500, 290)]), second, 22, 0.18, 0.2)
    mesh = mirror([(500, 340), (610, 334), (630, 400), (600, 470), (500, 484)])
    s.body(mesh, dark(colour, 0.45), 16)
    clip = s.clip(mesh)
    for at in range(24):
        s.put(f'<g clip-path="{clip}"><path d="M{340 + at * 14} 320v180" stroke="{light(colour, 0.2)}" stroke-width="2" opacity="0.5"/>'
              f'<path d="M340 {330 + at * 8}h330" stroke="{light(colour, 0.2)}" stroke-width="2" opacity="0.5"/></g>')
    seat = mirror([(500, 560), (640, 548), (740, 590), (770, 680), (680, 742), (500, 764)])
    s.hang(seat, 14)
    s.body(seat, colour, 46, 0.2, 0.24)
    s.fold([(330, 640), (500, 690), (670, 640)], seat, colour, 26, 0.35)
    s.seam(spline([(280, 690), (400, 726), (500, 734), (600, 726), (720, 690)], False), colour)
    s.label(456, 214, 88, 42)
    for x in (300, 700):
        s.body(box(x - 18, 826, 36, 26, 8), "#232527", 8)


def stove(s, colour, second):
    s.stand(500, 830, 200, 22)
    can = spline([(330, 640), (360, 590), (640, 590), (670, 640), (674, 790), (640, 832), (360, 832), (326, 790)])
    s.tube(can, colour, 0.6)
    s.flat(box(328, 680, 345, 92, 0), second, 0.95)
    s.put('<g transform="translate(500 728) scale(0.8)"><path d="M-64 40L-18 -34L8 6L22 -14L64 40Z" fill="#f1efe8"/></g>')
    s.tube(box(440, 552, 120, 50, 14), "#b7bbbd", 0.7)
    s.tube(box(470, 440, 60, 120, 8), "#c3a25a", 0.6)
    for x, way in ((360, -1), (640, 1)):
        s.cord([(500, 470), (500 + way * 90, 430), (500 + way * 150, 330), (500 + way * 196, 322)], "#a9adb0", 17)
        for at in range(3):
            s.flat(box(500 + way * (140 + at * 18) - 4, 312, 8, 20, 2), "#808486")
    s.cord([(500, 470), (500, 400), (500, 322)], "#a9adb0", 17)
    s.tube(spline([(430, 404, 1), (570, 404, 1), (556, 446), (444, 446)]), "#8d9194", 0.6)
    s.flat(disc(500, 404, 70, 13), "#55595c")
    for at in range(7):
        x = 446 + at * 18
        tall = 66 + (at % 3) * 16
        s.put(f'<path d="M{x - 10} 402C{x - 14} {402 - tall * 0.5} {x - 2} {402 - tall * 0.6} {x} {402 - tall}C{x + 4} {402 - tall * 0.6} {x + 14} {402 - tall * 0.5} '
              f'{x + 10} 402Z" fill="{s.gradient([(0, "#9bd3ff"), (0.6, "#3f7fe0"), (1, "#2a55b8")], (0, 0, 0, 1))}" opacity="0.75" filter="{s.blur(1.5)}"/>')
    s.cord([(530, 510), (640, 520), (740, 540)], "#808486", 12)
    s.cord([(700, 520), (790, 516), (796, 560), (720, 562), (700, 530)], "#c2382a", 12)


def pots(s, colour, second):
    for x, y, wide, tall in ((560, 700, 196, 236), (330, 780, 150, 170)):
        s.stand(x, y + 6, wide + 10, 20)
        s.cord([(x + wide - 6, y - tall + 60), (x + wide + 100, y - tall + 30), (x + wide + 120, y - tall + 110), (x + wide - 4, y - tall + 120)]
               if x > 400 else [(x - wide + 6, y - tall + 50), (x - wide - 66, y - tall + 40), (x - wide - 70, y - tall + 104), (x - wide + 4, y - tall + 104)], second, 20)
        s.tube(spline([(x - wide, y - tall, 1), (x + wide, y - tall, 1), (x + wide - 4, y - 40), (x + wide - 40, y + 8), (x - wide + 40, y + 8), (x - wide + 4, y - 40)]), colour, 0.55)
        lid = spline([(x - wide - 8, y - tall), (x - wide * 0.6, y - tall - 44), (x, y - tall - 56), (x + wide * 0.6, y - tall - 44), (x + wide + 8, y - tall), (x, y - tall + 24)])
        s.tube(lid, light(colour, 0.2), 0.5)
        s.flat(disc(x, y - tall + 4, wide + 6, 16), dark(colour, 0.45), 0.35)
        s.tube(box(x - 26, y - tall - 88, 52, 36, 14), second, 0.4)
        for at in range(3):
            s.line(f"M{x - wide + 22} {y - tall + 70 + at * 44}h30", light(colour, 0.7), 3, 0.7)


def hammock(s, colour, second):
    for x, way in ((60, 1), (940, -1)):
        for at in range(7):
            s.line(f"M{x} 250L{x + way * 150} {356 + at * 16}", "#d8d0bb", 3.5, 0.95)
        s.cord([(x, 250), (x - way * 60, 214)], "#3a3d3a", 22)
        s.body(disc(x, 250, 22), "#9a9ea0", 8, 0.5)
    cloth = spline([(206, 350, 1), (330, 470), (500, 520), (670, 470), (794, 350, 1), (800, 460, 1), (690, 640), (500, 700), (310, 640), (200, 460, 1)])
    s.hang(cloth)
    s.body(cloth, colour, 50, 0.2, 0.22)
    clip = s.clip(cloth)
    for at, tone in enumerate((second, light(second, 0.5), second)):
        dy = 60 + at * 40
        path = spline([(190, 350 + dy), (320, 500 + dy), (500, 556 + dy), (680, 500 + dy), (810, 350 + dy)], False)
        s.put(f'<g clip-path="{clip}"><path d="{path}" fill="none" stroke="{tone}" stroke-width="20" opacity="0.8"/></g>')
    for pts in ([(220, 380), (360, 560), (440, 690)], [(780, 380), (640, 560), (560, 690)], [(300, 450), (420, 590), (500, 690)]):
        s.fold(pts, cloth, colour, 18, 0.3)
    for x in (206, 794):
        s.tube(box(x - 11, 340, 22, 126, 8), "#b58a55", 0.4)
    s.label(462, 548, 76, 36)


def blanket(s, colour, second):
    """A rolled blanket with its strap."""
    s.stand(500, 740, 330, 24)
    body = spline([(190, 470), (300, 430), (700, 430), (800, 470), (826, 590), (800, 710), (700, 744), (300, 744), (196, 710), (170, 590)])
    s.body(body, colour, 80, 0.18, 0.5)
    clip = s.clip(body)
    for x, wide, tone in ((300, 26, second), (340, 10, light(second, 0.6)), (640, 10, light(second, 0.6)), (680, 26, second)):
        s.put(f'<g clip-path="{clip}"><path d="M{x} 400C{x + 22} 500 {x + 22} 660 {x} 770" fill="none" stroke="{tone}" stroke-width="{wide}" opacity="0.85"/></g>')
    end = disc(800, 588, 62, 150)
    s.body(end, dark(colour, 0.1), 20, 0.1, 0.5)
    for r in (0.8, 0.58, 0.36, 0.14):
        s.line(disc(800, 588, 62 * r, 150 * r), dark(colour, 0.5), 5, 0.7)
    for x in (420, 570):
        s.line(spline([(x, 424), (x + 26, 590), (x, 750)], False), "#5a3a22", 34)
        s.line(spline([(x - 8, 424), (x + 18, 590), (x - 8, 750)], False), "#8b5d38", 8, 0.8)
        s.buckle(x + 24, 560, 50, 58, "#b59a5c")
    s.cord([(430, 430), (440, 330), (560, 330), (580, 430)], "#6d472a", 26)
