# Branch staging: production, but for the data and the keys.
base_domain   = "staging.store.inallweb.com"
location      = "nbg1"
server_type   = "ccx13"
volume_gb     = 80
network_range = "10.41.0.0/16"
dmarc_policy  = "reject"

# Writes to nobody: its mails go to a catch-all by SMTP_URL, or wait.
mail = null
