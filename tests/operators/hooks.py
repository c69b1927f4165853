"""What Schemathesis cannot know: who alice is. Every second request shows the tokens of a session of
hers, each time a new one, so that what is asked of it is asked of somebody who may. Which
operations were done at least once goes to the file that JOT_DONE names."""

import itertools
import os
from http.cookies import SimpleCookie

import requests
import schemathesis

ALICE = {"username": "alice", "password": "seven quiet otters paint barns"}
BASE = os.environ["JOT_BASE"]
turns = itertools.count()


def cookies(answer):
    jar = SimpleCookie()
    for line in answer.raw.headers.getlist("set-cookie"):
        jar.load(line)
    return {name: morsel.value for name, morsel in jar.items()}


def show(case, cookies, bearer):
    if bearer:
        case.headers["Authorization"] = f"Bearer {bearer}"
    if cookies:
        case.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        case.headers["X-CSRFToken"] = cookies.get("csrftoken", "")


def of_ninja(case, operation):
    client = "mobile" if operation.startswith("mobile") else "web"
    answer = requests.post(f"{BASE}/api/auth/{client}/sign-in", json=ALICE, timeout=10)
    if operation == "mobileTokenRefresh":
        case.body = {"refresh": answer.json()["refresh"]}
    show(case, cookies(answer), answer.json()["access"])


def of_djwto(case, operation):
    answer = requests.post(f"{BASE}/login/", data=ALICE, timeout=10)
    set_cookies = cookies(answer)
    if set_cookies:
        kind = "access" if operation == "validateAccess" else "refresh"
        if operation != "verify":
            case.body = {"jwt_type": kind}
        show(case, set_cookies, None)
    else:
        kind = "access" if operation in ("validateAccess", "verify") else "refresh"
        show(case, {}, answer.json()[kind])


def of_oauth(case, operation):
    tokens = requests.post(f"{BASE}/api/auth/mobile/sign-in", json=ALICE, timeout=10).json()
    case.headers.pop("Authorization", None)
    if operation == "token":
        case.body = {"grant_type": "refresh_token", "refresh_token": tokens["refresh"]}
    elif operation == "introspect":
        case.body = {"token": tokens["refresh"]}
        show(case, {}, tokens["access"])
    elif operation == "revoke":
        case.body = {"token": tokens["refresh"]}


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = case.operation.definition.raw["operationId"]
    if next(turns) % 2 or operation in ("live", "ready"):
        return
    if operation in ("login", "mobileSignIn", "webSignIn"):
        case.body = ALICE
    elif "ninja" in case.operation.definition.raw["tags"]:
        of_ninja(case, operation)
    elif "oauth" in case.operation.definition.raw["tags"]:
        of_oauth(case, operation)
    else:
        of_djwto(case, operation)
    if operation == "verify":
        case.query.clear()
        case.headers["Authorization"] = case.headers.get("Authorization") or bearer()
        case.headers.pop("Cookie", None)


def bearer():
    return "Bearer " + requests.post(f"{BASE}/api/auth/mobile/sign-in", json=ALICE, timeout=10).json()["access"]


@schemathesis.hook
def after_call(context, case, response):
    # Schemathesis asks by other methods too, which is no operation of the document.
    own = case.method.upper() == case.operation.method.upper()
    if own and response.status_code < 300:
        with open(os.environ["JOT_DONE"], "a", encoding="utf-8") as done:
            done.write(case.operation.definition.raw["operationId"] + "\n")
