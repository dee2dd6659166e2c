variable "environment" {
  description = "Which environment this is; env.sh sets it together with the state and the file of values."
  type        = string

  validation {
    condition     = contains(["dev", "uat", "staging", "prod"], var.environment)
    error_message = "environment is dev, uat, staging or prod; `source env.sh ENVIRONMENT` sets it."
  }
}

variable "base_domain" {
  description = "Stores live at SLUG.base_domain."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.base_domain))
    error_message = "base_domain is a domain in lower case, such as store.inallweb.com."
  }
}

variable "zone_id" {
  description = "Cloudflare's id of the zone that base_domain lies in. It is no secret."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{32}$", var.zone_id))
    error_message = "zone_id is the 32 hexadecimal digits that Cloudflare shows on the zone's overview."
  }
}

variable "zone_dnssec" {
  description = "Whether this environment signs the whole zone. One environment of a zone does, and then the registrar needs the DS record of the output dnssec_ds."
  type        = bool
  default     = false
}

variable "location" {
  description = "Hetzner's location of server, volume and address."
  type        = string

  validation {
    condition     = contains(["nbg1", "fsn1", "hel1"], var.location)
    error_message = "location is nbg1, fsn1 or hel1: the network zone is eu-central, and the data stay in the EU."
  }
}

variable "server_type" {
  description = "Hetzner's server type, as `hcloud server-type list` shows it."
  type        = string
}

variable "volume_gb" {
  description = "Size of the volume with all data. It grows in place and never shrinks."
  type        = number

  validation {
    condition     = var.volume_gb >= 20 && var.volume_gb <= 10240
    error_message = "volume_gb is between 20 and 10240."
  }
}

variable "ssh_keys" {
  description = "Public keys, by the name of who holds each, for the first log-in as root. Ansible closes root's."
  type        = map(string)

  validation {
    condition     = length(var.ssh_keys) > 0 && alltrue([for key in var.ssh_keys : can(regex("^(ssh-ed25519|sk-ssh-ed25519@openssh.com|ecdsa-sha2-nistp(256|384|521)) ", key))])
    error_message = "ssh_keys has at least one key, and each is ed25519 (also on a hardware token) or ECDSA."
  }
}

variable "ssh_from" {
  description = "Networks that may reach port 22: the VPN or bastion, and the CI's runner."
  type        = list(string)

  validation {
    condition     = length(var.ssh_from) > 0 && alltrue([for network in var.ssh_from : can(cidrhost(network, 0)) && tonumber(split("/", network)[1]) >= 16])
    error_message = "ssh_from has at least one network in CIDR form, none wider than /16."
  }
}

variable "network_range" {
  description = "The private network. No two environments have the same, so that they can be joined one day."
  type        = string

  validation {
    condition     = can(cidrsubnet(var.network_range, 8, 1)) && startswith(var.network_range, "10.")
    error_message = "network_range is a network such as 10.40.0.0/16."
  }
}

variable "certificate_contact" {
  description = "Whom a certificate authority tells of an attempt to issue for base_domain against its CAA records."
  type        = string

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+$", var.certificate_contact))
    error_message = "certificate_contact is an address of mail."
  }
}

variable "mail" {
  description = "What ZeptoMail shows for the domain: the SPF include, the DKIM record and the bounce host. Null where this environment writes no mail: then nobody may write in its name."
  type = object({
    spf_include   = string
    dkim_selector = string
    dkim_value    = string
    bounce_label  = string
    bounce_target = string
  })
  default = null
}

variable "dmarc_policy" {
  description = "What receivers do with mail in the domain's name that fails: none while it is watched, then quarantine, then reject."
  type        = string

  validation {
    condition     = contains(["none", "quarantine", "reject"], var.dmarc_policy)
    error_message = "dmarc_policy is none, quarantine or reject."
  }
}

variable "dmarc_reports" {
  description = "Where receivers report what they saw."
  type        = string

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+$", var.dmarc_reports))
    error_message = "dmarc_reports is an address of mail."
  }
}
