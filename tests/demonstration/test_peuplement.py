"""Filling beside the demonstration changes nothing of it."""

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from candidatures.models import Dossier
from manufactures.accueil.calendrier import appel_courant
from manufactures.actes.models import Acte
from manufactures.comptes.models import User
from manufactures.demonstration.peuplement.decor import SLUG
from manufactures.demonstration.peuplement.remplissage import peupler
from manufactures.journal.models import premiere_rupture
from manufactures.programme.models import Appel, Enveloppe
from manufactures.registres import verifier_invariants

pytestmark = pytest.mark.xdist_group("demonstration")


def test_the_command_wants_at_least_one_dossier(demonstration):
    with pytest.raises(CommandError, match="au moins 1"):
        call_command("peupler", "--dossiers", "0")


@pytest.mark.long
def test_the_demonstration_is_as_it_was(demonstration):
    def lire():
        return {
            "dossiers": list(Dossier.objects.exclude(vague__appel__slug=SLUG).order_by("pk").values()),
            "actes": list(Acte.objects.exclude(etat="SANS_FICHIER").order_by("pk").values()),
            "enveloppes": list(Enveloppe.objects.exclude(vague__appel__slug=SLUG).order_by("pk").values()),
            "appel": appel_courant(),
        }

    with transaction.atomic():
        avant = lire()
        bilan = peupler(30)
        apres = lire()
        rupture, violations = premiere_rupture()[1], {nom: v for nom, v in verifier_invariants() if v}
        responsable = User.objects.get(email="responsable@manufactures.test")
        vus = Dossier.objects.visibles_par(responsable).filter(vague__appel__slug=SLUG).count()
        appels = Appel.objects.count()
        transaction.set_rollback(True)

    assert bilan["dossiers"] == 30
    assert apres == avant
    assert rupture is None
    assert violations == {}
    assert appels == 2
    assert vus > 20  # all but the drafts
