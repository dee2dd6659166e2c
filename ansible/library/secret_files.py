#!/usr/bin/python3
"""Ansible's module for a folder of secrets: a file each, and no other file. One call for all of them, so that no value
is on its way more than once; nothing of a value is in what it answers."""

import os
import tempfile

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: secret_files
short_description: A folder with one file for each secret
description:
  - Writes each text of I(files) to the file of its name in I(folder), and removes what is not among them.
options:
  folder: {description: It has to be there., required: true, type: path}
  files: {description: Contents by name., required: true, type: dict}
  owner: {description: Of the files., required: true, type: str}
  group: {description: Of the files., required: true, type: str}
  mode: {description: Of the files., required: true, type: str}
author: [Virtual Stores]
"""


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write(path, content):
    """The whole file takes the former one's place; nobody reads half of it, or before its owner is set."""
    handle, beside = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


def main():
    module = AnsibleModule(
        argument_spec={
            "folder": {"type": "path", "required": True},
            "files": {"type": "dict", "required": True, "no_log": True},
            "owner": {"type": "str", "required": True},
            "group": {"type": "str", "required": True},
            "mode": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    folder, files = module.params["folder"], module.params["files"]
    there = os.listdir(folder) if os.path.isdir(folder) else []
    removed = sorted(set(there) - set(files))
    changed = []
    for name, text in sorted(files.items()):
        path, content = os.path.join(folder, name), str(text).encode()
        differs = read(path) != content
        if differs and not module.check_mode:
            write(path, content)
        if os.path.exists(path):
            attributes = {"path": path, **{key: module.params[key] for key in ("owner", "group", "mode")}}
            arguments = module.load_file_common_arguments({**module.params, **attributes})
            differs = module.set_fs_attributes_if_different(arguments, differs)
        if differs:
            changed.append(name)
    if not module.check_mode:
        for name in removed:
            os.unlink(os.path.join(folder, name))
    module.exit_json(changed=bool(changed or removed), written=changed, removed=removed)


if __name__ == "__main__":
    main()
