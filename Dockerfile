# syntax=docker/dockerfile:1

# The package as it is published: compiled JavaScript, migrations, the room page.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
# The page is built with the package, when its sources are there.
RUN npm pkg delete scripts.prepare && npm ci
COPY . .
# Of what is built beside the package, it holds the page alone.
RUN npm pkg set scripts.prepare='npm run web:build' && npm pack --pack-destination /tmp && mv /tmp/vestibule-*.tgz /tmp/vestibule.tgz

# What it needs to run, at the versions of the lock file.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /opt/vestibule
COPY package.json package-lock.json ./
RUN npm pkg delete scripts.prepare && npm ci --omit=dev
COPY --from=build /tmp/vestibule.tgz /tmp/vestibule.tgz
RUN tar -xzf /tmp/vestibule.tgz --strip-components=1 && rm /tmp/vestibule.tgz

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Vestibule" \
      org.opencontainers.image.description="Decides who joins a meeting: a GraphQL API with subscriptions" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000 \
    DATA_DIR=/var/lib/vestibule
WORKDIR /opt/vestibule
COPY --from=dependencies /opt/vestibule ./
RUN ln -s /opt/vestibule/dist/src/cli/main.js /usr/local/bin/vestibule \
    && chmod 755 /opt/vestibule/dist/src/cli/main.js \
    && install -d -o node -g node -m 700 /var/lib/vestibule
USER node
VOLUME /var/lib/vestibule
EXPOSE 4000
# Alive, not ready: a restart does not mend a database.
HEALTHCHECK --interval=10s --timeout=3s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Without npm or a shell in between, so that SIGTERM reaches the service.
CMD ["node", "dist/src/cli/main.js", "serve"]
