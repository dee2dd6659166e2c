# The platform's host and every store's. DNS only, not through Cloudflare's proxy: certificates are ours, and the
# visitor's address is the connection's.
resource "cloudflare_dns_record" "host" {
  for_each = toset([var.base_domain, "*.${var.base_domain}"])

  zone_id = var.zone_id
  name    = each.value
  type    = "A"
  content = hcloud_primary_ip.public.ip_address
  ttl     = 300
  proxied = false
  comment = local.name
}

# Who may issue certificates, for the domain and for its wildcard, and whom others tell that they were asked.
resource "cloudflare_dns_record" "caa" {
  for_each = {
    issue     = "letsencrypt.org"
    issuewild = "letsencrypt.org"
    iodef     = "mailto:${var.certificate_contact}"
  }

  zone_id = var.zone_id
  name    = var.base_domain
  type    = "CAA"
  ttl     = 3600
  comment = local.name

  data = {
    flags = 0
    tag   = each.key
    value = each.value
  }
}

resource "cloudflare_zone_dnssec" "zone" {
  count = var.zone_dnssec ? 1 : 0

  zone_id = var.zone_id
  status  = "active"
}
