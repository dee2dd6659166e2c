# shellcheck shell=bash
# The programs: a Rust toolchain when the machine has none, then cargo, which knows what changed.

# RELEASE=1 takes minutes more and is what the memory and speed figures are about.
build_profile() { if [ -n "${RELEASE:-}" ]; then printf release; else printf debug; fi; }

program() { printf '%s/%s/%s' "${CARGO_TARGET_DIR:-$CHECKOUT/target}" "$(build_profile)" "$1"; }

build_packages() {
  need gcc command -v cc
  # Debian only recommends what a C compiler cannot link without.
  need libc6-dev sh -c 'test -e "$(cc -print-file-name=crt1.o)"'
  need cmake command -v cmake
  need make command -v make
  need pkg-config command -v pkg-config
  need curl command -v curl
  need ca-certificates test -s /etc/ssl/certs/ca-certificates.crt
  install_missing
}

# The version that rust-toolchain.toml names; rustup may have been told not to fetch it by itself.
toolchain() {
  local cargo_home=${CARGO_HOME:-${HOME:-/root}/.cargo} version
  if [ -d "$cargo_home/bin" ]; then PATH=$PATH:$cargo_home/bin; fi
  if ! command -v cargo >/dev/null && apt-cache policy rustup 2>/dev/null | grep -q 'Candidate: [0-9]'; then
    need rustup false
    install_missing
  fi
  (cd "$CHECKOUT" && cargo --version) >/dev/null 2>&1 && return 0
  version=$(sed -n 's/^channel = "\(.*\)"/\1/p' "$CHECKOUT/rust-toolchain.toml")
  command -v rustup >/dev/null || die "Rust is missing" \
    "Install it from https://rustup.rs, then try again:" "curl --proto '=https' -sSf https://sh.rustup.rs | sh -s -- -y"
  say "installing Rust $version"
  rustup toolchain install "$version" --profile minimal --component rustfmt --component clippy ||
    die "Rust $version could not be installed" "rustup toolchain install $version"
}

build() {
  build_packages
  local options=(build --quiet --bin stores --bin simulators --bin stores-storefront)
  if [ -n "${RELEASE:-}" ]; then options+=(--release); fi
  say "building (the first time takes some minutes)"
  (cd "$CHECKOUT" && cargo "${options[@]}" -p stores -p simulators -p storefront) || die "the build failed"
  write_stores
}

# `.run/bin/stores …` is the platform's own tool with this installation's variables.
write_stores() {
  local file=$STORES_RUN_DIR/bin/stores
  cat >"$file" <<TEXT
#!/usr/bin/env bash
# Made by stack.sh: the program with the variables of this run folder.
source $(printf %q "$STORES_RUN_DIR/env") && exec $(printf %q "$(program stores)") "\$@"
TEXT
  chmod 755 "$file"
}
