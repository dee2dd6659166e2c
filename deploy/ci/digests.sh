#!/bin/sh
# digests.sh: every image from outside with the digest of its version, in the form of the files that name it.
set -eu

for file in deploy/ci/images.yml deploy/compose/images.env; do
  printf '# %s\n' "$file"
  while IFS= read -r line; do
    case $line in
      *IMAGE*[:=]*:*)
        reference=$(printf '%s' "$line" | sed -E 's/^[^:=]*[:=] *//; s/@sha256:.*//')
        printf '%s@%s\n' "${line%%@sha256:*}" "$(crane digest "$reference")"
        ;;
    esac
  done <"$file"
done
