"""The usual floor: what a signed-in Django page cannot go under without a cache.

Django's own seven middlewares, three queries (session, user, rows), a table of 50 rows and 6 columns, on the same
PostgreSQL and under the same gunicorn as the pages that are measured. Its database is named by PLANCHER_URL.
"""

import os
from datetime import datetime, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import environ
from django import setup
from django.conf import settings
from django.core.wsgi import get_wsgi_application

LIGNES = 50
CHEMIN = "/plancher/"
GABARIT = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Plancher</title></head>
<body><nav><a href="/">Accueil</a>{% if user.is_authenticated %} {{ user.get_username }}{% endif %}</nav>
<main><h1>Cinquante lignes</h1>
<table>
<thead><tr>{% for titre in titres %}<th scope="col">{{ titre }}</th>{% endfor %}</tr></thead>
<tbody>{% for ligne in lignes %}
<tr><td><a href="/plancher/{{ ligne.numero }}/">{{ ligne.numero }}</a></td><td>{{ ligne.nom }}</td><td>{{ ligne.lieu }}</td><td>{{ ligne.etat }}</td><td>{{ ligne.montant }}</td><td>{{ ligne.depose_le|date:"d/m/Y H:i" }}</td></tr>{% endfor %}
</tbody></table></main></body></html>
"""  # noqa: E501 -- as long as a row of a real table


def regler() -> None:
    """Settings of a bare project: nothing but what such a page needs."""
    contrib = "django.contrib"
    processeurs = (
        "django.template.context_processors.request",
        f"{contrib}.auth.context_processors.auth",
        f"{contrib}.messages.context_processors.messages",
    )
    en_memoire = ("django.template.loaders.locmem.Loader", {"plancher.html": GABARIT})
    settings.configure(
        SECRET_KEY="plancher-" * 8,
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        DATABASES={"default": environ.Env.db_url_config(os.environ["PLANCHER_URL"]) | {"CONN_MAX_AGE": 600}},
        INSTALLED_APPS=[f"{contrib}.{nom}" for nom in ("contenttypes", "auth", "sessions", "messages")],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            f"{contrib}.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            f"{contrib}.auth.middleware.AuthenticationMiddleware",
            f"{contrib}.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": list(processeurs),
                    "loaders": [("django.template.loaders.cached.Loader", [en_memoire])],
                },
            }
        ],
    )
    setup()


if not settings.configured:
    regler()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402 -- models need the settings above
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402


class Ligne(models.Model):
    """What a list of dossiers would show."""

    numero = models.CharField(max_length=20)
    nom = models.CharField(max_length=200)
    lieu = models.CharField(max_length=200)
    etat = models.CharField(max_length=20)
    montant = models.IntegerField()
    depose_le = models.DateTimeField()

    class Meta:
        app_label = "plancher"

    def __str__(self):
        return self.numero


def cinquante_lignes(request):
    """The page."""
    titres = ("Numéro", "Nom", "Lieu", "État", "Montant", "Déposé le")
    lignes = Ligne.objects.order_by("pk")[:LIGNES]
    return render(request, "plancher.html", {"titres": titres, "lignes": lignes})


urlpatterns = [path(CHEMIN.lstrip("/"), cinquante_lignes)]


def remplir() -> str:
    """Tables, rows, somebody signed in; the key of their session."""
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editeur:
        editeur.create_model(Ligne)
    debut = datetime(2021, 11, 4, 12, tzinfo=ZoneInfo("Europe/Paris"))
    Ligne.objects.bulk_create(
        Ligne(
            numero=f"P-{rang:06d}",
            nom=f"Atelier partagé numéro {rang}, bois et métal",
            lieu=f"Commune {rang % 37} (département {rang % 95})",
            etat=("Déposé", "Recevable", "Lauréat")[rang % 3],
            montant=12_500 + 731 * rang,
            depose_le=debut - timedelta(minutes=rang),
        )
        for rang in range(20 * LIGNES)
    )
    with connection.cursor() as curseur:
        curseur.execute("VACUUM ANALYZE")
    user = get_user_model().objects.create_user("visiteur")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


application = get_wsgi_application()
