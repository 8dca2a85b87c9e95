"""The automatic checks of a dossier as its panel shows them, read with the version that they speak of."""

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from instruction.models import ControleAuto, VerdictAuto

INSTANTS = ("source_le", "calcule_le")
LUS = [champ.name for champ in ControleAuto._meta.concrete_fields if champ.name not in ("id", "dossier")]


def avec_les_controles(versions):
    """With the checks of their dossier, in the query that reads the version: the page asks nothing more."""
    lignes = ControleAuto.objects.filter(dossier=OuterRef("dossier")).order_by("rang")
    return versions.annotate(controles=ArraySubquery(lignes.values(ligne=JSONObject(**{n: n for n in LUS}))))


def _ligne(lue: dict) -> ControleAuto:
    for nom in INSTANTS:
        lue[nom] = datetime.fromisoformat(lue[nom]) if lue[nom] else None
    return ControleAuto(**lue)


def controles_lus(version) -> dict:
    """The rows of the panel, by verdict, and by the rule that they speak of."""
    lignes = [_ligne(lue) for lue in version.controles] if version else []
    par_regle: dict[str, list] = {}
    for ligne in lignes:
        if ligne.regle:
            par_regle.setdefault(ligne.regle, []).append(ligne)
    comptes = [(v, sum(ligne.verdict == v for ligne in lignes)) for v in VerdictAuto]
    return {
        "controles": sorted(lignes, key=lambda x: (VerdictAuto.values.index(x.verdict), x.rang)),
        "controles_comptes": [(v, n) for v, n in comptes if n],
        "controles_par_regle": par_regle,
        "controles_le": max((ligne.calcule_le for ligne in lignes), default=None),
    }
