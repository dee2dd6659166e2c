"""The demo store's pictures: what each product looks like, and in which colours.

`python3 draw.py FOLDER` writes each as SVG and needs nothing else. With `--webp` it writes what is committed in
`../pictures`, for which it needs `pip install resvg-py pillow`.
"""

import io
import os
import sys

import camp
import carry
import small
import wear
from studio import SIDE, Sheet

PIXELS = 800
QUALITY = 82
WHOLE = (0, 0, SIDE, SIDE)
DETAIL = (290, 290, 440, 440)
# Where there is more to see.
DETAILS = {
    "luvas-cume": (560, 420, 330, 330),
    "guia-trilhos": (240, 420, 440, 440),
    "manual-nos": (240, 420, 440, 440),
    "filtro-agua": (340, 480, 320, 320),
    "panelas-conjunto": (180, 420, 460, 460),
}
GROUNDS = ("#e9e7e1", "#e4e6e4", "#ebe6dc")

# A product's drawing, what it is told, its colours, and which part of the sheet is shown.
GOODS = {
    "casaco-geres": (wear.jacket, {}, [("#4d6247", "#39493a"), ("#b4532f", "#8a3c22"), ("#34373a", "#25282b")]),
    "casaco-marao": (wear.jacket, {"quilted": True, "hood": False}, [("#c4572e", "#a84422"), ("#33475f", "#27374b")]),
    "corta-vento-guincho": (wear.jacket, {}, [("#3f7189", "#2f586d"), ("#b59f76", "#8f7c58")]),
    "polar-estrela": (wear.jacket, {"hood": False, "half": True}, [("#8a9a8e", "#5d6d63"), ("#505457", "#3b3f42")]),
    "t-shirt-tejo": (wear.tee, {}, [("#3b5468", "#e7c46a"), ("#606b4d", "#e9e2cf"), ("#d8cfba", "#b4532f")]),
    "calcas-caima": (wear.trousers, {}, [("#5b5a4c", "#4a493d"), ("#6b6f72", "#54585b")]),
    "calcoes-arrabida": (wear.trousers, {"short": True}, [("#8b7b5e", "#6f6249"), ("#566069", "#434c54")], (120, 0, 760, 760)),
    "colete-campo": (wear.vest, {}, [("#7c7350", "#6a6244")], (110, 90, 780, 780)),
    "botas-soajo": (wear.shoe, {"height": 200}, [("#7a5636", "#3f3a34")]),
    "botas-lousa": (wear.shoe, {"height": 90}, [("#6e7460", "#b4532f"), ("#3b3f42", "#2a2d30")]),
    "sapatilhas-sado": (wear.shoe, {"height": 44}, [("#42566b", "#c98a3e"), ("#4f6a52", "#b7bf4e")]),
    "sandalias-tavira": (wear.sandal, {}, [("#4d5a48", "#5f5a50")]),
    "galochas-minho": (wear.wellies, {}, [("#3c5a44", "#22302a"), ("#d3a02c", "#6e5620")]),
    "meias-la": (wear.socks, {}, [("#6b7263", "#a85a3a")]),
    "mochila-peneda-50": (carry.backpack, {"kind": "trek"}, [("#5a6b4a", "#3f4c38"), ("#a8542f", "#6e3a24")]),
    "mochila-sintra-22": (carry.backpack, {}, [("#3e5870", "#2c3f52"), ("#44484b", "#303437")]),
    "mochila-douro": (carry.backpack, {"kind": "roll"}, [("#b9852f", "#7a5a2c"), ("#566148", "#3d4633")]),
    "saco-estanque": (carry.drybag, {}, [("#d9772b", "#f1efe8"), ("#2f6f96", "#f1efe8")]),
    "saco-viagem-60": (carry.duffel, {}, [("#4a5148", "#33393a"), ("#703a38", "#4a2725")], (60, 120, 880, 880)),
    "bolsa-cintura": (carry.waistpack, {}, [("#56604a", "#454e3d"), ("#c2604c", "#93463a")], (20, 40, 960, 960)),
    "bolsa-tiracolo": (carry.sling, {}, [("#3a3f45", "#2c3034")]),
    "tenda-barroso-2": (camp.tent, {}, [("#b9632f", "#e2b25c"), ("#55694e", "#d8a24a")]),
    "tenda-alentejo-4": (camp.tent, {"long": True}, [("#5f7355", "#d8a24a")]),
    "saco-cama-marvao": (camp.sleeping_bag, {}, [("#3c5a70", "#c98a3e"), ("#933a34", "#c9b08a")]),
    "colchao-leve": (camp.mat, {}, [("#d0843a", "#b06a2a")]),
    "manta-serra": (camp.blanket, {}, [("#7a3b33", "#2f3b4a"), ("#6d7073", "#a85a3a")], (60, 120, 880, 880)),
    "cadeira-ribeira": (camp.chair, {}, [("#56664c", "#3f4c38"), ("#3f5a72", "#2d4254")]),
    "fogao-lume": (camp.stove, {}, [("#d9dad6", "#b3452c")]),
    "panelas-conjunto": (camp.pots, {}, [("#7a7f83", "#2b2e31")]),
    "rede-descanso": (camp.hammock, {}, [("#4d6b60", "#d8a24a"), ("#3f6480", "#d98a6a")]),
    "frontal-lince": (small.headlamp, {}, [("#b4532f", "#e8b13c"), ("#4d6247", "#e8b13c")], (60, 60, 880, 880)),
    "lanterna-farol": (small.torch, {}, [("#34383b", "#b4532f")], (110, 120, 780, 780)),
    "candeeiro-vagalume": (small.lantern, {}, [("#4d5f4a", "#b0472f"), ("#9c3a30", "#3a3f3d")]),
    "bussola-norte": (small.compass, {}, [("#2b2e31", "#b4532f")]),
    "binoculos-garca": (small.binoculars, {}, [("#4a5146", "#2b2e31")]),
    "radios-par": (small.radio, {}, [("#b9832c", "#2b2e31"), ("#55624c", "#2b2e31")]),
    "bateria-solar": (small.solar, {}, [("#3a3f3d", "#d9772b")]),
    "garrafa-termica": (carry.flask, {}, [("#35513f", "#25282a"), ("#2f5470", "#25282a"), ("#d9d0ba", "#4a4034")], (80, 60, 880, 880)),
    "caneca-termica": (carry.flask, {"low": True}, [("#a8482e", "#25282a"), ("#34373a", "#1f2123")], (160, 220, 700, 700)),
    "garrafa-clara": (carry.bottle, {}, [("#7fb0bd", "#2b2e31"), ("#8fb48f", "#33463a")]),
    "caneca-esmaltada": (carry.mug, {}, [("#e9e5da", "#2e4a5c"), ("#47604f", "#e9e2cf")], (110, 110, 880, 880)),
    "filtro-agua": (small.filter_, {}, [("#3e7fa0", "#8fb6c4")]),
    "luvas-cume": (wear.glove, {}, [("#3a3d3c", "#6b6350")]),
    "bone-campo": (wear.cap, {}, [("#8a7a55", "#5f5238"), ("#55634c", "#3d4836"), ("#40566c", "#2e4052")], (100, 100, 860, 860)),
    "gorro-neve": (wear.beanie, {}, [("#a8452d", "#8f3521"), ("#cfc4ac", "#b3a68a"), ("#4b6152", "#3a4d41")]),
    "oculos-protecao": (wear.goggles, {}, [("#2b2f33", "#d58a3c"), ("#2b2f33", "#4b5a66")], (50, 0, 900, 900)),
    "multiferramenta": (small.multitool, {}, [("#5a4632", "#333333")]),
    "bastoes-caminho": (small.poles, {}, [("#3e5870", "#2b2e31"), ("#a8482e", "#2b2e31")]),
    "mosquetoes-par": (small.carabiner, {}, [("#b4532f", "#3e5870")]),
    "primeiros-socorros": (small.first_aid, {}, [("#2f6b4a", "#f4f2ec")]),
    "guia-trilhos": (small.book, {}, [("#2f4a43", "#e0a45a")]),
    "manual-nos": (small.book, {"peaks": 2}, [("#5a3b2c", "#8fb0b8")]),
}


def pictures():
    """Each picture's name and its SVG: one a colour, and a detail where there is one colour only."""
    for count, (slug, (drawing, told, colours, *view)) in enumerate(GOODS.items()):
        for number, colour in enumerate(colours, 1):
            sheet = Sheet(GROUNDS[count % len(GROUNDS)])
            drawing(sheet, *colour, **told)
            yield f"{slug}-{number}", sheet.svg(*view or [WHOLE])
            if len(colours) == 1:
                yield f"{slug}-detail", sheet.svg(DETAILS.get(slug, DETAIL))


def webp(svg):
    import resvg_py
    from PIL import Image

    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=PIXELS))
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def main(folder, *options):
    os.makedirs(folder, exist_ok=True)
    for name, svg in pictures():
        wanted = webp(svg) if "--webp" in options else svg.encode()
        ending = "webp" if "--webp" in options else "svg"
        with open(os.path.join(folder, f"{name}.{ending}"), "wb") as file:
            file.write(wanted)


if __name__ == "__main__":
    main(*sys.argv[1:])
