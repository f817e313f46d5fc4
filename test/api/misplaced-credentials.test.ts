import { beforeAll, describe, expect, test } from 'vitest';
import { documentFor, rootFields } from '../security/every-operation.ts';
import { sampleVariables } from '../support/sample-variables.ts';
import { type Caller, callerOf, type RoomSeed } from '../support/seed.ts';
import { act, codeOf, type House, openHouse } from './admission-kit.ts';

// A credential where it does not belong is refused with a sentence that says where it belongs, and is never passed over.

let house: House;
let room: RoomSeed;
let jwt: string;
let longJwt: string;

beforeAll(async () => {
  house = await openHouse();
  room = await house.backend.waitingRoom();
  jwt = (await room.token({ isOwner: true, userName: 'Olga' })).jwt;
  longJwt = `${jwt.split('.')[0]}.${'A'.repeat(5000)}.${jwt.split('.')[2]}`;
});

type Said = {
  readonly code: string | undefined;
  readonly message: string;
  readonly path: readonly string[] | undefined;
};
type Refused = { __typename: string; code?: string; message?: string; issues?: { path: string[] }[] };

const selection = '{ __typename ... on Refusal { code message } ... on InvalidInput { issues { path } } }';
const documents = {
  joinRoom: `mutation ($roomName: String!) { it: joinRoom(input: { roomName: $roomName }) ${selection} }`,
  knock: `mutation ($roomName: String!) { it: knock(input: { roomName: $roomName, userName: "Nora" }) ${selection} }`,
  access: 'query ($roomName: String!) { it: access(roomName: $roomName) { __typename } }',
  createRoom: `mutation ($roomName: String!) { it: createRoom(input: { name: $roomName }) ${selection} }`,
  heartbeat: 'mutation { it: heartbeat { __typename ... on Refusal { code message } } }',
  cancelKnock: 'mutation { it: cancelKnock { __typename ... on Refusal { code message } } }',
  viewer: 'query { it: viewer { __typename } }',
  room: 'query ($roomName: String!) { it: room(name: $roomName) { __typename } }',
  node: 'query { it: node(id: "x") { __typename } }',
  knockRequests: 'query { it: knockRequests { __typename } }',
} as const;
type Operation = keyof typeof documents;

const doors: readonly (readonly [string, (caller: Caller, query: string) => Promise<object>])[] = [
  ['HTTP', async (caller, query) => (await caller.ask(query, { roomName: room.name })).body],
  ['WebSocket', async (caller, query) => (await caller.ws().subscribe(query, { roomName: room.name })).next()],
  ['SSE', async (caller, query) => (await caller.sse().subscribe(query, { roomName: room.name })).next()],
];

async function ask([, door]: (typeof doors)[number], bearer: string | undefined, operation: Operation): Promise<Said> {
  const body = (await door(callerOf(house.server, bearer), documents[operation])) as {
    data?: { it: Refused | null } | null;
    errors?: { message: string; extensions?: { code?: string; issues?: { path: string[] }[] } }[];
  };
  const error = body.errors?.[0];
  const it = body.data?.it;
  return {
    code: error?.extensions?.code ?? it?.code ?? it?.__typename,
    message: error?.message ?? it?.message ?? '',
    path: (error?.extensions?.issues ?? it?.issues)?.[0]?.path,
  };
}

const entering = [
  ['access', ['token']],
  ['knock', ['input', 'token']],
  ['joinRoom', ['input', 'token']],
] as const;

describe.each(doors)('through %s', (...door) => {
  test.each(entering)(
    'a meeting token as bearer of %s is refused, at the place where it belongs',
    async (operation, path) => {
      for (const bearer of [jwt, longJwt]) {
        const said = await ask(door, bearer, operation);
        expect(said).toMatchObject({ code: 'INVALID_INPUT', path });
        expect(said.message).toContain('send the meeting token here');
      }
    },
  );

  test('an API key as bearer of joinRoom or knock is refused, known or not; access answers a backend', async () => {
    const unknown = `vk_0000_${'A'.repeat(43)}`;
    for (const bearer of [house.backend.apiKey, unknown]) {
      for (const operation of ['joinRoom', 'knock'] as const) {
        const said = await ask(door, bearer, operation);
        expect(said).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'token'] });
        expect(said.message).toContain('createMeetingToken');
      }
    }
    expect(await ask(door, house.backend.apiKey, 'access')).toMatchObject({ code: 'Access' });
  });

  test('an old session or knock token, or nothing at all, still comes to the door', async () => {
    const old = [undefined, `vs_${'A'.repeat(43)}`, `vq_${'A'.repeat(43)}`];
    for (const bearer of old) {
      expect(await ask(door, bearer, 'joinRoom')).toMatchObject({ code: 'MustKnock' });
      expect(await ask(door, bearer, 'access')).toMatchObject({ code: 'Access' });
    }
  });

  test('UNAUTHENTICATED says what arrived and what is needed', async () => {
    const cases: readonly [string | undefined, Operation, RegExp][] = [
      [undefined, 'createRoom', /No credential was sent.*API key.*Authorization: Bearer/],
      [`vk_0000_${'A'.repeat(43)}`, 'createRoom', /API key that was sent is unknown/],
      [jwt, 'createRoom', /JWT was sent as the bearer credential.*input\.token.*joinRoom/],
      [jwt, 'viewer', /JWT was sent as the bearer credential/],
      [`vs_${'A'.repeat(43)}`, 'heartbeat', /session token that was sent.*knock token/],
      ['rubbish', 'cancelKnock', /bearer credential that was sent is not from this service.*knock token/],
      [undefined, 'room', /an API key, or the session token of somebody who is in the room/],
      [undefined, 'node', /an API key, a session token or a knock token/],
      [undefined, 'knockRequests', /an API key, or the session token of an owner or admin/],
    ];
    for (const [bearer, operation, sentence] of cases) {
      const said = await ask(door, bearer, operation);
      expect(said.code, operation).toBe('UNAUTHENTICATED');
      expect(said.message).toMatch(sentence);
      if (bearer !== undefined) expect(said.message).not.toContain(bearer);
    }
  });

  test('FORBIDDEN says what arrived and what is needed', async () => {
    const guest = await room.guest();
    const knocker = await room.knocker();
    const tokens = await house.backend.key(['TOKENS']);
    const cases: readonly [string, Operation, RegExp][] = [
      [tokens.apiKey, 'createRoom', /scope TOKENS.*scope ROOMS/],
      [tokens.apiKey, 'heartbeat', /API key was sent.*session token/],
      [guest.sessionToken, 'createRoom', /session token was sent.*scope ROOMS/],
      [guest.sessionToken, 'cancelKnock', /session token was sent.*knock token/],
      [knocker.knockToken, 'createRoom', /knock token was sent.*scope ROOMS/],
    ];
    for (const [bearer, operation, sentence] of cases) {
      const said = await ask(door, bearer, operation);
      expect(said.code, operation).toBe('FORBIDDEN');
      expect(said.message).toMatch(sentence);
      expect(said.message).not.toContain(bearer);
    }
  });
});

test.each(['', 'Token ', 'JWT ', 'Bearer  ', 'bearer '])(
  'a meeting token after "%s" is as one after Bearer',
  async (scheme) => {
    for (const [operation, path] of entering) {
      const response = await fetch(`${house.server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `${scheme}${jwt}` },
        body: JSON.stringify({ query: documents[operation], variables: { roomName: room.name } }),
      });
      const answer = JSON.stringify(await response.json());
      expect(answer).toContain('"INVALID_INPUT"');
      expect(answer).toContain(JSON.stringify(path));
    }
  },
);

const enteringWith = (field: 'token' | 'knockToken', value: string) => ({
  joinRoom: { roomName: room.name, [field]: value },
  knock: { roomName: room.name, userName: 'Nora', [field]: value },
});

test('a knock token as token, and a meeting token or API key as knockToken, are told where they belong', async () => {
  const { knockToken } = await room.knocker();
  for (const operation of ['joinRoom', 'knock'] as const) {
    const said = await act(house.anybody, operation, enteringWith('token', knockToken)[operation]);
    expect(said).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['input', 'token'] }] });
    expect(said.problem).toContain('knockToken');
  }
  for (const [value, sentence] of [
    [jwt, 'send a meeting token as `token`'],
    [longJwt, 'send a meeting token as `token`'],
    [house.backend.apiKey, 'createMeetingToken'],
  ] as const) {
    const said = await act(house.anybody, 'joinRoom', enteringWith('knockToken', value).joinRoom);
    expect(said).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['input', 'knockToken'] }] });
    expect(said.problem).toContain(sentence);
    expect(said.problem).not.toContain(value);
  }
  const query = 'query ($roomName: String!, $token: String) { access(roomName: $roomName, token: $token) { level } }';
  const { body } = await house.anybody.ask(query, { roomName: room.name, token: knockToken });
  expect(body.errors?.[0]).toMatchObject({ extensions: { code: 'INVALID_INPUT', issues: [{ path: ['token'] }] } });
});

test('a password for the proxy before the service is nobody here, and keeps nobody out', async () => {
  const response = await fetch(`${house.server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa('{"name":"staff"}:secret')}` },
    body: JSON.stringify({ query: documents.joinRoom, variables: { roomName: room.name } }),
  });
  expect(await response.json()).toMatchObject({ data: { it: { __typename: 'MustKnock' } } });
});

test('with a token in its proper place, the bearer lends nothing and gets in nobody’s way', async () => {
  for (const bearer of [jwt, house.backend.apiKey]) {
    const caller = callerOf(house.server, bearer);
    const joined = await act(caller, 'joinRoom', { roomName: room.name, token: jwt });
    expect(joined).toMatchObject({ participant: { userName: 'Olga' } });
    expect(codeOf(await act(caller, 'knock', { roomName: room.name, userName: 'N', token: jwt }))).toBe('Knocked');
  }
});

test('nothing is left of a refused one', async () => {
  const quiet = await house.backend.waitingRoom();
  for (const bearer of [jwt, house.backend.apiKey])
    await act(callerOf(house.server, bearer), 'knock', { roomName: quiet.name, userName: 'N' });
  const { body } = await quiet.backend.ask(
    'query ($name: String!) { knockRequests(roomName: $name) { nodes { id } } }',
    {
      name: quiet.name,
    },
  );
  expect(body.data).toEqual({ knockRequests: { nodes: [] } });
});

const whatIsNeeded: Readonly<Record<string, RegExp>> = {
  myKnock: /This needs a knock token from `knock`\./,
  cancelKnock: /This needs a knock token from `knock`\./,
  leaveRoom: /This needs a session token from `joinRoom`, of somebody who is in the room\./,
  updateMyMedia: /This needs a session token from `joinRoom`, of somebody who is in the room\./,
  heartbeat: /This needs a session token from `joinRoom`, or a knock token from `knock`\./,
  room: /This needs an API key, or the session token of somebody who is in the room\./,
  roomEvents: /This needs an API key, or the session token of somebody who is in the room\./,
  node: /This needs an API key, a session token or a knock token\./,
  nodes: /This needs an API key, a session token or a knock token\./,
};

/** Whatever is not for people: a new operation is among these until somebody says otherwise above. */
const orForBackends = /This needs an API key(?:, or the session token of an owner or admin who is in the room)?\./;

test('whoever comes without a credential is told what is needed, whatever they ask', async () => {
  const socket = house.anybody.ws();
  const open = ['access', 'doorPage', 'joinRoom', 'knock', 'viewer'];
  for (const field of rootFields.filter((one) => !open.includes(one))) {
    const variables = sampleVariables(field, { roomName: room.name, text: 'text', id: 'none' });
    const { data, errors } = await (
      await socket.subscribe<Readonly<Record<string, unknown>>>(documentFor(field, { depth: 0 }), variables)
    ).next();
    const said = errors?.[0]?.message ?? Object(data?.[field]).why;
    expect(said, field).toMatch(whatIsNeeded[field] ?? orForBackends);
  }
  await socket.close();
});

test.each(['leaveRoom', 'heartbeat'] as const)(
  '%s by a session that was ended says that, and what is needed',
  async (operation) => {
    const guest = await room.guest();
    await act(house.backend, 'ejectParticipants', { roomName: room.name, participantIds: [guest.id] });
    const said = await act(guest, operation);
    expect(codeOf(said)).toBe('UNAUTHENTICATED');
    expect(said.problem).toMatch(/that was sent.* ended.*This needs .*session token from `joinRoom`/);
  },
);
