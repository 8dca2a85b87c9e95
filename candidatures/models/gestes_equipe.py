"""Who is on a dossier: inviting, joining, leaving, handing it over. Each deed locks the dossier's row first."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse

from candidatures import jetons
from candidatures.models.choix import Droit, IssuePassation
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import consigner
from manufactures.registres import TransitionInterdite

VALIDITE = timedelta(days=7)
INVITATIONS_EN_COURS = 20  # on one dossier: a team, not a mailing list
CE_QUE_PERMET = {
    Droit.CONTRIBUTEUR: ("lire le dossier", "écrire dans ses sections", "ajouter des pièces"),
    Droit.LECTEUR: ("lire le dossier",),
}
PLUS_TITULAIRE = "Vous n'êtes plus titulaire de ce dossier."
INVITATION_CLOSE = "Cette invitation n'attend plus de réponse."
PASSATION_CLOSE = "Cette proposition n'attend plus de réponse."


class GestesDeLEquipe:
    """Deeds on the members of a dossier, in any of its states."""

    def _verrouiller_l_equipe(self):
        """The row, locked: deeds on one team follow each other."""
        return type(self)._base_manager.select_for_update(of=("self",)).get(pk=self.pk)

    def _exiger_titulaire(self, par) -> None:
        """Asked under the lock: the ownership may have passed since the page was read."""
        if not self.membres.filter(user=par, droit=Droit.TITULAIRE).exists():
            raise TransitionInterdite(PLUS_TITULAIRE)

    # -- invitations -----------------------------------------------------------------------------------------------
    def inviter(self, courriel: str, droit: Droit, *, par):
        """Send a personal link to this address, which may have an account or not: the answer is the same.

        An address already invited gets a new link, with the right now given. Raises TransitionInterdite for a member
        of this very team, for a titulaire, and past twenty invitations waiting.
        """
        courriel = courriel.strip().lower()
        if droit not in CE_QUE_PERMET:
            raise TransitionInterdite("Un dossier n'a qu'un titulaire : passez-lui la main depuis l'équipe.")
        with transaction.atomic():
            dossier = self._verrouiller_l_equipe()
            dossier._exiger_titulaire(par)
            membre = dossier.membres.filter(user__email__iexact=courriel).select_related("user").first()
            if membre:
                raise TransitionInterdite(f"{membre.user.nom_complet} fait déjà partie de ce dossier.")
            en_cours = dossier.invitations.en_cours()
            if invitation := en_cours.filter(courriel=courriel).first():
                invitation.droit = droit
                return dossier._renvoyer_l_invitation(invitation, par)
            if en_cours.count() >= INVITATIONS_EN_COURS:
                raise TransitionInterdite(
                    f"{INVITATIONS_EN_COURS} invitations attendent déjà une réponse : retirez-en une d'abord."
                )
            invitation = dossier.invitations.create(
                courriel=courriel, droit=droit, invitee_par=par, expire_le=horloge.maintenant() + VALIDITE
            )
            consigner(
                dossier.fil, "inviter", par=par, role=Droit.TITULAIRE, invitation=invitation.pk, droit=droit
            )
            dossier._ecrire_a_l_invite(invitation, par)
        return invitation

    def relancer_invitation(self, invitation, *, par):
        """Send it again: a new link, fourteen days more; the older link is dead. Raises TransitionInterdite."""
        with transaction.atomic():
            dossier = self._verrouiller_l_equipe()
            dossier._exiger_titulaire(par)
            return dossier._renvoyer_l_invitation(dossier._invitation_en_cours(invitation), par)

    def retirer_invitation(self, invitation, *, par) -> None:
        """Withdraw it: its link is dead at once. Raises TransitionInterdite once answered."""
        with transaction.atomic():
            dossier = self._verrouiller_l_equipe()
            dossier._exiger_titulaire(par)
            invitation = dossier._invitation_en_cours(invitation)
            invitation.retiree_le, invitation.nonce = horloge.maintenant(), ""
            invitation.save(update_fields=["retiree_le", "nonce"])
            consigner(dossier.fil, "retirer_invitation", par=par, invitation=invitation.pk)

    def rejoindre(self, invitation, *, par):
        """The invited person comes in, once, by the link they hold. Raises TransitionInterdite once it is dead.

        Whoever is in already keeps their right; the invitation is answered all the same.
        """
        with transaction.atomic():
            dossier = self._verrouiller_l_equipe()
            nonce = invitation.nonce
            invitation = dossier._invitation_en_cours(invitation)
            if invitation.nonce != nonce or horloge.instant_exact() >= invitation.expire_le:
                raise TransitionInterdite(INVITATION_CLOSE)
            membre, entre = dossier.membres.get_or_create(user=par, defaults={"droit": invitation.droit})
            invitation.acceptee_le, invitation.acceptee_par = horloge.maintenant(), par
            invitation.nonce = ""
            invitation.save(update_fields=["acceptee_le", "acceptee_par", "nonce"])
            if entre:
                consigner(
                    dossier.fil,
                    "rejoindre",
                    par=par,
                    role=membre.droit,
                    invitation=invitation.pk,
                    droit=membre.droit,
                )
        return membre

    def _invitation_en_cours(self, invitation):
        """Read again under the lock."""
        lue = self.invitations.en_cours().filter(pk=invitation.pk).first()
        if lue is None:
            raise TransitionInterdite(INVITATION_CLOSE)
        return lue

    def _renvoyer_l_invitation(self, invitation, par):
        invitation.nonce, invitation.envoyee_le = jetons.tirer(), horloge.maintenant()
        invitation.expire_le, invitation.envois = invitation.envoyee_le + VALIDITE, invitation.envois + 1
        invitation.save(update_fields=["droit", "nonce", "envoyee_le", "expire_le", "envois"])
        consigner(self.fil, "relancer_invitation", par=par, invitation=invitation.pk, droit=invitation.droit)
        self._ecrire_a_l_invite(invitation, par)
        return invitation

    def _ecrire_a_l_invite(self, invitation, par) -> None:
        Message.preparer_pour(
            invitation.courriel,
            "invitation_dossier",
            contexte=self.contexte_des_messages()
            | {
                "inviteur": par.nom_complet,
                "role": Droit(invitation.droit).label.lower(),
                "droits": list(CE_QUE_PERMET[invitation.droit]),
            },
            evenement=f"invitation/{invitation.pk}/{invitation.envois}",
            fil=self.fil,
            lien=invitation.lien,
        )

    # -- members ---------------------------------------------------------------------------------------------------
    def ajouter_membre(self, user, droit: Droit, *, par):
        """Let an existing account in, to write or to read. Raises TransitionInterdite if it is in already."""
        if droit == Droit.TITULAIRE:
            raise TransitionInterdite("Un dossier n'a qu'un titulaire.")
        with transaction.atomic():
            self._verrouiller_l_equipe()
            if self.membres.filter(user=user).exists():
                raise TransitionInterdite(f"{user.nom_complet} fait déjà partie de ce dossier.")
            membre = self.membres.create(user=user, droit=droit)
            consigner(self.fil, "ajouter_membre", par=par, membre=user.pk, droit=droit)
        return membre

    def retirer_membre(self, membre, *, par) -> None:
        """Close the dossier to a member, at once; never to the titulaire. Raises TransitionInterdite."""
        with transaction.atomic():
            dossier = self._verrouiller_l_equipe()
            dossier._exiger_titulaire(par)
            dossier._oter_de_l_equipe(membre.user, "retirer_membre", par)

    def quitter(self, *, par) -> None:
        """Leave the dossier oneself. Raises TransitionInterdite for the titulaire, who hands it over first."""
        with transaction.atomic():
            self._verrouiller_l_equipe()._oter_de_l_equipe(par, "quitter_equipe", par)

    def _oter_de_l_equipe(self, user, action: str, par) -> None:
        membre = self.membres.filter(user=user).first()
        if membre is None:
            raise TransitionInterdite("Cette personne ne fait plus partie de ce dossier.")
        if membre.droit == Droit.TITULAIRE:
            raise TransitionInterdite(
                "Un dossier a toujours un titulaire : passez d'abord la main à un autre membre."
            )
        if passation := self.passations.filter(issue="", a=user).first():
            self._clore_la_passation(passation, IssuePassation.ANNULEE, "annuler_passation", par)
        consigner(self.fil, action, par=par, membre=user.pk, droit=membre.droit)
        membre.delete()

    # -- ownership -------------------------------------------------------------------------------------------------
    def proposer_passation(self, membre, *, par):
        """Propose a member to become titulaire; nothing changes before they accept. Raises TransitionInterdite."""
        with transaction.atomic():
            dossier = self._verrouiller_l_equipe()
            dossier._exiger_titulaire(par)
            if not dossier.membres.filter(pk=membre.pk).exclude(user=par).exists():
                raise TransitionInterdite("Choisissez un autre membre de l'équipe.")
            if dossier.passations.filter(issue="").exists():
                raise TransitionInterdite("Une proposition attend déjà sa réponse : annulez-la d'abord.")
            passation = dossier.passations.create(de=par, a=membre.user)
            consigner(dossier.fil, "proposer_passation", par=par, role=Droit.TITULAIRE, a=membre.user_id)
            Message.preparer(
                "passation_proposee",
                a=[membre.user],
                contexte=dossier.contexte_des_messages() | {"titulaire": par.nom_complet},
                evenement=f"passation/{passation.pk}",
                fil=dossier.fil,
                lien=reverse("candidatures:passation", args=[dossier.numero]),
            )
        return passation

    def annuler_passation(self, passation, *, par) -> None:
        """The titulaire changes their mind. Raises TransitionInterdite once answered."""
        with transaction.atomic():
            dossier = self._verrouiller_l_equipe()
            dossier._exiger_titulaire(par)
            passation = dossier._passation_en_cours(passation)
            dossier._clore_la_passation(passation, IssuePassation.ANNULEE, "annuler_passation", par)

    def refuser_passation(self, passation, *, par) -> None:
        """The member declines; the titulaire stays. Raises TransitionInterdite."""
        with transaction.atomic():
            dossier = self._verrouiller_l_equipe()
            passation = dossier._passation_en_cours(passation, a=par)
            dossier._clore_la_passation(passation, IssuePassation.REFUSEE, "refuser_passation", par)

    def accepter_passation(self, passation, *, par) -> None:
        """The member becomes titulaire, the titulaire a contributeur, at once. Raises TransitionInterdite."""
        with transaction.atomic():
            dossier = self._verrouiller_l_equipe()
            passation = dossier._passation_en_cours(passation, a=par)
            anciens = dossier.membres.filter(user=passation.de_id, droit=Droit.TITULAIRE)
            if not dossier.membres.filter(user=par).exists() or not anciens.update(droit=Droit.CONTRIBUTEUR):
                raise TransitionInterdite(PASSATION_CLOSE)
            dossier.membres.filter(user=par).update(droit=Droit.TITULAIRE)
            dossier._clore_la_passation(
                passation, IssuePassation.ACCEPTEE, "accepter_passation", par, role=Droit.TITULAIRE
            )
            Message.preparer(
                "passation_acceptee",
                a=[passation.de],
                contexte=dossier.contexte_des_messages() | {"nouveau": par.nom_complet},
                evenement=f"passation/{passation.pk}",
                fil=dossier.fil,
                lien=reverse("candidatures:equipe", args=[dossier.numero]),
            )

    def _passation_en_cours(self, passation, **filtre):
        """Read again under the lock."""
        lue = self.passations.filter(pk=passation.pk, issue="", **filtre).select_related("de", "a").first()
        if lue is None:
            raise TransitionInterdite(PASSATION_CLOSE)
        return lue

    def _clore_la_passation(self, passation, issue: IssuePassation, action: str, par, role: str = "") -> None:
        passation.issue, passation.close_le = issue, horloge.maintenant()
        passation.save(update_fields=["issue", "close_le"])
        consigner(self.fil, action, par=par, role=role, de_=passation.de_id, a=passation.a_id)
