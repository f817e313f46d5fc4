import { beforeAll, describe, expect, test } from 'vitest';
import { type DomainSeed, openDomain } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf, withDomain } from '../support/seed.ts';
import { act, codeOf, knockFields, openHouse, watchOwnKnock } from './admission-kit.ts';

let house: DomainSeed;

beforeAll(async () => {
  house = await openDomain();
});

describe('a caller without a right cannot tell a missing room, a private one and one of another domain apart', () => {
  const names: { missing: string; private: string; foreign: string } = {
    missing: 'there-is-none-of-this',
    private: '',
    foreign: '',
  };

  beforeAll(async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE', lobbyMessage: 'Secret', maxParticipants: 1 });
    await room.owner();
    names.private = room.name;
    const { backend: elsewhere } = await openDomain();
    names.foreign = (await act(elsewhere, 'createRoom', { settings: { privacy: 'PUBLIC' } })).name ?? '';
  });

  const asks = {
    access: (roomName: string) =>
      house.anybody.ask(
        `query ($domain: String, $roomName: String!) { access(domain: $domain, roomName: $roomName) {
          level refusal { code message opensAt } ownerPresent lobbyMessage } }`,
        withDomain(house.anybody, { roomName }),
      ),
    joinRoom: (roomName: string) => act(house.anybody, 'joinRoom', { roomName, userName: 'Nora' }),
    knock: (roomName: string) => act(house.anybody, 'knock', { roomName, userName: 'Nora' }),
  };

  test.each(['access', 'joinRoom', 'knock'] as const)('%s answers the same', async (ask) => {
    const answers: string[] = [];
    for (const name of Object.values(names)) answers.push(JSON.stringify(await asks[ask](name), dropHeaders));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('ENTRY_NOT_ALLOWED');
  });

  test.each(['access', 'joinRoom'] as const)('%s takes the same time', async (ask) => {
    const probes = 240;
    const took: Record<keyof typeof names, number[]> = { missing: [], private: [], foreign: [] };
    const kinds = ['missing', 'private', 'foreign'] as const;
    for (let probe = 0; probe < probes + 30; probe += 1) {
      // In turn, each time in another order, so that what the machine does meanwhile meets all alike.
      for (let turn = 0; turn < kinds.length; turn += 1) {
        const kind = kinds[(turn + probe) % kinds.length] ?? 'missing';
        const started = performance.now();
        await asks[ask](names[kind]);
        if (probe >= 30) took[kind].push(performance.now() - started);
      }
    }
    for (const [one, other] of [
      ['missing', 'private'],
      ['missing', 'foreign'],
      ['private', 'foreign'],
    ] as const) {
      const area = areaUnderCurve(took[one], took[other]);
      expect(Math.max(area, 1 - area), `${one} and ${other}`).toBeLessThanOrEqual(0.6);
    }
  });

  test('each costs the same of the same budget', async () => {
    const { backend, anybody } = await openHouse({ rateLimits: true });
    const room = await backend.room({ privacy: 'PRIVATE' });
    const knock = (roomName: string) => act(anybody, 'knock', { roomName, userName: 'Nora' });
    const outcomes = await Promise.all(
      Array.from({ length: 90 }, (_, index) => knock(index % 2 === 0 ? room.name : names.missing)),
    );
    const passed = outcomes.map((outcome, index) => ({
      isPrivate: index % 2 === 0,
      isPast: codeOf(outcome) !== 'RATE_LIMITED',
    }));
    expect(passed.filter(({ isPast }) => isPast).length).toBeGreaterThanOrEqual(60);
    expect(passed.filter(({ isPast }) => isPast).length).toBeLessThan(75);
    for (const name of [room.name, names.missing]) expect(codeOf(await knock(name))).toBe('RATE_LIMITED');
  });
});

/** How well two samples are told apart: 0.5 not at all, 1 always. By ranks, so that a few slow answers count little. */
function areaUnderCurve(one: readonly number[], other: readonly number[]): number {
  let wins = 0;
  for (const a of one) for (const b of other) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (one.length * other.length);
}

function dropHeaders(key: string, value: unknown): unknown {
  return key === 'headers' ? undefined : value;
}

describe('who waits', () => {
  test('learns nothing of the meeting by anything that it can reach', async () => {
    const room = await house.backend.waitingRoom({ knockCooldownSeconds: 0, maxParticipants: 40 });
    const token = await room.token({ isOwner: true, userName: 'Olga Owner', userId: 'olga-at-work' });
    const owner = await room.join({ token: token.jwt });
    const guest = await room.guest({ userName: 'Gustav Guest', userId: 'gustav-at-work' });
    const other = await room.knocker({ userName: 'Norbert Neighbour', message: 'About the merger' });
    const knocker = await room.knocker({ userName: 'Nora Knocker' });
    const seen: unknown[] = [];
    const own = await watchOwnKnock(knocker);
    seen.push(await own.next());

    const ask = async (query: string, variables: Variables = {}) =>
      seen.push((await knocker.ask(query, variables)).body);
    const participantFields = 'id userName userId isOwner connection mediaGrant permissions { canAdmin }';
    const roomFields = `id name lobbyMessage participantCount ownerPresent cursor participants { nodes { ${participantFields} } totalCount }
      knockRequests { nodes { ${knockFields} } totalCount } bans { nodes { userId } } events { nodes { __typename by { name } } }
      meetingTokens { nodes { jti userName } } liveStream { id }`;
    await ask(`{ viewer { __typename ... on KnockRequest { ${knockFields} } } }`);
    await ask(`{ room(name: "${room.name}") { ${roomFields} } }`);
    await ask(`{ knockRequests(roomName: "${room.name}") { nodes { ${knockFields} } totalCount } }`);
    await ask('{ rooms { totalCount nodes { name } } }');
    await ask('{ domain { name apiKeys { nodes { prefix } } meetingTokens { nodes { jti } } webhooks { url } } }');
    await ask(`{ access(roomName: "${room.name}") { level refusal { code message } ownerPresent lobbyMessage } }`);
    await ask(`{ explainEntry(roomName: "${room.name}") { steps { detail } } }`);
    const ids = [room.id, owner.id, guest.id, other.knockId, knocker.knockId, token.meetingToken.id];
    await ask(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Room { ${roomFields} } ... on Participant { ${participantFields} }
        ... on MeetingToken { userName } ... on KnockRequest { ${knockFields} } } }`,
      { ids },
    );
    seen.push(await act(knocker, 'heartbeat'));
    seen.push(await act(knocker, 'joinRoom', { roomName: room.name }));
    seen.push(await act(callerOf(house.server), 'joinRoom', { roomName: room.name, knockToken: knocker.knockToken }));
    seen.push(await act(knocker, 'knock', { roomName: room.name, userName: 'Nora Knocker' }));
    seen.push(await act(knocker, 'updateRoom', { roomName: room.name, settings: {} }));
    seen.push(await act(knocker, 'ejectParticipants', { roomName: room.name, participantIds: [owner.id] }));
    for (const knockId of [knocker.knockId, other.knockId]) seen.push(await act(knocker, 'admitKnock', { knockId }));
    for (const query of [
      `subscription { roomEvents(roomName: "${room.name}") { __typename } }`,
      `subscription { knockRequested(roomName: "${room.name}") { ${knockFields} } }`,
    ]) {
      const stream = await knocker.ws().subscribe(query);
      seen.push(await stream.next());
      expect(await stream.ended()).toEqual([]);
    }
    await act(owner, 'replyToKnock', { knockId: knocker.knockId, reply: 'In a moment' });
    seen.push(await own.find(({ reply }) => reply !== null));
    await act(owner, 'denyKnock', { knockId: knocker.knockId });
    seen.push(await own.find(({ status }) => status === 'DENIED'));
    seen.push(await act(knocker, 'cancelKnock'));
    await ask(`{ viewer { __typename ... on KnockRequest { ${knockFields} } } }`);

    const dump = JSON.stringify(seen);
    expect(dump).toContain('Nora Knocker');
    const secrets = [
      'Olga',
      'olga-at-work',
      'Gustav',
      'gustav-at-work',
      'Norbert',
      'merger',
      token.meetingToken.jti,
      'eyJ',
      'vs_',
    ];
    for (const secret of secrets) expect(dump, secret).not.toContain(secret);
    // What was asked for is named in no answer; the numbers of who is inside and of who waits are in none either.
    for (const id of [room.id, owner.id, guest.id, other.knockId]) expect(dump, id).not.toContain(id);
    for (const count of ['participantCount":2', 'totalCount']) expect(dump, count).not.toContain(count);
  });

  test('holds no credential of the meeting before it is admitted, and a media grant only once it is inside', async () => {
    const room = await house.backend.waitingRoom();
    const knocker = await room.knocker();
    const refused = await act(knocker, 'joinRoom', { roomName: room.name });
    expect(refused).toMatchObject({ code: 'KNOCK_PENDING' });
    await act(house.backend, 'admitKnock', { knockId: knocker.knockId });
    const joined = await act(knocker, 'joinRoom', { roomName: room.name });
    expect(joined).toMatchObject({
      sessionToken: expect.stringMatching(/^vs_/),
      mediaGrant: expect.stringMatching(/^eyJ/),
    });
  });
});
