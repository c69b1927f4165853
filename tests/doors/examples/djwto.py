"""The examples of djwto's documentation, against another server.

    djwto.py EXAMPLE URL

Each example does what the documentation's does, with URL where that has https://localhost:8001, and
prints what that prints. What differs from run to run, tokens, ids and times, has a word in its place.
"""

import base64
import re
import sys

import requests

URL = sys.argv[2]
REFRESH = URL + '/api/token/refresh'
ALICE = {'username': 'alice', 'password': 'pass'}


def show(value):
    text = value if isinstance(value, str) else repr(value)
    text = re.sub(r'eyJ[\w-]+\.[\w-]+\.[\w-]+', 'TOKEN', text)
    text = re.sub(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'UUID', text)
    text = re.sub(r'"sid": "[^"]*"', '"sid": "SID"', text)
    print(re.sub(r'\b1\d{9}\b', 'TIME', text))


def session():
    sess = requests.Session()
    sess.verify = False  # For testing locally
    return sess


def json_login():
    sess = session()
    r = sess.post(URL + '/login/', data=ALICE)
    show(r.json())


def cookies_login():
    sess = session()
    sess.post(URL + '/login/', data=ALICE)
    show(', '.join(sorted(cookie.name for cookie in sess.cookies)))


def payload():
    sess = session()
    sess.post(URL + '/login/', data=ALICE)
    show(base64.b64decode(sess.cookies['jwt_access_payload']))


def json_validate():
    sess = session()
    r = sess.post(URL + '/login/', data=ALICE)
    sess.headers.update({'AUTHORIZATION': f'Bearer {r.json()["access"]}'})

    r = sess.post(URL + '/validate_access/')
    show(r.json())


def cookies_validate():
    sess = session()
    sess.post(URL + '/login/', data=ALICE)
    sess.headers.update({'X-CSRFToken': sess.cookies['csrftoken']})

    r = sess.post(URL + '/validate_access/', headers={'REFERER': URL})
    show(r.json())

    r = sess.post(REFRESH + '/validate_refresh/', headers={'REFERER': URL}, data={'jwt_type': 'refresh'})
    show(r.json())


def json_refresh_access():
    sess = session()
    r = sess.post(URL + '/login/', data=ALICE)
    sess.headers.update({'AUTHORIZATION': f'Bearer {r.json()["refresh"]}'})

    r = sess.post(REFRESH + '/refresh_access/', headers={'REFERER': URL})
    show(r.json())


def json_update_refresh():
    sess = session()
    r = sess.post(URL + '/login/', data=ALICE)
    sess.headers.update({'AUTHORIZATION': f'Bearer {r.json()["refresh"]}'})

    r = sess.post(REFRESH + '/update_refresh/')
    show(r.json())


def json_logout():
    sess = session()
    r = sess.post(URL + '/login/', data=ALICE)
    sess.headers.update({'AUTHORIZATION': f'Bearer {r.json()["refresh"]}'})

    r = sess.post(REFRESH + '/logout/')
    show(r.content)

    for name in ('update_refresh', 'refresh_access'):
        r = sess.post(f'{REFRESH}/{name}/', headers={'REFERER': URL}, data={'jwt_type': 'refresh'})
        show(r.content)


def cookies_logout():
    sess = session()
    sess.post(URL + '/login/', data=ALICE)
    sess.headers.update({'X-CSRFToken': sess.cookies['csrftoken']})
    kept = sess.cookies.copy()

    r = sess.post(REFRESH + '/logout/', headers={'REFERER': URL}, data={'jwt_type': 'refresh'})
    show(r.content)

    r = sess.delete(REFRESH + '/logout/', headers={'REFERER': URL}, data={'jwt_type': 'refresh'})
    show(r.content)

    # Their cookies have been deleted by now; the words are for a client that has kept the refresh token.
    sess.cookies = kept
    for name in ('update_refresh', 'refresh_access'):
        r = sess.post(f'{REFRESH}/{name}/', headers={'REFERER': URL}, data={'jwt_type': 'refresh'})
        show(r.content)


def protected():
    """The views of their example project, as a proxy asks for them; the reason is in `error`."""
    sess = session()
    r = sess.get(URL + '/auth/verify')
    show(r.json()['error'])

    sess.post(URL + '/login/', data=ALICE)
    sess.headers.update({'X-CSRFToken': sess.cookies['csrftoken']})
    r = sess.get(URL + '/auth/verify')
    show(r.status_code)

    r = sess.get(URL + '/auth/verify?perm=perm1')
    show(r.json()['error'] if r.content else r.status_code)


globals()[sys.argv[1]]()
