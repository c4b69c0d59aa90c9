"""Every setting of the platform; each ``AIGC_*`` variable is read here once and listed in docs/settings.md."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from aigc_platform.environment import Mask, boolean, names, one_of, read
from generation.assets import assets_dir

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = read("AIGC_VAR_DIR", BASE_DIR / "var", "folder of the database, job cache, broker and keys", Path)
# Database, mail, keys and videos are for the site's own user; before anything is made. 027 lets the web server of the same
# group read the media folder.
UMASK = read("AIGC_UMASK", Mask("077"), "rights withheld from what the site writes, as for umask", Mask)
os.umask(UMASK)
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- production or not -------------------------------------------------------------------------------------------
DEBUG = read("AIGC_DEBUG", False, "show tracebacks and reload code; never in production", boolean)
PRODUCTION = read(
    "AIGC_PRODUCTION", False, "served to the public: demands a key and hosts, HTTPS only", boolean
)
SECRET_KEY = read("AIGC_SECRET_KEY", "", "signs sessions and tokens; at least 50 random characters", str)
ALLOWED_HOSTS = read("AIGC_HOSTS", ["localhost", "127.0.0.1", "[::1]"], "host names, comma separated", names)
if PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("AIGC_PRODUCTION needs AIGC_SECRET_KEY with at least 50 random characters.")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured(
        "AIGC_DEBUG shows the code to everybody. Unset it where AIGC_PRODUCTION is set."
    )
if PRODUCTION and not names(os.environ.get("AIGC_HOSTS", "")):
    raise ImproperlyConfigured("AIGC_PRODUCTION needs AIGC_HOSTS, the host names this site answers to.")
if not SECRET_KEY:
    from aigc_platform.local_secret import local_secret

    SECRET_KEY = local_secret(VAR_DIR / "secret_key")
CSRF_TRUSTED_ORIGINS: list[str] = read(
    "AIGC_ORIGINS", [], "origins such as https://example.com behind a proxy", names
)
PROXIES = read("AIGC_PROXIES", 0, "proxies of ours in front whose X-Forwarded-For is believed", int)

# --- applications ------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "axes",
    "django_htmx",
    "core",
    "generation",
    "generation.moderation",
    "recommender",
    "analytics",
]
MIDDLEWARE = [
    "aigc_platform.health.HealthMiddleware",  # before anything that looks at host or scheme
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "aigc_platform.admission.AdmissionMiddleware",  # before the form's token is looked for in a body
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "aigc_platform.middleware.ContentSecurityPolicyMiddleware",
    "aigc_platform.middleware.RefusalMiddleware",
    "recommender.viewers.identity.ViewerCookieMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "aigc_platform.urls"
WSGI_APPLICATION = "aigc_platform.wsgi.application"
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
                "aigc_platform.context.site",
            ],
        },
    },
]

# --- data --------------------------------------------------------------------------------------------------------
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR_DIR / "platform.sqlite3",
        # Kept open by each thread: closing the last connection copies the whole log into the file, 13 ms a request.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Write locks are taken when a transaction begins, so a busy database waits instead of failing half way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # what is deleted is overwritten at once, whatever SQLite was built with
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
            ),
        },
        # A file, so that a worker process of a test sees the same rows as the test.
        "TEST": {"NAME": VAR_DIR / "test.sqlite3"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # what REST framework and allauth count by: exact, kept through a restart, dropped by nothing but time
    "default": {
        "BACKEND": "core.counts.CountsCache",
        "LOCATION": VAR_DIR / "counts.sqlite3",
        "TIMEOUT": 3600,
    },
    # what can be made again
    "drawings": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
    # counts of events and new viewers, asked at every batch: each process has its own until this names a shared cache
    "limits": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "limits",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
}
MEDIA_ROOT = read("AIGC_MEDIA_DIR", BASE_DIR / "media", "folder of uploads and finished videos", Path)
MEDIA_URL = "/media/"

# --- sign-in and safety ------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "aigc_platform.accounts.AccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
# axes counts failed sign-ins and locks; allauth's own limit only slows one address down
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip", "signup": "20/m/ip,60/h/ip"}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody is mailed because a stranger typed their address
CSRF_FAILURE_VIEW = "aigc_platform.pages.csrf_failed"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "create"
LOGOUT_REDIRECT_URL = "feed"
AXES_HANDLER = "aigc_platform.lockout.AccountHandler"
AXES_CLIENT_IP_CALLABLE = "aigc_platform.lockout.client_address"
AXES_FAILURE_LIMIT = read(
    "AIGC_LOGIN_TRIES", 6, "failed sign-ins of one account from one address before a pause", int
)
AXES_COOLOFF_TIME = read("AIGC_LOGIN_PAUSE_HOURS", 1, "hours that account waits at that address", int)
ACCOUNT_TRIES = read(
    "AIGC_ACCOUNT_TRIES",
    50,
    "failed sign-ins of one account from all addresses together before it waits at addresses unknown to it",
    int,
)
ACCOUNT_PAUSE_MINUTES = read(
    "AIGC_ACCOUNT_PAUSE_MINUTES",
    15,
    "minutes it waits there; where it was signed in from in the last 90 days it does not",
    int,
)
TOKEN_DAYS = read(
    "AIGC_TOKEN_DAYS", 90, "days after which a token that a program got for name and password ends", int
)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = (
    False  # a refused try is not judged, so it does not count either
)
AXES_SENSITIVE_PARAMETERS = ["username", "login", "ip_address"]
AXES_LOCKOUT_CALLABLE = "aigc_platform.accounts.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
EMAIL_HOST = read(
    "AIGC_MAIL_HOST", "", "SMTP server that mail leaves by; without one it is written to var/mail", str
)
# where mail reaches its reader, it says what nobody else shall learn: that an address has an account already
ACCOUNT_PREVENT_ENUMERATION = "strict" if EMAIL_HOST else True
EMAIL_PORT = read("AIGC_MAIL_PORT", 587, "port of the SMTP server", int)
EMAIL_HOST_USER = read("AIGC_MAIL_USER", "", "account at the SMTP server", str)
EMAIL_HOST_PASSWORD = read("AIGC_MAIL_PASSWORD", "", "its password; never logged", str)
_mail_security = read(
    "AIGC_MAIL_SECURITY",
    "starttls",
    "how the way there is encrypted: starttls, tls (port 465), or none",
    one_of("starttls", "tls", "none"),
)
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail_security == "starttls", _mail_security == "tls"
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = read("AIGC_MAIL_FROM", "noreply@localhost", "sender of the site's mail", str)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if PRODUCTION and EMAIL_HOST and "AIGC_MAIL_FROM" not in os.environ:
    raise ImproperlyConfigured(
        "AIGC_MAIL_HOST needs AIGC_MAIL_FROM, the address that the site's mail comes from."
    )
EMAIL_BACKEND = read(
    "AIGC_EMAIL_BACKEND",
    f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend",
    "how mail leaves, as a class of Django's; by default what AIGC_MAIL_HOST asks for",
    str,
)
EMAIL_FILE_PATH = VAR_DIR / "mail"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = PRODUCTION
_hsts_days = read(
    "AIGC_HSTS_DAYS",
    365,
    "days a browser that was here once insists on HTTPS, in production; 0 asks for nothing",
    int,
)
SECURE_HSTS_SECONDS = _hsts_days * 86_400 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = (
    read("AIGC_HSTS_SUBDOMAINS", True, "it insists on HTTPS for all names below this one too", boolean)
    and PRODUCTION
)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- languages ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- static files ------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static", ("vendor", assets_dir() / "web")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "aigc_platform.static_storage.CompressedOnceStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "aigc_platform.incoming.IncomingFileHandler",
]

# --- API ---------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "NUM_PROXIES": PROXIES,  # our throttles ask core.addresses; this is for any other
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "generation.web.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "aigc_platform.api.Pages",
    "PAGE_SIZE": 24,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "aigc_platform.api.exception_handler",
    "DEFAULT_THROTTLE_RATES": {
        "token": "10/min",
        "address": "5/hour",
        "jobs": "60/hour",
        "uploads": "60/hour",
        "social": read("AIGC_SOCIAL_RATE", "120/min", "likes, follows, shares and such of one person", str),
        "comments": read("AIGC_COMMENT_RATE", "12/min", "comments one person may write", str),
        "reports": read("AIGC_REPORT_RATE", "20/hour", "reports one person may send", str),
        "experiments": "60/hour",
        "data": read("AIGC_DATA_RATE", "10/hour", "downloads of all that is stored about one viewer", str),
        "pictures": read(
            "AIGC_PICTURE_RATE", "240/min", "drawings not drawn before that one person may ask for", str
        ),
        "titles": read("AIGC_TITLE_RATE", "60/min", "titles judged while one person types", str),
        "verify": read(
            "AIGC_VERIFY_RATE", "30/hour", "files one person or address may have read for labels", str
        ),
        "narrations": read(
            "AIGC_NARRATION_RATE", "120/hour", "narrations one person may hear in the editor", str
        ),
        "search": read("AIGC_SEARCH_RATE", "120/min", "searches of one person through the API", str),
    },
    "DEFAULT_PARSER_CLASSES": [
        "core.parsing.BoundedJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lumen API",
    "DESCRIPTION": "Short videos from a topic or a clip. Errors are {code, detail} with fields where a form is wrong.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "JobState": "generation.models.GenerationJob.State",
        "StageState": "generation.models.JobStage.State",
        "UploadState": "generation.models.Upload.State",
        "AwaitedState": "generation.models.Awaited.State",
        "VideoState": "generation.models.Video.State",
        "OwnVideoState": "generation.visibility.STANDINGS",
        "CaseState": "generation.moderation.models.Case.State",
        "CaseQueryState": "generation.moderation.selectors.cases.STATES",
        "DecisionAction": "generation.moderation.models.Decision.Action",
        "DecidableAction": "generation.moderation.services.actions.DECIDABLE",
        "UploadKind": "generation.models.Upload.Kind",
        "JobKind": "generation.script.brief.KINDS",
        "ModelKind": "generation.models.ModelKind",
        "ModelVersionState": "generation.models.ModelVersion.State",
        "ExperimentKind": "analytics.models.Experiment.Kind",
        "ExperimentState": "analytics.models.Experiment.State",
        "CycleState": "analytics.models.OptimizationCycle.State",
        "CycleStepState": "analytics.models.CycleStep.State",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

# --- queue -------------------------------------------------------------------------------------------------------
BROKER_DIR = VAR_DIR / "broker"
for folder in ("messages", "control", "processed"):
    (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
CELERY_BROKER_URL = read(
    "AIGC_BROKER_URL", "filesystem://localhost//", "Celery broker; a local folder by default", str
)
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
        "processed_folder": str(BROKER_DIR / "processed"),
        "store_processed": False,
    }
    if CELERY_BROKER_URL.startswith("filesystem")
    else {}
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "light"  # what is due every few seconds: nothing here may take long
CELERY_TASK_ROUTES = {
    "generation.tasks.job_run": {"queue": "render"},
    "generation.tasks.trial_run": {"queue": "render"},  # the process that would load the model for a video
    "generation.tasks.upload_run": {"queue": "files"},
    "generation.tasks.reading_run": {"queue": "quick"},  # somebody sits before the page and waits
    "generation.tasks.preview_run": {"queue": "quick"},
    "generation.tasks.training_run": {"queue": "train"},
    "generation.moderation.tasks.screening_run": {"queue": "screenings"},
    "recommender.tasks.ranker_train": {"queue": "train"},
    "recommender.tasks.training_take": {"queue": "train"},
    "analytics.tasks.cycle_run": {"queue": "train"},
    "analytics.tasks.optimize": {"queue": "train"},
    "analytics.tasks.features_make": {"queue": "train"},  # reads every new file to its end
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")
CELERY_BEAT_SCHEDULE = {
    "wake-waiting-work": {"task": "generation.tasks.work_wake", "schedule": 5.0, "options": {"expires": 5}},
    "wake-screenings": {
        "task": "generation.moderation.tasks.screenings_wake",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "sign-audit-head": {"task": "generation.moderation.tasks.audit_sign", "schedule": 3600.0},
    "tell-reach": {"task": "recommender.tasks.reach_tell", "schedule": 120.0, "options": {"expires": 120}},
    "place-videos": {
        "task": "recommender.tasks.vectors_update",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "sweep-search": {
        "task": "recommender.tasks.search_sweep",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "finish-erasures": {
        "task": "recommender.tasks.erasures_finish",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "wake-cycles": {
        "task": "analytics.tasks.cycles_wake",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "optimize": {"task": "analytics.tasks.optimize", "schedule": crontab(hour=4, minute=41)},
    "make-features": {
        "task": "analytics.tasks.features_make",
        "schedule": crontab(hour=2, minute=23),  # before the trainings of the night
        "options": {"expires": 3600},
    },
    "roll-up-events": {
        "task": "recommender.tasks.events_roll_up",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "prune-viewers": {"task": "recommender.tasks.viewers_prune", "schedule": 3600.0},
    "archive-events": {"task": "recommender.tasks.events_archive", "schedule": 3600.0},
    "train-ranker": {
        "task": "recommender.tasks.ranker_train",
        "schedule": crontab(hour=3, minute=17),
        "options": {"expires": 6 * 3600},
    },
    "learn-from-decisions": {
        "task": "generation.moderation.tasks.decisions_learn",
        "schedule": crontab(hour=3, minute=53),
        "options": {"expires": 6 * 3600},
    },
    "wake-trainings": {
        "task": "recommender.tasks.trainings_wake",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "count-hours": {
        "task": "analytics.tasks.hours_roll_up",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "check-alarms": {
        "task": "analytics.tasks.alarms_check",
        "schedule": crontab(minute=7),
        "options": {"expires": 1800},
    },
    "look-at-experiments": {
        "task": "analytics.tasks.experiments_look",
        "schedule": 120.0,
        "options": {"expires": 120},
    },
    "sweep-leftovers": {"task": "generation.tasks.leftovers_sweep", "schedule": 3600.0},
}

# --- generation --------------------------------------------------------------------------------------------------
SCRIPT_TIMEOUT_SECONDS = read(
    "AIGC_SCRIPT_TIMEOUT", 120.0, "seconds in which a language model answers before it is asked again", float
)
SCRIPT_THREADS = read("AIGC_SCRIPT_THREADS", 1, "processor threads of a GGUF file that writes scripts", int)
# kind → alias → what is built (``generation.generators`` says what each kind must do)
GENERATORS: dict[str, dict[str, dict[str, Any]]] = {
    "script": {
        "script": {"BACKEND": "generation.script.planner.BankWriter", "OPTIONS": {}},
        "script-local": {
            "BACKEND": "generation.script.writers.TransformersWriter",
            "OPTIONS": {
                "folder": read("AIGC_SCRIPT_FOLDER", "", "folder of a local transformers model", str)
            },
        },
        "script-gguf": {
            "BACKEND": "generation.script.writers.GgufWriter",
            "OPTIONS": {
                "path": read(
                    "AIGC_SCRIPT_GGUF", "", "GGUF file of a local model; needs requirements-gguf.txt", str
                ),
                "threads": SCRIPT_THREADS,
            },
        },
        "script-endpoint": {
            "BACKEND": "generation.script.writers.EndpointWriter",
            "OPTIONS": {
                "url": read(
                    "AIGC_SCRIPT_URL", "", "OpenAI-compatible endpoint, such as http://localhost:8000/v1", str
                ),
                "name": read("AIGC_SCRIPT_NAME", "", "model name asked of that endpoint", str),
                "api_key": read("AIGC_SCRIPT_KEY", "", "bearer key of that endpoint; never logged", str),
                "timeout_seconds": SCRIPT_TIMEOUT_SECONDS,
            },
        },
    },
    "visuals": {
        "illustrated": {"BACKEND": "generation.media.scenes.illustrated.IllustratedScenes", "OPTIONS": {}},
        "gan": {
            "BACKEND": "generation.stages.learned_scenes.LearnedScenes",
            "OPTIONS": {
                "model": read(
                    "AIGC_GAN_MODEL",
                    "",
                    "folder of the trained GAN that moves the grounds of the style gan",
                    str,
                ),
                "folder": str(VAR_DIR / "backdrops"),
            },
        },
    },
    "speech": {
        "kokoro": {"BACKEND": "generation.media.speech.local.KokoroSpeech", "OPTIONS": {}},
        "speech-endpoint": {
            "BACKEND": "generation.media.speech.endpoint.EndpointSpeech",
            "OPTIONS": {
                "url": read(
                    "AIGC_SPEECH_URL",
                    "",
                    "OpenAI-compatible speech endpoint, such as http://localhost:8880/v1",
                    str,
                ),
                "name": read("AIGC_SPEECH_NAME", "", "model name asked of that endpoint", str),
                "api_key": read("AIGC_SPEECH_KEY", "", "bearer key of that endpoint; never logged", str),
                "voice": read(
                    "AIGC_SPEECH_VOICE",
                    "",
                    "its voice for every video; empty sends the site's own voice names",
                    str,
                ),
                "timeout_seconds": read(
                    "AIGC_SPEECH_TIMEOUT", 60.0, "seconds before such a call is tried again", float
                ),
            },
        },
    },
    "music": {"composer": {"BACKEND": "generation.media.music.composed.ComposedMusic", "OPTIONS": {}}},
}
SCRIPT_WRITER = read(
    "AIGC_SCRIPT_WRITER",
    "script",
    "which of GENERATORS writes scripts: script (the topic bank, and what an administrator chose on the page), script-local, "
    "script-gguf, script-endpoint",
    str,
)
SCRIPT_SCOPE = read(
    "AIGC_SCRIPT_SCOPE",
    "all",
    "which topics that language model writes: all, or unanswered (those the topic bank has nothing on)",
    one_of("all", "unanswered"),
)
MODELS_DIR = read(
    "AIGC_MODELS_DIR",
    BASE_DIR / "var" / "models",
    "folder whose GGUF files and transformers folders an administrator may choose as script writer",
    Path,
)
VISUALS = read("AIGC_VISUALS", "illustrated", "which of GENERATORS draws scenes: illustrated", str)
SPEECH = read("AIGC_SPEECH", "kokoro", "which of GENERATORS speaks: kokoro, speech-endpoint", str)
MUSIC = read("AIGC_MUSIC", "composer", "which of GENERATORS makes music: composer", str)
TRAINING_DIR = read(
    "AIGC_TRAINING_DIR",
    BASE_DIR / "var" / "training-data",
    "folder whose files an administrator may choose as training data on the page of models",
    Path,
)
STARTERS = read(
    "AIGC_STARTERS",
    True,
    "train small starter versions of the generators in the background of a fresh site, from what ships with it",
    boolean,
)
STARTER_MINUTES = read(
    "AIGC_STARTER_MINUTES", 20.0, "minutes that the starter versions train, all together", float
)
FEATURES_MINUTES = read(
    "AIGC_FEATURES_MINUTES",
    20.0,
    "minutes every night in which new videos are measured for the table of features; the rest waits for the next",
    float,
)
# Who trains a kind (``generation.ml.training.Trainer``), on the queue ``train``, one of a kind at a time.
TRAINERS = {
    "visual": "generation.ml.trainers.visual",
    "script": "generation.ml.trainers.script",
    "title_reward": "generation.ml.trainers.title_reward",
    # of labelled texts, or of what moderators decided
    "text_safety": "generation.moderation.learning.trainers.text_safety",
    "picture_safety": "generation.moderation.learning.trainers.picture_safety",
    "palettes": "generation.stages.palette_training.train",
}
# What reads the files of a version, by its kind: a version is promoted only when its reader can.
VERSION_READERS = {
    "ranker": "recommender.training.production.load",
    "recipe_policy": "generation.services.policies.policy_read",
    "title_reward": "generation.services.titles.model_of",
    "visual": "generation.services.readers.gan_read",
    "script": "generation.services.readers.language_model_read",
    "text_safety": "generation.services.readers.text_safety_read",
    "picture_safety": "generation.services.readers.picture_safety_read",
    "palettes": "generation.services.readers.palettes_read",
}
RECIPE_CANARY_SHARE = read(
    "AIGC_RECIPE_CANARY",
    0.5,
    "share of new videos (0–1) whose recipe a policy on trial chooses; the larger, the sooner its trial is decided",
    float,
)
RECIPE_HOLDOUT_SHARE = read(
    "AIGC_RECIPE_HOLDOUT",
    0.03,
    "share of new videos (0–1) that no policy ever chooses for, so that the worth of all learning stays known",
    float,
)
RECIPE_EXPLORE_SHARE = read(
    "AIGC_RECIPE_EXPLORE",
    0.02,
    "chance (0–1) that a policy draws one field of a recipe evenly, so that what nobody serves is tried",
    float,
)
RECIPE_DIVERSITY_FLOOR = read(
    "AIGC_RECIPE_DIVERSITY",
    0.73,
    "least diversity of a policy's choices (0–1), as a share of evenly drawn ones, so that videos do not become alike",
    float,
)
RECIPE_PALETTES_SHARE = read(
    "AIGC_RECIPE_PALETTES",
    0.1,
    "share (0–1) of a policy's videos that get a palette of the generator that was trained with it, if that passed its gate",
    float,
)
CYCLE_CPU_MINUTES = read(
    "AIGC_CYCLE_CPU", 10.0, "minutes of processor time one optimization cycle may use", float
)
CYCLE_APPROVAL = read(
    "AIGC_CYCLE_APPROVAL",
    False,
    "a recipe policy that won its trial serves only after a person approved it; until then it goes on as on trial",
    boolean,
)
CYCLE_ALPHA = read(
    "AIGC_CYCLE_ALPHA",
    0.025,
    "chance (0–1), whenever one looks, that a recipe policy which is no better is taken for better on trial",
    float,
)
JOB_LEASE_SECONDS = read(
    "AIGC_JOB_LEASE", 30.0, "seconds without a heartbeat before a job is taken over", float
)
JOB_RUNNING_LIMIT = read("AIGC_JOB_LIMIT", 3, "jobs one creator may have waiting or running", int)
CREATOR_RENDERS = read("AIGC_CREATOR_RENDERS", 300, "videos one creator may have made in 24 hours", int)
CREATOR_BYTES = int(
    read("AIGC_CREATOR_GB", 20.0, "gigabytes of files and videos that one creator may keep", float) * 1e9
)
JOB_ATTEMPTS = read(
    "AIGC_JOB_ATTEMPTS", 5, "times a job is taken up after its worker died before it fails", int
)
RENDER_THREADS = read("AIGC_RENDER_THREADS", 2, "x264 threads of one rendering", int)
CACHE_DAYS = read("AIGC_CACHE_DAYS", 7, "days a job's intermediate files are kept", int)

# --- moderation --------------------------------------------------------------------------------------------------
SCREENING = read(
    "AIGC_SCREENING",
    True,
    "screen videos before they are public, and comments before others see them",
    boolean,
)
# Who is asked, each {"BACKEND": …, "OPTIONS": {…}} of the shape in generation/moderation/scorers/contract.py; none named is
# the site's own suite (generation/moderation/scorers/suite.py) with its models and lists
SCREENING_SCORERS: list[dict[str, Any]] = []
SCREENING_TIMEOUT_SECONDS = read(
    "AIGC_SCREENING_TIMEOUT", 120.0, "seconds one scorer may take before it counts as failed", float
)
SCREENING_RETRY_SECONDS = read(
    "AIGC_SCREENING_RETRY",
    30.0,
    "seconds until a failed required scorer is asked again; doubled each time, one hour at most",
    float,
)
SCREENING_TRIES = read(
    "AIGC_SCREENING_TRIES", 6, "failures of a required scorer after which a person is asked as well", int
)
CLAIM_SECONDS = read("AIGC_CLAIM", 600, "seconds a moderator holds a case without deciding it", int)
SECOND_OPINION_SHARE = read(
    "AIGC_SECOND_OPINIONS", 0.05, "share of a person's decisions that a second one makes too, 0–1", float
)
AUTOMATIC_CHECK_SHARE = read(
    "AIGC_AUTOMATIC_CHECKS", 0.02, "share of what the machine lets pass that a person looks at, 0–1", float
)
GOLDEN_SHARE = read("AIGC_GOLDEN", 0.04, "share of served cases whose answer is known, 0–1", float)
UNCERTAIN_OPINION_SHARE = read(
    "AIGC_UNCERTAIN_OPINIONS",
    0.5,
    "share of second opinions that go to cases whose risk lies near a line of their policy, 0–1; never less than theirs of all",
    float,
)
LEARN_FROM = read(
    "AIGC_LEARN_FROM", 200, "decisions of people from which the classifiers of moderation learn", int
)
LEARN_MINUTES = read(
    "AIGC_LEARN_MINUTES", 15.0, "minutes that each of them may learn from decisions every night", float
)
SAFETY_EVALUATION = read(
    "AIGC_SAFETY_EVALUATION",
    "",
    "CSV file (text, label 0 or 1) on which no text classifier that serves may be worse than the one before; empty is none",
    str,
)
EXPOSURE_BUDGET_SECONDS = read(
    "AIGC_EXPOSURE_BUDGET",
    900,
    "seconds of severe material an hour before a moderator is offered a break",
    int,
)
STRIKE_DAYS = read("AIGC_STRIKE_DAYS", 90, "days until a strike expires", int)
APPEAL_DAYS = read("AIGC_APPEAL_DAYS", 180, "days in which a decision may be appealed", int)
_audit = read(
    "AIGC_AUDIT_DIR",
    "",
    "folder of the signed heads of the audit log, better on another disk than the database; empty is audit/ beside it",
    str,
)
AUDIT_DIR = Path(_audit) if _audit else VAR_DIR / "audit"

# --- feed --------------------------------------------------------------------------------------------------------
FEED_REFRESH_SECONDS = read(
    "AIGC_FEED_REFRESH",
    2.0,
    "seconds between looks at what was published; 0 reads all at each request",
    float,
)
FEED_SOURCES_OFF: list[str] = read(
    "AIGC_FEED_SOURCES_OFF", [], "candidate sources that are switched off, comma separated", names
)
# candidates each source may propose for one page
FEED_SOURCES = {
    name: 0 if name in FEED_SOURCES_OFF else budget
    for name, budget in {
        "sequence": 120,
        "items": 60,
        "content": 100,
        "followed": 40,
        "trending": 80,
        "fresh": 40,
        "explore": 40,
    }.items()
}
FEED_SIMULATED = read(
    "AIGC_FEED_SIMULATED",
    False,
    "let simulated viewers' behavior rank the feed of real ones too, as a demonstration wants",
    boolean,
)

# --- experiments -------------------------------------------------------------------------------------------------
EXPERIMENTS_HOLDOUT = read(
    "AIGC_HOLDOUT",
    0.03,
    "share of viewers (0–1) who see no experiment and no version on trial, ever",
    float,
)

# --- plain rooms, which read these themselves ---------------------------------------------------------------------
read(
    "AIGC_ASSETS_DIR",
    BASE_DIR / "assets",
    "folder of the models, fonts and pictures that set-up brings",
    Path,
)
read(
    "AIGC_EMBEDDINGS_MB",
    64,
    "megabytes of embedded texts kept on disk, so that no process embeds a text again; 0 keeps none",
    int,
)
read("AIGC_SPEECH_THREADS", 2, "threads of the voice model in one process", int)
read("AIGC_RECOGNITION_THREADS", 2, "threads of the speech recognizer in one process", int)
read("AIGC_BIND", "127.0.0.1", "address the web server listens on; 0.0.0.0 opens it to the network", str)

# --- uploads -----------------------------------------------------------------------------------------------------
UPLOAD_MAX_BYTES = read("AIGC_UPLOAD_MB", 300, "largest upload in megabytes", int) * 1_000_000
DOCUMENT_MAX_BYTES = read("AIGC_DOCUMENT_MB", 20, "largest document in megabytes", int) * 1_000_000
UPLOAD_MIN_SECONDS = read("AIGC_UPLOAD_MIN_SECONDS", 3.0, "shortest clip in seconds", float)
UPLOAD_MAX_SECONDS = read("AIGC_UPLOAD_MAX_SECONDS", 90.0, "longest clip in seconds", float)
UPLOAD_MAX_PIXELS = read("AIGC_UPLOAD_PIXELS", 3840 * 2160, "most pixels of a frame", int)
UPLOAD_MAX_FPS = read("AIGC_UPLOAD_FPS", 120.0, "highest frame rate", float)
UPLOAD_CPU_SECONDS = read("AIGC_UPLOAD_CPU", 300, "processor seconds of the checking process", int)
UPLOAD_MEMORY_BYTES = (
    read("AIGC_UPLOAD_MEMORY_MB", 2000, "memory of the checking process in megabytes", int) * 1_000_000
)

# --- labels ------------------------------------------------------------------------------------------------------
LABEL_PRODUCER = read("AIGC_LABEL_PRODUCER", "lumen-dev", "ContentProducer in the AIGC field, ASCII", str)
LABEL_CERTIFICATE = read(
    "AIGC_C2PA_CERT", "", "PEM chain of the C2PA signer; a development one is made if empty", str
)
LABEL_KEY = read("AIGC_C2PA_KEY", "", "PEM key of the C2PA signer", str)
LABEL_DIR = VAR_DIR / "c2pa"

# --- viewers and events ------------------------------------------------------------------------------------------
EVENTS_PER_MINUTE = read("AIGC_EVENTS_PER_MINUTE", 6000, "events one viewer may send a minute", int)
NEW_VIEWERS_PER_HOUR = read(
    "AIGC_NEW_VIEWERS", 2000, "browsers without a cookie that one address may bring an hour", int
)
TREND_VIEWINGS = read(
    "AIGC_TREND_VIEWINGS",
    5,
    "viewings of one video from one address a day that make it trend",
    int,
)
EVENTS_SYNC = read(
    "AIGC_EVENTS_SYNC",
    True,
    "wait for the disk before events are acknowledged: safe from power cuts",
    boolean,
)
EVENT_DAYS = read("AIGC_EVENT_DAYS", 30, "days events stay in the database before they are archived", int)

# --- alarms ------------------------------------------------------------------------------------------------------
ALERT_SCORE = read(
    "AIGC_ALERT_SCORE", 4.0, "robust z-score beyond which an hour of the site is called unusual", float
)
ALERT_MAIL: list[str] = read("AIGC_ALERT_MAIL", [], "addresses that such alerts are mailed to", names)
ALERT_WEBHOOK = read("AIGC_ALERT_WEBHOOK", "", "address that such alerts are posted to as JSON", str)

SITE_NAME = {"zh": "流光", "en": "Lumen"}
SITE_TAGLINE = _("Short videos from one sentence")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # a library's own news stays off the screen, where a progress line may be; its warnings do not
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        **{
            room: {"level": "INFO"}
            for room in ("aigc_platform", "analytics", "core", "generation", "recommender")
        },
        "jieba": {"level": "WARNING"},
        "waitress.queue": {"level": "ERROR"},  # that a request waits for a thread is no news
    },
}
