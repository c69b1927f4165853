"""PyJWT and joserfc, asked by the tests of jot: each subcommand prints one JSON document.
Keys are PEM, JWK or JWKS files, or raw secrets for HS algorithms; a refused token is an answer, not a failure."""

import argparse
import json
import pathlib
import sys

import jwt
from joserfc import jwk
from joserfc import jwt as joserfc_jwt
from joserfc.errors import JoseError

KINDS = {"H": "oct", "R": "RSA", "P": "RSA", "E": "EC"}


def document(data):
    """The JWK or JWKS in a key file, or None when it holds something else."""
    if not data.lstrip().startswith(b"{"):
        return None
    return json.loads(data)


def pyjwt_key(data, alg, kid):
    found = document(data)
    if found is None:
        return data
    if "keys" not in found:
        return jwt.PyJWK(found, alg).key
    keys = jwt.PyJWKSet.from_dict(found).keys
    return next(key for key in keys if kid is None or key.key_id == kid).key


def joserfc_key(data, alg):
    found = document(data)
    if found is None:
        return jwk.import_key(data, "OKP" if alg.startswith("Ed") else KINDS[alg[0]])
    return jwk.KeySet.import_key_set(found) if "keys" in found else jwk.import_key(found)


def pyjwt_sign(data, args):
    headers = {"kid": args.kid} if args.kid else None
    return jwt.encode(json.loads(args.claims), pyjwt_key(data, args.alg, args.kid), args.alg, headers)


def joserfc_sign(data, args):
    header = {"alg": args.alg, "typ": "JWT"} | ({"kid": args.kid} if args.kid else {})
    return joserfc_jwt.encode(header, json.loads(args.claims), joserfc_key(data, args.alg), [args.alg])


def pyjwt_verify(data, args):
    kid = jwt.get_unverified_header(args.token).get("kid")
    options = {"verify_aud": args.aud is not None, "verify_exp": not args.ignore_exp, "verify_iat": not args.ignore_iat}
    key = pyjwt_key(data, args.alg, kid)
    found = jwt.decode_complete(args.token, key, [args.alg], options=options, audience=args.aud, issuer=args.iss)
    return found["header"], found["payload"]


def joserfc_verify(data, args):
    found = joserfc_jwt.decode(args.token, joserfc_key(data, args.alg), [args.alg])
    wanted = {name: {"essential": True, "value": value} for name, value in (("aud", args.aud), ("iss", args.iss)) if value}
    if not args.ignore_exp:
        joserfc_jwt.JWTClaimsRegistry(**wanted).validate(found.claims)
    return found.header, found.claims


def sign(data, args):
    return {"token": (pyjwt_sign if args.library == "pyjwt" else joserfc_sign)(data, args)}


def verify(data, args):
    try:
        header, claims = (pyjwt_verify if args.library == "pyjwt" else joserfc_verify)(data, args)
    except (jwt.PyJWTError, JoseError, ValueError, StopIteration) as error:
        return {"valid": False, "error": f"{type(error).__name__}: {error}"}
    return {"valid": True, "header": header, "claims": claims}


def judge(data, args):
    """For each token, a JSON text on a line of stdin, who takes it; whatever goes wrong is a refusal."""
    taken = []
    for line in sys.stdin:
        args.token = json.loads(line)
        taken.append([name for name, check in CHECKS.items() if accepts(check, data, args)])
    return taken


def accepts(check, data, args):
    try:
        check(data, args)
    except Exception:
        return False
    return True


CHECKS = {"pyjwt": pyjwt_verify, "joserfc": joserfc_verify}


def thumbprint(data, args):
    return {"thumbprint": joserfc_key(data, args.alg).thumbprint()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    for run in (sign, verify, judge, thumbprint):
        command = commands.add_parser(run.__name__)
        command.add_argument("--library", choices=("pyjwt", "joserfc"), default="pyjwt")
        command.add_argument("--alg", required=True)
        command.add_argument("--key", required=True, type=pathlib.Path)
        command.set_defaults(run=run)
        if run is sign:
            command.add_argument("--claims", required=True, help="a JSON object")
            command.add_argument("--kid")
        if run is verify:
            command.add_argument("token")
        if run in (verify, judge):
            command.add_argument("--aud")
            command.add_argument("--iss")
            command.add_argument("--ignore-exp", action="store_true")
            command.add_argument("--ignore-iat", action="store_true", help="PyJWT refuses what was issued in the future")
    args = parser.parse_args()
    print(json.dumps(args.run(args.key.read_bytes(), args)))


main()
