"""10 000 random steps on the three tables: the ball is in exactly one hand, nothing forbidden passes."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from manufactures import cycles
from manufactures.cycles import GesteInterdit, TransitionInterdite
from manufactures.procedure import CYCLES, Partie, Role, balle, est_final, libelle_pour
from tests.noyau.test_transitions import LOI

DEPARTS = {"dossier": "BROUILLON", "convention": "EN_PROJET", "mission": "PROPOSEE"}
PAS, MARCHES = 50, 200  # 10 000 steps
TOUTES = sorted((cycle, action) for cycle, table in CYCLES.items() for action in table)


class Leurre:
    """A state and the door's own check, nothing else."""

    _verifier = cycles.Cycle._verifier

    def __init__(self, cycle):
        self.CYCLE, self.etat = cycle, DEPARTS[cycle]


class Marche(RuleBasedStateMachine):
    """Any role tries any action at any time, on the three cycles at once."""

    def __init__(self):
        super().__init__()
        self.objets = {cycle: Leurre(cycle) for cycle in CYCLES}

    @rule(
        pas=st.sampled_from(TOUTES), role=st.sampled_from(list(Role)), motif=st.sampled_from(["", "un motif"])
    )
    def tenter(self, pas, role, motif):
        """The door's answer is the law's."""
        cycle, action = pas
        self._tenter(self.objets[cycle], action, role, motif)

    @rule(cycle=st.sampled_from(sorted(CYCLES)), data=st.data())
    def avancer(self, cycle, data):
        """A step that the law allows from here, so that the walk goes far."""
        objet = self.objets[cycle]
        permis = sorted(a for a, (depuis, _, _) in LOI[cycle].items() if objet.etat in depuis.split())
        if permis:
            action = data.draw(st.sampled_from(permis))
            self._tenter(objet, action, data.draw(st.sampled_from(sorted(LOI[cycle][action][2]))), "un motif")
        else:
            self.objets[cycle] = Leurre(cycle)

    def _tenter(self, objet, action, role, motif):
        depuis, vers, roles = LOI[objet.CYCLE][action]
        transition = CYCLES[objet.CYCLE][action]
        permis = role in roles and objet.etat in depuis.split() and bool(motif or not transition.motivee)
        try:
            objet._verifier(action, transition, par=role, motif=motif)
        except (GesteInterdit, TransitionInterdite):
            assert not permis
        else:
            assert permis
            objet.etat = transition.vers
            assert objet.etat == vers

    @invariant()
    def une_seule_main(self):
        """Exactly one holder in every state that is not final, and a sentence and a label for every reader."""
        for objet in self.objets.values():
            b = balle(objet.CYCLE, objet.etat)
            assert (b.tenant is None) == est_final(objet.CYCLE, objet.etat)
            assert b.tenant is None or b.tenant in set(Partie)
            for partie in Partie:
                assert b.phrase(partie)
                assert libelle_pour(objet.CYCLE, objet.etat, partie).texte


def test_ten_thousand_random_steps(monkeypatch):
    monkeypatch.setattr(cycles, "roles_sur", lambda objet, role: {role})

    run_state_machine_as_test(
        Marche,
        settings=settings(max_examples=MARCHES, stateful_step_count=PAS, deadline=None, derandomize=True),
    )
