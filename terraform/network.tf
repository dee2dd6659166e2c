locals {
  name   = "stores-${var.environment}"
  labels = { project = "virtual-stores", environment = var.environment, managed = "terraform" }
}

# For data on a host of its own, and more hosts, without a way through the internet.
resource "hcloud_network" "private" {
  name              = local.name
  ip_range          = var.network_range
  labels            = local.labels
  delete_protection = true
}

resource "hcloud_network_subnet" "private" {
  network_id   = hcloud_network.private.id
  type         = "cloud"
  network_zone = "eu-central"
  ip_range     = cidrsubnet(var.network_range, 8, 1)
}

# Outside the host, so out of reach of Docker's own rules. What has no rule is dropped.
resource "hcloud_firewall" "edge" {
  name   = local.name
  labels = local.labels

  rule {
    description = "browsers, to be sent on to HTTPS"
    direction   = "in"
    protocol    = "tcp"
    port        = "80"
    source_ips  = ["0.0.0.0/0"]
  }

  rule {
    description = "browsers"
    direction   = "in"
    protocol    = "tcp"
    port        = "443"
    source_ips  = ["0.0.0.0/0"]
  }

  rule {
    description = "people and the CI's runner"
    direction   = "in"
    protocol    = "tcp"
    port        = "22"
    source_ips  = var.ssh_from
  }

  rule {
    description = "path MTU and ping"
    direction   = "in"
    protocol    = "icmp"
    source_ips  = ["0.0.0.0/0"]
  }
}
