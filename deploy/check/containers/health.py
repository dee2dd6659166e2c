"""Asks the images' health program about a service that is ready, one that is not, and none. health.py PROGRAM"""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        is_asked = self.path == "/internal/ready"
        self.send_response(self.server.status if is_asked else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def code_for(status):
    server = HTTPServer(("127.0.0.1", 0), Service)
    server.status = status
    threading.Thread(target=server.serve_forever, daemon=True).start()
    code = ask(str(server.server_port))
    server.shutdown()
    server.server_close()
    return code, str(server.server_port)


def ask(*words):
    return subprocess.run([sys.argv[1], *words], capture_output=True, timeout=20).returncode


def main():
    ready, _ = code_for(200)
    unready, port = code_for(503)
    seen = {"ready": ready, "not ready": unready, "nobody there": ask(port), "no port": ask(), "no number": ask("x")}
    wanted = {"ready": 0, "not ready": 1, "nobody there": 1, "no port": 1, "no number": 1}
    for what, code in seen.items():
        if code != wanted[what]:
            print(f"  health: {what} ends with {code}")
    return seen != wanted


sys.exit(main())
