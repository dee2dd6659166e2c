output "server_ip" {
  description = "The server's address; both A records point to it."
  value       = hcloud_primary_ip.public.ip_address
}

output "private_ip" {
  description = "The server's address in the private network."
  value       = cidrhost(hcloud_network_subnet.private.ip_range, 10)
}

output "dnssec_ds" {
  description = "The DS record for the registrar, where this environment signs the zone."
  value       = one(cloudflare_zone_dnssec.zone[*].ds)
}

# terraform output -raw ansible_inventory > ../ansible/inventories/ENVIRONMENT/terraform.yml
output "ansible_inventory" {
  description = "What Ansible has to know of the host."
  value = yamlencode({
    stores = {
      hosts = {
        (local.name) = {
          ansible_host      = hcloud_primary_ip.public.ip_address
          host_private_ip   = cidrhost(hcloud_network_subnet.private.ip_range, 10)
          host_private_net  = hcloud_network_subnet.private.ip_range
          host_data_device  = hcloud_volume.data.linux_device
          terraform_domain  = var.base_domain
          terraform_ssh_net = var.ssh_from
        }
      }
    }
  })
}
