# Feature branches.
base_domain   = "dev.store.inallweb.com"
location      = "nbg1"
server_type   = "ccx13"
volume_gb     = 40
network_range = "10.43.0.0/16"
dmarc_policy  = "reject"

# Writes to nobody: its mails go to a catch-all by SMTP_URL, or wait.
mail = null
