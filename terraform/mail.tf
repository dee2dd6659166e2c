# Without mail settings every receiver is told that nobody writes in this name.
resource "cloudflare_dns_record" "spf" {
  zone_id = var.zone_id
  name    = var.base_domain
  type    = "TXT"
  content = var.mail == null ? "\"v=spf1 -all\"" : "\"v=spf1 include:${var.mail.spf_include} -all\""
  ttl     = 3600
  comment = local.name
}

# A text of a TXT record has at most 255 bytes; a longer key is several texts.
resource "cloudflare_dns_record" "dkim" {
  count = var.mail == null ? 0 : 1

  zone_id = var.zone_id
  name    = "${var.mail.dkim_selector}._domainkey.${var.base_domain}"
  type    = "TXT"
  content = join(" ", [for part in regexall(".{1,250}", var.mail.dkim_value) : "\"${part}\""])
  ttl     = 3600
  comment = local.name
}

resource "cloudflare_dns_record" "bounce" {
  count = var.mail == null ? 0 : 1

  zone_id = var.zone_id
  name    = "${var.mail.bounce_label}.${var.base_domain}"
  type    = "CNAME"
  content = var.mail.bounce_target
  ttl     = 3600
  proxied = false
  comment = local.name
}

# SPF and DKIM have to be of the very domain (strict alignment is DKIM's only: the bounce host is a subdomain).
resource "cloudflare_dns_record" "dmarc" {
  zone_id = var.zone_id
  name    = "_dmarc.${var.base_domain}"
  type    = "TXT"
  content = "\"v=DMARC1; p=${var.dmarc_policy}; sp=${var.dmarc_policy}; adkim=s; aspf=r; rua=mailto:${var.dmarc_reports}\""
  ttl     = 3600
  comment = local.name
}

check "production_writes" {
  assert {
    condition     = var.environment != "prod" || var.mail != null
    error_message = "production has no mail settings: until ZeptoMail's records are in environments/prod.tfvars, mails wait."
  }
}
