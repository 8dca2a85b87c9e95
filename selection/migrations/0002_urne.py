"""The urn: the only code that writes a ballot paper, and the only one that counts.

`selection_voter` locks the ballot, signs the roll, drops the paper, then writes both tables anew for this ballot, papers
in random order, roll in the order of its keys: after each vote every row carries the same `xmin`, and the physical order
says nothing. `selection_depouiller` reads the whole urn, once, and keeps totals. The functions run with the rights of
their owner, so that the application's role needs none on the papers.
"""

from django.db import migrations

FONCTIONS = """
CREATE FUNCTION selection_voter(p_scrutin bigint, p_electeur bigint, p_choix text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_choix text[];
    v_electeurs bigint[];
BEGIN
    PERFORM 1 FROM selection_scrutin WHERE id = p_scrutin AND etat = 'OUVERT' AND secret FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'scrutin ferme' USING ERRCODE = 'MP001';
    END IF;
    PERFORM 1 FROM selection_electeur WHERE id = p_electeur AND scrutin_id = p_scrutin;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'hors liste' USING ERRCODE = 'MP002';
    END IF;
    PERFORM 1 FROM selection_emargement WHERE scrutin_id = p_scrutin AND electeur_id = p_electeur;
    IF FOUND THEN
        RAISE EXCEPTION 'deja vote' USING ERRCODE = 'MP003';
    END IF;
    SELECT array_agg(electeur_id) INTO v_electeurs FROM selection_emargement WHERE scrutin_id = p_scrutin;
    SELECT array_agg(choix) INTO v_choix FROM selection_bulletin WHERE scrutin_id = p_scrutin;
    DELETE FROM selection_emargement WHERE scrutin_id = p_scrutin;
    DELETE FROM selection_bulletin WHERE scrutin_id = p_scrutin;
    INSERT INTO selection_emargement (id, scrutin_id, electeur_id)
        SELECT gen_random_uuid(), p_scrutin, e FROM unnest(v_electeurs || p_electeur) AS e ORDER BY e;
    INSERT INTO selection_bulletin (id, scrutin_id, choix)
        SELECT gen_random_uuid(), p_scrutin, c FROM unnest(v_choix || p_choix) AS c ORDER BY random();
END $$;

CREATE FUNCTION selection_depouiller(p_scrutin bigint, p_instant timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_quorum integer;
    v_emargements integer;
BEGIN
    SELECT quorum INTO v_quorum FROM selection_scrutin WHERE id = p_scrutin AND etat = 'OUVERT' AND secret FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'scrutin ferme' USING ERRCODE = 'MP001';
    END IF;
    SELECT count(*) INTO v_emargements FROM selection_emargement WHERE scrutin_id = p_scrutin;
    IF v_emargements < v_quorum THEN
        RAISE EXCEPTION 'sous le quorum' USING ERRCODE = 'MP004';
    END IF;
    UPDATE selection_scrutin SET etat = 'CLOS', clos_le = p_instant, votants = v_emargements,
        pour = t.pour, contre = t.contre, abstentions = t.abstentions, blancs = t.blancs
    FROM (
        SELECT count(*) FILTER (WHERE choix = 'POUR') AS pour, count(*) FILTER (WHERE choix = 'CONTRE') AS contre,
               count(*) FILTER (WHERE choix = 'ABSTENTION') AS abstentions, count(*) FILTER (WHERE choix = 'BLANC') AS blancs
        FROM selection_bulletin WHERE scrutin_id = p_scrutin
    ) AS t
    WHERE id = p_scrutin;
END $$;

CREATE FUNCTION selection_vider_urne(p_scrutin bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM selection_scrutin WHERE id = p_scrutin AND etat IN ('OUVERT', 'SUSPENDU') FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'scrutin ferme' USING ERRCODE = 'MP001';
    END IF;
    DELETE FROM selection_votenominal WHERE scrutin_id = p_scrutin;
    DELETE FROM selection_emargement WHERE scrutin_id = p_scrutin;
    DELETE FROM selection_bulletin WHERE scrutin_id = p_scrutin;
    UPDATE selection_scrutin SET etat = 'ANNULE' WHERE id = p_scrutin;
END $$;

REVOKE ALL ON selection_bulletin FROM PUBLIC;
"""

RETRAIT = """
DROP FUNCTION selection_vider_urne(bigint);
DROP FUNCTION selection_depouiller(bigint, timestamptz);
DROP FUNCTION selection_voter(bigint, bigint, text);
"""


class Migration(migrations.Migration):
    dependencies = [("selection", "0001_initial")]

    operations = [migrations.RunSQL(FONCTIONS, RETRAIT)]
