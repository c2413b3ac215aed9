/** A certified OpenID provider in a process of its own. `POST /issue` gives a token of the kind that a test asks for. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

import { Provider } from 'oidc-provider';

const [port, clientSecret] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const extraClaims = new WeakMap();

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'web',
      client_secret: 'secret-of-web',
      redirect_uris: ['https://app.example/'],
      grant_types: ['authorization_code', 'refresh_token'],
    },
    { client_id: 'token-service', client_secret: clientSecret, redirect_uris: [], response_types: [], grant_types: [] },
  ],
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: { enabled: true },
  },
  extraTokenClaims: (_ctx, token) => extraClaims.get(token),
  findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
});
provider.on('server_error', (_ctx, error) => process.stderr.write(String(error)));

async function issue({ kind, sub, format, extra }) {
  const client = await provider.Client.find('web');
  const grant = new provider.Grant({ accountId: sub, clientId: 'web' });
  const grantId = await grant.save();
  const token = new provider[kind]({
    accountId: sub,
    client,
    grantId,
    gty: 'authorization_code',
    scope: 'openid',
  });
  extraClaims.set(token, extra);
  if (format !== undefined) {
    const resource = new provider.ResourceServer('https://livekit.example', {
      audience: 'https://livekit.example',
      scope: 'openid',
      accessTokenFormat: format,
      accessTokenTTL: 36_000,
    });
    token.resourceServer = resource;
  }
  return token.save();
}

createServer((request, response) => {
  if (request.url !== '/issue') return provider.callback()(request, response);
  json(request)
    .then(issue)
    .then((token) => response.end(token))
    .catch((error) => response.writeHead(500).end(String(error?.stack)));
}).listen(Number(port), '127.0.0.1');
