"""The real djwto, asked by the tests of jot: each subcommand prints one JSON document.
Runs on an empty database of its own; settings and keys come from DJWTO_* variables (settings.py)."""

import argparse
import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"

import django

django.setup()

from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.test import Client
from djwto.settings import DJWTO_REFRESH_COOKIE_PATH


def add_user(username, password, perms):
    user = User.objects.create_user(username, password=password)
    for perm in perms:
        app_label, codename = perm.split(".", 1)
        kind, _ = ContentType.objects.get_or_create(app_label=app_label, model="thing")
        permission, _ = Permission.objects.get_or_create(content_type=kind, codename=codename, defaults={"name": perm})
        user.user_permissions.add(permission)


def answer(response):
    """What a client sees: the body as JSON where it is JSON, cookies with their attributes."""
    text = response.content.decode()
    is_json = response.get("Content-Type", "").startswith("application/json")
    return {
        "status": response.status_code,
        "headers": dict(response.items()),
        "cookies": {
            name: {"value": morsel.value, **{key: value for key, value in morsel.items() if value != ""}}
            for name, morsel in response.cookies.items()
        },
        "body": json.loads(text) if is_json and text else text,
    }


def send(client, method, path, token=None, form=None):
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
    return answer(getattr(client, method)(path, form or {}, **headers))


def login(client, args):
    add_user(args.username, args.password, args.perm)
    got = send(client, "post", "/login/", form={"username": args.username, "password": args.password})
    return got["body"] if "access" in got["body"] else got


def validate(client, args):
    path = "/validate_access/" if args.type == "access" else f"/{DJWTO_REFRESH_COOKIE_PATH}/validate_refresh/"
    return send(client, "post", path, args.token)


def protected(client, args):
    return {
        "login_required": send(client, "get", "/protected/", args.token),
        "perm_required": send(client, "get", "/protected/perm/", args.token),
        "perm": settings.PROTECTED_PERM,
    }


def refresh(client, args):
    door = "update_refresh" if args.update else "refresh_access"
    if args.username:
        add_user(args.username, "not used", args.perm)
    return send(client, "post", f"/{DJWTO_REFRESH_COOKIE_PATH}/{door}/", args.token)


def play(client, args):
    """Users and requests from standard input, in one process with one cookie jar.
    `{csrftoken}` in a header stands for the jar's cookie of that name."""
    script = json.load(sys.stdin)
    for user in script.get("users", []):
        add_user(user["username"], user["password"], user.get("perms", []))
    answers = []
    for step in script["requests"]:
        csrf = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else ""
        extra = {
            "HTTP_" + name.upper().replace("-", "_"): value.replace("{csrftoken}", csrf)
            for name, value in step.get("headers", {}).items()
        }
        call = getattr(client, step["method"].lower())
        answers.append(answer(call(step["path"], step.get("form", {}), secure=step.get("https", False), **extra)))
    return answers


def dump(client, args):
    """Users as `manage.py dumpdata` writes them."""
    add_user(args.username, args.password, args.perm)
    call_command("dumpdata", "auth", "contenttypes", natural_foreign=args.natural, natural_primary=args.natural)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for run in (login, dump):
        command = commands.add_parser(run.__name__)
        command.add_argument("--username", required=True)
        command.add_argument("--password", required=True)
        command.add_argument("--perm", action="append", default=[], help="app.codename")
        command.set_defaults(run=run)
    command.add_argument("--natural", action="store_true", help="natural keys instead of numbers")
    for run in (validate, protected, refresh):
        command = commands.add_parser(run.__name__)
        command.add_argument("token")
        command.set_defaults(run=run)
        if run is validate:
            command.add_argument("--type", choices=("access", "refresh"), default="access")
        if run is refresh:
            command.add_argument("--update", action="store_true", help="ask update_refresh, which looks the user up")
            command.add_argument("--username", help="a user to have in the database")
            command.add_argument("--perm", action="append", default=[], help="app.codename")
    commands.add_parser("play").set_defaults(run=play)
    args = parser.parse_args()
    call_command("migrate", verbosity=0)
    result = args.run(Client(enforce_csrf_checks=True, raise_request_exception=False), args)
    if result is not None:
        print(json.dumps(result))


main()
