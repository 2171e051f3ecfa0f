# syntax=docker/dockerfile:1
FROM node:20-bookworm-slim AS build
WORKDIR /app
# Packages first: a change of the sources does not download them again.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY jobs jobs
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:20-bookworm-slim
ENV NODE_ENV=production \
    NEWLEAF_CONFIG=/etc/newleaf/newleaf.yaml
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY config config
RUN ln -s /app/dist/src/cli/main.js /usr/local/bin/newleaf \
    && install -d -o node -g node -m 0700 /var/lib/newleaf /sandbox
USER node
VOLUME /var/lib/newleaf
EXPOSE 9877
# The daemon needs up to 30 seconds to hand over its current step: give `docker stop` more than its usual ten.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:9877/healthz').then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["newleaf"]
CMD ["run"]
