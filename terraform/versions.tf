terraform {
  required_version = ">= 1.11, < 2.0"

  # Exact versions: what was read before an upgrade is what runs. `terraform init` notes the providers' checksums
  # in .terraform.lock.hcl; the file is committed with the first init and checked by every later one.
  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = "1.67.0"
    }
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "5.14.0"
    }
  }

  # GitLab keeps the state: encrypted, locked while somebody works with it, every version of it. env.sh says where.
  backend "http" {}
}

# The tokens come from HCLOUD_TOKEN and CLOUDFLARE_API_TOKEN, never from a file.
provider "hcloud" {}

provider "cloudflare" {}
