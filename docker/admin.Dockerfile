# syntax=docker/dockerfile:1.19
# The admin panel's files, by nginx as nobody in particular.
#
#   docker build -f docker/admin.Dockerfile -t stores-admin:local .
ARG IMAGE_NODE=node:24.21.0-bookworm-slim
ARG IMAGE_NGINX=nginxinc/nginx-unprivileged:1.28.0-alpine

FROM ${IMAGE_NODE} AS build
WORKDIR /web
COPY web/package.json web/package-lock.json ./
COPY web/admin/package.json admin/
COPY web/api-client/package.json api-client/
COPY web/e2e/package.json e2e/
RUN npm ci --no-audit --no-fund
COPY web/tsconfig.base.json ./
COPY web/api-client api-client
COPY web/admin admin
# Packed once here, not at every request.
RUN npm run build \
 && find admin/dist -type f -regex '.*\.\(html\|js\|css\|svg\|json\|txt\)' -exec gzip -9 -k {} +

FROM ${IMAGE_NGINX}
COPY docker/admin/nginx.conf /etc/nginx/nginx.conf
COPY docker/admin/panel.conf.template /etc/nginx/templates/panel.conf.template
COPY --from=build /web/admin/dist /panel/admin
# Filled in at the start, in the one folder that can be written.
ENV NGINX_ENVSUBST_OUTPUT_DIR=/tmp CDN_BASE_URL="" UPLOADS_ORIGIN=""
USER 101:101
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/health"]
