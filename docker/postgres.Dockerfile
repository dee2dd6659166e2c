# syntax=docker/dockerfile:1.19
# PostgreSQL 15 with pgBackRest, which sends every change to another place (deploy/postgres).
#
#   docker build -f docker/postgres.Dockerfile -t stores-postgres:local docker
ARG IMAGE_POSTGRES_BASE=postgres:15.15-bookworm

FROM ${IMAGE_POSTGRES_BASE}
# Out of the PostgreSQL project's own packages, which the image knows already.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates pgbackrest \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -m 750 -o postgres -g postgres /var/lib/pgbackrest /var/log/pgbackrest /etc/pgbackrest/conf.d
USER 999:999
