"""Nine windows on one sitting: what the secretary, the chair and seven members do in theirs, gesture by gesture."""

from dataclasses import dataclass

from playwright.sync_api import expect

from candidatures.models import Dossier
from manufactures import horloge
from selection.models import DeclarationInterets, Seance
from tests.factories.instruction import dossier_depose, pris_en_charge, remplir
from tests.factories.programme import VagueFactory
from tests.parcours.comite import ce_soir
from tests.parcours.pages import PATIENCE_MS, Personne

NOMS = ["La Soudée", "La Trame", "Le Levain", "Le Rabot", "Les Fours"]  # as the agenda lists them
DEPORTE, REPRESENTE, PORTEUR_DU_MANDAT, COUPE = 6, 7, 1, 3  # ranks of members


@dataclass
class Neuf:
    """The nine windows, the sitting, its dossiers."""

    secretaire: Personne
    president: Personne
    membres: list[Personne]  # comite1 to comite7
    monde: object
    dossiers: list[Dossier]
    seance: Seance | None = None

    @property
    def ici(self) -> str:
        """The board."""
        return self.seance.get_absolute_url()

    def membre(self, rang: int) -> Personne:
        """comite1 is rank 1, as in the world."""
        return self.membres[rang - 1]

    def votants(self, *sauf: int) -> list[tuple[Personne, int]]:
        """Windows that vote, with how many voices each: the holder of the proxy has two."""
        gens = [(self.president, 1)]
        for rang, fenetre in enumerate(self.membres, 1):
            if rang != REPRESENTE and rang not in sauf:
                gens.append((fenetre, 2 if rang == PORTEUR_DU_MANDAT else 1))
        return gens


def cinq_dossiers(monde) -> list[Dossier]:
    """Five admissible dossiers of the closed wave, by the real deeds."""
    deposes = [dossier_depose(vague=monde.vague, nom=nom) for nom in NOMS]
    monde.clore_la_vague()
    VagueFactory(appel=monde.appel, numero=2)  # where an adjourned project may come back
    for depose in deposes:
        grille = remplir(pris_en_charge(depose))
        grille.dossier.passer("declarer_recevable", par=grille.instructeur)
    return [Dossier.objects.get(pk=depose.pk) for depose in deposes]


def voit(fenetre: Personne, *phrases: str) -> Personne:
    """The screen comes to say so by itself: nobody touches it. Nine windows ask one small server each second."""
    for phrase in phrases:
        expect(fenetre.page.locator("main")).to_contain_text(phrase, timeout=2 * PATIENCE_MS)
    return fenetre


def cocher_tout(personne: Personne, nom: str) -> None:
    """Tick all the boxes of this name."""
    cases = personne.page.locator(f'main input[name="{nom}"]')
    for rang in range(cases.count()):
        cases.nth(rang).check(force=True)


# -- Before --------------------------------------------------------------------------------------------------------
def preparer(neuf: Neuf, type_: str, **reglages) -> None:
    """A sitting of today with every dossier that may be on its agenda; the committee is summoned."""
    secretaire = neuf.secretaire.aller("/comite/").suivre("Préparer une séance")
    vague = secretaire.page.locator("[name=vague] option", has_text="vague 1").get_attribute("value")
    secretaire.faire("prevoir", vague=vague, type=type_, debut=ce_soir(), lieu="à Paris", **reglages)
    cocher_tout(secretaire, "dossiers")
    secretaire.faire("inscrire").lit(NOMS[0])
    secretaire.faire("convoquer", motif_urgence="Séance de ce jour").lit("9 convocations envoyées")
    horloge.oublier()
    neuf.seance = Seance.objects.get(type=type_)


def declarer(neuf: Neuf) -> None:
    """Everybody signs in their own window; one steps back from the second dossier; the ninth member by the deed."""
    numeros = [dossier.numero for dossier in neuf.dossiers]
    for rang, fenetre in enumerate([neuf.president, *neuf.membres]):
        reponses = {f"{numero}-reponse": "AUCUN" for numero in numeros}
        if rang == DEPORTE:
            reponses[f"{numeros[1]}-reponse"] = "DEPORT"
            reponses[f"{numeros[1]}-motif"] = "Mon réseau est partenaire du projet"
        fenetre.aller(f"{neuf.ici}interets/").faire("declarer", **reponses, confidentialite=True)
    horloge.oublier()
    dernier = neuf.monde.membres[8]
    dossiers = {dossier.pk: ("AUCUN", "") for dossier in neuf.dossiers}
    DeclarationInterets.signer(neuf.seance, dernier, dossiers, par=dernier.user)


# -- In the room ---------------------------------------------------------------------------------------------------
def arriver(neuf: Neuf) -> None:
    """« Je suis là » on each phone; one gave a proxy, which the secretary records; one never comes."""
    for rang, fenetre in enumerate([neuf.president, *neuf.membres]):
        fenetre.aller(neuf.ici)
        if rang != REPRESENTE:
            fenetre.faire("arriver").lit("vous êtes là")
    sieges = neuf.monde.membres
    bouton = 'main details button[value="pointer"]'
    neuf.secretaire.aller(neuf.ici).envoyer(
        bouton, membre=sieges[REPRESENTE].pk, mode="REPRESENTE", mandataire=sieges[PORTEUR_DU_MANDAT].pk
    )
    voit(neuf.membre(REPRESENTE), "Vous avez donné mandat")
    neuf.president.aller(neuf.ici).lit("8 présents ou représentés sur 9", "Quorum atteint")


def ouvrir(neuf: Neuf) -> None:
    """The chair opens: each screen follows without being touched."""
    neuf.president.faire("ouvrir").lit("La séance est ouverte")
    for fenetre in neuf.membres:
        voit(fenetre, "Point 1")


def mettre_aux_voix(neuf: Neuf, question: str, choix: list[str], *, sauf: tuple[int, ...] = ()) -> None:
    """The chair opens the ballot, the papers come on the phones by themselves, the chair closes."""
    bouton = f'main form:has(input[name="question"][value="{question}"]) button[value="ouvrir_scrutin"]'
    neuf.president.aller(neuf.ici).envoyer(bouton).lit("Le scrutin est ouvert")
    dits = iter(choix)
    for fenetre, voix in neuf.votants(*sauf):
        for rang in range(voix):
            voit(fenetre, "Votre vote est secret", *(["Mandat reçu"] if rang else []))
            fenetre.faire("voter", choix=next(dits))
        voit(fenetre, "Bulletin déposé")
    assert next(dits, None) is None
    voit(neuf.president, f"{len(choix)} émargements sur {len(choix)}").faire("clore_scrutin")


def avis(neuf: Neuf, sens: str, motifs: str) -> None:
    """The chair tells the opinion that the ballots give."""
    neuf.president.aller(neuf.ici).faire("rendre_avis", sens=sens, motifs=motifs).lit("enregistré")


def couper_le_reseau(neuf: Neuf) -> None:
    """A phone loses the network and says so."""
    fenetre = neuf.membre(COUPE)
    fenetre.page.context.set_offline(True)
    expect(fenetre.page.locator("#reseau")).to_be_visible(timeout=2 * PATIENCE_MS)
    expect(fenetre.page.locator("#reseau")).to_contain_text("Connexion perdue depuis")


def retablir_le_reseau(neuf: Neuf) -> None:
    """It comes back, and catches up with what it missed."""
    fenetre = neuf.membre(COUPE)
    fenetre.page.context.set_offline(False)
    expect(fenetre.page.locator("#reseau")).to_be_hidden(timeout=2 * PATIENCE_MS)


def mettre_en_pause(neuf: Neuf) -> None:
    """The chair suspends the sitting, then takes it up again; the phones say so meanwhile."""
    neuf.president.aller(neuf.ici).faire("suspendre_seance", motif="Pause de dix minutes").lit(
        "Séance suspendue"
    )
    voit(neuf.membre(2), "Séance suspendue depuis")
    neuf.president.faire("reprendre_seance").lit("La séance reprend")


def clore(neuf: Neuf) -> bytes:
    """The secretary closes, both sign; returns the minutes as a sealed PDF."""
    neuf.secretaire.aller(neuf.ici).faire("clore").lit("Personne ne l'a encore signé")
    neuf.secretaire.faire("signer_pv").lit("Procès-verbal signé")
    neuf.president.aller(neuf.ici).faire("signer_pv").lit("Procès-verbal signé")
    acte = neuf.president.page.locator('main a[href^="/actes/MP-"]').first.get_attribute("href")
    return neuf.president.telecharger(f"{acte}pdf/")
