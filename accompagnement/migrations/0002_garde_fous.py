"""The database refuses what the deeds refuse: days beyond an order, a date sold twice, tranches over the subsidy."""

from django.db import migrations

JOURNEES = """
CREATE FUNCTION verifier_journee() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    commande record;
    prises numeric;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Une journée notée ne s''efface pas.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.mission_id, NEW.expert_id, NEW.date, NEW.creneau, NEW.duree, NEW.texte, NEW.lieu)
       IS DISTINCT FROM (OLD.mission_id, OLD.expert_id, OLD.date, OLD.creneau, OLD.duree, OLD.texte, OLD.lieu) THEN
        RAISE EXCEPTION 'Une journée notée ne se réécrit pas.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.etat = 'ECARTE' THEN
        RETURN NEW;
    END IF;
    SELECT expert_id, debut, fin, jours_commandes, commandee_le INTO commande
        FROM accompagnement_mission WHERE id = NEW.mission_id FOR UPDATE;
    PERFORM pg_advisory_xact_lock(hashtextextended('journee ' || NEW.expert_id || ' ' || NEW.date, 0));
    IF commande.commandee_le IS NULL OR commande.expert_id <> NEW.expert_id THEN
        RAISE EXCEPTION 'Journée sans commande à cet expert.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.date NOT BETWEEN commande.debut AND commande.fin
       OR NEW.date > (horloge() AT TIME ZONE 'Europe/Paris')::date THEN
        RAISE EXCEPTION 'Journée hors de la mission, ou à venir.' USING ERRCODE = 'check_violation';
    END IF;
    SELECT coalesce(sum(duree), 0) INTO prises FROM accompagnement_journee
        WHERE expert_id = NEW.expert_id AND date = NEW.date AND etat <> 'ECARTE' AND id IS DISTINCT FROM NEW.id;
    IF prises + NEW.duree > 1.0 OR EXISTS (
        SELECT 1 FROM accompagnement_journee
        WHERE expert_id = NEW.expert_id AND date = NEW.date AND etat <> 'ECARTE' AND id IS DISTINCT FROM NEW.id
          AND creneau = NEW.creneau) THEN
        RAISE EXCEPTION 'Cet expert a déjà noté ce moment.' USING ERRCODE = 'check_violation';
    END IF;
    SELECT coalesce(sum(duree), 0) INTO prises FROM accompagnement_journee
        WHERE mission_id = NEW.mission_id AND etat <> 'ECARTE' AND id IS DISTINCT FROM NEW.id;
    IF prises + NEW.duree > commande.jours_commandes THEN
        RAISE EXCEPTION 'Plus de jours que la commande.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER journee_dans_la_commande BEFORE INSERT OR UPDATE OR DELETE ON accompagnement_journee
    FOR EACH ROW EXECUTE FUNCTION verifier_journee();

CREATE FUNCTION verifier_commande() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.jours_commandes < (SELECT coalesce(sum(duree), 0) FROM accompagnement_journee
                              WHERE mission_id = NEW.id AND etat <> 'ECARTE') THEN
        RAISE EXCEPTION 'Moins de jours commandés que de jours notés.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER commande_couvre_le_journal BEFORE UPDATE OF jours_commandes ON accompagnement_mission
    FOR EACH ROW EXECUTE FUNCTION verifier_commande();
"""
RETOUR_JOURNEES = """
DROP TRIGGER commande_couvre_le_journal ON accompagnement_mission;
DROP FUNCTION verifier_commande();
DROP TRIGGER journee_dans_la_commande ON accompagnement_journee;
DROP FUNCTION verifier_journee();
"""

TRANCHES = """
CREATE FUNCTION somme_des_tranches(laquelle bigint, quelle_nature text) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(coalesce(montant_verse, montant)), 0) FROM accompagnement_tranche
    WHERE convention_id = laquelle AND nature = quelle_nature
$$;
CREATE FUNCTION verifier_tranche() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plafond numeric;
BEGIN
    SELECT CASE NEW.nature WHEN 'INVESTISSEMENT' THEN montant_investissement ELSE montant_amorcage END INTO plafond
        FROM accompagnement_convention WHERE id = NEW.convention_id FOR UPDATE;
    IF somme_des_tranches(NEW.convention_id, NEW.nature) > plafond THEN
        RAISE EXCEPTION 'Les tranches dépassent la subvention.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tranches_dans_la_subvention AFTER INSERT OR UPDATE ON accompagnement_tranche
    FOR EACH ROW EXECUTE FUNCTION verifier_tranche();

CREATE FUNCTION verifier_subvention() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF somme_des_tranches(NEW.id, 'INVESTISSEMENT') > NEW.montant_investissement
       OR somme_des_tranches(NEW.id, 'AMORCAGE') > NEW.montant_amorcage THEN
        RAISE EXCEPTION 'La subvention passe sous ses tranches.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subvention_couvre_ses_tranches BEFORE UPDATE OF montant_investissement, montant_amorcage
    ON accompagnement_convention FOR EACH ROW EXECUTE FUNCTION verifier_subvention();
"""
RETOUR_TRANCHES = """
DROP TRIGGER subvention_couvre_ses_tranches ON accompagnement_convention;
DROP FUNCTION verifier_subvention();
DROP TRIGGER tranches_dans_la_subvention ON accompagnement_tranche;
DROP FUNCTION verifier_tranche();
DROP FUNCTION somme_des_tranches(bigint, text);
"""


class Migration(migrations.Migration):
    """Triggers of the day log and of the payments."""

    dependencies = [("accompagnement", "0001_initial")]
    operations = [
        migrations.RunSQL(JOURNEES, RETOUR_JOURNEES),
        migrations.RunSQL(TRANCHES, RETOUR_TRANCHES),
    ]
