"""Runs Traefik with the files that servers use, in front of stand-ins for the services, and looks.

door.py TRAEFIK WORK_FOLDER. Nothing outside this machine is asked: the certificate authorities' addresses
are replaced by a port where nobody listens, and certificates are some that lie there already.
"""

import base64
import http.client
import itertools
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[2]
DOMAIN = "shops.example"
# Of a store, proven and with its certificate; of one whose certificate is asked for; and one that is no host at all.
OWN, NEW, NO_HOST = "shop.of.somebody.example", "new.of.somebody.example", "`) || PathPrefix(`/"
SERVICES = [
    "tenants", "catalog", "orders", "payments", "invoicing", "mail", "migration", "storefront", "admin",
]
FAULTS = []
STAND_INS = []


def expect(what, is_so, seen=""):
    if not is_so:
        FAULTS.append(f"{what}{f': {seen}' if seen != '' else ''}")


class StandIn(BaseHTTPRequestHandler):
    """Answers with what it was asked, and as whom."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        if self.path == "/internal/traefik":
            self.tell_domains()
            return
        if self.path.endswith("/drop"):
            self.server.dropped.append(self.command)
            self.close_connection = True
            return
        if self.path.endswith("/stream"):
            self.stream()
            return
        body = json.dumps(
            {"service": self.server.name, "path": self.path, "headers": dict(self.headers), "bytes": length}
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Server", "stand-in")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def tell_domains(self):
        """As tenants does, and worse: what came through there would still be no rule."""
        names = [{"main": name} for name in [OWN, NEW, NO_HOST]]
        tls = {"certResolver": "own-domains", "domains": names}
        router = {"rule": "Host(`own-domains.invalid`)", "entryPoints": ["websecure"], "service": "noop@internal", "tls": tls}
        body = json.dumps({"http": {"routers": {"own-domains-0": router}}} if self.server.has_domains else {}).encode()
        self.server.polls += 1
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self):
        """The second half is sent when the first one was seen."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"5\r\nfirst\r\n")
        self.wfile.flush()
        word = b"second" if self.server.seen.wait(5) else b"unseen"
        self.wfile.write(b"6\r\n" + word + b"\r\n0\r\n\r\n")

    do_GET = do_POST = do_PUT = do_HEAD = do_OPTIONS = answer

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def stand_in(name):
    server = Server(("127.0.0.1", 0), StandIn)
    server.name, server.dropped, server.seen = name, [], threading.Event()
    server.has_domains, server.polls = False, 0
    STAND_INS.append(server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def write_active(folder, slot, addresses):
    text = (DEPLOY / "traefik/active.yml.in").read_text()
    text = text.replace("@SLOT@", slot)
    for name in SERVICES:
        text = text.replace(f"@{name.upper()}_URL@", addresses[name])
    expect("active.yml.in has places that nobody fills", "@" not in text)
    (folder / "active.yml.new").write_text(text)
    os.replace(folder / "active.yml.new", folder / "active.yml")


def put_certificate(work, file, resolver, names):
    """What the authority gave in earlier days, as Traefik keeps it."""
    main, *others = names
    alternatives = "subjectAltName=" + ",".join(f"DNS:{name}" for name in names)
    cert, key = work / f"{resolver}.cert.pem", work / f"{resolver}.key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "89",
         "-subj", f"/CN={main}", "-addext", alternatives, "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )
    pem = {name: base64.b64encode(path.read_bytes()).decode() for name, path in (("cert", cert), ("key", key))}
    known = {
        "domain": {"main": main, "sans": others},
        "certificate": pem["cert"], "key": pem["key"], "Store": "default",
    }
    with open(os.open(work / file, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as kept:
        json.dump({resolver: {"Account": None, "Certificates": [known]}}, kept)
    return cert.read_text()


def lay_out(work, ports, tenants):
    """The static file with this machine's addresses, and the folder of rules as a server has it."""
    web, websecure, metrics, nobody = ports
    static = (DEPLOY / "traefik/traefik.yml").read_text()
    for old, new in [
        (':8080"', f'127.0.0.1:{web}"'),
        (':8443"', f'127.0.0.1:{websecure}"'),
        (':8082"', f'127.0.0.1:{metrics}"'),
        ("http://stores-collector:4318", f"http://127.0.0.1:{nobody}"),
        ("https://acme-v02.api.letsencrypt.org", f"https://127.0.0.1:{nobody}"),
        ("https://acme-staging-v02.api.letsencrypt.org", f"https://127.0.0.1:{nobody}"),
        ("/acme/", f"{work}/"),
        ("/etc/traefik/dynamic", f"{work}/dynamic"),
        ("http://stores-tenants-any:8001", tenants),
        ("pollInterval: 5s", "pollInterval: 1s"),
    ]:
        expect(f"traefik.yml has no {old}", old in static)
        static = static.replace(old, new)
    expect("traefik.yml names an outside address", not re.search(r"https?://[a-z]", static))
    (work / "traefik.yml").write_text(static)
    certificates = put_certificate(work, "acme.json", "letsencrypt", [DOMAIN, f"*.{DOMAIN}"])
    certificates += put_certificate(work, "own-domains.json", "own-domains", [OWN])
    (work / "cert.pem").write_text(certificates)
    rules = work / "dynamic"
    rules.mkdir()
    shutil.copy(DEPLOY / "traefik/dynamic/routes.yml", rules)
    server = (DEPLOY / "traefik/server/server.yml").read_text()
    (rules / "server.yml").write_text(server.replace("http://stores-minio:9000", stand_in("minio")))
    return rules


class Door:
    def __init__(self, port, certificate):
        self.port = port
        self.context = ssl.create_default_context(cafile=certificate)

    def open(self, path, host=DOMAIN, method="GET", headers=None, body=None, source="127.0.0.1"):
        plain = socket.create_connection(("127.0.0.1", self.port), 10, (source, 0))
        connection = http.client.HTTPConnection(host, timeout=10)
        # A shop whose certificate is not there yet is asked under the platform's name.
        name = host if host.endswith(DOMAIN) or host == OWN else DOMAIN
        connection.sock = self.context.wrap_socket(plain, server_hostname=name)
        connection.request(method, path, body=body, headers={"Host": host, "Connection": "close", **(headers or {})})
        return connection.getresponse()

    def ask(self, *words, **named):
        """The status, the headers, and what the stand-in said it was asked."""
        with self.open(*words, **named) as response:
            text = response.read().decode()
            try:
                return response.status, response.headers, json.loads(text)
            except ValueError:
                return response.status, response.headers, {"text": text}


def wait_until(what, condition, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"{what} did not happen within {seconds} s")


def look_at_routes(door):
    shop = f"demo.{DOMAIN}"
    for host, path, method, service in [
        (DOMAIN, "/api/health", "GET", "tenants"),
        (DOMAIN, "/api/sysadmin/tenants", "POST", "tenants"),
        (shop, "/api/auth/login", "POST", "tenants"),
        (shop, "/api/catalog/store/products", "GET", "catalog"),
        (shop, "/api/catalog/store/media/1/a.webp", "GET", "catalog"),
        (shop, "/api/orders/store/checkout", "POST", "orders"),
        (shop, "/api/orders/store/account/login", "POST", "orders"),
        (shop, "/api/orders/store/account/addresses", "POST", "orders"),
        (shop, "/api/payments/store/intents", "POST", "payments"),
        (DOMAIN, "/api/webhooks/stripe", "POST", "payments"),
        (DOMAIN, "/api/webhooks/zeptomail", "POST", "mail"),
        (shop, "/api/invoicing/admin/documents", "GET", "invoicing"),
        (shop, "/api/mail/admin/messages", "GET", "mail"),
        (DOMAIN, "/api/migration/woocommerce/import", "POST", "migration"),
        (shop, "/", "GET", "storefront"),
        (shop, "/en/account/login", "POST", "storefront"),
        (OWN, "/", "GET", "storefront"),
        (OWN, "/api/orders/store/checkout", "POST", "orders"),
        (OWN, "/admin/", "GET", "admin"),
        (shop, "/admin/", "GET", "admin"),
        (DOMAIN, "/admin/orders/7", "GET", "admin"),
        (f"s3.{DOMAIN}", "/stores/x?X-Amz-Signature=1", "PUT", "minio"),
    ]:
        status, _, seen = door.ask(path, host, method)
        expect(f"{method} {host}{path}", (status, seen.get("service")) == (200, service), (status, seen))
    for host, path in [
        (DOMAIN, "/"), (shop, "/internal/metrics"), (DOMAIN, "/internal/ready"), (shop, "/api"),
        (f"s3.{DOMAIN}", "/stores/secret"), (f"s3.{DOMAIN}", "/stores/x?X-Amz-Signature=1"),
    ]:
        _, _, seen = door.ask(path, host)
        nowhere = (seen.get("path") or "").startswith("/api/tenants/no-such-page")
        expect(f"{host}{path} leads somewhere", nowhere, seen)
    status, headers, _ = door.ask("/x", f"admin.{DOMAIN}")
    target = headers.get("Location")
    expect("admin.BASE_DOMAIN", (status, target) == (302, f"https://{DOMAIN}/admin/"), (status, target))


def look_at_domains(door, work, blue):
    """What tenants tells of stores' own domains becomes certificates and nothing else."""
    tenants = next(server for server in STAND_INS if server.name == "tenants" and blue.endswith(f":{server.server_port}"))
    said = lambda: (work / "log").read_text()
    is_asked = lambda name: any(name in line and "Unable to obtain ACME" in line for line in said().splitlines())
    wait_until("the second question for domains", lambda: tenants.polls > 1)
    expect("an empty list is taken for a mistake", "standalone element" not in said(), said()[-500:])
    expect("a certificate is asked for before its host is told", not is_asked(NEW))
    tenants.has_domains = True
    wait_until("the request for a certificate", lambda: is_asked(NEW))
    expect("a certificate that is there is asked for again", not is_asked(OWN))
    _, _, seen = door.ask("/internal/metrics", OWN)
    nowhere = (seen.get("path") or "").startswith("/api/tenants/no-such-page")
    expect("a store's own host leads inside", nowhere, seen)


def look_at_heads(door, web):
    status, headers, seen = door.ask("/api/health", headers={"X-Forwarded-For": "9.9.9.9", "X-Real-Ip": "9.9.9.9"})
    expect("HSTS", "max-age=31536000" in (headers.get("Strict-Transport-Security") or ""), dict(headers))
    expect("nosniff", headers.get("X-Content-Type-Options") == "nosniff", dict(headers))
    expect("Server is told", headers.get("Server") is None, headers.get("Server"))
    expect("the slot", headers.get("X-Stores-Slot") == "blue", dict(headers))
    sent = {name.lower(): value for name, value in seen["headers"].items()}
    expect("an address from outside is believed", sent.get("x-forwarded-for") == "127.0.0.1", sent)
    expect("a silent client gets packed bodies", sent.get("accept-encoding") == "identity", sent)
    status, _, _ = door.ask("/api/health", headers={"X_Tenant": "other"})
    expect("X_Tenant", status == 400, status)
    for path in ["/api/catalog%2f..%2finternal", "/api/catalog/%5cx", "/a%00b", "/a%3bb", "/a%25b", "/a%3fb", "/a%23b"]:
        status, _, _ = door.ask(path)
        expect(f"GET {path}", status == 400, status)
    status, _, _ = door.ask("/", headers={"X-Long": "x" * 40_000})
    expect("a head of 40 kB", status in (400, 431), status)
    connection = http.client.HTTPConnection("127.0.0.1", web, timeout=10)
    connection.request("GET", "/a?b=c", headers={"Host": f"demo.{DOMAIN}"})
    response = connection.getresponse()
    seen = (response.status, response.headers.get("Location"))
    expect("http leads to https", seen in [(301, f"https://demo.{DOMAIN}/a?b=c"), (308, f"https://demo.{DOMAIN}/a?b=c")], seen)


def look_at_limits(door):
    hosts = {"login": "127.0.1.1", "page": "127.0.1.2", "other": "127.0.1.3"}
    with ThreadPoolExecutor(45) as crowd:
        asked = [crowd.submit(door.ask, "/api/auth/login", method="POST", source=hosts["login"]) for _ in range(45)]
        answers = [one.result()[0] for one in asked]
    expect("45 log-ins at once", 429 in answers and 25 <= answers.count(200) <= 40, answers)
    expect("another address", door.ask("/api/auth/login", method="POST", source=hosts["other"])[0] == 200)
    answers = [door.ask("/api/health", source=hosts["login"])[0] for _ in range(40)]
    expect("40 other requests of that address", answers.count(200) == 40, answers)
    # Only announced: it is refused before it is sent.
    announced = {"Content-Length": "1048577"}
    status, _, _ = door.ask("/api/webhooks/stripe", method="POST", headers=announced, body=b"x")
    expect("a webhook of more than 1 MiB", status == 413, status)
    status, _, seen = door.ask("/api/webhooks/stripe", method="POST", body=b"x" * 1_048_576)
    expect("a webhook of 1 MiB", (status, seen.get("bytes")) == (200, 1_048_576), status)


def the(name):
    """The service's stand-in in the slot that serves."""
    return [server for server in STAND_INS if server.name == name][0]


def look_at_streams(door):
    """What a service sends piece by piece arrives piece by piece."""
    response = door.open("/api/migration/stream")
    first = response.read(5)
    the("migration").seen.set()
    seen = first + response.read()
    expect("a stream", seen == b"firstsecond", seen)


def look_at_breakdowns(door):
    """What was sent to a service that breaks off is not sent again, and the service is soon left alone."""
    dropped = the("mail").dropped
    status, _, _ = door.ask("/api/mail/drop", method="POST", body=b"{}")
    expect("a POST that broke off", (status, dropped) == (502, ["POST"]), (status, dropped))
    wait_until("the breaker", lambda: door.ask("/api/mail/drop")[0] == 503)
    expect("another service meanwhile", door.ask("/api/orders/x")[0] == 200)
    wait_until("the breaker's end", lambda: door.ask("/api/mail/x")[0] == 200)


def look_at_a_switch(door, rules, green):
    """Asks all the time while another slot takes over: nobody may notice."""
    seen, stop = [], threading.Event()

    def visitor(number):
        # From many addresses, so that no limit of an address is met.
        for turn in itertools.count():
            if stop.is_set():
                return
            try:
                status, headers, _ = door.ask("/api/health", source=f"127.{number}.2.{turn % 250 + 1}")
                seen.append((status, headers.get("X-Stores-Slot")))
            except OSError as error:
                seen.append((0, str(error)))

    visitors = [threading.Thread(target=visitor, args=(number,)) for number in range(1, 4)]
    for one in visitors:
        one.start()
    write_active(rules, "green", green)
    wait_until("the switch", lambda: door.ask("/api/health")[1].get("X-Stores-Slot") == "green")
    stop.set()
    for one in visitors:
        one.join()
    failed = [one for one in seen if one[0] != 200]
    expect(f"{len(failed)} of {len(seen)} requests failed during a switch", not failed, failed[:3])
    expect("nobody asked during the switch", len(seen) > 10, len(seen))


def look_at_a_bad_file(door, rules):
    """A half-written file changes nothing."""
    os.replace(rules / "active.yml", rules / "kept")
    (rules / "active.yml.new").write_text("http:\n  services: [\n")
    os.replace(rules / "active.yml.new", rules / "active.yml")
    wait_until("a word about the broken file", lambda: "did not find" in (rules.parent / "log").read_text())
    status, headers, _ = door.ask("/api/health")
    expect("a broken active.yml", (status, headers.get("X-Stores-Slot")) == (200, "green"), status)
    os.replace(rules / "kept", rules / "active.yml")


def main():
    traefik, work = sys.argv[1], Path(sys.argv[2]).resolve()
    ports = free_ports(4)
    web, websecure, _, _ = ports
    blue, green = ({name: stand_in(name) for name in SERVICES} for _ in range(2))
    rules = lay_out(work, ports, blue["tenants"])
    write_active(rules, "blue", blue)
    environment = {
        "PATH": os.environ["PATH"], "BASE_DOMAIN": DOMAIN, "STORES_ENV": "production",
        "CF_DNS_API_TOKEN": "none",
    }
    with open(work / "log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [traefik, f"--configFile={work}/traefik.yml"], env=environment, stdout=log, stderr=log
        )
    try:
        door = Door(websecure, work / "cert.pem")
        wait_until("Traefik's start", lambda: door.ask("/api/health")[0] == 200)
        look_at_routes(door)
        look_at_domains(door, work, blue["tenants"])
        look_at_heads(door, web)
        look_at_streams(door)
        look_at_breakdowns(door)
        look_at_limits(door)
        look_at_a_switch(door, rules, green)
        look_at_a_bad_file(door, rules)
        # As the container's health check does.
        asked = [traefik, "healthcheck", f"--configFile={work}/traefik.yml"]
        healthy = subprocess.run(asked, capture_output=True, text=True, timeout=20)
        expect("Traefik's own health", healthy.returncode == 0, healthy.stderr)
    finally:
        process.kill()
        process.wait()
    log = (work / "log").read_text()
    for line in log.splitlines():
        if '"level":"error"' in line and not re.search("traces|active.yml|body over limit|unable to find certificate|Unable to obtain ACME", line):
            expect("Traefik complains", False, line)
    secret = [line for line in log.splitlines() if "127.0.1.1" in line or "/api/auth/login" in line]
    expect("the access log tells addresses or paths", not secret, secret[:1])
    for fault in FAULTS:
        print(f"  the door: {fault}")
    return 1 if FAULTS else 0


sys.exit(main())
