"""Erasure of a porteur (GDPR, article 17): what goes, what the law keeps and until when; the figures do not move.

A draft never deposited is emptied, not taken away: it stays a bare number in its wave, and `purger` ends it with the
other abandoned drafts. A deposited dossier is an archive: it stays, out of the search but for its number, and the
account that owned it has no name any more. Agents, experts and members of the committee sign what they do: their
account is closed when they leave, their name stays on it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils.html import escape

from accompagnement.models import Mission, Tranche
from candidatures.conservation import NON_RETENUS
from candidatures.models import (
    Commentaire,
    Dossier,
    Droit,
    Envoi,
    Invitation,
    Membre,
    Modification,
    Morceau,
    Question,
)
from instruction.models import Bureau
from manufactures import fichiers, horloge
from manufactures.comptes import sessions
from manufactures.comptes.models import RequeteUnique, User
from manufactures.courrier.models import EtatMessage, Message
from manufactures.journal.models import Entree, consigner
from manufactures.personnes.fils import fil_du_compte
from manufactures.procedure import Etat
from manufactures.programme.models import Delegation
from manufactures.registres import effacer_avec, regles_de_conservation
from selection.models import Membre as Siege

DOMAINE = "efface.invalid"  # reserved: no mail ever goes there (RFC 2606)
ANONYME = "Personne effacée"
FINIS = frozenset({*NON_RETENUS, Etat.CLOS, Etat.ABANDONNE})
DEMEURENT = {"numero", "slug"}  # of an emptied draft, with the codes
LIGNES_QUI_DEMEURENT = {"membre", "site", "recherche"}
MOT_COURT = 3

ARCHIVE = "Archive publique et délais de recours (Code du patrimoine, art. L211-1\u00a0; RGPD, art. 17.3.b et 17.3.e)"
AIDE = "Preuve d'une aide publique, contrôlée jusqu'à dix ans après le dernier versement (RGPD, art. 17.3.b)"
PREUVE = "Preuve de ce que l'administration a reçu et décidé (RGPD, art. 17.3.b)\u00a0; jamais récrit"


@dataclass(frozen=True)
class Garde:
    """What stays: what, by which rule, until when (None: as long as what it proves)."""

    quoi: str
    raison: str
    jusqu_au: date | None = None


def adresse_anonyme(user) -> str:
    """The address of somebody whose name is gone."""
    return f"efface-{user.pk}@{DOMAINE}"


def est_efface(user) -> bool:
    """The account has no name any more."""
    return user.email == adresse_anonyme(user)


def _siens(user):
    """The dossiers that this person answers for."""
    tenus = Membre.objects.filter(user=user, droit=Droit.TITULAIRE)
    return Dossier.objects.filter(pk__in=tenus.values("dossier")).order_by("pk")


def _est_depose(dossier) -> bool:
    return dossier.etat != Etat.BROUILLON or dossier.version_deposee > 0


def empechements(user) -> list[str]:
    """Why this person cannot be erased now: one sentence each, with what to do."""
    if est_efface(user):
        return ["Ce compte est déjà effacé."]
    agents = (user.habilitations, Siege.objects.filter(user=user), Mission.objects.filter(expert=user))
    if any(lignes.exists() for lignes in agents) or Delegation.objects.filter(user=user).exists():
        return [
            "Qui a tenu un rôle garde son nom sur ce qu'il a signé\u00a0: au départ, le compte est fermé, non effacé."
        ]
    dits = []
    for dossier in _siens(user):
        if _est_depose(dossier) and dossier.etat not in {*FINIS, Etat.BROUILLON}:
            dits.append(
                f"Le dossier {dossier.numero} est en cours\u00a0: retirez-le, ou passez-en la main, d'abord."
            )
        elif not _est_depose(dossier) and dossier.membres.exclude(user=user).exists():
            dits.append(f"D'autres écrivent le brouillon {dossier.numero}\u00a0: passez-en la main d'abord.")
    return dits


def gardes(user) -> list[Garde]:
    """What the law keeps of this person, dossier by dossier."""
    gardees = [
        Garde(f"Dossier {dossier.numero}, ses pièces et ses actes", *_duree(dossier))
        for dossier in _siens(user)
        if _est_depose(dossier)
    ]
    return [*gardees, Garde("Les gestes au journal, sous un numéro de compte sans nom", PREUVE)]


def _duree(dossier) -> tuple[str, date | None]:
    """By which rule, and the day when it may go, as the retention table counts."""
    entree = Entree.objects.filter(fil=dossier.fil, vers=dossier.etat).aggregate(le=Max("le"))["le"]
    if dossier.etat in NON_RETENUS:
        return ARCHIVE, entree and _jour(entree, "dossiers_non_retenus")
    if dossier.etat not in FINIS:
        return ARCHIVE, None
    paye = Tranche.objects.filter(convention__dossier=dossier).aggregate(le=Max("payee_le"))["le"]
    depuis = max(filter(None, (paye, entree and entree.astimezone(horloge.PARIS).date())), default=None)
    return AIDE, depuis and depuis + timedelta(days=settings.CONSERVATION["dossiers_laureats"]["jours"])


def _jour(instant, genre: str) -> date:
    return instant.astimezone(horloge.PARIS).date() + timedelta(days=settings.CONSERVATION[genre]["jours"])


@dataclass(frozen=True)
class Identite:
    """The words by which a person is known: looked for in what was written to others."""

    adresses: tuple[str, ...]
    mots: tuple[str, ...]  # address, telephone, whole name: wherever they stand
    nom: str  # alone: in the threads of their own dossiers

    @classmethod
    def de(cls, user) -> "Identite":
        """Read before anything goes."""
        adresses = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
        entier = user.nom_complet if user.prenom and user.nom else ""
        mots = {*adresses, user.telephone, entier}
        return cls(tuple(sorted(adresses)), tuple(sorted(filter(None, mots))), user.nom)


def effacer(user, *, par) -> None:
    """Erase, in the caller's transaction and under the person's lock; the files go after the commit.

    The caller has asked `empechements`. The person is told at their last address, which goes once the mail has left.
    """
    identite, gardees = Identite.de(user), gardes(user)
    dossiers = list(_siens(user))
    brouillons = [dossier for dossier in dossiers if not _est_depose(dossier)]
    deposes = [dossier for dossier in dossiers if _est_depose(dossier)]
    delaisses = [
        *_vider(brouillons, par),
        *_delaisser(Envoi.objects.filter(Q(par=user) | Q(dossier__in=deposes))),
        *_pieces_retirees(deposes),
    ]
    _quitter_les_equipes(user, deposes, identite, par)
    _taire_les_messages(user, identite, [dossier.fil for dossier in dossiers])
    Question.objects.filter(posee_par=user).update(texte="Question effacée à la demande de son auteur.")
    _prevenir(user, gardees)
    _anonymiser(user, identite)
    consigner(
        fil_du_compte(user),
        "effacer_compte",
        par=par,
        brouillons=len(brouillons),
        fichiers=len(set(delaisses)),
        dossiers_gardes=[dossier.numero for dossier in deposes],
    )
    fichiers.supprimer_apres(delaisses)


# -- What they wrote -----------------------------------------------------------------------------------------------
def _vider(brouillons: list, par) -> Iterator[str]:
    """Empty the drafts; yields the files that they leave behind."""
    lignes = Dossier.objects.filter(pk__in=[dossier.pk for dossier in brouillons])
    yield from _delaisser(Envoi.objects.filter(dossier__in=lignes))
    effacer_avec("dossier", lignes)
    for relation in Dossier._meta.get_fields(include_hidden=True):
        pend = relation.auto_created and getattr(relation, "on_delete", None) is models.CASCADE
        if pend and relation.related_model._meta.model_name not in LIGNES_QUI_DEMEURENT:
            modele = relation.related_model
            pendues = modele._base_manager.filter(**{f"{relation.field.name}__in": lignes})
            for champ in modele._meta.concrete_fields:
                if isinstance(champ, models.FileField):
                    yield from pendues.exclude(**{champ.name: ""}).values_list(champ.name, flat=True)
            pendues.delete()
    sites = Dossier.sites.rel.related_model
    sites.objects.filter(dossier__in=lignes).update(**_textes_vides(sites))
    lignes.update(**_textes_vides(Dossier) | {"nom_projet": "Brouillon effacé"})
    for dossier in brouillons:
        consigner(dossier.fil, "vider_brouillon", par=par)


def _textes_vides(modele) -> dict:
    """Each free text of a model, empty; codes are what statistics count."""
    return {
        champ.name: champ.get_default()
        for champ in modele._meta.concrete_fields
        if isinstance(champ, (models.CharField, models.TextField))
        and not champ.choices
        and champ.name not in DEMEURENT
    }


def _delaisser(envois) -> list[str]:
    """Uploads on their way: the rows go, their bytes are left to be deleted."""
    chemins = list(Morceau.objects.filter(envoi__in=envois).values_list("fichier", flat=True))
    envois.delete()
    return chemins


def _pieces_retirees(deposes: list) -> Iterable[str]:
    """Pieces taken away before the deposit, by the rule that would destroy them later."""
    regle = regles_de_conservation()["pieces_retirees"]
    return regle.detruire(regle.lignes(horloge.maintenant()).filter(dossier__in=deposes))


def _quitter_les_equipes(user, deposes: list, identite: Identite, par) -> None:
    """Working papers of the teams: histories, comments, invitations; then the teams of others."""
    siens = Q(dossier__in=deposes)
    Modification.objects.filter(siens | Q(par=user)).delete()
    Commentaire.objects.filter(siens).delete()
    Commentaire.objects.filter(par=user).update(texte="Commentaire effacé.")
    Invitation.objects.filter(siens | Q(courriel__in=identite.adresses) | Q(acceptee_par=user)).delete()
    for membre in Membre.objects.filter(user=user).exclude(droit=Droit.TITULAIRE).select_related("dossier"):
        consigner(membre.dossier.fil, "effacer_membre", par=par)
        membre.delete()


# -- What was written to them and about them -----------------------------------------------------------------------
def _taire_les_messages(user, identite: Identite, fils: list[str]) -> None:
    """Their own messages lose their words; those of others lose the name."""
    siens = Message.objects.filter(destinataire=user)
    siens.filter(etat=EtatMessage.A_ENVOYER).delete()
    siens.update(objet="Message effacé", corps_texte="", corps_html="", agenda="", erreur="")
    Message.objects.filter(destinataire=None, adresse__in=identite.adresses).delete()
    nommes = Q(pk__in=[])
    for mot in identite.mots:
        nommes |= _contenant(mot)
    if len(identite.nom) > MOT_COURT:
        nommes |= _contenant(identite.nom) & Q(fil__in=fils)
    for message in Message.objects.filter(nommes):
        for champ in CHAMPS_DITS:
            setattr(message, champ, _sans_nom(getattr(message, champ), identite))
        if message.etat != EtatMessage.A_ENVOYER:
            message.corps_texte = message.corps_html = ""
        message.save(update_fields=CHAMPS_DITS)


CHAMPS_DITS = ("objet", "corps_texte", "corps_html", "agenda", "erreur")


def _contenant(mot: str) -> Q:
    condition = Q()
    for champ in CHAMPS_DITS:
        for ecrit in {mot, escape(mot)}:
            condition |= Q(**{f"{champ}__icontains": ecrit})
    return condition


def _sans_nom(texte: str, identite: Identite) -> str:
    """The same words without the name; `nom` alone only where it stands as a word."""
    for mot in sorted(identite.mots, key=len, reverse=True):
        for ecrit in {mot, escape(mot)}:
            texte = re.sub(re.escape(ecrit), "(effacé)", texte, flags=re.IGNORECASE)
    if len(identite.nom) > MOT_COURT:
        texte = re.sub(rf"(?<!\w){re.escape(identite.nom)}(?!\w)", "(effacé)", texte, flags=re.IGNORECASE)
    return texte


def _prevenir(user, gardees: list[Garde]) -> None:
    """The last mail: what stays, why, until when."""
    Message.preparer_pour(
        user.email,
        "effacement_fait",
        contexte={
            "gardes": [
                {
                    "quoi": garde.quoi,
                    "raison": garde.raison,
                    "jusqu_au": garde.jusqu_au and garde.jusqu_au.isoformat(),
                }
                for garde in gardees
            ],
        },
        evenement=f"{fil_du_compte(user)}#efface",
        fil=fil_du_compte(user),
    )


# -- The account ---------------------------------------------------------------------------------------------------
def _anonymiser(user, identite: Identite) -> None:
    """The row stays, for what names it; nothing in it says who it was. Written in one statement: triggers read it."""
    sessions.fermer_les_autres(user)
    _fermer_les_connexions_en_cours(identite)
    for modele in (EmailAddress, Authenticator, SocialAccount, RequeteUnique, Bureau):
        modele.objects.filter(user=user).delete()
    comptes = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=comptes, object_id=str(user.pk)).update(object_repr=ANONYME)
    user.email, user.nom, user.is_active = adresse_anonyme(user), ANONYME, False
    user.civilite = user.prenom = user.qualite = user.telephone = user.organisation = ""
    user.set_unusable_password()
    user.save()


def _fermer_les_connexions_en_cours(identite: Identite) -> None:
    """A sign-in by code or a sign-up, begun and not finished, keeps the address in its session."""
    cles = [
        session.session_key
        for session in Session.objects.filter(expire_date__gt=horloge.maintenant()).iterator(chunk_size=500)
        if any(adresse in str(session.get_decoded()) for adresse in identite.adresses)
    ]
    Session.objects.filter(session_key__in=cles).delete()


def retirer_les_seconds_facteurs(user, *, par) -> None:
    """Whoever lost theirs sets another one up at the next sign-in: all go, sessions end, the person is told."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        sessions.fermer_les_autres(user)
        evenement = consigner(fil_du_compte(user), "retirer_seconds_facteurs", par=par)
        Message.preparer(
            "second_facteur_modifie",
            a=[user],
            contexte={
                "action": "Vos seconds facteurs ont été retirés, vos sessions fermées,",
                "quand": horloge.maintenant().isoformat(),
                "auteur": "deux responsables",
            },
            evenement=f"{evenement.fil}#{evenement.rang}",
            fil=evenement.fil,
            lien="/compte/password/reset/",
        )
