#!/usr/bin/env bash
# The examples of django-ninja-simple-jwt's documentation, against another server:
#
#   ninja.sh EXAMPLE URL [REFRESH]
#
# with URL where the documentation has http://127.0.0.1:8000, and what its "..." stands for.
set -euo pipefail

url=$2
refresh=${3:-}

case $1 in
mobile_sign_in)
    curl --silent --location "$url/api/auth/mobile/sign-in" \
--header 'Content-Type: application/json' \
--data '{
    "username": "my-username",
    "password": "my-password"
}'
    ;;
mobile_token_refresh)
    curl --silent --location "$url/api/auth/mobile/token-refresh" \
--header 'Content-Type: application/json' \
--data '{
    "refresh": "'"$refresh"'"
}'
    ;;
web_sign_in)
    curl --silent --include --location "$url/api/auth/web/sign-in" \
--header 'Content-Type: application/json' \
--data '{
    "username": "my-username",
    "password": "my-password"
}'
    ;;
web_token_refresh)
    curl --silent --location --request POST "$url/api/auth/web/token-refresh" \
--header "Cookie: refresh=$refresh"
    ;;
*)
    printf 'ninja.sh: no example is named %s\n' "$1" >&2
    exit 2
    ;;
esac
