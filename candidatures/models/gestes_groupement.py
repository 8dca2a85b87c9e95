"""The consortium of a draft: its partners, and the mandate that each gives to the lead by a personal link."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse

from candidatures.mandats import texte_du_mandat
from candidatures.models.choix import EtatMandat
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import consigner
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite

VALIDITE = timedelta(days=14)
PARTENAIRES = 20  # in one consortium
EN_COURS = (EtatMandat.DEMANDE, EtatMandat.DONNE)
SANS_REPONSE_ATTENDUE = "Ce mandat n'attend plus de réponse."


class GestesDuGroupement:
    """Deeds on the partners of a draft; the answer of a partner is the only one that comes without an account."""

    def ajouter_partenaire(self, *, par, **valeurs):
        """Name a partner. Raises TransitionInterdite once deposited, or past twenty."""
        with transaction.atomic():
            dossier = self._brouillon_verrouille(par)
            lignes = list(dossier.membres_consortium.all())
            if len(lignes) >= PARTENAIRES:
                raise TransitionInterdite(f"Un groupement compte {PARTENAIRES} partenaires au plus.")
            dossier._exiger_siret_libre(valeurs.get("siret", ""))
            rang = max((ligne.rang for ligne in lignes), default=0) + 1
            partenaire = dossier.membres_consortium.create(rang=rang, **valeurs)
            dossier._consigner_le_partenaire("ajouter_partenaire", partenaire, par)
        return partenaire

    def modifier_partenaire(self, partenaire, *, par, **valeurs):
        """Correct a partner. A material change ends its mandate, and asks for it again; so does a new address while
        the answer is awaited. Raises TransitionInterdite once deposited."""
        with transaction.atomic():
            dossier = self._brouillon_verrouille(par)
            partenaire = dossier._partenaire(partenaire)
            dossier._exiger_siret_libre(valeurs.get("siret", partenaire.siret), sauf=partenaire)
            avant = {nom: getattr(partenaire, nom) for nom in valeurs}
            changes = sorted(nom for nom, valeur in valeurs.items() if avant[nom] != valeur)
            for nom, valeur in valeurs.items():
                setattr(partenaire, nom, valeur)
            partenaire.save(update_fields=list(valeurs))
            if not changes:
                return partenaire
            dossier._consigner_le_partenaire("modifier_partenaire", partenaire, par, champs=changes)
            mandat = partenaire.mandats.filter(etat__in=EN_COURS).first()
            materiel = set(changes) & set(partenaire.MATERIELS)
            if mandat and (materiel or (mandat.etat == EtatMandat.DEMANDE and "courriel" in changes)):
                dossier._eteindre_le_mandat(mandat, EtatMandat.CADUC)
                dossier._demander_le_mandat(partenaire, par)
        return partenaire

    def retirer_partenaire(self, partenaire, *, par) -> None:
        """Take a partner away from the draft, its mandate with it. Raises TransitionInterdite once deposited."""
        with transaction.atomic():
            dossier = self._brouillon_verrouille(par)
            partenaire = dossier._partenaire(partenaire)
            dossier._consigner_le_partenaire("retirer_partenaire", partenaire, par)
            partenaire.delete()

    # -- mandates --------------------------------------------------------------------------------------------------
    def demander_mandat(self, partenaire, *, par):
        """Ask, or ask again: a new link, fourteen days; the older one is dead. Raises TransitionInterdite."""
        with transaction.atomic():
            dossier = self._brouillon_verrouille(par)
            partenaire = dossier._partenaire(partenaire)
            mandat = partenaire.mandats.filter(etat__in=EN_COURS).first()
            if mandat and mandat.etat == EtatMandat.DONNE and mandat.vaut:
                raise TransitionInterdite(f"{partenaire} a déjà donné son mandat.")
            if mandat:
                dossier._eteindre_le_mandat(mandat, EtatMandat.CADUC)
            return dossier._demander_le_mandat(partenaire, par)

    def retirer_mandat(self, partenaire, *, par, motif: str) -> None:
        """The lead writes down that a mandate is withdrawn, asked or given. Raises TransitionInterdite."""
        with transaction.atomic():
            dossier = self._brouillon_verrouille(par)
            partenaire = dossier._partenaire(partenaire)
            mandat = partenaire.mandats.filter(etat__in=EN_COURS).first()
            if mandat is None:
                raise TransitionInterdite(f"{partenaire} n'a pas de mandat à retirer.")
            dossier._eteindre_le_mandat(mandat, EtatMandat.RETIRE, motif)
            dossier._consigner_le_partenaire("retirer_mandat", partenaire, par, motif=motif, mandat=mandat.pk)

    def repondre_mandat(self, mandat, *, donne: bool, nom: str, qualite: str, motif: str = "") -> None:
        """The partner's representative gives the mandate, or refuses it with a reason; once.

        No account is asked: the link is the proof. Raises TransitionInterdite where another sending, a withdrawal, the
        deposit or the date came first.
        """
        with transaction.atomic():
            dossier = type(self)._base_manager.select_for_update(of=("self",)).get(pk=self.pk)
            lu = mandat.__class__.objects.filter(
                pk=mandat.pk, etat=EtatMandat.DEMANDE, nonce=mandat.nonce, partenaire__dossier=dossier
            ).first()
            if lu is None or dossier.etat != Etat.BROUILLON or horloge.instant_exact() >= lu.expire_le:
                raise TransitionInterdite(SANS_REPONSE_ATTENDUE)
            lu.etat = EtatMandat.DONNE if donne else EtatMandat.REFUSE
            lu.repondu_le, lu.nonce = horloge.maintenant(), ""
            lu.signataire_nom, lu.signataire_qualite, lu.motif = nom, qualite, motif
            lu.save()
            action = "donner_mandat" if donne else "refuser_mandat"
            dossier._consigner_le_partenaire(
                action, lu.partenaire, None, motif=motif, mandat=lu.pk, signataire=lu.signataire
            )
            dossier._annoncer_la_reponse(lu, donne)

    def _annoncer_la_reponse(self, mandat, donne: bool) -> None:
        """To those who write the dossier; and its words to who gave it."""
        commun = self.contexte_des_messages() | {"chef_de_file": self.raison_sociale or self.nom_projet}
        Message.preparer(
            "mandat_repondu",
            a=self.destinataires("mandat_repondu"),
            contexte=commun | {"partenaire": mandat.partenaire.raison_sociale, "donne": donne},
            evenement=f"mandat/{mandat.pk}/reponse",
            fil=self.fil,
            lien=reverse("candidatures:groupement", args=[self.numero]),
        )
        if donne:
            Message.preparer_pour(
                mandat.partenaire.courriel,
                "mandat_copie",
                contexte=commun | {"texte": mandat.texte},
                evenement=f"mandat/{mandat.pk}/copie",
                fil=self.fil,
            )

    def _demander_le_mandat(self, partenaire, par):
        if not partenaire.courriel:
            raise TransitionInterdite(f"Écrivez d'abord l'adresse électronique de {partenaire}.")
        if not self.raison_sociale:
            raise TransitionInterdite(
                "Nommez d'abord votre structure : c'est à elle que le mandat est donné."
            )
        mandat = partenaire.mandats.create(
            texte=texte_du_mandat(self, partenaire),
            chef_siren=self.siret[:9],
            demande_par=par,
            expire_le=horloge.maintenant() + VALIDITE,
        )
        self._consigner_le_partenaire("demander_mandat", partenaire, par, mandat=mandat.pk)
        Message.preparer_pour(
            partenaire.courriel,
            "mandat_partenaire",
            contexte=self.contexte_des_messages()
            | {
                "chef_de_file": self.raison_sociale,
                "role": partenaire.role or "partenaire",
                "date": mandat.expire_le.isoformat(),
            },
            evenement=f"mandat/{mandat.pk}/{mandat.envois}",
            fil=self.fil,
            lien=mandat.lien,
        )
        return mandat

    @staticmethod
    def _eteindre_le_mandat(mandat, etat: EtatMandat, motif: str = "") -> None:
        """Its link is dead, its words stay."""
        mandat.etat, mandat.nonce, mandat.motif = etat, "", motif
        mandat.save(update_fields=["etat", "nonce", "motif"])

    def _partenaire(self, partenaire):
        """Read again under the lock."""
        lu = self.membres_consortium.filter(pk=partenaire.pk).select_related("forme_juridique").first()
        if lu is None:
            raise TransitionInterdite("Ce partenaire ne fait plus partie du groupement.")
        return lu

    def _exiger_siret_libre(self, siret: str, sauf=None) -> None:
        """A legal person stands once in a consortium, the lead included."""
        if not siret:
            return
        if siret == self.siret:
            raise TransitionInterdite("Ce SIRET est celui du chef de file : n'ajoutez que ses partenaires.")
        autres = self.membres_consortium.filter(siret=siret)
        if (autres.exclude(pk=sauf.pk) if sauf else autres).exists():
            raise TransitionInterdite("Ce SIRET est déjà celui d'un partenaire du groupement.")

    def _consigner_le_partenaire(self, action: str, partenaire, par, motif: str = "", **faits) -> None:
        role = self.droit_de(par) if par else ""
        consigner(
            self.fil, action, par=par, role=role, motif=motif, partenaire=partenaire.raison_sociale, **faits
        )
