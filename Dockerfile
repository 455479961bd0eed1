# One image for the API, the worker and the migration; the command tells them apart.
FROM python:3.13.14-slim-trixie@sha256:bf503bb2243c5aad0aa951544dd60d165f992646441d35dea90893703fc26251 AS dependencies

COPY requirements/app.lock /tmp/app.lock
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check \
      --require-hashes --requirement /tmp/app.lock

# Written by hand, so that nothing without a hash, setuptools for one, is fetched to make it.
COPY --chmod=755 <<'SCRIPT' /venv/bin/mintpost
#!/venv/bin/python
from cli import process

process()
SCRIPT


FROM python:3.13.14-slim-trixie@sha256:bf503bb2243c5aad0aa951544dd60d165f992646441d35dea90893703fc26251

# A fixed number: the signing key's file on the host has to be given to it.
RUN groupadd --gid 10001 mintpost \
 && useradd --uid 10001 --gid mintpost --no-create-home --home-dir /app mintpost \
 && install --directory --owner mintpost --group mintpost --mode 700 /var/lib/mintpost

COPY --from=dependencies /venv /venv

WORKDIR /app
COPY activities activities
COPY api api
COPY catalog catalog
COPY commands commands
COPY db db
COPY domain domain
COPY embedded embedded
COPY fakes fakes
COPY kit kit
COPY letters letters
COPY licensing licensing
COPY mailers mailers
COPY operations operations
COPY reading reading
COPY relay relay
COPY settings settings
COPY storefronts storefronts
COPY templates templates
COPY torture torture
COPY workflows workflows
COPY cli.py worker.py worker_parts.py ./
# A clone that was made under a strict umask is readable by its owner alone.
RUN chmod --recursive a+rX /app

ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/var/lib/mintpost

USER 10001:10001
EXPOSE 8000

# Whether the process lives, not whether it is ready: it has to take requests while Temporal is away.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "from http.client import HTTPConnection as H; c = H('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]

CMD ["uvicorn", "--factory", "api.app:create_app", "--host", "0.0.0.0", "--port", "8000", "--no-server-header"]
