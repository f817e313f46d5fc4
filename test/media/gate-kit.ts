import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { createSecretBox } from '../../src/tokens/secret-box.ts';
import { settingsFor } from '../cli/command-line.ts';
import type { TestDatabase } from '../support/database.ts';
import type { ParticipantSeed, RoomSeed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';

export type LiveKitKey = { readonly apiKey: string; readonly apiSecret: string };

export const newLiveKitKey = (): LiveKitKey => ({
  apiKey: `key${randomBytes(6).toString('hex')}`,
  apiSecret: randomBytes(24).toString('hex'),
});

type LiveKitPlace = { readonly url?: string; readonly gate?: boolean };

/** Puts a LiveKit server on record as the one of this domain, from now on. Answers its id. */
export async function connectLiveKit(
  { sql, url: databaseUrl }: Pick<TestDatabase, 'sql' | 'url'>,
  { domain = 'default', ...server }: LiveKitKey & LiveKitPlace & { readonly domain?: string },
): Promise<string> {
  const { apiKey, apiSecret, url = 'ws://127.0.0.1:9', gate = false } = server;
  const id = randomUUID();
  const [{ domainId }] = await sql<[{ domainId: string }]>`select id as "domainId" from domains where name = ${domain}`;
  const box = createSecretBox(Buffer.from(settingsFor(databaseUrl).MASTER_KEY ?? '', 'base64'));
  const sealed = box.seal(Buffer.from(apiSecret), { purpose: 'media-server', domainId, keyId: id });
  await sql`insert into media_servers (domain_id, id, kind, url, api_key, secret_sealed, gate, state, created_at)
    values (${domainId}, ${id}, 'LIVEKIT', ${url}, ${apiKey}, ${sealed}, ${gate}, 'OK', app_now())`;
  await sql`update domains set version = version + 1, media_server = ${sql.json({ id, kind: 'LIVEKIT' })}
    where id = ${domainId}`;
  return id;
}

/** The domain has no media server any more. */
export async function disconnectLiveKit({ sql }: Pick<TestDatabase, 'sql'>): Promise<void> {
  await sql`update domains set version = version + 1, media_server = null where name = 'default'`;
}

export type LiveKitClaims = Readonly<Record<string, unknown>> & {
  readonly sub: string;
  readonly video: Readonly<Record<string, unknown>>;
};

/** Somebody inside, and the claims of a token with all that holds for them. */
export type MediaSeat = ParticipantSeed & { readonly claims: LiveKitClaims };

type Rights = { readonly canSend?: readonly string[]; readonly hasPresence?: boolean; readonly canReceive?: object };

const sourceOf: Readonly<Record<string, string>> = {
  ...{ VIDEO: 'camera', AUDIO: 'microphone', SCREEN_VIDEO: 'screen_share', SCREEN_AUDIO: 'screen_share_audio' },
  ...{ CUSTOM_AUDIO: 'unknown', CUSTOM_VIDEO: 'unknown' },
};

/** Joins with these permissions, and makes the claims that they mean to LiveKit. */
export async function takeSeat(room: RoomSeed, permissions: Rights = {}, more: object = {}): Promise<MediaSeat> {
  const seat = await room.guest({ permissions, ...more });
  const { hasPresence = true, canSend = Object.keys(sourceOf), canReceive } = permissions;
  const sources = hasPresence ? [...new Set(canSend.map((kind) => sourceOf[kind]))] : [];
  const video = {
    ...{ room: room.id, roomJoin: true, canPublish: sources.length > 0, canSubscribe: canReceive === undefined },
    ...{ canPublishData: hasPresence, hidden: !hasPresence, canUpdateOwnMetadata: false },
    ...(sources.length > 0 ? { canPublishSources: sources } : {}),
  };
  return { ...seat, claims: { sub: seat.id, name: 'Gustav Guest', video } };
}

/** A token as the service signs it: good for a minute. */
export function giveToken(claims: LiveKitClaims, { apiKey, apiSecret }: LiveKitKey): string {
  const now = Math.floor(Date.now() / 1000);
  return signClaims({ iss: apiKey, ...claims, nbf: now, exp: now + 60 }, apiSecret);
}

/** As LiveKit signs it anew for somebody who is in: good for ten minutes, with what held then. `more` replaces claims. */
export function renewToken(
  { sub, video }: LiveKitClaims,
  { apiKey, apiSecret }: LiveKitKey,
  more: Readonly<Record<string, unknown>> = {},
): string {
  const now = Math.floor(Date.now() / 1000);
  const times = { nbf: now, iat: now, exp: now + 600 };
  const claims = { iss: apiKey, sub, ...times, identity: sub, name: 'Gustav Guest', kind: 'standard', video };
  return signClaims({ ...claims, ...more }, apiSecret);
}

export function signClaims(claims: object, secret: string, header: object = { alg: 'HS256', typ: 'JWT' }): string {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** Asks as the proxy of the examples does, when a browser connects with this token. */
export function askGate({ url }: Pick<TestServer, 'url'>, token: string): Promise<Response> {
  return fetch(`${url}/media/gate`, {
    headers: { 'X-Original-URI': `/rtc/v1?access_token=${token}&join_request=CAE`, 'X-Original-Method': 'GET' },
  });
}

/** Is the gate open for it? */
export async function opensGate(server: Pick<TestServer, 'url'>, token: string): Promise<boolean> {
  const { status } = await askGate(server, token);
  if (status !== 200 && status !== 403) throw new Error(`the gate answered ${status}`);
  return status === 200;
}
