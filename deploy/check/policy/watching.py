"""Alerts and dashboards against the rest of the repository: pages, tests, severities, metrics and columns that exist.

Reads the rule files by their lines, so that it needs nothing but Python.
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
OBS = ROOT / "deploy/obs"

# What others than our services tell: by the beginning of the name.
FOREIGN = ("traefik_", "rabbitmq_", "pg_", "node_", "probe_", "up", "restore_drill_", "stores_backup_")
WORDS = {
    "sum", "by", "rate", "increase", "max", "min", "and", "or", "on", "ignoring", "without", "offset", "absent", "time",
    "vector", "predict_linear", "histogram_quantile", "without", "avg", "count", "le",
}


def alerts():
    """Each alert's name with its block of text."""
    for file in sorted((OBS / "rules").glob("*.yml")):
        blocks = re.split(r"\n\s+- (?=alert: |record: )", file.read_text(encoding="utf-8"))
        for block in blocks[1:]:
            if block.startswith("alert: "):
                yield block.split("\n", 1)[0].removeprefix("alert: ").strip(), block


def told():
    """Every metric that our services and exporters tell."""
    names = set()
    for file in [*ROOT.glob("crates/*/src/**/*.rs"), *ROOT.glob("services/*/src/**/*.rs")]:
        names |= set(re.findall(r'metrics::(?:counter|gauge|histogram)!\(\s*"([a-z_]+)"', file.read_text(encoding="utf-8")))
    names |= {f"{name}{end}" for name in names for end in ("_bucket", "_count", "_sum")}
    names |= set(re.findall(r"metric_name: (\w+)", (OBS / "sql-exporter.yml").read_text(encoding="utf-8")))
    for file in (OBS / "rules").glob("*.yml"):
        names |= set(re.findall(r"record: ([\w:]+)", file.read_text(encoding="utf-8")))
    return names


def asked(expression):
    """The metrics of an expression: its words that are no function, label or value."""
    expression = re.sub(r'"[^"]*"', "", expression)
    expression = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring)\s*\([^)]*\)", " ", expression)
    return {word for word in re.findall(r"(?<![\w:.])[a-z_][\w:]*", expression) if word not in WORDS and len(word) > 1}


def expressions():
    for file in (OBS / "rules").glob("*.yml"):
        text = file.read_text(encoding="utf-8")
        for found in re.finditer(r"expr: (?:>-\n((?:\s{10,}.*\n)+)|(.*)\n)", text):
            yield file.name, found.group(1) or found.group(2)
    for file in (OBS / "grafana/dashboards").glob("*.json"):
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
            for target in panel["targets"]:
                if target["datasource"]["type"] == "prometheus":
                    yield f"{file.name}, {panel['title']}", target["expr"]


def columns(schema, table):
    """A table's, by the migrations of its service; of every service's own tables without a schema."""
    folder = ROOT / (f"services/{schema}/migrations" if schema else "crates/db/migrations")
    names = set()
    for file in sorted(folder.glob("*/up.sql")):
        for statement in re.sub(r"--.*", "", file.read_text(encoding="utf-8")).split(";"):
            if re.search(rf'CREATE TABLE "?{table}"? \(', statement):
                names |= set(re.findall(r"^\s+([a-z_]+)\s", statement, re.M))
            elif re.search(rf'ALTER TABLE "?{table}"?\s', statement):
                names |= set(re.findall(r"ADD COLUMN (\w+)", statement))
    return names


def granted():
    """What monitor.sql lets be read. A column that is gone stops a deployment, after the traffic has moved."""
    text = (OBS / "monitor.sql").read_text(encoding="utf-8")
    for names, schema, table in re.findall(r'GRANT SELECT \(([^)]*)\) ON (%I|\w+)\."?(\w+)"? TO', text):
        for name in names.split(", "):
            yield "" if schema == "%I" else schema, table, name


def main():
    problems = []
    for schema, table, name in granted():
        if name not in columns(schema, table):
            problems.append(f"monitor.sql: {schema or 'every service'}'s {table} has no column {name}")
    tests = "".join(file.read_text(encoding="utf-8") for file in (OBS / "rules-tests").glob("*.yml"))
    for name, block in alerts():
        page = re.search(r"runbook: (\S+)", block)
        if not page or not (ROOT / page.group(1)).is_file():
            problems.append(f"{name} has no page: {page.group(1) if page else 'runbook is missing'}")
        if not re.search(r"severity: (page|ticket|none)\b", block):
            problems.append(f"{name} is neither a page nor a ticket")
        fired = re.search(rf"alertname: {name}\n\s+eval_time: .*\n\s+exp_alerts:\n\s+- exp_labels", tests)
        if not fired:
            problems.append(f"no test fires {name}")
    known = told()
    for where, expression in expressions():
        for metric in sorted(asked(expression)):
            if metric not in known and not metric.startswith(FOREIGN):
                problems.append(f"{where} asks for {metric}, which nobody tells")
    if problems:
        sys.exit("\n".join(problems))


main()
