"""A Django project that runs djwto; every setting of djwto comes from an environment variable.
An unset variable leaves djwto's own default; lifetimes are seconds, or `none`."""

import os
from datetime import timedelta

SECRET_KEY = "for tests only"
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
ROOT_URLCONF = "urls"
USE_TZ = True
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "djwto"]
# What `django-admin startproject` writes, for whoever measures a project as it is.
if os.environ.get("DJWTO_PROJECT") == "default":
    INSTALLED_APPS += ["django.contrib.sessions", "django.contrib.messages"]
    MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

for name in ("ISS_CLAIM", "SUB_CLAIM", "VERIFYING_KEY", "ALGORITHM", "MODE", "REFRESH_COOKIE_PATH", "SAME_SITE", "DOMAIN"):
    if value := os.environ.get(f"DJWTO_{name}"):
        globals()[f"DJWTO_{name}"] = value

for name in ("IAT_CLAIM", "JTI_CLAIM", "ALLOW_REFRESH_UPDATE", "CSRF"):
    if value := os.environ.get(f"DJWTO_{name}"):
        globals()[f"DJWTO_{name}"] = value == "true"

for name in ("ACCESS_TOKEN_LIFETIME", "REFRESH_TOKEN_LIFETIME", "NBF_LIFETIME"):
    if value := os.environ.get(f"DJWTO_{name}"):
        globals()[f"DJWTO_{name}"] = None if value == "none" else timedelta(seconds=int(value))

if audience := os.environ.get("DJWTO_AUD_CLAIM"):
    DJWTO_AUD_CLAIM = audience.split(",") if "," in audience else audience

PROTECTED_PERM = os.environ.get("PROTECTED_PERM", "shop.view_order")
