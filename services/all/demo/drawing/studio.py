"""A photographer's studio in SVG: light from the upper left, a soft background, cloth, metal and shadow.

Everything is drawn on a sheet of 1000 by 1000. A silhouette is a list of points through which a smooth line goes;
a point with a third part is a corner.
"""

SIDE = 1000


def rgb(colour):
    return tuple(int(colour[at:at + 2], 16) for at in (1, 3, 5))


def mix(colour, other, part):
    pairs = zip(rgb(colour), rgb(other))
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def light(colour, part):
    return mix(colour, "#ffffff", part)


def dark(colour, part):
    return mix(colour, "#0b0d10", part)


def spline(points, closed=True):
    """A smooth line through the points (Catmull-Rom as Bezier curves); it is straight into and out of corners."""
    count = len(points)

    def at(n):
        return points[n % count] if closed else points[max(0, min(count - 1, n))]

    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for n in range(count if closed else count - 1):
        before, start, end, after = at(n - 1), at(n), at(n + 1), at(n + 2)
        pull = 1 / 6
        first = start[:2] if len(start) > 2 else tuple(start[k] + (end[k] - before[k]) * pull for k in (0, 1))
        last = end[:2] if len(end) > 2 else tuple(end[k] - (after[k] - start[k]) * pull for k in (0, 1))
        path += f"C{first[0]:.1f} {first[1]:.1f} {last[0]:.1f} {last[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
    return path + ("Z" if closed else "")


def mirror(points, middle=500):
    """The right half of a silhouette, from top to bottom, made whole."""
    left = [(2 * middle - x, y, *rest) for x, y, *rest in reversed(points) if x != middle]
    return spline([*points, *left])


def flip(path_points, middle=500):
    return [(2 * middle - x, y, *rest) for x, y, *rest in path_points]


def box(x, y, width, height, round_=0):
    r = min(round_, width / 2, height / 2)
    return (f"M{x + r} {y}h{width - 2 * r}a{r} {r} 0 0 1 {r} {r}v{height - 2 * r}a{r} {r} 0 0 1 {-r} {r}"
            f"h{2 * r - width}a{r} {r} 0 0 1 {-r} {-r}v{2 * r - height}a{r} {r} 0 0 1 {r} {-r}Z")


def disc(x, y, rx, ry=None):
    ry = ry or rx
    return f"M{x - rx} {y}a{rx} {ry} 0 1 1 {2 * rx} 0a{rx} {ry} 0 1 1 {-2 * rx} 0Z"


class Sheet:
    def __init__(self, ground="#e9e7e1"):
        self.defs, self.parts, self.count, self.ground = [], [], 0, ground

    def name(self):
        self.count += 1
        return f"n{self.count}"

    def put(self, text):
        self.parts.append(text)

    def gradient(self, stops, across=(0, 0, 1, 0)):
        name = self.name()
        x1, y1, x2, y2 = across
        inner = "".join(f'<stop offset="{at}" stop-color="{colour}"/>' for at, colour in stops)
        self.defs.append(f'<linearGradient id="{name}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}">{inner}</linearGradient>')
        return f"url(#{name})"

    def blur(self, by, margin=60):
        """A blur that reaches so many hundredths of a shape beyond it."""
        name = f"b{str(by).replace('.', '_')}-{margin}"
        text = (f'<filter id="{name}" x="-{margin}%" y="-{margin}%" width="{100 + 2 * margin}%" height="{100 + 2 * margin}%">'
                f'<feGaussianBlur stdDeviation="{by}"/></filter>')
        if text not in self.defs:
            self.defs.append(text)
        return f"url(#{name})"

    def clip(self, path):
        name = self.name()
        self.defs.append(f'<clipPath id="{name}"><path d="{path}"/></clipPath>')
        return f"url(#{name})"

    # Shadows lie on the ground, below everything drawn later.

    def stand(self, x, y, rx, ry=26, depth=0.4):
        """Where a thing touches the floor."""
        self.put(f'<ellipse cx="{x + 24}" cy="{y + 12}" rx="{rx * 1.22}" ry="{ry * 1.9}" fill="#2b2620" '
                 f'opacity="{depth * 0.5}" filter="{self.blur(30)}"/>')
        self.put(f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="#1a1612" opacity="{depth}" '
                 f'filter="{self.blur(11)}"/>')

    def hang(self, path, by=26, depth=0.3):
        """The shadow of what hangs before the wall or lies on the table."""
        self.put(f'<path d="{path}" transform="translate({by} {by * 1.5})" fill="#2b2620" opacity="{depth}" '
                 f'filter="{self.blur(by, 25)}"/>')
        self.put(f'<path d="{path}" transform="translate(5 9)" fill="#1a1612" opacity="{depth}" filter="{self.blur(6, 10)}"/>')

    # Surfaces.

    def body(self, path, colour, depth=34, gloss=0.16, rough=0.0, across=(0.1, 0, 0.8, 1)):
        """A soft volume: lit from the upper left, darker where it turns away."""
        fill = self.gradient([(0, light(colour, gloss)), (0.5, colour), (1, dark(colour, 0.22))], across)
        clip, near = self.clip(path), depth * 0.32
        self.put(f'<path d="{path}" fill="{fill}"/><g clip-path="{clip}">')
        self.put(f'<path d="{path}" fill="none" stroke="{dark(colour, 0.62)}" stroke-width="{depth * 1.5}" opacity="0.6" '
                 f'filter="{self.blur(depth * 0.55, 6)}" transform="translate({-near} {-near})"/>')
        self.put(f'<path d="{path}" fill="none" stroke="{light(colour, 0.6)}" stroke-width="{depth * 0.5}" opacity="0.4" '
                 f'filter="{self.blur(depth * 0.3, 6)}" transform="translate({near * 0.7} {near * 0.7})"/>')
        if rough:
            self.put(f'<path d="{path}" filter="{self.weave()}" opacity="{rough}"/>')
        self.put("</g>")

    def weave(self):
        name = "weave"
        text = (f'<filter id="{name}" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise" '
                'baseFrequency="0.11 0.16" numOctaves="2" seed="7"/><feColorMatrix values="0 0 0 0 0.1 0 0 0 0 0.1 '
                '0 0 0 0 0.1 0 0 0 1.6 -0.62"/><feComposite in2="SourceGraphic" operator="in"/></filter>')
        if text not in self.defs:
            self.defs.append(text)
        return f"url(#{name})"

    def tube(self, path, colour, shine=0.55, upright=True):
        """Something round and smooth: metal, lacquer, plastic."""
        stops = [(0, dark(colour, 0.5)), (0.12, dark(colour, 0.1)), (0.26, light(colour, shine)), (0.36, light(colour, 0.12)),
                 (0.66, colour), (0.9, dark(colour, 0.46)), (1, dark(colour, 0.3))]
        self.put(f'<path d="{path}" fill="{self.gradient(stops, (0, 0, 1, 0) if upright else (0, 0, 0, 1))}"/>')

    def flat(self, path, colour, opacity=1.0):
        self.put(f'<path d="{path}" fill="{colour}" opacity="{opacity}"/>')

    def shade(self, path, inside=None, colour="#0b0d10", opacity=0.35, by=14):
        """A soft dark or light place, kept inside a silhouette."""
        text = f'<path d="{path}" fill="{colour}" opacity="{opacity}" filter="{self.blur(by)}"/>'
        self.put(f'<g clip-path="{self.clip(inside)}">{text}</g>' if inside else text)

    def fold(self, points, inside, colour, width=16, opacity=0.4):
        """A crease: its dark side, and the light beside it."""
        path, clip = spline(points, False), self.clip(inside)
        self.put(f'<g clip-path="{clip}"><path d="{path}" fill="none" stroke="{dark(colour, 0.7)}" stroke-width="{width}" '
                 f'stroke-linecap="round" opacity="{opacity}" filter="{self.blur(width * 0.45)}"/>'
                 f'<path d="{path}" transform="translate({-width * 0.75} {-width * 0.5})" fill="none" stroke="{light(colour, 0.6)}" '
                 f'stroke-width="{width * 0.6}" stroke-linecap="round" opacity="{opacity * 0.6}" filter="{self.blur(width * 0.4)}"/></g>')

    # Lines.

    def line(self, path, colour, width=4, opacity=1.0, dash=""):
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.put(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" '
                 f'stroke-linejoin="round" opacity="{opacity}"{dashed}/>')

    def seam(self, path, colour, stitched=True):
        self.line(path, dark(colour, 0.6), 4, 0.65)
        self.put(f'<path d="{path}" transform="translate(-3 3)" fill="none" stroke="{light(colour, 0.5)}" stroke-width="2" opacity="0.35"/>')
        if stitched:
            self.put(f'<path d="{path}" transform="translate(8 4)" fill="none" stroke="{light(colour, 0.42)}" stroke-width="2" '
                     'stroke-dasharray="7 5" opacity="0.6"/>')

    def zip(self, x1, y1, x2, y2, colour, pull="#c9c9c4"):
        path = f"M{x1} {y1}L{x2} {y2}"
        self.line(path, dark(colour, 0.5), 15, 0.9)
        self.line(path, "#17181a", 8)
        self.line(path, "#8d9092", 7, 1, "3 4")
        self.flat(box(x1 - 7, y1 - 2, 14, 30, 6), pull)
        self.flat(box(x1 - 4, y1 + 22, 8, 34, 4), dark(pull, 0.25))

    def cord(self, points, colour, width=10):
        """A cord or strap edge with a light side."""
        path = spline(points, False)
        self.put(f'<path d="{path}" transform="translate(4 8)" fill="none" stroke="#15120f" stroke-width="{width}" opacity="0.3" '
                 f'stroke-linecap="round" filter="{self.blur(5)}"/>')
        self.line(path, dark(colour, 0.4), width)
        self.line(path, colour, width * 0.72)
        self.put(f'<path d="{path}" transform="translate({-width * 0.16} {-width * 0.16})" fill="none" stroke="{light(colour, 0.45)}" '
                 f'stroke-width="{width * 0.22}" stroke-linecap="round" opacity="0.8"/>')

    def strap(self, points, colour, width=34):
        """Webbing: a cord with stitches along both edges."""
        path = spline(points, False)
        self.cord(points, colour, width)
        self.line(path, dark(colour, 0.35), width * 0.5, 0.35)
        self.line(path, light(colour, 0.3), width * 0.06, 0.8, "6 6")

    def pocket(self, path, colour, depth=14):
        self.put(f'<path d="{path}" transform="translate(4 8)" fill="#0b0d10" opacity="0.4" filter="{self.blur(7)}"/>')
        self.body(path, colour, depth, 0.1)
        self.line(path, light(colour, 0.35), 1.6, 0.5, "7 5")

    def buckle(self, x, y, width=64, height=44, colour="#232527"):
        self.put(f'<path d="{box(x - width / 2, y - height / 2, width, height, 9)}" transform="translate(3 6)" fill="#000" '
                 f'opacity="0.4" filter="{self.blur(5)}"/>')
        self.body(box(x - width / 2, y - height / 2, width, height, 9), colour, 9, 0.3)
        self.flat(box(x - width * 0.3, y - height * 0.2, width * 0.6, height * 0.4, 5), dark(colour, 0.45))
        self.line(f"M{x - width * 0.38} {y - height * 0.38}h{width * 0.7}", light(colour, 0.5), 2, 0.7)

    def label(self, x, y, width=70, height=30, colour="#f1efe8", ink="#2f352e"):
        """A woven label with our mountain."""
        self.flat(box(x, y, width, height, 3), colour)
        peak = (f"M{x + width * 0.2} {y + height * 0.76}L{x + width * 0.42} {y + height * 0.28}L{x + width * 0.55} "
                f"{y + height * 0.56}L{x + width * 0.64} {y + height * 0.4}L{x + width * 0.8} {y + height * 0.76}Z")
        self.flat(peak, ink)

    def svg(self, view=(0, 0, SIDE, SIDE)):
        x, y, width, height = view
        ground = self.ground
        defs = "".join(self.defs)
        wall = (f'<radialGradient id="wall" cx="0.42" cy="0.34" r="0.85"><stop offset="0" stop-color="{light(ground, 0.62)}"/>'
                f'<stop offset="0.6" stop-color="{ground}"/><stop offset="1" stop-color="{dark(ground, 0.13)}"/></radialGradient>')
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x} {y} {width} {height}" width="{SIDE}" height="{SIDE}">'
                f'<defs>{wall}{defs}</defs><rect width="{SIDE}" height="{SIDE}" fill="url(#wall)"/>{"".join(self.parts)}</svg>')
