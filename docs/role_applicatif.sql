-- Le rôle de base de données de l'application : il lit et écrit les données, et ne peut toucher ni au schéma, ni aux
-- déclencheurs, ni au journal déjà écrit, ni aux bulletins.
--
-- Les migrations s'exécutent avec le propriétaire des tables ; l'application, avec ce rôle. À rejouer après chaque
-- migration, connecté comme propriétaire à la base de l'application :
--   psql "$URL_DU_PROPRIETAIRE" -v ON_ERROR_STOP=1 -f docs/role_applicatif.sql
-- puis, une fois : ALTER ROLE manufactures_application LOGIN PASSWORD '…' ; et DATABASE_URL le nomme.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'manufactures_application') THEN
        CREATE ROLE manufactures_application NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
END $$;

-- Rien par défaut, rien à tout le monde.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO manufactures_application;

-- Les données : ni TRUNCATE, ni TRIGGER, ni REFERENCES.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM manufactures_application;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO manufactures_application;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO manufactures_application;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO manufactures_application;

-- Le journal : on y ajoute, on le lit.
REVOKE UPDATE, DELETE ON journal_entree FROM manufactures_application;

-- Une version déposée est figée ; elle ne disparaît qu'avec son dossier, après le délai de conservation.
REVOKE UPDATE ON candidatures_versiondeposee FROM manufactures_application;

-- L'urne : les fonctions de vote et de dépouillement s'exécutent avec les droits de leur propriétaire ; l'application
-- compte les bulletins d'un scrutin, et n'en lit aucun.
REVOKE ALL ON selection_bulletin FROM manufactures_application;
GRANT SELECT (id, scrutin_id) ON selection_bulletin TO manufactures_application;
REVOKE INSERT, UPDATE, DELETE ON selection_emargement FROM manufactures_application;

-- Les migrations passées : on les lit.
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM manufactures_application;
