"""Settings: the environment decides; without an address, the services that scripts/ starts inside DONNEES are used."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF

from manufactures import variables
from manufactures.prises import chemin_des_prises
from manufactures.traces import couper_les_jetons

BASE_DIR = Path(__file__).resolve().parent.parent
EN_TEST = "pytest" in sys.modules
ENONCES_VERIFIES = EN_TEST  # each prepared reading is composed anew, and compared
DEMO = variables.booleen("DEMO")
DEBUG = variables.booleen("DEBUG")  # never true by forgetting
DONNEES = variables.dossier("DONNEES", BASE_DIR / "var")
SECRET_KEY = variables.env("SECRET_KEY", default="")
LONGUEUR_DE_CLE = 50
if len(SECRET_KEY) < LONGUEUR_DE_CLE or SECRET_KEY.startswith("django-insecure"):
    variables.refuser("SECRET_KEY", "il faut une clé secrète d'au moins 50 caractères.")
ALLOWED_HOSTS = variables.hotes("ALLOWED_HOSTS", ["127.0.0.1", "localhost"])
SITE_URL = variables.adresse("SITE_URL", "http", "https", defaut="http://127.0.0.1:8000").rstrip("/")
EN_HTTPS = SITE_URL.startswith("https://")
if EN_HTTPS and not DEMO and variables.est_une_cle_connue(SECRET_KEY):
    variables.refuser("SECRET_KEY", "cette clé est publiée, ou trop simple : tirez-en une au hasard.")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if EN_HTTPS else []
MFA_AGENTS = variables.parmi("MFA_AGENTS", "obligatoire", "facultative")
MARQUE = variables.env("MARQUE", default="etat")
SENTRY_DSN = variables.adresse("SENTRY_DSN", "https", "http")
ANNUAIRE_URL = variables.annuaire("ANNUAIRE_URL", "https://recherche-entreprises.api.gouv.fr")
CLAMAV_URL = variables.antivirus("CLAMAV_URL")
SCEAU_P12, SCEAU_MOT_DE_PASSE = variables.certificat("SCEAU_P12", "SCEAU_MOT_DE_PASSE")
HORODATAGE_URL = variables.adresse("HORODATAGE_URL", "https", "http")
PROCONNECT_ISSUER = variables.adresse("PROCONNECT_ISSUER", "https")
_, PROCONNECT_CLIENT_ID, PROCONNECT_CLIENT_SECRET = variables.ensemble(
    "PROCONNECT_ISSUER", "PROCONNECT_CLIENT_ID", "PROCONNECT_CLIENT_SECRET"
)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.admin",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "crispy_forms",
    "dsfr",
    "django_htmx",
    "csp",
    "widget_tweaks",
    "manufactures.comptes",
    "manufactures.proconnect",
    "manufactures.programme",
    "manufactures.journal",
    "manufactures.actes",
    "manufactures.courrier",
    "candidatures",
    "instruction",
    "selection",
    "accompagnement",
    "manufactures.demonstration",
    "manufactures.accueil",
    "manufactures.personnes",
]
MIDDLEWARE = [
    "manufactures.accueil.panne.PanneMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "manufactures.comptes.middleware.HorlogeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "manufactures.comptes.middleware.PageSigneeMiddleware",
]
ROOT_URLCONF = "manufactures.urls"
WSGI_APPLICATION = "manufactures.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "manufactures.accueil.contexte.interface",
            ],
        },
    }
]
FORM_RENDERER = "manufactures.accueil.rendu.Rendu"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "dsfr_crispy"
DSFR_USE_INTEGRITY_CHECKSUMS = False

# Services: PostgreSQL and Redis are the real ones everywhere.
PRISES = chemin_des_prises(DONNEES)
DATABASES = {
    "default": variables.base_de_donnees("DATABASE_URL", f"postgresql://aap@/manufactures?host={PRISES}")
}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": DATABASES["default"].get("OPTIONS", {})
    | {
        "prepare_threshold": 10
        ** 9,  # PostgreSQL keeps the plans of those statements that ask for it, of no other
        # On a solid disk a page read at random costs about as much as the next one: indexes are used for what they are.
        # A cursor of ours is always read to its end.
        "options": "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
        " -c random_page_cost=1.1 -c cursor_tuple_fraction=1",
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

CELERY_BROKER_URL = variables.courtier("REDIS_URL", f"redis+socket://{PRISES}/redis.sock")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5, "max_retries": 1}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Europe/Paris"
CELERY_BEAT_SCHEDULE = {
    "reprendre-les-actes": {"task": "manufactures.actes.tasks.reprendre", "schedule": 30},
    "reprendre-les-impressions": {"task": "candidatures.tasks.reprendre_les_impressions", "schedule": 60},
    "reprendre-le-courrier": {"task": "manufactures.courrier.tasks.reprendre", "schedule": 30},
    "editer-les-cahiers": {"task": "manufactures.accueil.tasks.editer_les_cahiers", "schedule": 60},
    "publier-les-decisions": {"task": "selection.tasks.publier_decisions", "schedule": 30},
    "reprendre-les-scenarios": {"task": "selection.tasks.reprendre_les_scenarios", "schedule": 60},
    "reputer-les-journees-confirmees": {"task": "accompagnement.tasks.reputer_confirmees", "schedule": 3600},
    "rappeler-les-recommandations": {
        "task": "accompagnement.tasks.rappeler_les_recommandations",
        "schedule": 3600,
    },
    "rappeler-les-obligations": {
        "task": "accompagnement.tasks.rappeler_les_obligations",
        "schedule": crontab(hour=8, minute=10),
    },
    "eteindre-les-credits": {"task": "accompagnement.tasks.eteindre_les_credits", "schedule": 3600},
    "reprendre-les-analyses": {"task": "candidatures.tasks.reprendre_les_analyses", "schedule": 60},
    "verifier-les-siret": {
        "task": "candidatures.tasks.verifier_les_siret",
        "schedule": crontab(hour=2, minute=40),
    },
    "rappeler-le-depot": {"task": "candidatures.tasks.rappeler_le_depot", "schedule": 600},
    "rappeler-les-complements": {"task": "instruction.tasks.rappeler_les_complements", "schedule": 3600},
    "rappeler-les-avis": {"task": "instruction.tasks.rappeler_les_avis", "schedule": 3600},
    "rappeler-les-auditions": {"task": "selection.tasks.rappeler_les_auditions", "schedule": 3600},
    "alerter-du-delai": {"task": "instruction.tasks.alerter_du_delai", "schedule": 3600},
    "reprendre-les-controles": {"task": "instruction.tasks.reprendre_les_controles", "schedule": 300},
    "recapituler": {"task": "candidatures.tasks.recapituler", "schedule": crontab(hour=7, minute=30)},
    "faire-le-menage": {"task": "manufactures.journal.tasks.menage", "schedule": crontab(hour=3, minute=20)},
}

# What does not stay for ever (domain study §3.4): kind -> days since its last sign, and what becomes of it. `purger`
# applies it; `nuit` marks what the nightly task may do alone. What is archive is counted, never destroyed: visa first.
CONSERVATION = {
    "sessions": {"libelle": "Sessions expirées", "jours": 0, "sort": "DETRUIRE", "nuit": True},
    "appareils": {"libelle": "Appareils des sessions finies", "jours": 0, "sort": "DETRUIRE", "nuit": True},
    "requetes_uniques": {"libelle": "Clés des envois", "jours": 30, "sort": "DETRUIRE", "nuit": True},
    "messages": {"libelle": "Corps des messages envoyés", "jours": 365, "sort": "EFFACER"},
    "brouillons": {"libelle": "Brouillons abandonnés", "jours": 365, "sort": "DETRUIRE"},
    "envois_inacheves": {
        "libelle": "Envois de fichiers inachevés",
        "jours": 2,
        "sort": "DETRUIRE",
        "nuit": True,
    },
    "numerisations": {
        "libelle": "Lettres numérisées laissées sans suite",
        "jours": 30,
        "sort": "DETRUIRE",
        "nuit": True,
    },
    "invitations": {
        "libelle": "Invitations à rejoindre un dossier",
        "jours": 60,
        "sort": "DETRUIRE",
        "nuit": True,
    },
    "pieces_retirees": {"libelle": "Pièces retirées d'un brouillon", "jours": 35, "sort": "DETRUIRE"},
    "adresses_effacees": {
        "libelle": "Adresses des personnes effacées, une fois prévenues",
        "jours": 0,
        "sort": "EFFACER",
        "nuit": True,
    },
    "comptes_jamais_utilises": {"libelle": "Comptes jamais utilisés", "jours": 365, "sort": "DETRUIRE"},
    "fichiers_orphelins": {"libelle": "Fichiers d'aucune ligne", "jours": 35, "sort": "DETRUIRE"},
    # Two years after the two months of appeal; ten years after the last payment; five after the mandate.
    "dossiers_non_retenus": {"libelle": "Dossiers non retenus", "jours": 792, "sort": "TRIER"},
    "dossiers_laureats": {"libelle": "Dossiers lauréats", "jours": 3653, "sort": "TRIER"},
    "notes_d_audition": {"libelle": "Notes d'audition des membres", "jours": 365, "sort": "DETRUIRE"},
    "indisponibilites": {"libelle": "Indisponibilités du comité", "jours": 365, "sort": "DETRUIRE"},
    "notes_personnelles": {"libelle": "Notes personnelles du comité", "jours": 365, "sort": "DETRUIRE"},
    "declarations_interets": {"libelle": "Déclarations d'intérêts", "jours": 1827, "sort": "TRIER"},
}

# No Redis here: its loss must not stop a sign-in, a deposit or a vote.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    # What never changes once written (a deposited version as it reads), or hardly: kept by each process.
    "figes": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "figes",
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}

STOCKAGE_URL = variables.adresse("STOCKAGE_URL", "file", defaut=f"file://{DONNEES}/fichiers", hote=False)
MEDIA_ROOT = STOCKAGE_URL.removeprefix("file://")
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": MEDIA_ROOT,
            "file_permissions_mode": 0o640,
            "directory_permissions_mode": 0o750,
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIQUES = variables.env(
    "STATIQUES", default=""
)  # the image collects static files there at build, compressed and fingerprinted
STATIC_ROOT = Path(STATIQUES) if STATIQUES else DONNEES / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not STATIQUES
if STATIQUES:
    STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
WHITENOISE_AUTOREFRESH = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "manufactures.televersement.Plafonne",
]

# People and sign-in
AUTH_USER_MODEL = "comptes.User"
AUTHENTICATION_BACKENDS = ["manufactures.comptes.connexion.Connexion"]  # allauth's, read in one query
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accueil:accueil"
LOGOUT_REDIRECT_URL = "accueil:public"
ACCOUNT_ADAPTER = "manufactures.personnes.portier.Portier"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "manufactures.comptes.forms.InscriptionForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
# A code by mail is the way in that a wave of wrong passwords leaves open.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True  # how long is the role's to say, not a box to tick
LIMITES_D_ESSAIS = {
    "adresse": "10/m/ip",
    "compte": "5/5m/key",
}  # wrong passwords: by network, then by e-mail typed
ALLAUTH_TRUSTED_PROXY_COUNT = (
    1 if EN_HTTPS else 0
)  # the one that carries TLS, whose X-Forwarded-Proto is read too
# Beside allauth's own: the four figures of a door, the personal links received by mail, the mails that a porteur sends.
ACCOUNT_RATE_LIMITS = {
    "emarger": "10/5m/user",
    "lien_recu": "30/5m/ip",
    "ecrire_a_un_tiers": "40/h/user",
    "repondre_autotest": "120/5m/ip",  # some fifteen whole tests: a room of people behind one address
    "poser_question": "20/h/user",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_FORMS = {"confirm_login_code": "manufactures.comptes.code.CodeForm"}
MFA_ADAPTER = "manufactures.comptes.connexion.SecondFacteur"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {"add_webauthn": "manufactures.comptes.forms.CleForm"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not EN_HTTPS  # http://localhost, on one's own machine
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Manufactures de proximité"
SOCIALACCOUNT_ADAPTER = "manufactures.personnes.portier.PortierProConnect"
SOCIALACCOUNT_PROVIDERS = {}
PROCONNECT_ACR_VALUES = "eidas1"
if PROCONNECT_ISSUER:
    SOCIALACCOUNT_PROVIDERS["proconnect"] = {
        "APPS": [
            {
                "name": "ProConnect",
                "provider_id": "proconnect",
                "client_id": PROCONNECT_CLIENT_ID,
                "secret": PROCONNECT_CLIENT_SECRET,
                "settings": {"server_url": PROCONNECT_ISSUER, "oauth_pkce_enabled": True},
            }
        ],
        "VERIFIED_EMAIL": True,
        "EMAIL_AUTHENTICATION": True,
    }
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# Mail
EMAIL_CONFIG = variables.courriel_sortant("EMAIL_URL", "dummymail://" if DEMO else "consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = variables.expediteur(
    "COURRIEL_EXPEDITEUR", "Manufactures de proximité <manufactures@manufactures.test>"
)

# Walls
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # at most; ended before, once idle
SESSION_INACTIVITE, SESSION_INACTIVITE_AGENTS = 2 * 3600, 30 * 60
if EN_HTTPS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS, SECURE_HSTS_INCLUDE_SUBDOMAINS = 63_072_000, True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SILENCED_SYSTEM_CHECKS = [
    "security.W021"
]  # the preload list of browsers is the domain's owner's to join, not ours
# No page of ours asks for a camera, a microphone or a place; access keys work on our own pages alone.
PERMISSIONS_POLICY = ", ".join(
    [
        *(
            f"{nom}=()"
            for nom in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
        ),
        *(f"publickey-credentials-{nom}=(self)" for nom in ("create", "get")),
    ]
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # A form that leads to ProConnect is followed there by the browser.
        "form-action": [SELF, f"https://{urlsplit(PROCONNECT_ISSUER).netloc}"]
        if PROCONNECT_ISSUER
        else [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        couper_les_jetons,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ],
    logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"simple": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"sans_jeton": {"()": "manufactures.traces.SansJeton"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "simple", "filters": ["sans_jeton"]}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        "pyhanko": {"level": "ERROR"},
    },
}
