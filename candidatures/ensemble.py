"""Several readings in one statement: what a dossier's tables hold, for who needs them all at once.

A deposit freezes nine tables under its lock while others wait: one journey to the database instead of nine. Rows come
back as JSON and become the same objects as those of the query sets, their `select_related` included.
"""

import json
from decimal import Decimal

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import JSONField, QuerySet

from manufactures.enonces import objets_de


def lire_d_un_coup(lectures: dict[str, QuerySet]) -> dict[str, list]:
    """The objects of each query set, by name, in one query (and those of their prefetches)."""
    compilateurs = {nom: lignes.query.get_compiler(DEFAULT_DB_ALIAS) for nom, lignes in lectures.items()}
    branches, parametres = [], []
    for compilateur in compilateurs.values():
        sql, siens = compilateur.as_sql()
        colonnes = ", ".join(f"c{rang}" for rang in range(len(compilateur.select)))
        branches.append(f"(SELECT json_agg(t)::text FROM ({sql}) AS t ({colonnes}))")  # noqa: S608
        parametres += siens
    if not branches:
        return {}
    with connections[DEFAULT_DB_ALIAS].cursor() as curseur:
        curseur.execute(f"SELECT {', '.join(branches)}", parametres)
        lues = curseur.fetchone()
    return {
        nom: _objets(lignes, compilateurs[nom], json.loads(texte or "[]", parse_float=Decimal))
        for (nom, lignes), texte in zip(lectures.items(), lues, strict=True)
    }


def _objets(lignes: QuerySet, compilateur, lues: list[dict]) -> list:
    """The objects that the query set would give for these rows."""
    colonnes = [
        (f"c{rang}", expression.output_field) for rang, (expression, *_) in enumerate(compilateur.select)
    ]
    rangees = [tuple(_valeur(champ, lue[nom]) for nom, champ in colonnes) for lue in lues]
    return objets_de(lignes, compilateur, lambda: rangees)


def _valeur(champ, valeur):
    """What the database's driver gives for this value of a column."""
    if isinstance(champ, JSONField):
        raise ImproperlyConfigured("Un champ JSON ne se lit pas dans un ensemble.")
    return None if valeur is None else champ.to_python(valeur)
