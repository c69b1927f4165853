"""Authlib and joserfc, asked by the tests of jot: a life of two tokens, told as one JSON document.
Arguments: the issuer, a client's id and its secret, a refresh token of a person."""

import json
import os
import sys

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

# The tests' server is reached without TLS, at this machine alone.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"


def main(issuer, client_id, secret, shown):
    metadata = requests.get(f"{issuer}/.well-known/oauth-authorization-server").json()
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"]).json())
    token_endpoint = metadata["token_endpoint"]
    told = {}

    def session(method):
        methods = {"token_endpoint_auth_method": method, "revocation_endpoint_auth_method": method}
        return OAuth2Session(client_id, secret, scope="news.view", **methods)

    for method in ("client_secret_basic", "client_secret_post"):
        client = session(method)
        told[method] = client.fetch_token(token_endpoint, grant_type="client_credentials")
        token = told[method]["access_token"]
        told["claims"] = jwt.decode(token, keys, ["ES256"]).claims
        introspection = metadata["introspection_endpoint"]
        told["live"] = client.introspect_token(introspection, token=token).json()
        told["revoked"] = client.revoke_token(metadata["revocation_endpoint"], token=token).status_code
        told["dead"] = client.introspect_token(introspection, token=token).json()

    person = OAuth2Session("app", token_endpoint_auth_method="none")
    told["refreshed"] = person.refresh_token(token_endpoint, refresh_token=shown)
    told["person"] = jwt.decode(told["refreshed"]["access_token"], keys, ["ES256"]).claims
    revocation = metadata["revocation_endpoint"]
    person.revoke_token(revocation, token=told["refreshed"]["refresh_token"])
    try:
        person.refresh_token(token_endpoint, refresh_token=told["refreshed"]["refresh_token"])
    except OAuthError as error:
        told["refused"] = error.error
    print(json.dumps(told))


main(*sys.argv[1:])
