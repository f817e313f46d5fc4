import { createServer } from 'node:net';
import { getIntrospectionQuery } from 'graphql';
import { until } from './faults/fault-kit.ts';
import {
  connectionsThatStay,
  countWaitingStatements,
  folderOfTexts,
  holdOperations,
  openSockets,
  preflight,
  statusOf,
} from './settings-looks.ts';
import { apiKeys, boxes, masterKeys, type Service } from './settings-scene.ts';
import { startBeside, startInFile, startOnEmpty, stopWith, warnsOfTrial } from './settings-starts.ts';
import { closeAfterwards } from './support/closers.ts';
import { callerOf } from './support/seed.ts';
import { findFreePort } from './support/server.ts';

/** What shows that a setting counts: services that differ in it, and what each of them does. */
export type Row = {
  /** At the first service, the second, the third; an empty one is left out. */
  readonly values: readonly string[];
  readonly look: (at: Service, value: string, index: number) => Promise<unknown>;
  readonly shows: readonly unknown[];
};

const every = (count: number) => Array.from({ length: count }, (_, index) => index);

async function whereItListens(): Promise<Readonly<Record<string, Row>>> {
  const ports = await Promise.all(every(5).map(findFreePort));
  const [one, two, three, metrics, spare] = ports.map(String);
  return {
    PORT: {
      values: [one ?? '', two ?? '', three ?? ''],
      look: (_at, value) => statusOf(`http://127.0.0.1:${value}/health`),
      shows: [200, 200, 200],
    },
    HOST: {
      values: ['127.0.0.1', '0.0.0.0'],
      look: ({ port }) => statusOf(`http://127.0.0.2:${port}/health`),
      shows: [null, 200],
    },
    METRICS_PORT: {
      // The first two are in production.
      values: [metrics ?? '', spare ?? '', ''],
      look: async ({ port }, value) => [
        await statusOf(`http://127.0.0.1:${port}/metrics`),
        value === ''
          ? null
          : await statusOf(`http://${value === metrics ? '127.0.0.2' : '127.0.0.1'}:${value}/metrics`),
      ],
      shows: [
        [404, 200],
        [404, 200],
        [200, null],
      ],
    },
    METRICS_HOST: {
      values: ['127.0.0.2', ''],
      look: (_at, _value, index) =>
        Promise.all(
          ['127.0.0.1', '127.0.0.2'].map((host) => statusOf(`http://${host}:${[metrics, spare][index]}/metrics`)),
        ),
      shows: [
        [null, 200],
        [200, null],
      ],
    },
    PUBLIC_URL: {
      values: ['https://one.example', 'https://two.example/'],
      look: async ({ backend }) => {
        const { body } = await backend.ask<{ createMeetingToken: { jwt: string } }>(
          'mutation { createMeetingToken(input: { roomName: "standup" }) { ... on IssuedMeetingToken { jwt } } }',
        );
        const [, claims = ''] = body.data?.createMeetingToken.jwt.split('.') ?? [];
        return JSON.parse(Buffer.from(claims, 'base64url').toString()).iss;
      },
      shows: ['https://one.example', 'https://two.example'],
    },
    ROOM_URL_TEMPLATE: {
      values: ['https://rooms.example/{domain}/{room}', '{PUBLIC_URL}/r/{room}?room={room}#in', ''],
      look: async ({ backend }) => {
        const { body } = await backend.ask<{ room: { url: string } }>('{ room(name: "standup") { url } }');
        const made = await backend.ask<{ createMeetingToken: { jwt: string; joinUrl: string } }>(
          'mutation { createMeetingToken(input: { roomName: "standup" }) { ... on IssuedMeetingToken { jwt joinUrl } } }',
        );
        const { jwt = '', joinUrl = '' } = made.body.data?.createMeetingToken ?? {};
        return [body.data?.room.url, joinUrl.replace(jwt, 'TOKEN')];
      },
      shows: [
        ['https://rooms.example/default/standup', 'https://rooms.example/default/standup?t=TOKEN'],
        ['https://two.example/r/standup?room=standup#in', 'https://two.example/r/standup?room=standup&t=TOKEN#in'],
        [`http://localhost:${three}/default/standup`, `http://localhost:${three}/default/standup?t=TOKEN`],
      ],
    },
  };
}

const whoMayAsk: Readonly<Record<string, Row>> = {
  BOOTSTRAP_API_KEY: {
    values: apiKeys,
    look: async ({ server }) => {
      const answers = apiKeys.map((key) => callerOf(server, key).ask('{ domain { name } }'));
      return (await Promise.all(answers)).map(({ body }) => body.errors === undefined);
    },
    shows: every(3).map((one) => every(3).map((other) => one === other)),
  },
  ALLOWED_ORIGINS: {
    values: ['https://a.example', 'https://b.example, https://c.example'],
    look: ({ port }) => Promise.all(['a', 'b', 'c'].map((letter) => preflight(port, `https://${letter}.example`))),
    shows: [
      [true, false, false],
      [false, true, true],
    ],
  },
  TRUSTED_PROXIES: {
    values: ['', '127.0.0.9'],
    look: async ({ port }) => {
      // As many as one address may have, and one for somebody else behind the same proxy.
      const first = await openSockets(port, '127.0.0.9', '192.0.2.1');
      return [first > 0, (await openSockets(port, '127.0.0.9', '192.0.2.2')) > 0];
    },
    shows: [
      [true, false],
      [true, true],
    ],
  },
  WEBHOOK_ALLOW_PRIVATE: {
    values: ['false', 'true'],
    look: async ({ backend, database, delivery }, value) => {
      const { body } = await backend.ask<{ createWebhook: object }>(
        `mutation { createWebhook(input: { url: "http://127.0.0.1:9/", events: [KNOCK_REQUESTED] }) {
          ... on Refusal { code } } }`,
      );
      const { sql } = database;
      await until(
        async () => (await sql`select attempts from webhook_deliveries where id = ${delivery.id}`)[0]?.attempts,
        (attempts) => attempts > 0,
      );
      if (value === 'true')
        await until(
          async () => delivery.called(),
          (times) => times > 0,
        );
      return [body.data?.createWebhook, delivery.called()];
    },
    shows: [
      [{ code: 'INVALID_INPUT' }, 0],
      [{}, 1],
    ],
  },
};

/** Media servers at addresses of which some are private. */
const mediaServers: Readonly<Record<string, Row>> = {
  MEDIA_ALLOW_PRIVATE: {
    values: ['', '10.1.0.0/16, livekit.internal', ''],
    look: async ({ backend }) => {
      const types: unknown[] = [];
      for (const url of ['http://127.0.0.1', 'http://10.1.2.3']) {
        const input = { kind: 'JITSI', url, apiKey: 'app', apiSecret: 'x'.repeat(32) };
        const { body } = await backend.ask<{ setMediaServer: { __typename: string } }>(
          'mutation ($input: SetMediaServerInput!) { setMediaServer(input: $input) { __typename } }',
          { input },
        );
        types.push(body.data?.setMediaServer.__typename);
      }
      return types;
    },
    // Where NODE_ENV is production, as at the first two, nothing is allowed that is not named.
    shows: [
      ['InvalidInput', 'InvalidInput'],
      ['InvalidInput', 'MediaServer'],
      ['MediaServer', 'MediaServer'],
    ],
  },
};

/** A shared secret sealed with a key that is not at hand verifies nothing. */
const secrets: Readonly<Record<string, Row>> = {
  MASTER_KEY: {
    values: masterKeys.slice(0, 3).map((key) => key.toString('base64')),
    look: async ({ database }) => {
      const rows = await database.sql<{ sealed: Buffer }[]>`select private_key_sealed as sealed from signing_keys`;
      return boxes.map((box) => rows.length > 0 && rows.every(({ sealed }) => box.isCurrent(sealed)));
    },
    shows: every(3).map((one) => every(4).map((other) => one === other)),
  },
  MASTER_KEY_PREVIOUS: {
    values: [
      '',
      masterKeys
        .slice(-1)
        .map((key) => key.toString('hex'))
        .join(),
    ],
    look: async ({ backend, jwt }) => {
      const query = 'query ($jwt: String!) { validateMeetingToken(jwt: $jwt) { __typename } }';
      const { body } = await backend.ask<{ validateMeetingToken: { __typename: string } | null }>(query, { jwt });
      return body.data?.validateMeetingToken?.__typename === 'MeetingToken';
    },
    shows: [false, true],
  },
};

const tools = async ({ backend, port }: Service) => {
  const page = await fetch(`http://127.0.0.1:${port}/graphql`, { headers: { accept: 'text/html' } });
  const introspected = await backend.ask<{ __schema: object }>(getIntrospectionQuery());
  const mistyped = await backend.ask('{ roomz { id } }');
  return {
    introspection: introspected.body.data?.__schema !== undefined,
    suggestions: /did you mean/i.test(JSON.stringify(mistyped.body.errors)),
    graphiql: (await page.text()).includes('<title>GraphiQL'),
  };
};
const toolsShown = [
  { introspection: true, suggestions: true, graphiql: false },
  { introspection: false, suggestions: false, graphiql: true },
  { introspection: true, suggestions: true, graphiql: true },
];

const whatIsShown: Readonly<Record<string, Row>> = {
  NODE_ENV: { values: ['production', 'production', ''], look: tools, shows: toolsShown },
  INTROSPECTION: { values: ['true', '', ''], look: tools, shows: toolsShown },
  GRAPHIQL: { values: ['', 'true', ''], look: tools, shows: toolsShown },
  LOG_LEVEL: {
    values: ['error', 'debug'],
    look: async ({ server, backend }, value) => {
      await callerOf(server).ask(
        'mutation { joinRoom(input: { roomName: "standup", domain: "default" }) { __typename } }',
      );
      const says = (level: number) => server.output().includes(`{"level":${level},`);
      if (value === 'debug') await until(async () => says(20), Boolean);
      // Asked after that, so that whatever the first one says has come as well.
      await backend.ask('{ domain { name } }');
      return [20, 30, 40].map(says).some(Boolean);
    },
    shows: [false, true],
  },
};

const limits: Readonly<Record<string, Row>> = {
  RATE_LIMITS: {
    values: ['true', 'true', 'false'],
    look: ({ port }) => openSockets(port, '127.0.0.11'),
    shows: [3, 5, 7],
  },
  MAX_STREAMS_PER_ADDRESS: {
    values: ['3', '5', '3'],
    look: ({ port }) => openSockets(port, '127.0.0.12'),
    shows: [3, 5, 7],
  },
  MAX_CONNECTIONS_PER_ADDRESS: {
    values: ['12', '14', '12'],
    look: ({ port }, value, index) => connectionsThatStay(port, '127.0.0.13', index === 2 ? undefined : Number(value)),
    shows: [12, 14, 16],
  },
  MAX_OPERATIONS: {
    values: ['4', '9'],
    look: (at, _value, index) => holdOperations(at, [4, 5][index] ?? 0),
    shows: [
      { held: 4, code: 'UNAVAILABLE' },
      { held: 5, code: 'RATE_LIMITED' },
    ],
  },
  MAX_OPERATIONS_PER_ADDRESS: {
    values: ['8', '5'],
    look: (at, _value, index) => holdOperations(at, [4, 5][index] ?? 0),
    shows: [
      { held: 4, code: 'UNAVAILABLE' },
      { held: 5, code: 'RATE_LIMITED' },
    ],
  },
  MAX_QUERY_COST: {
    values: ['100', '300'],
    look: async ({ backend }) => {
      const { body } = await backend.ask('{ rooms(first: 100) { nodes { bans(first: 100) { nodes { id } } } } }');
      return body.errors?.[0]?.extensions?.max;
    },
    shows: [100, 300],
  },
};

async function whatItRestsOn(): Promise<Readonly<Record<string, Row>>> {
  const texts = await folderOfTexts('Who comes?');
  const listeners = await Promise.all([startListener(), startListener()]);
  return {
    DATABASE_URL: {
      values: [],
      look: async ({ database }) => (await database.sql`select 1 from rooms where name = 'standup'`).length,
      shows: [1, 1, 1],
    },
    PAGE_TEXTS: {
      values: ['', texts],
      look: async ({ port }) =>
        (await (await fetch(`http://127.0.0.1:${port}/default/standup`)).text()).includes('Who comes?'),
      shows: [false, true],
    },
    DATABASE_DIRECT_URL: {
      values: [],
      look: ({ database }, _value, index) => startBeside(database.url, index === 0),
      shows: [true, false],
    },
    POOL_SIZE: {
      values: ['2', '3'],
      look: (at, value) => countWaitingStatements(at, Number(value)),
      shows: [2, 3],
    },
    EVENT_RETENTION_DAYS: {
      values: ['2', '9'],
      look: async ({ database: { sql } }) => {
        const rooms = () => sql`select 1 from rooms where name = 'ended-40'`;
        const told = () => sql`select 1 from webhook_deliveries where payload->>'days' = '40'`;
        for (const old of [rooms, told]) await until(old, ({ length }) => length === 0);
        const [kept] = await sql`
          select (select count(*)::int from rooms where name = 'ended-5') as rooms,
            (select count(*)::int from webhook_deliveries where payload->>'days' = '5') as deliveries`;
        return kept;
      },
      shows: [
        { rooms: 0, deliveries: 0 },
        { rooms: 1, deliveries: 1 },
      ],
    },
    EVENTS_URL: {
      values: listeners.map(({ port }) => `nats://127.0.0.1:${port}`),
      look: (_at, _value, index) =>
        until(
          async () => listeners[index]?.called() ?? 0,
          (times) => times > 0,
        ).then(Boolean),
      shows: [true, true],
    },
    // These count before anything else does, so each value has a start of its own.
    DATA_DIR: { values: [], look: startInFile, shows: [true] },
    DRAIN_SECONDS: {
      values: [],
      look: ({ database }, _value, index) => stopWith(database.url, String(index)),
      shows: [null, { ready: 503, query: 200 }],
    },
    TRIAL: {
      values: [],
      look: (_at, _value, index) => warnsOfTrial(String(index === 0)),
      shows: [true, false],
    },
    MIGRATE_ON_START: {
      values: ['false', 'false', 'false'],
      look: (_at, _value, index) => startOnEmpty(String(index === 0)),
      shows: [true, false],
    },
  };
}

/** Somebody who takes connections and says nothing. */
async function startListener() {
  let times = 0;
  const server = createServer((socket) => {
    times += 1;
    socket.on('error', () => undefined);
    closeAfterwards(() => socket.destroy());
  });
  const port = await findFreePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  closeAfterwards(() => server.close());
  return { port, called: () => times };
}

export async function settingRows(): Promise<Readonly<Record<string, Row>>> {
  return {
    ...(await whereItListens()),
    ...whoMayAsk,
    ...mediaServers,
    ...secrets,
    ...whatIsShown,
    ...limits,
    ...(await whatItRestsOn()),
  };
}
