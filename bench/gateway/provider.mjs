// The peer: npm oidc-provider with everything on PostgreSQL, clients too, as the gateway has them.
// Usage: node provider.mjs PORT DATABASE_URL SECRET. Installed beside its packages by bench/gateway/peer.py.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import pg from 'pg';
import Provider from 'oidc-provider';

const [port, databaseUrl, secret] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;
const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });

await pool.query(`CREATE TABLE IF NOT EXISTS models (
  kind text NOT NULL, id text NOT NULL, payload jsonb NOT NULL, grant_id text, uid text, user_code text,
  expires_at timestamptz, consumed_at timestamptz, PRIMARY KEY (kind, id))`);
await pool.query('CREATE INDEX IF NOT EXISTS models_grant ON models (grant_id) WHERE grant_id IS NOT NULL');
await pool.query('CREATE INDEX IF NOT EXISTS models_uid ON models (kind, uid) WHERE uid IS NOT NULL');

const told = (row) => (row ? { ...row.payload, ...(row.consumed_at ? { consumed: true } : {}) } : undefined);
const LIVE = '(expires_at IS NULL OR expires_at > now())';

class Adapter {
  constructor(kind) { this.kind = kind; }

  async one(name, where, values) {
    const text = `SELECT payload, consumed_at FROM models WHERE kind = $1 AND ${where} AND ${LIVE}`;
    return told((await pool.query({ name, text, values: [this.kind, ...values] })).rows[0]);
  }

  async upsert(id, payload, seconds) {
    await pool.query({
      name: 'upsert',
      text: `INSERT INTO models (kind, id, payload, grant_id, uid, user_code, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 second')
        ON CONFLICT (kind, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
        uid = excluded.uid, user_code = excluded.user_code, expires_at = excluded.expires_at`,
      values: [this.kind, id, payload, payload.grantId, payload.uid, payload.userCode, seconds],
    });
  }

  find(id) { return this.one('find', 'id = $2', [id]); }

  findByUid(uid) { return this.one('by-uid', 'uid = $2', [uid]); }

  findByUserCode(code) { return this.one('by-code', 'user_code = $2', [code]); }

  // One statement that says when it came too late: the interface does not ask for it, single use does.
  async consume(id) {
    const text = 'UPDATE models SET consumed_at = now() WHERE kind = $1 AND id = $2 AND consumed_at IS NULL';
    const { rowCount } = await pool.query({ name: 'consume', text, values: [this.kind, id] });
    if (rowCount !== 1) throw new Error('spent');
  }

  async destroy(id) {
    await pool.query({ name: 'destroy', text: 'DELETE FROM models WHERE kind = $1 AND id = $2', values: [this.kind, id] });
  }

  async revokeByGrantId(grantId) {
    await pool.query({ name: 'revoke', text: 'DELETE FROM models WHERE grant_id = $1', values: [grantId] });
  }
}

const client = {
  client_secret: secret,
  token_endpoint_auth_method: 'client_secret_basic',
  id_token_signed_response_alg: 'ES256',
};
const person = {
  ...client,
  grant_types: ['authorization_code'],
  response_types: ['code'],
  redirect_uris: ['https://client.example/callback'],
};
const clients = new Adapter('Client');
await clients.upsert('machine', { ...client, client_id: 'machine', grant_types: ['client_credentials'], response_types: [], redirect_uris: [] });
await clients.upsert('plain', { ...person, client_id: 'plain' });
await clients.upsert('bound', { ...person, client_id: 'bound', require_pushed_authorization_requests: true, dpop_bound_access_tokens: true });

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const provider = new Provider(issuer, {
  adapter: Adapter,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'bench' }] },
  cookies: { keys: [secret] },
  scopes: ['openid', 'api:read'],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    dPoP: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:bench:jwt',
      useGrantedResource: () => true,
      getResourceServerInfo: (_, indicator) => ({
        scope: 'api:read',
        accessTokenTTL: 300,
        ...(indicator === 'urn:bench:opaque'
          ? { accessTokenFormat: 'opaque' }
          : { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
      }),
    },
  },
  ttl: {
    AccessToken: 300, AuthorizationCode: 60, ClientCredentials: 300, Grant: 86400, IdToken: 600, Interaction: 600, Session: 86400,
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
});

// Whoever is asked says yes at once: no password is hashed and no page is rendered here, which is to the peer's good.
async function answer(request, response) {
  const { uid, params, session, grantId } = await provider.interactionDetails(request, response);
  const accountId = session?.accountId ?? `person-${uid}`;
  const grant = (grantId && (await provider.Grant.find(grantId))) || new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  grant.addResourceScope('urn:bench:jwt', 'api:read');
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const handle = provider.callback();
createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) return handle(request, response);
  return answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
}).listen(Number(port), '127.0.0.1');
