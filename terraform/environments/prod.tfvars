# Branch main.
base_domain   = "store.inallweb.com"
location      = "nbg1"
server_type   = "ccx33"
volume_gb     = 200
network_range = "10.40.0.0/16"
dmarc_policy  = "quarantine"

# What ZeptoMail's console shows under Mail Agents > Domains for store.inallweb.com:
# mail = {
#   spf_include   = "…"
#   dkim_selector = "…"
#   dkim_value    = "k=rsa; p=…"
#   bounce_label  = "bounce"
#   bounce_target = "…"
# }
mail = null
