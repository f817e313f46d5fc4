import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { TokenVerifier } from 'livekit-server-sdk';
import { describe, expect, test } from 'vitest';
import { createMediaAccess } from '../../src/media/access.ts';
import { findRsaKeyProblem } from '../../src/media/jitsi-token.ts';
import type { OpenMediaServer } from '../../src/media/open-servers.ts';
import type { PresentParticipant } from '../../src/rules/participant.ts';
import type { MediaKind, PermissionsPatch } from '../../src/rules/permissions.ts';
import type { Room } from '../../src/rules/room.ts';
import { domain, idOf, owner, participantOf, roomOf } from '../rules/facts-kit.ts';

const secret = 'a-secret-of-at-least-32-characters';
const base = { id: idOf<'MediaServer'>('server-1'), domainId: domain.id, apiKey: 'APIkey', createdAt: new Date(0) };
const livekit: OpenMediaServer = {
  ...{ ...base, kind: 'LIVEKIT', url: 'wss://media.example', apiUrl: null, gate: false, secret },
};
const jitsi: OpenMediaServer = {
  ...{ ...base, kind: 'JITSI', url: 'https://meet.example', tenant: 'acme', keyId: null, secret },
};
const uuid = '0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';
const now = new Date(Math.floor(Date.now() / 1000) * 1000 + 250);

async function accessOf(
  server: OpenMediaServer,
  participant: PresentParticipant,
  room: Room = roomOf({ id: idOf(uuid) }),
) {
  const accessFor = createMediaAccess({ find: async () => server }, () => now);
  const { id, kind } = server;
  return accessFor({
    participant: { ...participant, id: idOf(uuid) },
    room,
    domain: { ...domain, mediaServer: { id, kind } },
  });
}

async function claimsOf(participant: PresentParticipant, room?: Room) {
  const access = await accessOf(livekit, participant, room);
  return new TokenVerifier('APIkey', secret).verify(access?.token ?? '');
}

const patch = (more: Partial<PermissionsPatch>): PermissionsPatch => ({
  ...{ hasPresence: null, canSend: null, canReceive: null, canAdmin: null },
  ...more,
});
const guest = (more: Partial<PermissionsPatch> = {}) => participantOf({ permissions: patch(more) });
const roomName = `room_${uuid.replaceAll('-', '')}`;

describe('a token for LiveKit', () => {
  test('says who, where and until when, and whatever else is said is spelled out', async () => {
    const access = await accessOf(livekit, guest());
    expect(access).toMatchObject({ kind: 'LIVEKIT', url: 'wss://media.example', room: roomName });
    const seconds = Math.floor(now.getTime() / 1000);
    expect(access?.exp).toEqual(new Date((seconds + 60) * 1000));
    expect(decodeProtectedHeader(access?.token ?? '')).toEqual({ alg: 'HS256', typ: 'JWT' });
    const { payload } = await jwtVerify(access?.token ?? '', new TextEncoder().encode(secret));
    expect(payload).toEqual({
      ...{
        iss: 'APIkey',
        sub: `participant_${uuid.replaceAll('-', '')}`,
        name: 'Pia',
        nbf: seconds,
        exp: seconds + 60,
      },
      video: {
        ...{ room: roomName, roomJoin: true, canPublish: true, canSubscribe: true, canPublishData: true },
        ...{ hidden: false, canUpdateOwnMetadata: false },
        canPublishSources: ['camera', 'microphone', 'screen_share', 'screen_share_audio', 'unknown'],
      },
    });
  });

  const sources: readonly (readonly [readonly MediaKind[], readonly string[]])[] = [
    [['AUDIO'], ['microphone']],
    [
      ['VIDEO', 'AUDIO'],
      ['camera', 'microphone'],
    ],
    [['SCREEN_VIDEO'], ['screen_share']],
    [
      ['SCREEN_AUDIO', 'SCREEN_VIDEO'],
      ['screen_share', 'screen_share_audio'],
    ],
    [['CUSTOM_VIDEO'], ['unknown']],
    [
      ['CUSTOM_AUDIO', 'VIDEO'],
      ['camera', 'unknown'],
    ],
  ];
  test.each(sources)('of who may send %j has these sources: %j', async (canSend, canPublishSources) => {
    expect((await claimsOf(guest({ canSend }))).video).toMatchObject({ canPublish: true, canPublishSources });
  });

  const silent: Readonly<Record<string, readonly [PresentParticipant, Partial<Room>, object]>> = {
    'may send nothing': [guest({ canSend: [] }), {}, { hidden: false, canPublishData: true, canSubscribe: true }],
    'listens to owners alone': [guest(), { ownerOnlyBroadcast: true }, { hidden: false, canSubscribe: true }],
    'must not be seen': [guest({ hasPresence: false }), {}, { hidden: true, canPublishData: false }],
    'is hidden': [{ ...owner, hidden: true }, {}, { hidden: true, canPublishData: false, canSubscribe: true }],
  };
  test.each(Object.keys(silent))('of who %s publishes nothing, and names no source', async (who) => {
    const [participant, more, video] = silent[who] ?? [guest(), {}, {}];
    const claims = await claimsOf(participant, roomOf({ id: idOf(uuid), ...more }));
    expect(claims.video).toMatchObject({ canPublish: false, ...video });
    expect(claims.video?.canPublishSources).toBeUndefined();
  });

  test('of who may receive nothing does not subscribe; of who may receive from somebody does', async () => {
    const nothing = { base: [], overrides: [] };
    const some = { base: [], overrides: [{ userId: 'u', participantId: null, kinds: ['AUDIO'] as const }] };
    expect((await claimsOf(guest({ canReceive: nothing }))).video).toMatchObject({
      canSubscribe: false,
      canPublish: true,
    });
    expect((await claimsOf(guest({ canReceive: some }))).video).toMatchObject({ canSubscribe: true });
  });

  test('of an owner grants nothing on the server itself', async () => {
    const { video } = await claimsOf(owner);
    const never = ['roomAdmin', 'roomCreate', 'roomList', 'roomRecord', 'ingressAdmin', 'recorder', 'agent'];
    expect(Object.keys(video ?? {}).filter((name) => never.includes(name))).toEqual([]);
    expect(video).toMatchObject({ canUpdateOwnMetadata: false });
  });
});

describe('a token for Jitsi', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  test.each([
    ['a guest', guest(), false],
    ['an owner', owner, true],
  ] as const)('says of %s who moderates', async (_who, participant, moderator) => {
    const access = await accessOf(jitsi, participant);
    expect(access).toMatchObject({ kind: 'JITSI', url: 'https://meet.example', room: roomName });
    const { payload } = await jwtVerify(access?.token ?? '', new TextEncoder().encode(secret), {
      ...{ issuer: 'APIkey', audience: 'jitsi', subject: 'acme', typ: 'JWT', algorithms: ['HS256'] },
    });
    const name = participant.userName;
    const affiliation = moderator ? 'owner' : 'member';
    expect(payload).toMatchObject({ room: roomName, moderator, context: { user: { name, moderator, affiliation } } });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  });

  test('is signed by the private key where there is one, and names it', async () => {
    const access = await accessOf({ ...jitsi, keyId: 'vestibule-1', secret: pem }, guest());
    expect(decodeProtectedHeader(access?.token ?? '')).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'vestibule-1' });
    await expect(
      jwtVerify(access?.token ?? '', createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }))),
    ).resolves.toBeDefined();
  });

  test('is not made for who must not be seen: Jitsi shows everybody', async () => {
    expect(await accessOf(jitsi, { ...owner, hidden: true })).toBeNull();
    expect(await accessOf(jitsi, guest({ hasPresence: false }))).toBeNull();
  });

  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const locked = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' } as const;
  test.each([
    ['an RSA key', pem, true],
    ['an RSA key as PKCS #1', privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(), true],
    ['one that is too short', short.export({ type: 'pkcs8', format: 'pem' }).toString(), false],
    ['one of another kind', curve.export({ type: 'pkcs8', format: 'pem' }).toString(), false],
    ['one that is encrypted', privateKey.export(locked).toString(), false],
    ['its public half', publicKey.export({ type: 'spki', format: 'pem' }).toString(), false],
    ['what only looks like one', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', false],
  ])('takes %s: %#', (_what, text, isGood) => {
    expect(findRsaKeyProblem(text) === null).toBe(isGood);
  });
});

test('a domain without a media server has no access to hand out', async () => {
  const accessFor = createMediaAccess({ find: async () => livekit }, () => now);
  expect(await accessFor({ participant: guest(), room: roomOf(), domain })).toBeNull();
});
