"""The grid over time: the version in force, the one being prepared, what must hold before it opens."""

from collections import Counter

from django.db import transaction
from django.db.models import Q

from manufactures.programme.models.appel import Appel
from manufactures.programme.models.article import Article
from manufactures.programme.models.critere import Critere, NatureCritere
from manufactures.programme.models.eligibilite import QuestionEligibilite
from manufactures.registres import TransitionInterdite

COPIES = [
    "nature", "code", "rang", "libelle", "texte", "article", "guide", "ancres", "poids", "echelle", "ou_lire",
]  # fmt: skip
POIDS = 100


def en_preparation(appel: Appel):
    """The lines of the version that is not open yet; none while nobody prepares one."""
    return appel.criteres.filter(grille=appel.grille_version + 1).order_by(*ORDRE)


ORDRE = ("nature", "rang", "code")


def preparer(appel: Appel) -> int:
    """Copy the version in force into the next one, to be changed; the number of that one, new or already begun."""
    with transaction.atomic():
        appel = Appel.objects.select_for_update(of=("self",)).get(pk=appel.pk)
        suivante = appel.grille_version + 1
        if not en_preparation(appel).exists():
            Critere.objects.bulk_create(
                Critere(appel=appel, grille=suivante, **{nom: getattr(ligne, nom) for nom in COPIES})
                for ligne in appel.criteres.en_vigueur()
            )
    return suivante


def abandonner(appel: Appel) -> None:
    """Throw the version being prepared away: nobody has read a dossier with it."""
    with transaction.atomic():
        appel = Appel.objects.select_for_update(of=("self",)).get(pk=appel.pk)
        en_preparation(appel).delete()


def ouvrir(appel: Appel) -> int:
    """Put the prepared version in force; examinations already open keep theirs. Returns its number.

    Raises TransitionInterdite with each thing that does not hold.
    """
    with transaction.atomic():
        appel = Appel.objects.select_for_update(of=("self",)).get(pk=appel.pk)
        lignes = list(en_preparation(appel))
        if not lignes:
            raise TransitionInterdite("Aucune version n'est en préparation.")
        if manques := defauts(appel, lignes):
            raise TransitionInterdite(" ".join(manques))
        if not a_change(appel, lignes):
            raise TransitionInterdite(
                "Cette version dit la même chose que celle en vigueur : rien ne change."
            )
        _suivre_les_questions(appel, lignes)
        appel.grille_version += 1
        appel.save(update_fields=["grille_version"])
    return appel.grille_version


def defauts(appel: Appel, lignes: list[Critere]) -> list[str]:
    """What keeps these lines from being a grid, one sentence each."""
    phrases = []
    par_nature = {nature: [x for x in lignes if x.nature == nature] for nature in NatureCritere}
    if not par_nature[NatureCritere.ELIGIBILITE]:
        phrases.append("La grille n'a aucune règle de recevabilité : ajoutez-en une.")
    for nature in (NatureCritere.NOTE, NatureCritere.ARBITRAGE):
        total = sum(ligne.poids for ligne in par_nature[nature])
        if par_nature[nature] and total != POIDS:
            ecart = f"retirez {total - POIDS}" if total > POIDS else f"ajoutez {POIDS - total}"
            nom = "notés" if nature == NatureCritere.NOTE else "d'arbitrage"
            phrases.append(f"Les poids des critères {nom} font {total} : {ecart} pour arriver à {POIDS}.")
    if not par_nature[NatureCritere.NOTE]:
        phrases.append("La grille n'a aucun critère noté : ajoutez-en un.")
    doubles = [rangs for rangs, n in Counter((x.nature, x.rang) for x in lignes).items() if n > 1]
    for nature, rang in doubles:
        codes = ", ".join(x.code for x in lignes if (x.nature, x.rang) == (nature, rang))
        phrases.append(f"{codes} ont le même rang, {rang} : donnez-leur un ordre.")
    connus = set(Article.objects.filter(appel=appel).values_list("numero", flat=True))
    phrases += [
        f"{x.code} cite l'article {x.article}, que le cahier des charges n'a pas."
        for x in lignes
        if x.article and connus and x.article not in connus
    ]
    return phrases


def a_change(appel: Appel, lignes: list[Critere]) -> bool:
    """Some line is not as in the version in force."""
    avant = {tuple(map(str, ligne)) for ligne in appel.criteres.en_vigueur().values_list(*COPIES)}
    return avant != {tuple(str(getattr(ligne, nom)) for nom in COPIES) for ligne in lignes}


def _suivre_les_questions(appel: Appel, lignes: list[Critere]) -> None:
    """The questions of the self-test lead to the criteria of the version in force."""
    nouveaux = {ligne.code: ligne for ligne in lignes}
    questions = list(
        QuestionEligibilite.objects.filter(Q(appel=appel) & ~Q(critere=None)).select_related("critere")
    )
    for question in questions:
        question.critere = nouveaux.get(question.critere.code)
    QuestionEligibilite.objects.bulk_update(questions, ["critere"])
