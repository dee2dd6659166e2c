"""What the playbooks compute: the services' logins, and what is wrong with a set of secrets."""

import hashlib
import hmac

# A text of these starts a value that somebody was to replace.
EXAMPLES = ("fill-in", "change", "example", "random-256", "todo", "…")


def service_login(owner, service):
    """The login of SERVICE that follows from the owner's, as crates/kernel/src/config/passwords.rs derives it:
    user stores_SERVICE, password HMAC-SHA256 of that name under the owner's password as the URL writes it."""
    scheme, rest = owner.split("://", 1)
    login, place = rest.rsplit("@", 1)
    password = login.split(":", 1)[1]
    user = f"stores_{service}"
    derived = hmac.new(password.encode(), user.encode(), hashlib.sha256).hexdigest()
    return f"{scheme}://{user}:{derived}@{place}"


def service_logins(services, database, broker):
    """A file for each login of each service, and the storefront's at the broker, from the owners'."""
    files = {"storefront_rabbitmq_url": service_login(broker, "storefront")}
    for service in services:
        files[f"{service}_database_url"] = service_login(database, service)
        files[f"{service}_rabbitmq_url"] = service_login(broker, service)
    return files


def secret_files(secrets, names):
    """A file for each secret that is one on the host; one that nobody uses is empty."""
    return {entry["name"]: secrets.get(entry["name"]) or "" for entry in names if entry.get("file", True)}


def secret_faults(secrets, names, environment):
    """Everything that is wrong with the secrets of an environment, one line each; values are never part of it.

    `names` is deploy/secrets/names.yml. A group is complete or absent."""
    faults = []
    known = {entry["name"]: entry for entry in names}
    for name in sorted(set(secrets) - set(known)):
        faults.append(f"{name}: no secret has this name; deploy/secrets/names.yml has them all")
    for name, entry in known.items():
        value = secrets.get(name)
        if value in (None, ""):
            if entry.get("required", False):
                faults.append(f"{name} is not set: {entry['what']}")
            continue
        if not isinstance(value, str):
            faults.append(f"{name} must be a text: write it in quotes")
            continue
        faults.extend(f"{name} {fault}" for fault in _value_faults(value, entry, environment))
    faults.extend(_group_faults(secrets, known))
    return faults


def _value_faults(value, entry, environment):
    if value != value.strip():
        yield "begins or ends with a blank"
    if value.lower().startswith(EXAMPLES):
        yield "is an example"
    if len(value) < entry.get("length", 1):
        yield f"has less than {entry['length']} characters"
    if entry.get("made") and not all(c.isalnum() or c in "-_:," for c in value):
        yield "goes into addresses and has other characters than letters, digits, - and _"
    prefixes = entry.get("prefix", {}).get("live" if environment == "prod" else "test")
    if prefixes and not value.startswith(tuple(prefixes)):
        yield f"does not start with {' or '.join(prefixes)}, as {environment} needs"


def _group_faults(secrets, known):
    groups = {}
    for name, entry in known.items():
        if "group" in entry:
            groups.setdefault(entry["group"], []).append(name)
    for group, members in groups.items():
        given = [name for name in members if secrets.get(name) not in (None, "")]
        if given and len(given) < len(members):
            missing = [name for name in members if name not in given]
            yield f"{', '.join(missing)} not set: {group} needs {', '.join(members)} together"


class FilterModule:
    """Ansible's way to find them."""

    def filters(self):
        return {"service_logins": service_logins, "secret_files": secret_files, "secret_faults": secret_faults}
