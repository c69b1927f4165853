"""A Django project that runs django-ninja-simple-jwt; the keys lie in the current directory.
NINJA_ACCESS_LIFETIME and NINJA_REFRESH_LIFETIME (seconds) and NINJA_CLAIMS (JSON) change the defaults."""

import json
import os
from datetime import timedelta

SECRET_KEY = "for tests only"
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "urls"
USE_TZ = True
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "ninja_simple_jwt"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{name}"
    for name in ("PBKDF2PasswordHasher", "Argon2PasswordHasher", "BCryptSHA256PasswordHasher", "ScryptPasswordHasher")
]

NINJA_SIMPLE_JWT = {}
for name, variable in (("JWT_ACCESS_TOKEN_LIFETIME", "NINJA_ACCESS_LIFETIME"), ("JWT_REFRESH_TOKEN_LIFETIME", "NINJA_REFRESH_LIFETIME")):
    if seconds := os.environ.get(variable):
        NINJA_SIMPLE_JWT[name] = timedelta(seconds=int(seconds))
if claims := os.environ.get("NINJA_CLAIMS"):
    NINJA_SIMPLE_JWT["TOKEN_CLAIM_USER_ATTRIBUTE_MAP"] = json.loads(claims)
