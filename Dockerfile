# The service as an image: built with all packages, run with those that it needs, by a user without rights.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci && npm run --if-present native
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

# Installed anew, so that nothing of development is left behind; what is optional to a package of ours is only TypeScript.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional && npm run --if-present native
# The SDK of OpenTelemetry is optional: the service loads it only if a collector is set.
COPY --from=build /app/node_modules/@opentelemetry ./node_modules/@opentelemetry

FROM node:24-slim
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="livekit-token-service" \
      org.opencontainers.image.description="Lets people into LiveKit rooms: tokens, webhooks, and a base for modules of a team." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# Node reads from package.json that the files are modules.
COPY package.json LICENSE ./
# The image's user `node`, by number: Kubernetes cannot tell of a name that it is not root.
USER 1000:1000
EXPOSE 6080
# By Node, since the image has no curl.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SERVER_PORT || 6080}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself is the process that SIGTERM reaches: there is no shell and no npm between.
ENTRYPOINT ["node", "--v8-pool-size=1", "--max-semi-space-size=8", "--enable-source-maps", "dist/cli.js"]
# As `npx livekit-token-service`: `docker run IMAGE doctor`, `docker run IMAGE rules check FILE`.
CMD ["start"]
