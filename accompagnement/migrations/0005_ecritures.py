"""The ledger of days, which the database writes by itself: balances never below zero, entries never rewritten."""

from django.db import migrations

ECRIRE = """
CREATE SEQUENCE accompagnement_mouvement;

CREATE FUNCTION ecrire_jours(le_credit bigint, le_theme bigint, de text, vers text, combien numeric,
                             la_mission bigint, la_journee bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    numero bigint;
BEGIN
    IF combien = 0 OR de = vers THEN
        RETURN;
    END IF;
    numero := nextval('accompagnement_mouvement');
    INSERT INTO accompagnement_ecriturejours
        (mouvement, credit_id, theme_id, poste, jours, mission_id, journee_id, le)
    VALUES (numero, le_credit, le_theme, de, -combien, la_mission, la_journee, horloge()),
           (numero, le_credit, le_theme, vers, combien, la_mission, la_journee, horloge());
END $$;

-- Nothing is written before the credit is open, nor left to order once it has lapsed.
CREATE FUNCTION mouvoir_jours(le_dossier bigint, le_theme bigint, de text, vers text, combien numeric,
                              la_mission bigint, la_journee bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    credit record;
BEGIN
    SELECT id, eteint_le INTO credit FROM accompagnement_creditjours WHERE dossier_id = le_dossier FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF credit.eteint_le IS NOT NULL THEN
        de := CASE de WHEN 'DISPONIBLE' THEN 'CADUC' ELSE de END;
        vers := CASE vers WHEN 'DISPONIBLE' THEN 'CADUC' ELSE vers END;
    END IF;
    PERFORM ecrire_jours(credit.id, le_theme, de, vers, combien, la_mission, la_journee);
END $$;

CREATE FUNCTION poste_de_journee(etat text, sinon text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE etat WHEN 'ECARTE' THEN sinon WHEN 'VALIDE' THEN 'CONSOMME' ELSE 'NOTE' END
$$;
CREATE FUNCTION jours_notes(la_mission bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(duree), 0) FROM accompagnement_journee WHERE mission_id = la_mission AND etat <> 'ECARTE'
$$;

-- A mission read whole: when it arrives, or when its credit opens after it.
CREATE FUNCTION reprendre_mission(la_mission bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    m record;
    j record;
BEGIN
    SELECT dossier_id, theme_id, etat, commandee_le, jours_commandes INTO m
        FROM accompagnement_mission WHERE id = la_mission;
    IF m.commandee_le IS NULL THEN
        RETURN;
    END IF;
    PERFORM mouvoir_jours(m.dossier_id, m.theme_id, 'DISPONIBLE', 'RESERVE',
        CASE m.etat WHEN 'SERVICE_FAIT' THEN jours_notes(la_mission) ELSE m.jours_commandes END, la_mission, NULL);
    FOR j IN SELECT id, etat, duree FROM accompagnement_journee WHERE mission_id = la_mission ORDER BY id LOOP
        PERFORM mouvoir_jours(m.dossier_id, m.theme_id, 'RESERVE', poste_de_journee(j.etat, 'RESERVE'), j.duree,
                              la_mission, j.id);
    END LOOP;
END $$;

CREATE FUNCTION tenir_mission() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    avant numeric := 0;
    apres numeric := 0;
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM reprendre_mission(NEW.id);
        RETURN NULL;
    END IF;
    IF OLD.commandee_le IS NOT NULL AND (NEW.commandee_le IS NULL OR
       (NEW.dossier_id, NEW.theme_id, NEW.expert_id) IS DISTINCT FROM (OLD.dossier_id, OLD.theme_id, OLD.expert_id)) THEN
        RAISE EXCEPTION 'Une mission commandée garde son projet, son thème et son expert.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.commandee_le IS NOT NULL THEN
        avant := CASE OLD.etat WHEN 'SERVICE_FAIT' THEN jours_notes(NEW.id) ELSE OLD.jours_commandes END;
    END IF;
    IF NEW.commandee_le IS NOT NULL THEN
        apres := CASE NEW.etat WHEN 'SERVICE_FAIT' THEN jours_notes(NEW.id) ELSE NEW.jours_commandes END;
    END IF;
    IF apres >= avant THEN
        PERFORM mouvoir_jours(NEW.dossier_id, NEW.theme_id, 'DISPONIBLE', 'RESERVE', apres - avant, NEW.id, NULL);
    ELSE
        PERFORM mouvoir_jours(NEW.dossier_id, NEW.theme_id, 'RESERVE', 'DISPONIBLE', avant - apres, NEW.id, NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER mission_au_grand_livre AFTER INSERT OR UPDATE ON accompagnement_mission
    FOR EACH ROW EXECUTE FUNCTION tenir_mission();

CREATE FUNCTION tenir_journee() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    m record;
    source text;
    de text;
BEGIN
    SELECT dossier_id, theme_id, etat INTO m FROM accompagnement_mission WHERE id = NEW.mission_id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    source := CASE m.etat WHEN 'SERVICE_FAIT' THEN 'DISPONIBLE' ELSE 'RESERVE' END;
    de := source;
    IF TG_OP = 'UPDATE' THEN
        de := poste_de_journee(OLD.etat, source);
    END IF;
    PERFORM mouvoir_jours(m.dossier_id, m.theme_id, de, poste_de_journee(NEW.etat, source), NEW.duree,
                          NEW.mission_id, NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER journee_au_grand_livre AFTER INSERT OR UPDATE OF etat ON accompagnement_journee
    FOR EACH ROW EXECUTE FUNCTION tenir_journee();

CREATE FUNCTION tenir_besoin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM mouvoir_jours(OLD.dossier_id, OLD.theme_id, 'DISPONIBLE', 'OUVERT', OLD.jours, NULL, NULL);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM mouvoir_jours(NEW.dossier_id, NEW.theme_id, 'OUVERT', 'DISPONIBLE', NEW.jours, NULL, NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER besoin_au_grand_livre AFTER INSERT OR UPDATE OF jours, theme_id OR DELETE ON accompagnement_besoin
    FOR EACH ROW EXECUTE FUNCTION tenir_besoin();

CREATE FUNCTION reprendre_credit(le_dossier bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    ligne record;
BEGIN
    FOR ligne IN SELECT theme_id, jours FROM accompagnement_besoin WHERE dossier_id = le_dossier ORDER BY id LOOP
        PERFORM mouvoir_jours(le_dossier, ligne.theme_id, 'OUVERT', 'DISPONIBLE', ligne.jours, NULL, NULL);
    END LOOP;
    FOR ligne IN SELECT id FROM accompagnement_mission WHERE dossier_id = le_dossier ORDER BY id LOOP
        PERFORM reprendre_mission(ligne.id);
    END LOOP;
END $$;
CREATE FUNCTION tenir_credit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    compte record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM reprendre_credit(NEW.dossier_id);
    ELSIF OLD.eteint_le IS NULL AND NEW.eteint_le IS NOT NULL THEN
        FOR compte IN SELECT theme_id, solde FROM accompagnement_comptejours
                      WHERE credit_id = NEW.id AND poste = 'DISPONIBLE' ORDER BY theme_id LOOP
            PERFORM ecrire_jours(NEW.id, compte.theme_id, 'DISPONIBLE', 'CADUC', compte.solde, NULL, NULL);
        END LOOP;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER credit_au_grand_livre AFTER INSERT OR UPDATE OF eteint_le ON accompagnement_creditjours
    FOR EACH ROW EXECUTE FUNCTION tenir_credit();
"""

GARDER = """
CREATE FUNCTION solder_comptes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM nouvelles GROUP BY mouvement HAVING sum(jours) <> 0) THEN
        RAISE EXCEPTION 'Un mouvement de jours ne fait pas zéro.' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO accompagnement_comptejours (credit_id, theme_id, poste, solde)
        SELECT DISTINCT credit_id, theme_id, poste, 0 FROM nouvelles
        ON CONFLICT (credit_id, theme_id, poste) DO NOTHING;
    UPDATE accompagnement_comptejours c SET solde = c.solde + n.jours
        FROM (SELECT credit_id, theme_id, poste, sum(jours) AS jours FROM nouvelles GROUP BY 1, 2, 3) n
        WHERE (c.credit_id, c.theme_id, c.poste) = (n.credit_id, n.theme_id, n.poste);
    UPDATE accompagnement_creditjours cr SET commandes = s.commandes, consommes = s.consommes, caducs = s.caducs
        FROM (SELECT credit_id,
                     sum(solde) FILTER (WHERE poste IN ('RESERVE', 'NOTE', 'CONSOMME')) AS commandes,
                     sum(solde) FILTER (WHERE poste = 'CONSOMME') AS consommes,
                     sum(solde) FILTER (WHERE poste = 'CADUC') AS caducs
              FROM (SELECT credit_id, poste, solde FROM accompagnement_comptejours
                    WHERE credit_id IN (SELECT credit_id FROM nouvelles)
                    UNION ALL SELECT DISTINCT credit_id, p, 0::numeric
                    FROM nouvelles, unnest(ARRAY['RESERVE', 'CONSOMME', 'CADUC']) p) tous
              GROUP BY credit_id) s
        WHERE cr.id = s.credit_id
          AND (cr.commandes, cr.consommes, cr.caducs) IS DISTINCT FROM (s.commandes, s.consommes, s.caducs);
    RETURN NULL;
END $$;
CREATE TRIGGER ecritures_soldees AFTER INSERT ON accompagnement_ecriturejours
    REFERENCING NEW TABLE AS nouvelles FOR EACH STATEMENT EXECUTE FUNCTION solder_comptes();

CREATE FUNCTION garder_grand_livre() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'accompagnement_comptejours' AND pg_trigger_depth() > 1 THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Le grand livre des jours ne s''écrit pas à la main.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION garder_credit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.commandes, NEW.consommes, NEW.caducs) IS DISTINCT FROM (OLD.commandes, OLD.consommes, OLD.caducs)
       AND pg_trigger_depth() = 1 THEN
        RAISE EXCEPTION 'Les soldes d''un crédit suivent ses écritures.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.eteint_le IS NOT NULL AND NEW.eteint_le IS DISTINCT FROM OLD.eteint_le THEN
        RAISE EXCEPTION 'Un crédit caduc ne se rouvre pas.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER credit_suit_ses_ecritures BEFORE UPDATE ON accompagnement_creditjours
    FOR EACH ROW EXECUTE FUNCTION garder_credit();
"""

# The rows born before the ledger enter it as they stand; the guard comes after.
REPRENDRE = """
SELECT reprendre_credit(dossier_id) FROM accompagnement_creditjours ORDER BY id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
FERMER = """
CREATE TRIGGER ecriture_inalterable BEFORE INSERT OR UPDATE OR DELETE ON accompagnement_ecriturejours
    FOR EACH ROW EXECUTE FUNCTION garder_grand_livre();
CREATE TRIGGER compte_inalterable BEFORE INSERT OR UPDATE OR DELETE ON accompagnement_comptejours
    FOR EACH ROW EXECUTE FUNCTION garder_grand_livre();
"""

RETOUR = """
DROP TRIGGER credit_suit_ses_ecritures ON accompagnement_creditjours;
DROP TRIGGER compte_inalterable ON accompagnement_comptejours;
DROP TRIGGER ecriture_inalterable ON accompagnement_ecriturejours;
DROP TRIGGER ecritures_soldees ON accompagnement_ecriturejours;
DROP TRIGGER credit_au_grand_livre ON accompagnement_creditjours;
DROP TRIGGER besoin_au_grand_livre ON accompagnement_besoin;
DROP TRIGGER journee_au_grand_livre ON accompagnement_journee;
DROP TRIGGER mission_au_grand_livre ON accompagnement_mission;
DROP FUNCTION garder_credit();
DROP FUNCTION garder_grand_livre();
DROP FUNCTION solder_comptes();
DROP FUNCTION tenir_credit();
DROP FUNCTION reprendre_credit(bigint);
DROP FUNCTION tenir_besoin();
DROP FUNCTION tenir_journee();
DROP FUNCTION tenir_mission();
DROP FUNCTION reprendre_mission(bigint);
DROP FUNCTION jours_notes(bigint);
DROP FUNCTION poste_de_journee(text, text);
DROP FUNCTION mouvoir_jours(bigint, bigint, text, text, numeric, bigint, bigint);
DROP FUNCTION ecrire_jours(bigint, bigint, text, text, numeric, bigint, bigint);
DROP SEQUENCE accompagnement_mouvement;
"""


class Migration(migrations.Migration):
    """Triggers of the ledger of days."""

    dependencies = [("accompagnement", "0004_grand_livre")]
    operations = [
        migrations.RunSQL(ECRIRE + GARDER, RETOUR),
        migrations.RunSQL(REPRENDRE, migrations.RunSQL.noop),
        migrations.RunSQL(FERMER, migrations.RunSQL.noop),
    ]
