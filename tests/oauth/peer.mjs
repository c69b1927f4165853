// oauth4webapi and jose, asked by the tests of jot: a life of two tokens, told as one JSON document.
// Arguments: the issuer, a client's id and its secret, a refresh token of a person.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const installed = createRequire(`${process.env.JOT_TEST_OAUTH_NODE}/package.json`);
const load = (name) => import(pathToFileURL(installed.resolve(name)));
const oauth = await load("oauth4webapi");
const jose = await load("jose");

const [issuer, id, secret, shown] = process.argv.slice(2);
// The tests' server is reached without TLS, at this machine alone.
const plain = { [oauth.allowInsecureRequests]: true };
const client = { client_id: id };
const told = {};

const site = new URL(issuer);
const discovered = await oauth.discoveryRequest(site, { algorithm: "oauth2", ...plain });
told.metadata = await oauth.processDiscoveryResponse(site, discovered);
const as = told.metadata;

const basic = oauth.ClientSecretBasic(secret);
const post = oauth.ClientSecretPost(secret);
const granted = async (auth, scope) => {
  const parameters = new URLSearchParams(scope ? { scope } : {});
  const answer = await oauth.clientCredentialsGrantRequest(as, client, auth, parameters, plain);
  return oauth.processClientCredentialsResponse(as, client, answer);
};
told.basic = await granted(basic);
told.post = await granted(post, "news.view");

const keys = jose.createRemoteJWKSet(new URL(as.jwks_uri));
const expected = { issuer, audience: issuer, typ: "at+jwt" };
told.verified = (await jose.jwtVerify(told.basic.access_token, keys, expected)).payload;
const request = new Request(`${issuer}/`, { headers: { authorization: `Bearer ${told.basic.access_token}` } });
told.accepted = await oauth.validateJwtAccessToken(as, request, issuer, plain);

const introspected = async (token) => {
  const answer = await oauth.introspectionRequest(as, client, basic, token, plain);
  return oauth.processIntrospectionResponse(as, client, answer);
};
const revoked = async (person, auth, token) =>
  oauth.processRevocationResponse(await oauth.revocationRequest(as, person, auth, token, plain));
told.live = await introspected(told.basic.access_token);
await revoked(client, basic, told.basic.access_token);
told.dead = await introspected(told.basic.access_token);

const person = { client_id: "app" };
const refreshed = async (token) => {
  const answer = await oauth.refreshTokenGrantRequest(as, person, oauth.None(), token, plain);
  return oauth.processRefreshTokenResponse(as, person, answer);
};
told.refreshed = await refreshed(shown);
told.person = (await jose.jwtVerify(told.refreshed.access_token, keys)).payload;
told.again = await refreshed(told.refreshed.refresh_token);
await revoked(person, oauth.None(), told.again.refresh_token);
told.ended = await introspected(told.again.access_token);

const failure = async (asked) => {
  try {
    return { granted: await asked() };
  } catch (error) {
    return { kind: error.constructor.name, error: error.error, status: error.status, cause: error.cause };
  }
};
told.refused = await failure(() => refreshed(told.again.refresh_token));
told.scope = await failure(() => granted(basic, "news.delete"));
told.unknown = await failure(() => granted(oauth.ClientSecretBasic("wrong")));
console.log(JSON.stringify(told));
