import { beforeAll, describe, expect, test } from 'vitest';
import { type DomainSeed, openDomain } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf } from '../support/seed.ts';
import { change, read, refusedQuery, type Said } from './room-kit.ts';

let domain: DomainSeed;

beforeAll(async () => {
  domain = await openDomain();
});

const looks = 'brandName logoUrl accentColor frameOrigins meetingUrl exitUrl links { label url }';
const plain = {
  brandName: null,
  logoUrl: null,
  accentColor: null,
  frameOrigins: [],
  meetingUrl: null,
  exitUrl: null,
  links: [],
};
const acme = {
  brandName: 'Acme',
  logoUrl: 'https://acme.example/logo.svg',
  accentColor: '#1a6b4f',
  frameOrigins: ['https://app.acme.example', 'https://*.acme.example'],
  meetingUrl: 'https://meet.acme.example/{room}#{credentials}',
  exitUrl: 'https://acme.example/bye?room={room}',
  links: [{ label: 'Privacy', url: 'https://acme.example/privacy' }],
};

type Updated = Said & { readonly doorPage: typeof plain };
const update = (doorPage: Variables | null) =>
  change<Updated>(
    domain.backend,
    'updateDomain',
    { doorPage },
    `... on Domain { doorPage { ${looks} } } ... on InvalidInput { issues { path } }`,
  );
const shownTo = async (caller = domain.backend as Pick<DomainSeed['backend'], 'ask'>, name = domain.server.domain) =>
  (await read<{ doorPage: object }>(caller, `{ doorPage(domain: "${name}") { ${looks} } }`)).doorPage;

describe('how the pages of a domain look', () => {
  test('is as the service comes at first, for a domain that does not exist too', async () => {
    expect(await shownTo()).toEqual(plain);
    expect(await shownTo(domain.anybody, 'no-such-domain')).toEqual(plain);
  });

  test('is as it was set; what is left out stays, and null resets one or all', async () => {
    expect((await update(acme)).doorPage).toEqual(acme);
    for (const [field, reset] of Object.entries(plain)) {
      expect((await update({ [field]: null })).doorPage, field).toEqual({ ...acme, [field]: reset });
      expect((await update({ [field]: acme[field as keyof typeof acme] })).doorPage, field).toEqual(acme);
    }
    expect((await update({})).doorPage).toEqual(acme);
    expect((await update(null)).doorPage).toEqual(plain);
  });

  test('names each site that may frame them once, however it is written', async () => {
    const frameOrigins = ['https://App.example', 'https://app.example', 'https://b.example', 'https://app.example:443'];
    expect((await update({ frameOrigins })).doorPage.frameOrigins).toEqual([
      'https://app.example',
      'https://b.example',
    ]);
  });

  test('takes two changes of different fields at once', async () => {
    await update(null);
    await Promise.all([update({ brandName: 'Acme' }), update({ accentColor: '#ABCDEF' })]);
    expect(await shownTo()).toEqual({ ...plain, brandName: 'Acme', accentColor: '#abcdef' });
  });

  test('is for anybody to read, but for where the meeting is', async () => {
    await update(acme);
    const room = await domain.backend.room();
    const guest = await room.join();
    const key = await change<{ secret: string }>(
      domain.backend,
      'createApiKey',
      { name: 'rooms', scopes: ['ROOMS'] },
      '... on CreatedApiKey { secret }',
    );
    const shown = { ...acme, meetingUrl: null };
    for (const caller of [domain.anybody, guest, callerOf(domain.server, key.secret)])
      expect(await shownTo(caller)).toEqual(shown);
    expect(await shownTo()).toEqual(acme);
  });

  const links = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ label: `Link ${index}`, url: 'https://a.example' }));
  test.each<[string, Variables, string]>([
    ['a name of 65 characters', { brandName: 'x'.repeat(65) }, 'brandName'],
    ['a name with a control character', { brandName: 'a\u0007' }, 'brandName'],
    ['a logo over http', { logoUrl: 'http://acme.example/logo.svg' }, 'logoUrl'],
    ['a logo at an IPv6 address', { logoUrl: 'https://[2001:db8::1]/logo.svg' }, 'logoUrl'],
    ['a logo at a host that would end a policy', { logoUrl: 'https://acme;sandbox/logo.svg' }, 'logoUrl'],
    ['a colour with a name', { accentColor: 'red' }, 'accentColor'],
    ['a colour that brings more', { accentColor: '#123456;x' }, 'accentColor'],
    [
      '51 origins',
      { frameOrigins: Array.from({ length: 51 }, (_, index) => `https://a${index}.example`) },
      'frameOrigins',
    ],
    ['an origin with a path', { frameOrigins: ['https://a.example', 'https://b.example/x'] }, 'frameOrigins.1'],
    ['a meeting over http', { meetingUrl: 'http://meet.example' }, 'meetingUrl'],
    ['credentials outside the fragment', { meetingUrl: 'https://meet.example/?{credentials}' }, 'meetingUrl'],
    ['credentials for who is turned away', { exitUrl: 'https://a.example/#{credentials}' }, 'exitUrl'],
    ['seven links', { links: links(7) }, 'links'],
    ['a label of 41 characters', { links: [{ label: 'x'.repeat(41), url: 'https://a.example' }] }, 'links.0.label'],
    ...['a<b', 'a>b'].map((label): [string, Variables, string] => {
      return [`the label ${label}`, { links: [...links(1), { label, url: 'https://a.example' }] }, 'links.1.label'];
    }),
    ['a link over http', { links: [{ label: 'Help', url: 'http://a.example' }] }, 'links.0.url'],
  ])('%s is refused by its name, and nothing is stored', async (_what, input, path) => {
    await update(acme);
    const refused = await update({ ...input, ...(path === 'brandName' ? {} : { brandName: 'Other' }) });
    expect([refused.code, refused.issues]).toEqual([
      'INVALID_INPUT',
      [{ path: ['input', 'doorPage', ...path.split('.')] }],
    ]);
    expect(await shownTo()).toEqual(acme);
  });

  test('is told of whatever is wrong at once', async () => {
    const wrong = { brandName: '', accentColor: '#12', frameOrigins: ['*'], meetingUrl: 'data:x', exitUrl: 'x' };
    const { issues } = await update(wrong);
    expect(new Set(issues?.map(({ path }) => path[2]))).toEqual(new Set(Object.keys(wrong)));
  });

  test('comes from the domain of the caller alone', async () => {
    const other = await openDomain();
    await update(acme);
    expect(
      await refusedQuery(other.backend, `{ doorPage(domain: "${domain.server.domain}") { meetingUrl } }`),
    ).toBeUndefined();
    expect(await shownTo(other.backend)).toMatchObject({ meetingUrl: null });
  });
});

describe('where the meeting is', () => {
  const meeting = 'https://meet.example.com/{domain}/{room}?who={participant}#{credentials}';
  const joining =
    'mutation ($input: JoinRoomInput!) { joinRoom(input: $input) { ... on Joined { meetingUrl participant { id meetingUrl } room { name meetingUrl } sessionToken } } }';
  type Joined = {
    readonly joinRoom: {
      readonly meetingUrl: string | null;
      readonly participant: { readonly id: string; readonly meetingUrl: string | null };
      readonly room: { readonly name: string; readonly meetingUrl: string | null };
      readonly sessionToken: string;
    };
  };
  const join = async (roomName: string) =>
    (
      await read<Joined>(domain.anybody, joining, {
        input: { roomName, domain: domain.server.domain, userName: 'Gustav' },
      })
    ).joinRoom;

  test('is told to whoever is in, filled in for them, and to the backend as it was written', async () => {
    await update({ meetingUrl: meeting });
    const room = await domain.backend.room();
    const joined = await join(room.name);
    const filled = `https://meet.example.com/${domain.server.domain}/${room.name}?who=${encodeURIComponent(joined.participant.id)}#{credentials}`;
    expect(joined).toMatchObject({
      meetingUrl: filled,
      participant: { meetingUrl: filled },
      room: { meetingUrl: null },
    });
    const guest = callerOf(domain.server, joined.sessionToken);
    const viewer = '{ viewer { ... on Participant { meetingUrl } } }';
    expect(await read(guest, viewer)).toEqual({ viewer: { meetingUrl: filled } });
    await read(guest, 'mutation { leaveRoom { __typename } }');
    expect(await read(guest, viewer)).toEqual({ viewer: { meetingUrl: null } });
  });

  test("of a room comes before the domain's, and goes back to it with null", async () => {
    await update({ meetingUrl: meeting });
    const room = await domain.backend.room({ meetingUrl: 'https://own.example/{room}' });
    const query = `{ room(name: "${room.name}") { meetingUrl } }`;
    expect(await read(domain.backend, query)).toEqual({ room: { meetingUrl: 'https://own.example/{room}' } });
    expect((await join(room.name)).meetingUrl).toBe(`https://own.example/${room.name}`);
    await change(domain.backend, 'updateRoom', { roomName: room.name, settings: { meetingUrl: null } });
    expect(await read(domain.backend, query)).toEqual({ room: { meetingUrl: null } });
    expect((await join(room.name)).meetingUrl).toContain('https://meet.example.com/');
  });

  test.each([['another address'], [null]])('is not for an owner to set: %j', async (given) => {
    const room = await domain.backend.room({ meetingUrl: 'https://own.example/' });
    const owner = await room.owner();
    const settings = { title: 'Mine', meetingUrl: given && 'https://evil.example' };
    expect(await change(owner, 'updateRoom', { roomName: room.name, settings })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await read(domain.backend, `{ room(name: "${room.name}") { title meetingUrl } }`)).toEqual({
      room: { title: null, meetingUrl: 'https://own.example/' },
    });
  });

  test('is told to nobody else in the room, by a read or an event', async () => {
    const room = await domain.backend.room({ meetingUrl: 'https://own.example/{participant}' });
    const [owner, guest] = [await room.owner(), await room.join({ userName: 'Gustav' })];
    const everybody = `{ room(name: "${room.name}") { meetingUrl participants { nodes { id meetingUrl } } } }`;
    type Seen = { room: { meetingUrl: null; participants: { nodes: { id: string; meetingUrl: string | null }[] } } };
    const seen = (await read<Seen>(owner, everybody)).room;
    expect(seen.meetingUrl).toBeNull();
    expect(seen.participants.nodes.filter(({ meetingUrl }) => meetingUrl !== null).map(({ id }) => id)).toEqual([
      owner.id,
    ]);
    const { cursor } = (await read<{ room: { cursor: string } }>(owner, `{ room(name: "${room.name}") { cursor } }`))
      .room;
    const follow = (caller: Pick<typeof guest, 'ws'>) =>
      caller
        .ws()
        .subscribe(
          `subscription { roomEvents(roomName: "${room.name}", after: "${cursor}") { ... on RoomUpdated { room { title meetingUrl } } } }`,
        );
    const [heard, known] = await Promise.all([follow(guest), follow(domain.backend)]);
    await change(domain.backend, 'updateRoom', { roomName: room.name, settings: { title: 'Now' } });
    expect((await heard.next()).data).toEqual({ roomEvents: { room: { title: 'Now', meetingUrl: null } } });
    expect((await known.next()).data).toMatchObject({
      roomEvents: { room: { meetingUrl: 'https://own.example/{participant}' } },
    });
  });
});

describe('how somebody would come in', () => {
  const access = `query ($roomName: String!, $domain: String, $token: String) { access(roomName: $roomName, domain: $domain, token: $token) { level startAudioOff startVideoOff } }`;
  const waits = { privacy: 'PRIVATE', enableKnocking: true };

  test.each([
    ['FULL', {}, null, [false, false]],
    ['FULL', { startAudioOff: true }, null, [true, false]],
    ['LOBBY', { ...waits, startVideoOff: true }, null, [false, true]],
    ['FULL', { ...waits, startVideoOff: true }, { startAudioOff: true }, [true, true]],
    ['FULL', { startAudioOff: true, startVideoOff: true }, { startAudioOff: false }, [false, true]],
    ['NONE', { privacy: 'PRIVATE', startAudioOff: true, startVideoOff: true }, null, [false, false]],
  ])('is told at the door with %s of %j and a token with %j: %j', async (level, settings, claims, off) => {
    const room = await domain.backend.room(settings);
    const token = claims === null ? {} : { token: (await room.token(claims)).jwt };
    const { domain: name } = domain.server;
    const [startAudioOff, startVideoOff] = off;
    expect(await read(domain.anybody, access, { roomName: room.name, domain: name, ...token })).toEqual({
      access: { level, startAudioOff, startVideoOff },
    });
  });

  test('is told to who waited, once they may come in', async () => {
    const room = await domain.backend.waitingRoom({ startAudioOff: true });
    const knocker = await room.knocker();
    await change(domain.backend, 'admitKnock', { knockId: knocker.knockId });
    const query = `{ access(roomName: "${room.name}") { startAudioOff startVideoOff } }`;
    expect(await read(callerOf(domain.server, knocker.knockToken), query)).toEqual({
      access: { startAudioOff: true, startVideoOff: false },
    });
  });
});

describe('the title of a room', () => {
  const access = `query ($roomName: String!, $domain: String, $token: String) { access(roomName: $roomName, domain: $domain, token: $token) { level roomTitle } }`;
  const ask = (roomName: string, token?: string) =>
    read(domain.anybody, access, { roomName, domain: domain.server.domain, ...(token === undefined ? {} : { token }) });

  test.each([
    ['FULL', { privacy: 'PUBLIC' }, 'Design review'],
    ['LOBBY', { privacy: 'PRIVATE', enableKnocking: true }, 'Design review'],
    ['NONE', { privacy: 'PRIVATE' }, null],
    ['NONE', { privacy: 'PUBLIC', nbf: '2090-01-01T00:00:00Z' }, null],
  ])('is told at the door with %s of %j: %j', async (level, settings, roomTitle) => {
    const room = await domain.backend.room({ ...settings, title: ' Design review ' });
    expect(await ask(room.name)).toEqual({ access: { level, roomTitle } });
  });

  test('is told to who waited, once they may come in', async () => {
    const room = await domain.backend.waitingRoom({ title: 'Design review' });
    const knocker = await room.knocker();
    const own = callerOf(domain.server, knocker.knockToken);
    const query = `{ access(roomName: "${room.name}") { level roomTitle } }`;
    expect(await read(own, query)).toEqual({ access: { level: 'NONE', roomTitle: null } });
    await change(domain.backend, 'admitKnock', { knockId: knocker.knockId });
    expect(await read(own, query)).toEqual({ access: { level: 'FULL', roomTitle: 'Design review' } });
  });

  test('an owner sets it, and an empty one is none', async () => {
    const room = await domain.backend.room();
    const owner = await room.owner();
    const set = (title: string) =>
      change(owner, 'updateRoom', { roomName: room.name, settings: { title } }, '... on Room { title }');
    expect(await set('Design review')).toMatchObject({ title: 'Design review' });
    expect(await set('')).toMatchObject({ title: null });
  });
});
