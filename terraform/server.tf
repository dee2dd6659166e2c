resource "hcloud_ssh_key" "first" {
  for_each = var.ssh_keys

  name       = "${local.name}-${each.key}"
  public_key = each.value
  labels     = local.labels
}

# The address outlives the server: a new one takes it over, and no DNS record changes.
resource "hcloud_primary_ip" "public" {
  name              = local.name
  type              = "ipv4"
  assignee_type     = "server"
  location          = var.location
  auto_delete       = false
  delete_protection = true
  labels            = local.labels

  lifecycle {
    prevent_destroy = true
  }
}

# No user_data: Hetzner serves it to whoever asks 169.254.169.254 from the machine, and Ansible needs none.
# IPv4 only: Docker would carry IPv6 to the containers under the bridge's own address, and limits by address would
# then count all visitors as one.
resource "hcloud_server" "stores" {
  name               = local.name
  server_type        = var.server_type
  image              = "ubuntu-24.04"
  location           = var.location
  ssh_keys           = [for key in hcloud_ssh_key.first : key.id]
  firewall_ids       = [hcloud_firewall.edge.id]
  backups            = true
  delete_protection  = true
  rebuild_protection = true
  keep_disk          = true
  labels             = local.labels

  public_net {
    ipv4_enabled = true
    ipv4         = hcloud_primary_ip.public.id
    ipv6_enabled = false
  }

  network {
    subnet_id = hcloud_network_subnet.private.id
    ip        = cidrhost(hcloud_network_subnet.private.ip_range, 10)
    alias_ips = []
  }

  lifecycle {
    prevent_destroy = true
    # Keys are Ansible's after the first log-in, and a newer image is no reason to build the server anew.
    ignore_changes = [ssh_keys, image]
  }
}

# All data: databases, media, certificates. Hetzner's backups of the server leave volumes out; the databases' own
# backups go to object storage in another location (docs/deployment.md).
resource "hcloud_volume" "data" {
  name              = "${local.name}-data"
  size              = var.volume_gb
  location          = var.location
  format            = "ext4"
  delete_protection = true
  labels            = local.labels

  lifecycle {
    prevent_destroy = true
  }
}

# Ansible mounts it, by its id.
resource "hcloud_volume_attachment" "data" {
  volume_id = hcloud_volume.data.id
  server_id = hcloud_server.stores.id
  automount = false
}

# Receivers of mail and people who look at a log find a name.
resource "hcloud_rdns" "public" {
  primary_ip_id = hcloud_primary_ip.public.id
  ip_address    = hcloud_primary_ip.public.ip_address
  dns_ptr       = var.base_domain
}
