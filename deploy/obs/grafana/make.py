"""The dashboards, out of this page: `make.py` writes dashboards/*.json, `make.py --check` says whether they are current.

A panel is a title, a unit, and what it asks Prometheus (with a legend each), or what it asks Loki.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent / "dashboards"

RATE = "sum by (service) (rate(http_requests_total{%s}[5m]))"
QUANTILE = "histogram_quantile(%s, sum by (service, le) (rate(http_request_seconds_bucket[5m])))"

DASHBOARDS = {
    "golden-signals": ("Golden signals", [
        ("Requests at the door", "reqps", [("sum by (service) (rate(traefik_service_requests_total[5m]))", "{{service}}")]),
        ("Errors at the door", "percentunit", [("stores:door:error_ratio5m", "5 minutes"), ("stores:door:error_ratio1h", "1 hour")]),
        ("Answers that are our fault", "reqps", [(RATE % 'status="5xx"', "{{service}}")]),
        ("Answers that are refusals", "reqps", [(RATE % 'status="4xx"', "{{service}}")]),
        ("Slowest of a hundred", "s", [(QUANTILE % "0.99", "{{service}}")]),
        ("Median", "s", [(QUANTILE % "0.5", "{{service}}")]),
        ("Waiting for a database connection, slowest of a hundred", "s", [
            ("histogram_quantile(0.99, sum by (service, le) (rate(db_pool_wait_seconds_bucket[5m])))", "{{service}}")]),
        ("Refused for want of a connection", "reqps", [("sum by (service) (rate(db_pool_refusals_total[5m]))", "{{service}}")]),
        ("Which slot answers", "short", [('up{job="stores"}', "{{part}} {{slot}}")]),
        ("Pages of the storefront", "reqps", [("sum by (from) (rate(storefront_pages_total[5m]))", "{{from}}")]),
        ("Memory left", "percentunit", [("node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes", "host")]),
        ("Disk left", "percentunit", [
            ('node_filesystem_avail_bytes{fstype!~"tmpfs|overlay|squashfs"} / node_filesystem_size_bytes', "{{mountpoint}}")]),
    ]),
    "business": ("Business", [
        ("Purchases a minute", "short", [
            ("stores:checkouts:rate5m * 60", "now"), ("stores:checkouts:rate5m offset 1w * 60", "a week ago")]),
        ("Orders of the last hour", "short", [("stores_orders_hour", "{{outcome}}")]),
        ("Payments of the last hour", "short", [("stores_payments_hour", "{{outcome}}")]),
        ("Payments that succeed", "percentunit", [
            ('stores_payments_hour{outcome="succeeded"} / ignoring (outcome) sum without (outcome) (stores_payments_hour)', "share")]),
        ("Stripe's webhooks", "reqps", [
            ("sum by (repeated) (rate(stripe_webhooks_total[5m]))", "repeated: {{repeated}}"),
            ("sum(rate(stripe_webhook_refusals_total[5m]))", "refused")]),
        ("Webhooks wait since", "s", [("stores_webhooks_oldest_seconds", "oldest")]),
        ("Differences to Stripe that are open", "short", [("max(reconciliation_breaks_open)", "open")]),
        ("Documents issued an hour", "short", [("sum by (kind) (increase(invoicing_issued_total[1h]))", "{{kind}}")]),
        ("Documents that wait", "short", [("stores_invoices_waiting_hour", "{{needs}}")]),
        ("Mails", "reqps", [("sum by (outcome) (rate(mail_attempts_total[5m]))", "{{outcome}}")]),
        ("What became of mails", "reqps", [("sum by (happening) (rate(mail_news_total[5m]))", "{{happening}}")]),
        ("Mails that wait", "short", [("stores_mails", "{{state}}")]),
    ]),
    "stores": ("Stores", [
        ("Stores, by plan", "short", [('sum by (plan) (stores_stores{status="active"})', "{{plan}}")]),
        ("Stores, by state", "short", [("sum by (status) (stores_stores)", "{{status}}")]),
        ("Orders of a day, by plan", "short", [("stores_orders_day", "{{plan}}")]),
        ("Orders of a day and store, by plan", "short", [
            ('stores_orders_day / on (plan) sum by (plan) (stores_stores{status="active"})', "{{plan}}")]),
        ("Rate limits met", "reqps", [('sum by (service) (rate(http_requests_total{status="4xx"}[5m]))', "{{service}}")]),
        ("Merchants' webhooks taken", "reqps", [("sum by (taken) (rate(merchant_webhooks_total[5m]))", "{{taken}}")]),
        ("What one store's log says", "log", [('{service_name=~"stores.*"} | tenant_id = `$tenant`', "")]),
        ("Errors of one store", "log", [('{service_name=~"stores.*"} | tenant_id = `$tenant` | severity_text = `ERROR`', "")]),
    ]),
    "queues": ("Events, queues and jobs", [
        ("Outbox: waits since", "s", [("max by (service) (outbox_oldest_age_seconds)", "{{service}}")]),
        ("Outbox: waits", "short", [("max by (service) (outbox_unpublished)", "{{service}}")]),
        ("Published", "reqps", [("sum by (service) (rate(outbox_published_total[5m]))", "{{service}}")]),
        ("Refused by the broker", "reqps", [("sum by (service) (rate(outbox_refused_total[5m]))", "{{service}}")]),
        ("Queues: ready", "short", [("sum by (queue) (rabbitmq_detailed_queue_messages_ready)", "{{queue}}")]),
        ("Queues: with a consumer", "short", [("sum by (queue) (rabbitmq_detailed_queue_messages_unacked)", "{{queue}}")]),
        ("Handled", "reqps", [("sum by (service, outcome) (rate(bus_handled_seconds_count[5m]))", "{{service}} {{outcome}}")]),
        ("Handling, slowest of a hundred", "s", [
            ("histogram_quantile(0.99, sum by (service, le) (rate(bus_handled_seconds_bucket[5m])))", "{{service}}")]),
        ("Parked deliveries", "short", [("stores_parked", "{{service}}")]),
        ("Parked jobs", "short", [("stores_jobs_parked", "{{service}}")]),
        ("Jobs", "reqps", [("sum by (service, outcome) (rate(job_seconds_count[5m]))", "{{service}} {{outcome}}")]),
        ("Jobs: due since", "s", [("stores_jobs_oldest_seconds", "{{service}}")]),
        ("Database connections", "short", [("sum by (datname) (pg_stat_activity_count)", "{{datname}}")]),
        ("In no backup since", "s", [("pg_stat_archiver_last_archive_age", "last archived"), ]),
    ]),
}


def panel(number, title, unit, asks):
    place = {"h": 8, "w": 12, "x": 12 * (number % 2), "y": 8 * (number // 2)}
    if unit == "log":
        source, kind = {"type": "loki", "uid": "loki"}, "logs"
        place.update(w=24, x=0, y=8 * number)
    else:
        source, kind = {"type": "prometheus", "uid": "prometheus"}, "timeseries"
    return {
        "id": number + 1, "title": title, "type": kind, "datasource": source, "gridPos": place,
        "fieldConfig": {"defaults": {"unit": unit, "min": 0} if unit != "log" else {}, "overrides": []},
        "options": {} if unit == "log" else {"legend": {"displayMode": "list", "placement": "bottom"}},
        "targets": [
            {"refId": "ABCDEF"[nth], "expr": expr, "legendFormat": legend, "datasource": source}
            for nth, (expr, legend) in enumerate(asks)
        ],
    }


def dashboard(uid, title, panels):
    variables = [{"name": "tenant", "label": "Store's id", "type": "textbox", "query": ""}] if uid == "stores" else []
    return {
        "uid": f"stores-{uid}", "title": title, "tags": ["stores"], "timezone": "browser", "schemaVersion": 39,
        "editable": False, "refresh": "30s", "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": variables},
        "panels": [panel(number, *what) for number, what in enumerate(panels)],
    }


def main():
    stale = []
    for uid, (title, panels) in DASHBOARDS.items():
        text = json.dumps(dashboard(uid, title, panels), indent=1) + "\n"
        file = HERE / f"{uid}.json"
        if "--check" not in sys.argv:
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(file.name)
    if stale:
        sys.exit(f"not what make.py makes: {', '.join(stale)}; run deploy/obs/grafana/make.py")


main()
