import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import postgres from 'postgres';
import { createSecretBox } from '../../src/tokens/secret-box.ts';
import { against, alone, type Figure, type Findings } from '../figure.ts';
import { benchMasterKey, type Ground } from '../ground.ts';
import { inParallel, range } from '../pace.ts';
import { ServiceClient } from '../service-client.ts';
import { percentile } from '../statistics.ts';

/** What the gate adds to a connection to LiveKit: one question of the proxy's, answered from the database. */
export const mediaGate: Figure = { name: 'P16', measure };

const apiKey = 'bench';
const apiSecret = randomUUID();
const people = 20;

async function measure(ground: Ground): Promise<Findings> {
  const databaseUrl = await ground.createDatabase();
  const service = await ground.startService(databaseUrl);
  await connectLiveKit(databaseUrl);
  const client = new ServiceClient(service, 8);
  const room = await client.createRoom('gated', {});
  const tokens = await inParallel(range(people), 8, async (index) => {
    const token = await client.createToken('gated', { userName: `guest-${index}` });
    return signAccess((await client.join({ roomName: 'gated', token })).participant.id, room.id);
  });
  const count = ground.isQuick ? 200 : 2000;
  const askGate = (index: number) => {
    const uri = `/rtc/v1?access_token=${tokens[index % people]}&join_request=CAE`;
    return fetch(`${service.url}/media/gate`, { headers: { 'X-Original-URI': uri, 'X-Original-Method': 'GET' } });
  };
  const askHealth = () => fetch(`${service.url}/health`);
  // The first round warms both.
  await takeTurns(count / 4, askGate);
  await takeTurns(count / 4, askHealth);
  const gate = await takeTurns(count, askGate);
  const health = await takeTurns(count, askHealth);
  client.close();
  await service.stop();
  const values = (share: number) => ({
    ours: percentile(gate.times, share),
    floor: percentile(health.times, share),
    unit: 'ms',
  });
  return {
    rows: [
      against('P16', 'the gate asked for a connection, beside /health: p50', values(0.5), null),
      against('P16', 'the same: p99', values(0.99), null),
      alone('P16', 'the gate asked for a connection: p50', percentile(gate.times, 0.5), 'ms', { atMost: 2 }),
    ],
    faults: gate.refused > 0 ? [`the gate refused ${gate.refused} people who are inside`] : [],
  };
}

/** One after the other, as a proxy asks for one person. */
async function takeTurns(count: number, ask: (index: number) => Promise<Response>) {
  const times: number[] = [];
  let refused = 0;
  for (const index of range(count)) {
    const from = performance.now();
    const answer = await ask(index);
    await answer.arrayBuffer();
    times.push(performance.now() - from);
    if (answer.status !== 200) refused += 1;
  }
  return { times, refused };
}

/** Puts a LiveKit server on record that is never called: the gate asks the database alone. */
async function connectLiveKit(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1 });
  const id = randomUUID();
  const [domain] = await sql<{ id: string }[]>`select id from domains where name = 'default'`;
  const domainId = domain?.id ?? '';
  const place = { purpose: 'media-server', domainId, keyId: id } as const;
  const sealed = createSecretBox(benchMasterKey).seal(Buffer.from(apiSecret), place);
  await sql`insert into media_servers (domain_id, id, kind, url, api_key, secret_sealed, state, created_at)
    values (${domainId}, ${id}, 'LIVEKIT', 'ws://127.0.0.1:9', ${apiKey}, ${sealed}, 'OK', now())`;
  await sql`update domains set version = version + 1, media_server = ${sql.json({ id, kind: 'LIVEKIT' })}
    where id = ${domainId}`;
  await sql.end();
}

function signAccess(participantId: string, room: string): Promise<string> {
  return new SignJWT({ video: { room, roomJoin: true, canPublish: false, canSubscribe: true, canPublishData: false } })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(apiKey)
    .setSubject(participantId)
    .setNotBefore(Math.floor(Date.now() / 1000) - 1)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(apiSecret));
}
