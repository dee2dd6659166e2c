#!/usr/bin/env python3
"""Writes down which fields a shop's answers have and of which JSON types, and nothing else of them.

usage: shapes.py DIRECTORY > e2e/simulators/contract/woocommerce/shapes.json

DIRECTORY holds recorded answers of a real shop: `index.json` names them, a file holds one. A path is
a field's way from the object that a list holds: `images[].src`. What merchants and plugins fill in
(meta values, options, settings by name) is not looked into."""
import json, os, re, sys
from collections import defaultdict

RESOURCES = {
    "index": r"/wp-json/",
    "products": r"/products(/\d+)?", "variations": r"/products/\d+/variations(/\d+)?",
    "categories": r"/products/categories", "tags": r"/products/tags",
    "shipping_classes": r"/products/shipping_classes", "attributes": r"/products/attributes",
    "terms": r"/products/attributes/\d+/terms", "reviews": r"/products/reviews(/\d+)?",
    "customers": r"/customers(/\d+)?", "orders": r"/orders(/\d+)?",
    "refunds": r"/orders/\d+/refunds(/\d+)?", "notes": r"/orders/\d+/notes", "coupons": r"/coupons(/\d+)?",
    "taxes": r"/taxes", "tax_classes": r"/taxes/classes", "zones": r"/shipping/zones",
    "locations": r"/shipping/zones/\d+/locations", "methods": r"/shipping/zones/\d+/methods",
    "shipping_methods": r"/shipping_methods", "payment_gateways": r"/payment_gateways",
    "settings_groups": r"/settings", "settings": r"/settings/\w+", "system_status": r"/system_status",
    "data": r"/data", "currency": r"/data/currencies/current", "country": r"/data/countries/pt",
    "continent": r"/data/continents/eu", "totals": r"/reports/\w+/totals",
}
OPEN = re.compile(r"(^|[.\]])(value|display_value|default|options|settings|_links|routes|taxonomies|"
                  r"product_visibility_terms|database_tables|reviewer_avatar_urls)$")
TYPES = {bool: "boolean", int: "integer", float: "float", str: "string", type(None): "null",
         list: "array", dict: "object"}

def walk(value, path, types):
    if path:
        types[path].add(TYPES[type(value)])
        if OPEN.search(path):
            return
    if isinstance(value, dict):
        for name, inner in value.items():
            walk(inner, f"{path}.{name}" if path else name, types)
    elif isinstance(value, list):
        for inner in value:
            walk(inner, path + "[]", types)

def main(directory):
    with open(os.path.join(directory, "index.json")) as file:
        requests = json.load(file)["requests"]
    shapes = {name: (defaultdict(set), []) for name in RESOURCES}
    for request in requests:
        path = request["path"].split("?")[0].replace("/wp-json/wc/v3", "")
        name = next((name for name, form in RESOURCES.items() if re.fullmatch(form, path)), None)
        if not name or request["status"] != 200 or request["method"] != "GET" or "_fields" in request["path"]:
            continue
        with open(os.path.join(directory, request["file"])) as file:
            text = json.load(file)["response"]["body_text"]
        try:
            answer = json.loads(text)
        except ValueError:
            continue  # Recorded with junk before the JSON.
        for item in answer if isinstance(answer, list) else [answer]:
            walk(item, "", shapes[name][0])
            shapes[name][1].append(set(item))
    result = {}
    for name, (types, fields) in shapes.items():
        always = set.intersection(*fields) if fields else set()
        optional = sorted(field for field in types if not re.search(r"[.\[]", field) and field not in always)
        result[name] = {"types": {path: "|".join(sorted(found)) for path, found in sorted(types.items())},
                        "optional": optional}
    json.dump(result, sys.stdout, indent=1, ensure_ascii=False)
    print()

main(sys.argv[1])
