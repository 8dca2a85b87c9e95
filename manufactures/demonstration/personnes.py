"""The people of the demonstration: accounts that sign in with one password, roles, delegation, committee seats."""

from collections import Counter

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from manufactures.comptes.models import Civilite, User
from manufactures.demonstration.jeu import Calendrier, lire_appel, lire_jeu
from manufactures.procedure import Role
from manufactures.programme.models import Appel, Delegation, Habilitation
from selection.models import College, Membre

MOT_DE_PASSE = "demonstration"
ROLES = {
    "instructeur": Role.INSTRUCTEUR,
    "responsable_appel": Role.RESPONSABLE,
    "membre_comite": Role.MEMBRE,
    "president_comite": Role.PRESIDENT,
    "expert": Role.EXPERT,
    "auditeur": Role.AUDITEUR,
    "administrateur_technique": Role.ADMINISTRATEUR,
}
QUALITES = {  # function printed where the data gives none: feminine, masculine
    "instructeur": ("chargée de mission", "chargé de mission"),
    "responsable_appel": ("responsable du programme", "responsable du programme"),
    "expert": ("experte", "expert"),
    "auditeur": ("auditrice interne", "auditeur interne"),
    "administrateur_technique": ("administratrice technique", "administrateur technique"),
}
# Letters greet people: the data does not say how, outside the porteurs' « Mme » and « M. ».
MADAME = set(
    "Hélène Sophie Isabelle Manon Claire Lucie Florence Agnès Nolwenn Nadia Sandrine Teresa Iris Leïla".split()
)


def _representants() -> dict[tuple[str, str], dict]:
    """What the dossiers say of the accounts whose holder is the legal representative, by e-mail and name."""
    connus = {}
    for dossier in lire_jeu()["dossiers"]:
        porteur = dossier["porteur"]
        abrege, nom = porteur["representant_legal"]["identite"].split(" ", 1)
        civilite = Civilite.MADAME if abrege == "Mme" else Civilite.MONSIEUR
        fiche = porteur["representant_legal"] | {
            "civilite": civilite,
            "organisation": porteur["raison_sociale"],
        }
        connus.setdefault((porteur["compte_titulaire"], nom), fiche)
    return connus


def _personne(fiche: dict, representants: dict) -> User:
    prenom, nom = fiche["nom"].split(" ", 1)
    role = fiche["roles"][0]
    legal = representants.get((fiche["courriel"], fiche["nom"]), {})
    civilite = legal.get("civilite") or (Civilite.MADAME if prenom in MADAME else Civilite.MONSIEUR)
    technique = role == "administrateur_technique"
    return User(
        email=fiche["courriel"],
        civilite=civilite,
        prenom=prenom,
        nom=nom,
        qualite=fiche.get("qualite") or legal.get("qualite") or _fonction(role, civilite),
        telephone=legal.get("telephone", ""),
        organisation=fiche.get("organisation") or legal.get("organisation", ""),
        is_staff=technique,
        is_superuser=technique,
    )


def _fonction(role: str, civilite: str) -> str:
    feminin, masculin = QUALITES.get(role, ("", ""))
    return feminin if civilite == Civilite.MADAME else masculin


def creer_personnes(appel: Appel, calendrier: Calendrier) -> dict[str, User]:
    """66 accounts, by e-mail: addresses verified, roles in force. One hash for all: Argon2 is slow on purpose."""
    fiches = lire_jeu()["personnes"]
    representants = _representants()
    empreinte = make_password(MOT_DE_PASSE)
    gens = {}
    for fiche in fiches:
        user = _personne(fiche, representants)
        user.password = empreinte
        gens[user.email] = user
    User.objects.bulk_create(gens.values())
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in gens.values()
    )
    depuis = calendrier.instant("J-460", "08:00")
    Habilitation.objects.bulk_create(
        Habilitation(user=gens[f["courriel"]], role=ROLES[role], du=depuis)
        for f in fiches
        for role in f["roles"]
        if role in ROLES
    )
    for fiche in fiches:
        if acte := fiche.get("delegation_signature"):
            Delegation.objects.create(
                user=gens[fiche["courriel"]],
                appel=appel,
                reference=acte["reference"],
                publiee_le=calendrier.jour(acte["de"]),
                du=calendrier.instant(acte["de"], "00:00"),
                au=calendrier.instant(acte["a"], "00:00"),
            )
    return gens


def asseoir_le_comite(appel: Appel, gens: dict[str, User], calendrier: Calendrier) -> dict[str, Membre]:
    """Five colleges, as many seats as members, and their nine members, by e-mail."""
    pourvus = Counter(fiche["college"] for fiche in lire_jeu()["personnes"] if "college" in fiche)
    colleges = {
        c["libelle"]: (
            College.objects.create(
                appel=appel,
                code=c["code"],
                libelle=c["libelle"],
                sieges=pourvus[c["libelle"]] or None,
                suppleable=c["est_remplacable"],
            ),
            c["est_remplacable"],
        )
        for c in lire_appel()["colleges"]
    }
    sieges = {}
    for fiche in lire_jeu()["personnes"]:
        if "college" not in fiche:
            continue
        college, suppleable = colleges[fiche["college"]]
        sieges[fiche["courriel"]] = Membre.objects.create(
            user=gens[fiche["courriel"]],
            college=college,
            qualite=fiche["qualite"],
            suppleable=suppleable,
            preside="president_comite" in fiche["roles"],
            du=calendrier.jour("J-460"),
        )
    return sieges
