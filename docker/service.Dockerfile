# syntax=docker/dockerfile:1.19
# A program of the platform in an image of its own: about what the program weighs and a C library, no shell.
#
#   docker build -f docker/service.Dockerfile --build-arg SERVICE=catalog -t stores-catalog:local .
#   docker build -f docker/service.Dockerfile --build-arg SERVICE=all -t stores:local .
#   docker build -f docker/service.Dockerfile --build-arg SERVICE=storefront --target storefront -t stores-storefront:local .
#
# SERVICE is tenants, catalog, orders, payments, invoicing, mail, migration or storefront; `all` is the tool `stores`.
# The crates that others wrote are one layer, the same for every SERVICE: it changes with Cargo.lock only. CI gives
# both images with their digests (deploy/compose/images.env).
ARG IMAGE_RUST=rust:1.95.0-bookworm
ARG IMAGE_RUNTIME=gcr.io/distroless/cc-debian12:nonroot

FROM ${IMAGE_RUST} AS tools
# The image's own toolchain, which is the one that rust-toolchain.toml names.
ENV RUSTUP_TOOLCHAIN=1.95.0 CARGO_INCREMENTAL=0
RUN apt-get update \
 && apt-get install -y --no-install-recommends cmake \
 && rm -rf /var/lib/apt/lists/* \
 && cargo install --locked --version 0.1.78 cargo-chef
WORKDIR /source

FROM tools AS plan
COPY Cargo.toml Cargo.lock ./
COPY bench bench
COPY crates crates
COPY e2e e2e
COPY proto proto
COPY services services
RUN cargo chef prepare --recipe-path /recipe.json

FROM tools AS dependencies
COPY --from=plan /recipe.json /recipe.json
RUN cargo chef cook --locked --profile image --recipe-path /recipe.json

FROM dependencies AS build
COPY docker/health.rs /health.rs
RUN mkdir /out && rustc --edition 2024 -C opt-level=s -C strip=symbols -o /out/health /health.rs
COPY Cargo.toml Cargo.lock ./
COPY bench bench
COPY crates crates
COPY e2e e2e
COPY proto proto
COPY services services
ARG SERVICE
RUN case "${SERVICE:?which service}" in \
      all) package=stores program=stores ;; \
      *) package=$SERVICE program=stores-$SERVICE ;; \
    esac \
 && cargo build --locked --profile image --package "$package" --bin "$program" \
 && cp "target/image/$program" /out/program

FROM ${IMAGE_RUNTIME} AS service
COPY --from=build /out/program /out/health /
USER 65532:65532
ENTRYPOINT ["/program"]
# The port is the service's own; compose says it (deploy/compose/slot.yml), and there is none in this image to ask.
HEALTHCHECK NONE

# The storefront reads its themes from a folder.
FROM service AS storefront
COPY web/themes /themes
ENV THEMES_DIR=/themes

# What is built without --target.
FROM service
