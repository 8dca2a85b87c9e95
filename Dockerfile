# The image of production: web, worker and beat are three commands of the same one.
FROM python:3.13-slim-bookworm AS paquets
WORKDIR /construction
COPY requirements/production.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r production.txt

FROM python:3.13-slim-bookworm AS execution
# Versions of these libraries are Debian's: security updates come with each build.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --home-dir /nonexistent manufactures \
    && install -d -o manufactures -g manufactures -m 0750 /donnees
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/tmp \
    DJANGO_SETTINGS_MODULE=manufactures.settings \
    DONNEES=/donnees \
    STATIQUES=/app/staticfiles
WORKDIR /app
COPY --from=paquets /venv /venv
COPY . .
# Collected, compressed and named after their digests once and for all; the parts of the design system that no page
# uses stay out. The key serves this one command.
RUN SECRET_KEY=cle-de-la-construction-de-l-image-qui-ne-signe-jamais-rien \
    DATABASE_URL=postgresql://personne@localhost/aucune \
    python manage.py collectstatic --noinput --verbosity 0 \
    -i component -i core -i analytics -i scheme -i "*.legacy*" -i "*.map" -i "*/artwork/pictograms/*"
USER 10001
VOLUME /donnees
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-", \
     "--logger-class", "manufactures.acces.JournalDesAcces", "manufactures.wsgi:application"]
