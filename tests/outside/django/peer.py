"""The real Django, asked by the tests of jot: makes the database of a site at the path it is given,
with users whose passwords every hasher made, and prints one JSON document that says what is in it."""

import json
import sys
from datetime import datetime, timezone

import django
from django.conf import settings

HASHERS = {
    "pbkdf2_sha256": "PBKDF2PasswordHasher",
    "argon2": "Argon2PasswordHasher",
    "bcrypt_sha256": "BCryptSHA256PasswordHasher",
    "scrypt": "ScryptPasswordHasher",
    "md5": "MD5PasswordHasher",
}

settings.configure(
    SECRET_KEY="for tests only",
    USE_TZ=True,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}},
    PASSWORD_HASHERS=[f"django.contrib.auth.hashers.{name}" for name in HASHERS.values()],
)
django.setup()

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command

# In NFC, and as some keyboards type it; Django hashes either as it stands.
COMPOSED = "Schl\u00fcssel zum Tor"
DECOMPOSED = "Schlu\u0308ssel zum Hof"

passwords = {}


def permission(name):
    app_label, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


def add_user(username, password, hasher="pbkdf2_sha256", permissions=(), groups=(), **fields):
    user = User(username=username, password=make_password(password, hasher=hasher), **fields)
    user.save()
    user.user_permissions.set(map(permission, permissions))
    user.groups.set(Group.objects.filter(name__in=groups))
    passwords[username] = password


def make():
    for name, permissions in {
        "Editors": ["auth.view_user", "auth.change_user"],
        "\u00c9quipe n\u00ba 1": ["auth.view_group"],
        "Guests": [],
    }.items():
        Group.objects.create(name=name).permissions.set(map(permission, permissions))
    for hasher in HASHERS:
        add_user(f"with_{hasher}", f"the phrase for {hasher}", hasher)
    add_user("composed", COMPOSED, "scrypt")
    add_user("decomposed", DECOMPOSED, "argon2")
    add_user("disabled", "a phrase of no use", "bcrypt_sha256", is_active=False)
    add_user("unusable", None)
    add_user("root", "the phrase of root", is_superuser=True, is_staff=True)
    add_user(
        "ren\u00e9e@example.org",
        "a phrase with everything",
        permissions=["auth.add_group", "contenttypes.view_contenttype", "auth.add_permission"],
        groups=["\u00c9quipe n\u00ba 1", "Editors"],
        email="ren\u00e9e@example.org",
        first_name="Ren\u00e9e",
        last_name="O'Neil \"R\"",
        last_login=datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=timezone.utc),
        date_joined=datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc),
    )


def told(user):
    names = user.user_permissions.values_list("content_type__app_label", "codename")
    password = passwords[user.username]
    return {
        "id": user.pk,
        "username": user.username,
        "password": password,
        "hash": user.password,
        "fits": password is not None and check_password(password, user.password),
        "active": user.is_active,
        "superuser": user.is_superuser,
        "permissions": sorted(map(".".join, names)),
        "groups": sorted(group.name for group in user.groups.all()),
        "attributes": {name: getattr(user, name) for name in ("email", "first_name", "last_name", "is_staff")},
        "last_login": user.last_login and int(user.last_login.timestamp()),
        "created": int(user.date_joined.timestamp()),
    }


def told_group(group):
    names = group.permissions.values_list("content_type__app_label", "codename")
    return {"name": group.name, "permissions": sorted(map(".".join, names))}


call_command("migrate", verbosity=0)
make()
print(json.dumps({
    "users": [told(user) for user in User.objects.order_by("pk")],
    "groups": [told_group(group) for group in Group.objects.order_by("pk")],
}))
