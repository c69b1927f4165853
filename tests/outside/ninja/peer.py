"""The real django-ninja-simple-jwt, asked by the tests of jot: each subcommand prints one JSON document.
Runs on an empty database of its own, with jwt-signing.pem and .pub of the current directory."""

import argparse
import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"

import django

django.setup()

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client


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


def post(client, path, body):
    return answer(client.post(path, json.dumps(body), content_type="application/json"))


def make_rsa(client, args):
    os.chdir(args.folder)
    call_command("make_rsa", stdout=sys.stderr)
    return {"files": sorted(os.listdir("."))}


def sign_in(client, args):
    User.objects.create_user(args.username, password=args.password)
    got = post(client, f"/api/auth/{args.door}/sign-in", {"username": args.username, "password": args.password})
    return got["body"] if got["status"] == 200 and args.door == "mobile" else got


def token_refresh(client, args):
    if args.door == "mobile":
        return post(client, "/api/auth/mobile/token-refresh", {"refresh": args.token})
    client.cookies["refresh"] = args.token
    return post(client, "/api/auth/web/token-refresh", {})


def protected(client, args):
    return answer(client.get("/api/protected/whoami", HTTP_AUTHORIZATION=f"Bearer {args.token}"))


def play(client, args):
    """Users and requests from standard input, in one process with one cookie jar."""
    script = json.load(sys.stdin)
    for user in script.get("users", []):
        User.objects.create_user(user["username"], password=user["password"], is_active=user.get("active", True))
    answers = []
    for step in script["requests"]:
        extra = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in step.get("headers", {}).items()}
        body = json.dumps(step["json"]) if "json" in step else ""
        answers.append(answer(client.generic(step["method"], step["path"], body, "application/json", **extra)))
    return answers


def dump(client, args):
    """Users as `manage.py dumpdata` writes them, their passwords in the wanted scheme."""
    User.objects.create(username=args.username, password=make_password(args.password, hasher=args.hasher))
    call_command("dumpdata", "auth.user")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("make_rsa")
    command.add_argument("folder")
    command.set_defaults(run=make_rsa)
    for name, run in (("sign-in", sign_in), ("dump", dump)):
        command = commands.add_parser(name)
        command.add_argument("--username", required=True)
        command.add_argument("--password", required=True)
        command.set_defaults(run=run)
        if run is sign_in:
            command.add_argument("--door", choices=("mobile", "web"), default="mobile")
        else:
            command.add_argument("--hasher", default="pbkdf2_sha256", help="a scheme's name as Django spells it")
    for name, run in (("token-refresh", token_refresh), ("protected", protected)):
        command = commands.add_parser(name)
        command.add_argument("token")
        command.set_defaults(run=run)
        if run is token_refresh:
            command.add_argument("--door", choices=("mobile", "web"), default="mobile")
    commands.add_parser("play").set_defaults(run=play)
    args = parser.parse_args()
    if args.run is not make_rsa:
        call_command("migrate", verbosity=0)
    result = args.run(Client(raise_request_exception=False), args)
    if result is not None:
        print(json.dumps(result))


main()
