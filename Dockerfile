# One image for every service; the command picks it: `task web`, `task trend`, `task recommendation`. Without a command
# it is the whole suite in one process, with its data in /data.
FROM denoland/deno:debian-2.9.6

ENV DENO_NO_UPDATE_CHECK=1 HOST=0.0.0.0 DATA_DIR=/data
RUN install -d -o 1993 -g 1993 /data
WORKDIR /app

# Packages change less often than the sources. Both belong to root: who runs the services can only read them.
COPY deno.json deno.lock ./
RUN deno ci

COPY . .
RUN deno cache services/*/main.ts

USER 1993:1993
EXPOSE 8000 8001 8002
ENTRYPOINT ["deno"]
CMD ["task", "start"]
