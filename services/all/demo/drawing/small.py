"""Light, direction and the things that fit into a pocket."""

from studio import box, dark, disc, light, mirror, spline

PEAK = "M-64 40L-18 -34L8 6L22 -14L64 40Z"


def mark(s, x, y, size, colour, opacity=0.92):
    s.put(f'<g transform="translate({x} {y}) scale({size})" opacity="{opacity}"><path d="{PEAK}" fill="{colour}"/></g>')


def screen(s, path, tint="#b9c6a0"):
    s.put(f'<path d="{path}" fill="{s.gradient([(0, light(tint, 0.3)), (1, dark(tint, 0.15))], (0, 0, 1, 1))}"/>')
    s.line(path, "#0d0e0f", 6, 0.8)


def lens(s, x, y, r, lit=False):
    stops = [(0, "#fffbe8"), (0.5, "#ffe9a8"), (1, "#d6a94a")] if lit else [(0, "#cfe3ee"), (0.4, "#5b7c90"), (1, "#16222b")]
    s.put(f'<path d="{disc(x, y, r)}" fill="{s.gradient(stops, (0.1, 0, 0.9, 1))}"/>')
    s.shade(disc(x - r * 0.3, y - r * 0.36, r * 0.34, r * 0.2), None, "#ffffff", 0.75, r * 0.07)


def headlamp(s, colour, second):
    band = [(300, 560), (150, 500), (190, 330), (500, 240), (810, 330), (850, 500), (700, 560)]
    s.strap(band, "#2f3336", 60)
    s.line(spline(band, False), second, 10, 0.9)
    s.strap([(500, 500), (486, 380), (500, 246)], "#2f3336", 44)
    plate = spline([(290, 500), (330, 466), (670, 466), (710, 500), (716, 640), (670, 690), (330, 690), (284, 640)])
    s.hang(plate, 16)
    s.body(plate, "#2b2e31", 26, 0.24)
    head = spline([(340, 456), (400, 424), (600, 424), (660, 456), (676, 590), (640, 672), (560, 700), (440, 700), (360, 672), (324, 590)])
    s.body(head, colour, 40, 0.24)
    s.tube(disc(500, 562, 116), "#8f9598", 0.7)
    s.flat(disc(500, 562, 98), "#15181a")
    lens(s, 500, 562, 88, True)
    for x, y in ((466, 540), (534, 540), (500, 600)):
        s.flat(disc(x, y, 17), "#fffef6")
        s.line(disc(x, y, 17), "#c79b3d", 3, 0.8)
    s.tube(box(450, 404, 100, 30, 14), dark(second, 0.1), 0.4)
    for x in (352, 640):
        s.line(f"M{x} 520v90", dark(colour, 0.55), 9, 0.8)


def torch(s, colour, second):
    s.put('<g transform="rotate(-32 500 500)">')
    s.hang(box(150, 440, 700, 130, 40), 20)
    s.tube(box(150, 452, 430, 98, 22), colour, 0.55, False)
    for at in range(15):
        s.flat(box(240 + at * 19, 450, 9, 102, 4), dark(colour, 0.6), 0.55)
    s.tube(box(120, 464, 46, 74, 14), second, 0.4, False)
    s.tube(spline([(570, 452, 1), (660, 412), (680, 400, 1), (680, 602, 1), (660, 590), (570, 550, 1)]), colour, 0.55, False)
    s.tube(box(676, 396, 120, 210, 18), colour, 0.6, False)
    for at in range(4):
        s.flat(box(694 + at * 22, 398, 9, 206, 4), dark(colour, 0.6), 0.6)
    s.tube(box(784, 400, 26, 202, 10), "#9aa0a3", 0.7, False)
    s.put(f'<path d="{disc(806, 501, 30, 92)}" fill="{s.gradient([(0, "#fff7d8"), (0.6, "#f4d98a"), (1, "#9c7b33")], (0, 0, 1, 1))}"/>')
    s.tube(box(560, 434, 60, 24, 10), second, 0.4, False)
    s.line("M330 440C400 412 500 412 560 440", "#9aa0a3", 12)
    mark(s, 610, 505, 0.4, light(colour, 0.7))
    s.put("</g>")


def lantern(s, colour, second):
    s.stand(500, 846, 190, 22)
    s.cord([(330, 330), (340, 150), (500, 96), (660, 150), (670, 330)], "#55595c", 16)
    s.put(f'<ellipse cx="500" cy="520" rx="330" ry="330" fill="#ffdf94" opacity="0.45" filter="{s.blur(60)}"/>')
    s.tube(spline([(350, 330, 1), (370, 270), (440, 230), (560, 230), (630, 270), (650, 330, 1)]), colour, 0.5)
    s.tube(box(330, 318, 340, 44, 14), colour, 0.5)
    glass = spline([(364, 360, 1), (636, 360, 1), (660, 500), (636, 660, 1), (364, 660, 1), (340, 500)])
    stops = [(0, "#e8c987"), (0.25, "#fff6d6"), (0.5, "#ffffff"), (0.75, "#ffeebb"), (1, "#d9b469")]
    s.put(f'<path d="{glass}" fill="{s.gradient(stops)}" opacity="0.94"/>')
    s.tube(box(474, 380, 52, 270, 20), "#ffe9b0", 0.9)
    for x in (372, 436, 564, 628):
        s.line(f"M{x} 362C{x + (x - 500) * 0.14} 450 {x + (x - 500) * 0.14} 580 {x} 660", "#55595c", 9, 0.9)
    s.tube(box(326, 650, 348, 46, 14), colour, 0.5)
    s.tube(spline([(346, 696, 1), (654, 696, 1), (676, 790), (660, 846, 1), (340, 846, 1), (324, 790)]), colour, 0.5)
    s.tube(disc(500, 772, 46), second, 0.5)
    s.tube(disc(500, 772, 28), dark(second, 0.2), 0.5)
    mark(s, 590, 790, 0.5, light(colour, 0.7))


def compass(s, colour, second):
    s.cord([(500, 210), (420, 120), (300, 120), (230, 220)], second, 16)
    plate = box(300, 190, 400, 640, 46)
    s.hang(plate, 22)
    s.put(f'<path d="{plate}" fill="{s.gradient([(0, "#f6fbfb"), (1, "#c9d6d6")], (0, 0, 1, 1))}" opacity="0.92"/>')
    s.line(plate, "#9fb0b0", 4, 0.9)
    for at in range(25):
        s.line(f"M306 {232 + at * 23}h{26 if at % 5 == 0 else 14}", "#33403f", 3, 0.8)
        s.line(f"M694 {232 + at * 23}h-{26 if at % 5 == 0 else 14}", "#33403f", 3, 0.8)
    s.line("M500 226V380", "#c2382a", 8)
    s.flat("M500 216l24 40h-48Z", "#c2382a")
    s.body(disc(500, 580, 186), colour, 16, 0.3)
    for at in range(36):
        s.put(f'<g transform="rotate({at * 10} 500 580)"><path d="M500 400v{26 if at % 9 == 0 else 13}" stroke="#f1efe8" stroke-width="4"/></g>')
    dial = disc(500, 580, 146)
    s.put(f'<path d="{dial}" fill="{s.gradient([(0, "#ffffff"), (1, "#d7e0dd")], (0, 0, 1, 1))}"/>')
    for at in range(4):
        s.put(f'<g transform="rotate({at * 90} 500 580)"><path d="M500 448v30" stroke="#28302f" stroke-width="7"/></g>')
    s.put('<g transform="rotate(24 500 580)"><path d="M500 462L526 580H474Z" fill="#c2382a"/><path d="M500 698L526 580H474Z" fill="#e8e8e4" stroke="#8b9391" '
          'stroke-width="2"/><path d="M500 462L500 580H474Z" fill="#e2614f"/></g>')
    s.flat(disc(500, 580, 15), "#b59a5c")
    s.shade(spline([(390, 520), (440, 458), (520, 444), (430, 560)]), dial, "#ffffff", 0.85, 10)
    s.line(disc(500, 580, 148), dark(colour, 0.5), 7, 0.8)
    mark(s, 500, 800, 0.4, "#33403f")


def binoculars(s, colour, second):
    s.cord([(330, 330), (200, 200), (500, 110), (800, 200), (670, 330)], second, 24)
    s.stand(500, 846, 300, 22)
    for x in (330, 670):
        s.tube(box(x - 62, 230, 124, 90, 26), "#232527", 0.4)
        barrel = spline([(x - 74, 310, 1), (x + 74, 310, 1), (x + 96, 460), (x + 128, 640), (x + 132, 820, 1), (x - 132, 820, 1), (x - 128, 640), (x - 96, 460)])
        s.tube(barrel, colour, 0.35)
        s.body(spline([(x - 84, 420), (x + 84, 420), (x + 108, 600), (x - 108, 600)]), dark(colour, 0.2), 16, 0.2, 0.4)
        s.tube(box(x - 138, 786, 276, 58, 20), "#232527", 0.4)
        s.put(f'<path d="{disc(x, 840, 108, 18)}" fill="{s.gradient([(0, "#7b4fa0"), (0.5, "#2c5c8a"), (1, "#122530")])}" opacity="0.9"/>')
        for at in range(5):
            s.line(f"M{x - 56 + at * 28} 240v66", "#5b5f62", 4, 0.6)
    s.tube(box(414, 420, 172, 210, 30), "#2b2e31", 0.35)
    s.tube(box(458, 352, 84, 160, 26), "#3a3e41", 0.5)
    for at in range(7):
        s.flat(box(460, 366 + at * 20, 80, 8, 3), "#16181a", 0.7)
    mark(s, 500, 570, 0.6, "#d8d4c6")


def radio(s, colour, second):
    for x, y in ((640, 0), (380, 26)):
        s.stand(x, 846 + y * 0.5, 130, 20)
        s.tube(box(x - 96, 90 + y, 40, 260, 18), "#232527", 0.3)
        s.tube(box(x + 34, 262 + y, 50, 66, 14), "#3a3e41", 0.5)
        body = spline([(x - 126, 330 + y), (x - 90, 310 + y), (x + 90, 310 + y), (x + 126, 330 + y), (x + 130, 560 + y), (x + 112, 800 + y), (x + 70, 836 + y),
                       (x - 70, 836 + y), (x - 112, 800 + y), (x - 130, 560 + y)])
        s.hang(body, 14)
        s.body(body, colour, 40, 0.24)
        screen(s, box(x - 80, 362 + y, 160, 100, 12))
        s.put(f'<g fill="#27301f"><rect x="{x - 62}" y="{386 + y}" width="20" height="46"/><rect x="{x - 34}" y="{386 + y}" width="34" height="46"/>'
              f'<rect x="{x + 20}" y="{392 + y}" width="40" height="8"/><rect x="{x + 20}" y="{412 + y}" width="28" height="8"/></g>')
        for row in range(2):
            for column in range(3):
                s.tube(box(x - 78 + column * 56, 490 + y + row * 48, 44, 30, 12), second, 0.4)
        for row in range(6):
            s.flat(box(x - 70, 612 + y + row * 22, 140, 10, 5), dark(colour, 0.75), 0.9)
        mark(s, x, 782 + y, 0.5, light(colour, 0.75))
        s.body(box(x - 138, 420 + y, 18, 110, 8), second, 6)


def solar(s, colour, second):
    s.put('<g transform="rotate(-10 500 500)">')
    body = box(280, 200, 440, 620, 60)
    s.hang(body, 26)
    s.body(body, colour, 40, 0.24)
    panel = box(330, 330, 340, 440, 18)
    s.put(f'<path d="{panel}" fill="{s.gradient([(0, "#3d5a80"), (0.4, "#1c2f4a"), (1, "#0e1a2b")], (0, 0, 1, 1))}"/>')
    for at in range(1, 4):
        s.line(f"M{330 + at * 85} 332V768", "#9fb4cc", 2.5, 0.7)
        s.line(f"M332 {330 + at * 110}H668", "#9fb4cc", 2.5, 0.7)
    s.shade("M330 330H520L400 770H330Z", panel, "#ffffff", 0.16, 4)
    for at in range(4):
        s.flat(disc(580 + at * 26, 268, 8), "#7ee08f" if at < 3 else "#4b5552")
    mark(s, 390, 270, 0.6, light(colour, 0.75))
    for x in (316, 684):
        for y in (236, 784):
            s.flat(disc(x, y, 10), dark(colour, 0.6))
    s.cord([(300, 220), (240, 150), (280, 90), (340, 130), (330, 196)], second, 16)
    s.put("</g>")


def multitool(s, colour, second):
    s.put('<g transform="rotate(-24 500 520)">')
    for way in (-1, 1):
        jaw = spline([(500 + way * 4, 470, 1), (500 + way * 60, 420), (500 + way * 52, 330), (500 + way * 22, 210), (500 + way * 5, 196, 1)])
        s.tube(jaw, "#a4a9ac", 0.7)
        for at in range(5):
            s.line(f"M{500 + way * 6} {236 + at * 18}l{way * 12} 4", "#54595c", 3)
        handle = [(500 + way * 12, 480), (500 + way * 70, 470), (500 + way * 130, 640), (500 + way * 190, 880), (500 + way * 150, 906), (500 + way * 108, 890), (500 + way * 60, 660)]
        path = spline(handle)
        s.hang(path, 14)
        s.body(path, "#8b9093", 22, 0.4)
        s.body(spline([(500 + way * 66, 560), (500 + way * 96, 570), (500 + way * 152, 800), (500 + way * 146, 850), (500 + way * 120, 840), (500 + way * 78, 660)]), colour, 14, 0.2, 0.2)
        s.line(spline([(500 + way * 100, 520), (500 + way * 140, 680), (500 + way * 176, 850)], False), "#3c4143", 4, 0.8)
    s.tube(disc(500, 462, 42), "#b7bbbd", 0.7)
    s.flat(disc(500, 462, 17), "#54595c")
    blade = spline([(560, 500), (640, 420), (760, 330), (800, 318), (770, 390), (660, 500), (590, 560)])
    s.tube(blade, "#c9cdcf", 0.7, False)
    s.put("</g>")


def poles(s, colour, second):
    for dx, turn in ((-70, -9), (70, 9)):
        s.put(f'<g transform="rotate({turn} 500 500) translate({dx} 0)">')
        s.hang(box(488, 120, 24, 790, 10), 14, 0.2)
        s.cord([(494, 150), (430, 220), (440, 330), (492, 190)], "#2b2e31", 18)
        s.tube(box(488, 330, 24, 250, 6), colour, 0.6)
        s.tube(box(490, 560, 20, 290, 6), "#9aa0a3", 0.7)
        for y in (560, 700):
            s.tube(box(482, y, 36, 34, 8), "#232527", 0.4)
            s.body(box(512, y + 4, 18, 26, 5), second, 5)
        s.tube(spline([(482, 120), (500, 108), (522, 120), (526, 190), (516, 340, 1), (484, 340, 1), (478, 200)]), second, 0.4)
        for at in range(7):
            s.line(f"M482 {196 + at * 19}h34", dark(second, 0.6), 5, 0.6)
        s.flat(disc(500, 846, 44, 12), "#232527")
        s.flat("M492 856h16l-5 60h-6Z", "#808486")
        s.put(f'<g transform="translate(500 440) rotate(90) scale(0.26)"><path d="{PEAK}" fill="{light(colour, 0.8)}"/></g>')
        s.put("</g>")


def carabiner(s, colour, second):
    for dx, dy, turn, tone in ((110, 40, 16, second), (-90, -20, -10, colour)):
        s.put(f'<g transform="translate({dx} {dy}) rotate({turn} 500 500)">')
        ring = spline([(440, 190), (560, 180), (630, 250), (640, 420), (600, 640), (560, 780), (480, 810), (410, 760), (396, 600), (390, 400), (392, 250)])
        s.put(f'<path d="{ring}" transform="translate(16 26)" fill="none" stroke="#2b2620" stroke-width="46" opacity="0.3" filter="{s.blur(14)}"/>')
        s.line(ring, dark(tone, 0.5), 50)
        s.line(ring, tone, 42)
        s.put(f'<path d="{ring}" transform="translate(-7 -8)" fill="none" stroke="{light(tone, 0.65)}" stroke-width="9" opacity="0.85"/>')
        s.put(f'<path d="{ring}" transform="translate(9 10)" fill="none" stroke="{dark(tone, 0.45)}" stroke-width="9" opacity="0.5"/>')
        s.line("M392 330L400 640", "#7d8386", 40)
        s.line("M388 330L396 640", "#d3d7d9", 14)
        s.tube(box(366, 420, 64, 130, 14), "#3a3e41", 0.5)
        for at in range(6):
            s.flat(box(368, 430 + at * 19, 60, 7, 3), "#16181a", 0.7)
        s.flat(disc(400, 650, 12), "#54595c")
        s.put("</g>")


def first_aid(s, colour, second):
    s.stand(500, 770, 330, 24)
    s.cord([(400, 300), (410, 220), (500, 196), (590, 220), (600, 300)], dark(colour, 0.35), 28)
    body = spline([(180, 380), (230, 300), (770, 300), (820, 380), (830, 660), (780, 764), (220, 764), (170, 660)])
    s.body(body, colour, 60, 0.18, 0.24)
    seam = spline([(184, 420), (240, 344), (760, 344), (816, 420)], False)
    s.line(seam, dark(colour, 0.5), 16, 0.9)
    s.line(seam, "#8d9092", 7, 1, "3 4")
    s.flat(box(802, 410, 13, 50, 6), "#c9c9c4")
    s.pocket(spline([(300, 450), (700, 450), (716, 660), (680, 716), (320, 716), (284, 660)]), dark(colour, 0.06), 28)
    s.flat(disc(500, 584, 92), second)
    s.flat(box(478, 526, 44, 116, 6), colour)
    s.flat(box(442, 562, 116, 44, 6), colour)
    for x in (226, 774):
        s.strap([(x, 330), (x + (8 if x > 500 else -8), 560), (x, 756)], dark(colour, 0.35), 30)


def book(s, colour, second, peaks=3):
    s.put('<g transform="rotate(-7 500 500)">')
    s.hang(box(276, 150, 470, 690, 10), 26)
    s.flat(box(290, 164, 462, 682, 8), "#d9d4c6")
    for at in range(6):
        s.line(f"M{742 + at * 1.8} 172V836", "#a9a393", 1, 0.7)
        s.line(f"M296 {836 + at * 1.8}H742", "#a9a393", 1, 0.7)
    cover = box(270, 146, 466, 682, 8)
    s.body(cover, colour, 14, 0.14, 0.12)
    s.put(f'<g clip-path="{s.clip(cover)}"><path d="M270 146h466v400h-466Z" fill="{s.gradient([(0, light(second, 0.55)), (1, light(second, 0.1))], (0, 0, 0, 1))}"/>'
          f'<circle cx="620" cy="290" r="54" fill="#fff6dc" opacity="0.9"/>')
    for at in range(peaks):
        tone, y = dark(colour, 0.1 + at * 0.18), 440 + at * 70
        s.put(f'<path d="M200 {y + 120}L{340 + at * 60} {y - 120 + at * 20}L{430 + at * 40} {y}L{560 + at * 30} {y - 90}L820 {y + 130}V900H200Z" fill="{tone}"/>')
    s.put("</g>")
    s.flat(box(322, 686, 300, 20, 4), "#f4efe0", 0.95)
    s.flat(box(322, 722, 210, 14, 4), "#f4efe0", 0.75)
    s.flat(box(322, 766, 110, 10, 4), "#f4efe0", 0.6)
    s.flat(box(270, 146, 26, 682, 6), dark(colour, 0.5), 0.45)
    s.line("M300 150V826", light(colour, 0.5), 2, 0.4)
    s.put("</g>")


def filter_(s, colour, second):
    s.stand(500, 856, 150, 18)
    pouch = spline([(360, 130, 1), (640, 130, 1), (660, 300), (640, 480), (560, 560, 1), (440, 560, 1), (360, 480), (340, 300)])
    s.hang(pouch, 14)
    s.body(pouch, light(second, 0.45), 44, 0.3)
    s.shade(spline([(390, 170), (420, 170), (420, 460), (396, 440)]), pouch, "#ffffff", 0.7, 9)
    s.fold([(360, 300), (450, 330), (540, 310)], pouch, second, 18, 0.25)
    s.line("M364 150H636", dark(second, 0.3), 5, 0.6)
    mark(s, 500, 380, 1.0, dark(second, 0.2))
    s.tube(box(430, 548, 140, 54, 12), "#2b2e31", 0.4)
    s.tube(box(424, 596, 152, 190, 24), colour, 0.55)
    for at in range(5):
        s.flat(box(426, 624 + at * 26, 148, 9, 4), dark(colour, 0.5), 0.45)
    s.tube(box(462, 782, 76, 46, 10), "#2b2e31", 0.4)
    s.tube(box(480, 822, 40, 40, 8), "#d8dbd8", 0.6)
