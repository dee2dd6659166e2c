"""Shoppers who never pause: pages, lists, baskets and purchases through the door, until a file says stop.

load.py HOST PORT STORE STOPFILE REPORT [SHOPPERS]

Every request counts, and every one has to be answered as it should be: no connection that breaks, no error of ours.
A connection that the door closed while nobody asked anything is opened anew, as browsers do. The report is JSON.
"""

import collections
import http.client
import json
import os
import sys
import threading
import time
import uuid

HOST, PORT, STORE, STOP, REPORT = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5]
SHOPPERS = int(sys.argv[6]) if len(sys.argv) > 6 else 6
JSON = {"Content-Type": "application/json"}
ADDRESS = {
    "name": "Ana", "line1": "Rua do Ouro 1", "city": "Lisboa", "postcode": "1100-148", "country": "PT",
}


class Report:
    """What all shoppers together saw."""

    def __init__(self):
        self.lock = threading.Lock()
        self.answers = collections.Counter()
        self.slots = collections.Counter()
        self.failures = []
        self.slowest = 0.0

    def count(self, what, slot, seconds):
        with self.lock:
            self.answers[what] += 1
            self.slowest = max(self.slowest, seconds)
            if slot:
                self.slots[slot] += 1

    def fail(self, what, why):
        with self.lock:
            self.answers[what] += 1
            self.failures.append({"at": time.time(), "what": what, "why": why})

    def write(self):
        with self.lock:
            total = sum(self.answers.values())
            told = {
                "requests": total, "failed": len(self.failures), "slowest_seconds": round(self.slowest, 3),
                "answers": dict(self.answers), "slots": dict(self.slots), "failures": self.failures[:20],
                "failed_by": collections.Counter(failure["what"] for failure in self.failures),
            }
        with open(REPORT + ".new", "w", encoding="utf-8") as file:
            json.dump(told, file, indent=1)
        os.replace(REPORT + ".new", REPORT)


class Shopper(threading.Thread):
    """One browser: a connection that is kept."""

    def __init__(self, report):
        super().__init__(daemon=True)
        self.report = report
        self.connection = http.client.HTTPConnection(HOST, PORT, timeout=30)

    def ask(self, what, method, path, body=None, headers=None, host=STORE, expect=(200, 201)):
        """The answer's bytes, or nothing when it was no good answer."""
        headers = {"Host": host, **(headers or {})}
        began = time.monotonic()
        try:
            if self.connection.sock is None:
                self.connection.connect()
            self.connection.request(method, path, body=body, headers=headers)
            response = self.connection.getresponse()
            told = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.report.fail(what, repr(error))
            return None
        if response.status not in expect:
            self.report.fail(what, f"{response.status} {told[:200].decode(errors='replace')}")
            return None
        self.report.count(what, response.headers.get("X-Stores-Slot"), time.monotonic() - began)
        return told

    def json(self, *arguments, **named):
        told = self.ask(*arguments, **named)
        return None if told is None else json.loads(told)

    def run(self):
        while not os.path.exists(STOP):
            self.visit()

    def visit(self):
        """A look around, a basket, and a purchase up to the card."""
        self.ask("health", "GET", "/api/health", host=STORE.split(".", 1)[1])
        self.ask("home page", "GET", "/")
        listed = self.json("list", "GET", "/api/catalog/store/products?limit=20")
        if not listed:
            return
        offset = uuid.uuid4().int % len(listed["items"])
        slug = listed["items"][offset]["slug"]
        self.ask("product page", "GET", f"/products/{slug}")
        product = self.json("product", "GET", f"/api/catalog/store/products/{slug}")
        cart = self.json("cart", "POST", "/api/orders/store/carts")
        if not product or not cart:
            return
        word = {"X-Cart-Token": cart["token"], **JSON}
        variant = next((v for v in product["variants"] if v.get("available", 1)), product["variants"][0])
        line = json.dumps({"variant_id": variant["id"], "quantity": 1})
        path = f"/api/orders/store/carts/{cart['id']}"
        # Sold out is an answer, and a right one: everybody buys here and nobody pays.
        filled = self.json("line", "POST", f"{path}/lines", body=line, headers=word, expect=(200, 201, 409))
        self.ask("cart again", "GET", path, headers=word)
        if filled and filled.get("total"):
            self.buy(cart["id"], filled["total"], word)

    def buy(self, cart, total, word):
        form = json.dumps({
            "cart_id": cart, "email": "ana@example.pt", "accepts_terms": True, "shipping_address": ADDRESS,
            "expected_total": total,
        })
        # The price with shipping, where it differs, or the last piece gone: refused, and rightly.
        order = self.json(
            "checkout", "POST", "/api/orders/store/checkout", body=form,
            headers={**word, "Idempotency-Key": str(uuid.uuid4())}, expect=(200, 201, 409),
        )
        # One in ten goes on to the card: the stand-in for Stripe writes its whole state for each.
        if order and order.get("payment_ticket") and uuid.uuid4().int % 10 == 0:
            ticket = json.dumps({"ticket": order["payment_ticket"]})
            self.ask("intent", "POST", "/api/payments/store/intents", body=ticket, headers=JSON)


def main():
    report = Report()
    shoppers = [Shopper(report) for _ in range(SHOPPERS)]
    for shopper in shoppers:
        shopper.start()
    while any(shopper.is_alive() for shopper in shoppers):
        time.sleep(1)
        report.write()
    report.write()


main()
