"""What submission puts on home pages: a member's draft to deposit in time, the questions that agents have to answer."""

from collections.abc import Iterator

from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.text import Truncator

from candidatures.models import Commentaire, Dossier, Droit, Membre, Passation, Question, Section
from candidatures.models.questions import DELAI_DE_REPONSE, OrigineQuestion
from manufactures import horloge
from manufactures.attentes import Attente, Compte, Tache, a_faire
from manufactures.comptes.models import en_entier
from manufactures.francais import compter, de_elision
from manufactures.procedure import Etat, Role

COMMENTAIRES_MONTRES = 5
QUESTIONS_MONTREES = 10  # a long queue is one line with its count
EXTRAIT = 40  # characters of a question, so that the line holds on a screen


@a_faire
def brouillons(user) -> Iterator[Attente]:
    """Drafts of an open wave in which one writes; without the gaps counted, so that lists cost the same."""
    ecrits = Membre.objects.filter(user=user, droit__in=(Droit.TITULAIRE, Droit.CONTRIBUTEUR)).values(
        "dossier"
    )
    instant = horloge.maintenant()
    yield Attente(
        Dossier.objects.filter(
            Q(vague__cloture__gt=instant) | Q(prolonge_jusquau__gt=instant),
            vague__ouverture__lte=instant,
            pk__in=ecrits,
            etat=Etat.BROUILLON,
        ),
        lambda ligne: Tache(
            libelle="Terminer et déposer le dossier",
            url=reverse("candidatures:dossier", args=[ligne.numero]),
            objet=ligne.objet,
            bouton="Continuer",
            echeance=ligne.echeance,
        ),
        objet="nom_projet", echeance=Greatest("vague__cloture", "prolonge_jusquau"), numero="numero",
    )  # fmt: skip


@a_faire
def commentaires(user) -> Iterator[Attente]:
    """Exchanges between members of a draft whose last word is somebody else's, until answered or settled."""
    yield Attente(
        Commentaire.objects.attendant(user),
        lambda ligne: Tache(
            libelle=f"Commentaire sur «\u00a0{Section(ligne.section).label}\u00a0»\u00a0: "
            f"«\u00a0{Truncator(ligne.texte).chars(EXTRAIT)}\u00a0»",
            url=f"{reverse('candidatures:commentaires', args=[ligne.numero])}#commentaire-{ligne.pk}",
            objet=ligne.objet,
            bouton="Répondre",
        ),
        objet="dossier__nom_projet", plafond=COMMENTAIRES_MONTRES,
        numero="dossier__numero", section="section", texte="texte", pk="pk",
    )  # fmt: skip


@a_faire
def titularites_proposees(user) -> Iterator[Attente]:
    """Dossiers that one is asked to take over: nothing changes before the answer."""
    yield Attente(
        Passation.objects.filter(a=user, issue=""),
        lambda ligne: Tache(
            libelle="Titularité proposée : accepter ou refuser",
            url=reverse("candidatures:passation", args=[ligne.numero]),
            objet=ligne.objet,
            bouton="Répondre",
        ),
        objet="dossier__nom_projet", numero="dossier__numero",
    )  # fmt: skip


def _question(ligne) -> Tache:
    personne = ligne.organisation or en_entier(ligne.prenom, ligne.nom, ligne.email)
    par_courriel = ligne.origine == OrigineQuestion.COURRIEL
    extrait = Truncator(ligne.objet).chars(EXTRAIT)
    return Tache(
        libelle=("À publier\u00a0: " if ligne.repondue_le else "") + f"«\u00a0{extrait}\u00a0»",
        url=reverse("candidatures:repondre_question", args=[ligne.pk]),
        objet="Question reçue par courriel" if par_courriel else f"Question {de_elision(personne)}",
        bouton="Publier" if ligne.repondue_le else "Répondre",
        echeance=ligne.echeance,
    )


@a_faire
def questions_sur_l_appel(user) -> Iterator[Attente]:
    """Questions to answer, and answers written but not yet published, the oldest first."""
    if not user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE):
        return
    attente = Question.objects.visibles_par(user).en_attente()
    yield Attente(
        attente, _question, objet="texte", echeance=F("posee_le") + DELAI_DE_REPONSE, plafond=QUESTIONS_MONTREES,
        pk="pk", repondue_le="repondue_le", origine="origine", organisation="posee_par__organisation",
        prenom="posee_par__prenom", nom="posee_par__nom", email="posee_par__email",
    )  # fmt: skip
    yield Compte(
        attente,
        lambda ligne: Tache(
            libelle=f"{compter(ligne.n, 'autre question', 'autres questions')} en attente",
            url=reverse("candidatures:questions_recues"),
            objet=ligne.objet,
            bouton="Voir",
        ),
        objet="Questions sur l'appel",
        au_dela=QUESTIONS_MONTREES,
    )
