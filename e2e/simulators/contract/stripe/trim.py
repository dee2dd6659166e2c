#!/usr/bin/env python3
"""Cuts the Stripe OpenAPI document down to what the Stripe double answers.

usage: trim.py openapi.json > e2e/simulators/contract/stripe/openapi.json

Kept: the operations below and every schema they and the webhook events reach. Dropped:
descriptions; the expanded form of objects that the double does not have; and the inside of
payment methods and capabilities that no store here uses (their names stay, so a parameter is
never refused that Stripe would take)."""
import json, sys

OPERATIONS = {
    "/v1/account": "get", "/v1/account_links": "post", "/v1/accounts": "get post",
    "/v1/accounts/{id}": "get post delete", "/v1/accounts/{id}/capabilities": "get",
    "/v1/accounts/{account_id}/capabilities/{id}": "get post",
    "/v1/application_fees": "get", "/v1/application_fees/{id}": "get",
    "/v1/application_fees/{id}/refunds": "get",
    "/v1/balance": "get", "/v1/balance_transactions": "get", "/v1/balance_transactions/{id}": "get",
    "/v1/charges": "get", "/v1/charges/{id}": "get",
    "/v1/disputes": "get", "/v1/disputes/{id}": "get post", "/v1/disputes/{id}/close": "post",
    "/v1/events": "get", "/v1/events/{id}": "get",
    "/v1/payment_intents": "get post", "/v1/payment_intents/{id}": "get post",
    "/v1/payment_intents/{id}/cancel": "post", "/v1/payment_intents/{id}/confirm": "post",
    "/v1/payment_methods/{id}": "get",
    "/v1/refunds": "get post", "/v1/refunds/{id}": "get post",
    "/v1/webhook_endpoints": "get post", "/v1/webhook_endpoints/{id}": "get post delete",
}
EVENTS = """account.updated account.application.authorized account.application.deauthorized
capability.updated application_fee.created application_fee.refunded
payment_intent.created payment_intent.requires_action payment_intent.processing
payment_intent.payment_failed payment_intent.canceled payment_intent.succeeded
charge.succeeded charge.failed charge.pending charge.updated charge.refunded
charge.dispute.created charge.dispute.updated charge.dispute.closed
charge.dispute.funds_withdrawn charge.dispute.funds_reinstated
refund.created refund.updated refund.failed""".split()
OBJECTS = {
    "account", "account_link", "capability", "application_fee", "fee_refund", "balance",
    "balance_transaction", "charge", "dispute", "event", "payment_intent", "payment_method",
    "refund", "webhook_endpoint",
}
METHODS = {"card", "mb_way", "multibanco", "sepa_debit", "type", "id", "object"}
BY_METHOD = ("payment_method_options", "payment_method_data", "payment_method_details",
             "destination_details", "capabilities", "next_action")
ANNOTATIONS = {"description", "x-expansionResources", "title", "deprecated"}

spec = json.load(open(sys.argv[1]))
schemas = spec["components"]["schemas"]
resources = {name for name, schema in schemas.items() if schema.get("x-resourceId")}


def target(ref):
    return ref.rsplit("/", 1)[-1]


def slim(node, key=None):
    if isinstance(node, list):
        return [slim(item) for item in node]
    if not isinstance(node, dict):
        return node
    in_properties = key == "properties"
    out = {k: slim(v, None if in_properties else k) for k, v in node.items()
           if in_properties or k not in ANNOTATIONS}
    if "anyOf" in out and not in_properties:
        out["anyOf"] = [option for option in out["anyOf"]
                        if target(option.get("$ref", "")) not in resources - OBJECTS]
    return out


def forget_foreign_methods(name, schema):
    if not name.endswith(BY_METHOD):
        return
    for key, value in schema.get("properties", {}).items():
        own = key in METHODS or key.removesuffix("_payments") in METHODS
        used = own or key in ("transfers", "redirect_to_url", "use_stripe_sdk",
                              "multibanco_display_details", "billing_details", "metadata")
        if not used and ("$ref" in value or "anyOf" in value):
            schema["properties"][key] = {"nullable": True} if value.get("nullable") else {}


kept = {}


def reach(node):
    if isinstance(node, list):
        for item in node:
            reach(item)
    elif isinstance(node, dict):
        ref = node.get("$ref")
        if isinstance(ref, str) and "/schemas/" in ref and target(ref) not in kept:
            schema = slim(schemas[target(ref)])
            forget_foreign_methods(target(ref), schema)
            kept[target(ref)] = schema
            reach(schema)
        for value in node.values():
            reach(value)


paths = {path: {method: slim(spec["paths"][path][method]) for method in methods.split()}
         for path, methods in OPERATIONS.items()}
events = {name: {"object": spec["x-stripe-events"][name]["object"]} for name in EVENTS}
reach([paths, events])
json.dump({
    "openapi": spec["openapi"],
    "info": spec["info"] | {"description": "Trimmed by trim.py; derived from the type declarations "
                            "of npm stripe 23.1.0 (MIT). Not a file published by Stripe."},
    "paths": paths,
    "components": {"parameters": slim(spec["components"]["parameters"]),
                   "schemas": dict(sorted(kept.items()))},
    "x-stripe-events": events,
}, sys.stdout, separators=(",", ":"))
