import { SignJWT } from 'jose';
import { z } from 'zod';
import { encodeId } from '../../src/rules/ids.ts';
import { createDomainStorage } from '../../src/storage/domain.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createSigningKeyStorage } from '../../src/storage/signing-key.ts';
import { Keyring } from '../../src/tokens/keyring.ts';
import { MeetingTokenVerifier } from '../../src/tokens/meeting-token-verifier.ts';
import { createSecretBox } from '../../src/tokens/secret-box.ts';
import { alone, type Figure, type Findings } from '../figure.ts';
import { benchMasterKey, benchPublicUrl, type Ground, type Service } from '../ground.ts';
import { inParallel, range } from '../pace.ts';
import { ServiceClient } from '../service-client.ts';

/** What the verification of a token that was never seen before has in the cost of `joinRoom`. */
export const tokenVerification: Figure = { name: 'P7', measure };

const rooms = range(20).map((index) => `verified-${index}`);

async function measure(ground: Ground): Promise<Findings> {
  const databaseUrl = await ground.createDatabase();
  const service = await ground.startService(databaseUrl);
  const client = new ServiceClient(service, 16);
  await inParallel(rooms, 8, (name) => client.createRoom(name));
  const count = ground.isQuick ? 400 : 1_600;
  const kinds = { EdDSA: await issue(client, count), HS256: await selfSign(client, count) };
  const rows: Findings['rows'][number][] = [];
  for (const [kind, tokens] of Object.entries(kinds)) {
    const verifyUs = await costOfVerifying(databaseUrl, tokens);
    const joinUs = await costOfJoining(service, client, tokens);
    rows.push(
      alone('P7', `${kind} token verified for the first time: CPU`, verifyUs, 'µs', null),
      alone('P7', `joinRoom with it: server CPU`, joinUs, 'µs', null),
      alone('P7', `verification of ${kind} in joinRoom`, (100 * verifyUs) / joinUs, '%', { atMost: 25 }),
    );
  }
  client.close();
  await service.stop();
  return { rows, faults: [] };
}

function issue(client: ServiceClient, count: number): Promise<readonly string[]> {
  return inParallel(range(count), 16, (index) => client.createToken(roomOf(index), { userName: `guest-${index}` }));
}

/** As the domain's backend signs them itself, with the short names of claims. */
async function selfSign(client: ServiceClient, count: number): Promise<readonly string[]> {
  const { secret, selfSigningKey } = await client.ask(
    'mutation ($input: AddSelfSigningKeyInput!) { addSelfSigningKey(input: $input) { ... on AddedSelfSigningKey { secret selfSigningKey { kid } } ... on Refusal { code message } } }',
    { input: { algorithm: 'HS256' } },
    z.object({ secret: z.string(), selfSigningKey: z.object({ kid: z.string() }) }),
    client.apiKey,
  );
  // The key is the text as it was shown, not what it might decode to.
  const key = Buffer.from(secret);
  const now = Math.floor(Date.now() / 1000) + 1;
  return inParallel(range(count), 8, (index) =>
    new SignJWT({ r: roomOf(index), d: 'default', u: `guest-${index}` })
      .setProtectedHeader({ alg: 'HS256', kid: selfSigningKey.kid })
      .setIssuedAt(now)
      .setExpirationTime(now + 3600)
      .sign(key),
  );
}

function roomOf(index: number): string {
  return rooms[index % rooms.length] ?? '';
}

/** The service's own verifier, in this process and alone. */
async function costOfVerifying(databaseUrl: string, tokens: readonly string[]): Promise<number> {
  const database = openDatabase({ url: databaseUrl, poolSize: 2 });
  const keyring = new Keyring({ store: createSigningKeyStorage(database), box: createSecretBox(benchMasterKey) });
  const verifier = new MeetingTokenVerifier({
    keyring,
    issuer: benchPublicUrl,
    namesOf: (domain) => [domain.id, domain.name, encodeId('Domain', domain.id)],
  });
  const domain = await createDomainStorage(database).findByName('default');
  if (domain === null) throw new Error('the service makes the domain default');
  const half = tokens.length / 2;
  // The first half warms; each token is verified once.
  const verify = async (some: readonly string[]) => {
    const before = process.cpuUsage();
    for (const token of some) {
      const verdict = await verifier.verify(domain, token, new Date(Date.now() + 2_000));
      if (!verdict.ok) throw new Error(`a good token was refused: ${verdict.detail}`);
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / some.length;
  };
  await verify(tokens.slice(0, half));
  const cost = await verify(tokens.slice(half));
  await database.close();
  return cost;
}

async function costOfJoining(service: Service, client: ServiceClient, tokens: readonly string[]): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const join = (token: string, index: number) => client.join({ roomName: roomOf(index), token });
  const half = tokens.length / 2;
  await inParallel(tokens.slice(0, half), 8, join);
  const before = service.cpuMs();
  await inParallel(tokens.slice(half), 8, join);
  return ((service.cpuMs() - before) * 1000) / half;
}
