"""deploy/kubernetes/base: each object by Kubernetes's own schema, and by what we ask of every pod.

Objects of others (KEDA, cert-manager, kustomize) have no schema there; what matters of them is asked below.
"""

import pathlib
import re
import sys

import kubernetes_validate
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
BASE = ROOT / "deploy/kubernetes/base"
VERSION = "1.31"
OTHERS = ("keda.sh/", "cert-manager.io/", "kustomize.config.k8s.io/")
SERVICES = ["tenants", "catalog", "orders", "payments", "invoicing", "mail", "migration", "storefront", "admin"]
AUTOSCALED = SERVICES[:-1]
# The only ones with a way out of the cluster.
MAY_ASK_OUTSIDE = {"stores-payments", "stores-invoicing", "stores-mail", "stores-migration"}

PROBLEMS = []


def objects():
    for file in sorted(BASE.glob("*.yaml")):
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            yield file.name, document


def name_of(what):
    return f"{what['kind']} {what['metadata']['name']}"


def schema(file, what):
    if what["apiVersion"].startswith(OTHERS):
        return
    try:
        kubernetes_validate.validate(what, VERSION, strict=True)
    except kubernetes_validate.ValidationError as error:
        PROBLEMS.append(f"{file}: {name_of(what)}: {error.message}")


def need(truth, what, problem):
    if not truth:
        PROBLEMS.append(f"{name_of(what)}: {problem}")


def pod(what):
    spec = what["spec"]["template"]["spec"]
    security = spec.get("securityContext", {})
    need(spec.get("automountServiceAccountToken") is False, what, "has a token of the cluster's")
    need(security.get("runAsNonRoot") is True and security.get("runAsUser", 0) > 0, what, "may be root")
    need(security.get("seccompProfile", {}).get("type") == "RuntimeDefault", what, "has no seccomp profile")
    for container in [*spec.get("initContainers", []), *spec["containers"]]:
        own = container.get("securityContext", {})
        need(own.get("readOnlyRootFilesystem") is True, what, "may write its own files")
        need(own.get("allowPrivilegeEscalation") is False, what, "may gain privileges")
        need(own.get("capabilities", {}).get("drop") == ["ALL"], what, "keeps capabilities")
        resources = container.get("resources", {})
        need("memory" in resources.get("limits", {}), what, "has no limit of memory")
        need({"cpu", "memory"} <= set(resources.get("requests", {})), what, "asks for no share")
        for variable in container.get("env", []):
            secret = variable["name"].endswith(("_KEY", "_SECRET", "_PASSWORD", "_TOKEN", "DATABASE_URL", "RABBITMQ_URL"))
            need(not secret or "valueFrom" in variable, what, f"{variable['name']} is written down")


def deployment(what, autoscaled):
    pod(what)
    spec = what["spec"]
    rolling = spec["strategy"]["rollingUpdate"]
    need(rolling == {"maxSurge": 1, "maxUnavailable": 0}, what, "an old pod goes before a new one is ready")
    need(spec["template"]["spec"]["terminationGracePeriodSeconds"] >= 40, what, "has no time to finish")
    for container in spec["template"]["spec"]["containers"]:
        need({"startupProbe", "livenessProbe", "readinessProbe"} <= set(container), what, "is not asked how it is")
    name = what["metadata"]["name"].removeprefix("stores-")
    need(("replicas" in spec) != (name in autoscaled), what, "its number is both fixed and scaled, or neither")


def whole(found):
    kinds = {(what["kind"], what["metadata"]["name"]): what for _, what in found}
    for service in SERVICES:
        for kind in ("Deployment", "Service", "PodDisruptionBudget"):
            if (kind, f"stores-{service}") not in kinds:
                PROBLEMS.append(f"{service} has no {kind}")
    for service in AUTOSCALED:
        scaler = kinds.get(("ScaledObject", f"stores-{service}")) or kinds.get(("HorizontalPodAutoscaler", f"stores-{service}"))
        if scaler is None:
            PROBLEMS.append(f"{service} is not scaled")
        elif scaler["kind"] == "ScaledObject":
            triggers = {trigger["type"]: trigger["metadata"] for trigger in scaler["spec"]["triggers"]}
            if triggers.get("rabbitmq", {}).get("queueName") != f"{service}.events" or "cpu" not in triggers:
                PROBLEMS.append(f"{service} is not scaled by processor and by its own queue")
    if not any(what["kind"] == "NetworkPolicy" and what["spec"]["podSelector"] == {} and "ingress" not in what["spec"]
               and "egress" not in what["spec"] for _, what in found):
        PROBLEMS.append("nothing shuts everybody off first")
    answers = [what["spec"] for _, what in found if what["kind"] == "NetworkPolicy"
               and what["spec"]["podSelector"].get("matchLabels") == {"app.kubernetes.io/component": "data"}]
    if not any("Ingress" in spec["policyTypes"] and spec.get("ingress") for spec in answers):
        PROBLEMS.append("everybody is shut off, and nobody may reach the data")
    outside = set()
    for _, what in found:
        if what["kind"] == "NetworkPolicy":
            for rule in what["spec"].get("egress", []):
                for peer in rule.get("to", []):
                    if "ipBlock" in peer:
                        need("169.254.0.0/16" in peer["ipBlock"].get("except", []), what, "lets the metadata service be asked")
                        for chosen in what["spec"]["podSelector"].get("matchExpressions", []):
                            outside |= set(chosen["values"])
    if outside != MAY_ASK_OUTSIDE:
        PROBLEMS.append(f"these have a way out: {sorted(outside)}")
    listed = yaml.safe_load((BASE / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    missing = {file for file, _ in found} - set(listed) - {"kustomization.yaml"}
    if missing:
        PROBLEMS.append(f"kustomization.yaml leaves out {sorted(missing)}")


def uploads(file):
    """The routers of uploads, as a file has them: two places know them, and they are one rule."""
    return re.search(r"    stores-uploads:\n.*?(?=\n  services:)", (ROOT / "deploy" / file).read_text(encoding="utf-8"), re.S).group()


def the_same_as_on_one_host():
    if uploads("kubernetes/base/traefik-services.yml") != uploads("traefik/server/server.yml"):
        PROBLEMS.append("traefik-services.yml lets other uploads in than deploy/traefik/server/server.yml")
    for overlay in (ROOT / "deploy/kubernetes/overlays").glob("*/kustomization.yaml"):
        if "MINIO_PUBLIC_ENDPOINT=https://s3." not in overlay.read_text(encoding="utf-8"):
            PROBLEMS.append(f"{overlay.parent.name}: browsers are not told where uploads go")


def main():
    found = [(file, what) for file, what in objects() if what["kind"] != "Kustomization"]
    for file, what in found:
        schema(file, what)
        if what["kind"] == "Deployment":
            deployment(what, AUTOSCALED)
        elif what["kind"] == "Job":
            pod(what)
    whole(found)
    the_same_as_on_one_host()
    if PROBLEMS:
        sys.exit("\n".join(PROBLEMS))


main()
