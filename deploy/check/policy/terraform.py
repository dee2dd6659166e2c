#!/usr/bin/env python3
"""Our rules over terraform/, and that every resource is written as its provider takes it.

terraform.py FOLDER    says what breaks a rule, and which rule does not notice that it is broken (each is, in memory);
                       exit code 1 when there is something to say

`terraform validate` asks the providers, which have to be fetched from HashiCorp's registry. Where that cannot be, this
asks providers.json, an excerpt of their documentation for exactly what is used here."""

import json
import re
import sys
from pathlib import Path

import hcl2

META = {"count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "connection"}
# What env.sh sets.
FROM_ENV = {"environment"}
WORLD = ("0.0.0.0/0", "::/0")
PROTECTED = ("hcloud_network", "hcloud_primary_ip", "hcloud_server", "hcloud_volume")
KEPT = ("hcloud_primary_ip", "hcloud_server", "hcloud_volume")


def plain(value):
    """As the parser gives it, without the quotes around texts and its own marks."""
    if isinstance(value, dict):
        return {plain(key): plain(inner) for key, inner in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1]
    return value


PATTERNS = ("*.tf", "environments/*.tfvars", "*.auto.tfvars.example")


class Code:
    """All of a folder's files, by their name in it: as text, and as what it says."""

    def __init__(self, folder):
        paths = [path for pattern in PATTERNS for path in sorted(folder.glob(pattern))]
        self.texts = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in paths}
        self.said = {name: plain(hcl2.loads(text)) for name, text in self.texts.items()}

    def with_text(self, name, text):
        """The same, but for one file."""
        other = Code.__new__(Code)
        other.texts = {**self.texts, name: text}
        other.said = {**self.said, name: plain(hcl2.loads(text))}
        return other

    @property
    def files(self):
        return {name: said for name, said in self.said.items() if name.endswith(".tf")}

    @property
    def values(self):
        return {Path(name).stem: said for name, said in self.said.items() if name.startswith("environments/")}

    @property
    def site(self):
        return self.said.get("site.auto.tfvars.example", {})

    def blocks(self, kind):
        for content in self.files.values():
            yield from content.get(kind, [])

    def resources(self, wanted=None):
        for block in self.blocks("resource"):
            for kind, named in block.items():
                for name, body in named.items():
                    if wanted is None or kind == wanted:
                        yield kind, name, body

    def variables(self):
        return {name: body for block in self.blocks("variable") for name, body in block.items()}


def schema_faults(code, providers):
    for kind, name, body in code.resources():
        where = f"{kind}.{name}"
        schema = providers["resources"].get(kind)
        if schema is None:
            yield f"{where}: providers.json does not know this resource"
            continue
        blocks = schema.get("blocks", {})
        yield from shape_faults(where, {k: v for k, v in body.items() if k not in blocks}, schema)
        for block, shape in blocks.items():
            for inner in body.get(block, []):
                yield from shape_faults(f"{where}.{block}", inner, shape)


def shape_faults(where, body, shape):
    known = set(shape["required"]) | set(shape["optional"]) | META
    for name in sorted(set(body) - known):
        yield f"{where}: the provider knows no {name}"
    for name in shape["required"]:
        if name not in body:
            yield f"{where}: {name} is required"


def pin_faults(code, providers):
    for block in code.blocks("terraform"):
        for required in block.get("required_providers", []):
            for name, wanted in required.items():
                expected = providers["versions"].get(name)
                if wanted.get("version") != expected:
                    yield f"provider {name}: version is {wanted.get('version')}, providers.json is about {expected}"
        if "backend" in block and not any("http" in backend for backend in block["backend"]):
            yield "the state is not kept by the http backend"
    if not any("backend" in block for block in code.blocks("terraform")):
        yield "the state has no backend: it would lie on somebody's disk"
    for block in code.blocks("provider"):
        for name, body in block.items():
            for attribute in body:
                yield f"provider {name}: {attribute} is set; tokens come from the environment"


def firewall_faults(code):
    rules = [rule for _, _, body in code.resources("hcloud_firewall") for rule in body.get("rule", [])]
    open_ports = set()
    for rule in rules:
        if rule.get("direction") != "in":
            continue
        to_world = any(network in WORLD for network in rule.get("source_ips", []))
        if rule.get("protocol") == "tcp" and to_world:
            open_ports.add(str(rule.get("port")))
        if rule.get("protocol") == "udp":
            yield "firewall: nothing of ours speaks UDP"
        if str(rule.get("port")) == "22" and rule.get("source_ips") != "${var.ssh_from}":
            yield "firewall: port 22 is for var.ssh_from"
    if open_ports != {"80", "443"}:
        yield f"firewall: open to the world are {sorted(open_ports)}, not 80 and 443"


def host_faults(code):
    for kind, name, body in code.resources():
        where = f"{kind}.{name}"
        if kind in PROTECTED and body.get("delete_protection") is not True:
            yield f"{where}: delete_protection is not true"
        lifecycle = body.get("lifecycle", [{}])[0]
        if kind in KEPT and lifecycle.get("prevent_destroy") is not True:
            yield f"{where}: prevent_destroy is not true"
    servers = list(code.resources("hcloud_server"))
    if not servers:
        yield "there is no server"
    for _, name, body in servers:
        where = f"hcloud_server.{name}"
        if "user_data" in body:
            yield f"{where}: user_data can be read by every container of the machine"
        for attribute in ("rebuild_protection", "backups"):
            if body.get(attribute) is not True:
                yield f"{where}: {attribute} is not true"
        if not body.get("firewall_ids"):
            yield f"{where}: no firewall"
        if body.get("public_net", [{}])[0].get("ipv6_enabled") is not False:
            yield f"{where}: IPv6 is on; visitors' addresses would be lost in Docker's bridge"


def dns_faults(code):
    records = [body for _, _, body in code.resources("cloudflare_dns_record")]
    text = json.dumps(records)
    for body in records:
        if body.get("type") in ("A", "AAAA", "CNAME") and body.get("proxied") is not False:
            yield f"record {body.get('name')}: proxied is not false"
    for what, sign in {
        "the wildcard of the stores": '"*.${var.base_domain}"',
        "CAA for certificates": "issue",
        "CAA for wildcards": "issuewild",
        "SPF": "v=spf1",
        "DMARC": "v=DMARC1",
        "DKIM": "_domainkey",
    }.items():
        if json.dumps(sign)[1:-1] not in text and sign not in text:
            yield f"DNS: {what} is missing"
    for policy in re.findall(r'v=spf1[^"\\]*', text):
        if not policy.endswith(" -all"):
            yield f"DNS: {policy} lets others write"


def values_faults(code):
    variables = code.variables()
    for name, body in variables.items():
        if not body.get("description"):
            yield f"variable {name}: no description"
    given = FROM_ENV | set(code.site)
    needed = {name for name, body in variables.items() if "default" not in body} - given
    if set(code.values) != {"dev", "uat", "staging", "prod"}:
        yield f"environments are {sorted(code.values)}"
    for environment, values in code.values.items():
        for name in sorted(needed - set(values)):
            yield f"environments/{environment}.tfvars: {name} is missing"
        for name in sorted(set(values) - set(variables)):
            yield f"environments/{environment}.tfvars: there is no variable {name}"
        if environment != "prod" and not str(values.get("base_domain", "")).startswith(f"{environment}."):
            yield f"environments/{environment}.tfvars: base_domain does not begin with {environment}."
    for name in ("base_domain", "network_range"):
        seen = [values.get(name) for values in code.values.values()]
        if len(set(seen)) != len(seen):
            yield f"two environments have the same {name}"


SECRET = re.compile(r"(?i)(token|password|secret|api_key)\s*=\s*\"[^\"$]+\"|BEGIN [A-Z ]*PRIVATE KEY|AGE-SECRET-KEY")


def secret_faults(code):
    for name, text in code.texts.items():
        if SECRET.search(text):
            yield f"{name}: something that looks like a secret"


def faults(code, providers):
    return [
        *schema_faults(code, providers),
        *pin_faults(code, providers),
        *firewall_faults(code),
        *host_faults(code),
        *dns_faults(code),
        *values_faults(code),
        *secret_faults(code),
    ]


# file, what stands there, what is put in its place: each has to be noticed.
BREAKS = [
    ("server.tf", "  backups            = true\n", ""),
    ("server.tf", "  keep_disk          = true", "  keep_disc          = true"),
    ("server.tf", "  delete_protection  = true", "  delete_protection  = false"),
    ("server.tf", "    ipv6_enabled = false", "    ipv6_enabled = true"),
    ("server.tf", "  size              = var.volume_gb\n", ""),
    ("server.tf", "    prevent_destroy = true\n", ""),
    ("server.tf", "  image              =", '  user_data          = "#cloud-config"\n  image              ='),
    ("network.tf", "    source_ips  = var.ssh_from", '    source_ips  = ["0.0.0.0/0"]'),
    ("network.tf", '    port        = "443"', '    port        = "5432"'),
    ("dns.tf", "  proxied = false", "  proxied = true"),
    ("dns.tf", '"*.${var.base_domain}"', '"www.${var.base_domain}"'),
    ("mail.tf", "-all", "~all"),
    ("versions.tf", '"5.14.0"', '"~> 5.0"'),
    ("versions.tf", '  backend "http" {}\n', ""),
    ("versions.tf", 'provider "hcloud" {}', 'provider "hcloud" {\n  token = "abc"\n}'),
    ("environments/uat.tfvars", 'server_type   = "ccx13"\n', ""),
    ("environments/uat.tfvars", "10.42.0.0/16", "10.43.0.0/16"),
]


def unnoticed(code, providers):
    for name, before, after in BREAKS:
        text = code.texts[name]
        if before not in text:
            yield f"{name}: {before.strip()!r} is not there any more; BREAKS needs it"
        elif not faults(code.with_text(name, text.replace(before, after, 1)), providers):
            yield f"{name}: {before.strip()!r} became {after.strip()!r}, and no rule noticed"


def main():
    code = Code(Path(sys.argv[1]))
    providers = json.loads((Path(__file__).parent / "providers.json").read_text(encoding="utf-8"))
    found = [*faults(code, providers), *unnoticed(code, providers)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
