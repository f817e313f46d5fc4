import { beforeAll, describe, expect, test } from 'vitest';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { callerOf, type RoomSeed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type FileWatch, watchFiles } from './files-run.ts';
import { readDocument } from './markdown.ts';

// Each walk of docs/architecture.md, held against what runs: V8 counts the functions while an operation is answered.

/** Two processes' worth of service on one database: what the first writes, the second delivers. */
let servers: readonly [TestServer, TestServer];
let watch: FileWatch;
let ground: ReadonlySet<string>;

// What runs a statement (storage/postgres, the tables) lies below its text, where a walk turns back.
const layers = /^(?:schema|src\/(?:services|streams|room|rules|tokens|storage(?!\/(?:postgres|tables)\/)))\//;
const isDelivery = (path: string) => path.startsWith('src/streams/');
/**
 * What is on nobody's way: leases, what falls due, what is forgotten, the outbox of webhooks and media servers, which run by themselves; and
 * the paths of the doors, which are looked at before any resolver.
 */
const asides = [
  'src/rules/own-paths.ts',
  'src/room/lookout.ts',
  'src/room/errands.ts',
  'src/room/sweeper.ts',
  'src/room/uptime.ts',
  'src/storage/process.ts',
  'src/storage/retention.ts',
  'src/storage/webhook-outbox.ts',
  'src/storage/media-room.ts',
  'src/storage/claim-in-turn.ts',
];
/** What timers run too: on a slow machine in each of these moments. Whether a list has these is not judged. */
const alsoByTimers = [
  'src/room/many-rooms.ts',
  'src/services/domain-directory.ts',
  'src/storage/knock-request.ts',
  'src/storage/room.ts',
  'src/storage/room-event.ts',
];
const isAside = (path: string) => asides.includes(path) || alsoByTimers.includes(path);

beforeAll(async () => {
  const { url } = await createTestDatabase();
  const publicUrl = 'http://walks.test';
  servers = [await startServer({ databaseUrl: url, publicUrl }), await startServer({ databaseUrl: url, publicUrl })];
  watch = await watchFiles();
  closeAfterwards(watch.stop);
  const both = inBoth(await filesOf(queries.viewer), await filesOf(queries.access));
  // What is delivered is asked for by the clock too: on a busy machine in each of the turns.
  ground = new Set([...both].filter((path) => !isDelivery(path)));
});

/** Sets a room up, and gives what is watched. */
type Scene = (room: RoomSeed) => Promise<() => Promise<unknown>>;

/**
 * The files that run each time, in a new room each time: what the service does on the side is not done in every one of these moments.
 * The first time is not counted, since it also fills what is kept for the whole domain.
 */
async function filesOf(scene: Scene): Promise<ReadonlySet<string>> {
  const turns: ReadonlySet<string>[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    turns.push(await watch.during(await scene(await seed(servers[0]).waitingRoom())));
  }
  const [first, ...others] = turns.slice(1);
  const files = others.reduce(inBoth, first ?? new Set());
  return new Set([...files].filter((path) => layers.test(path) && !isAside(path)));
}

const inBoth = (some: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...some].filter((path) => others.has(path)));

const queries: Readonly<Record<'viewer' | 'access', Scene>> = {
  viewer: async (room) => {
    const owner = await room.owner();
    return () => owner.ask('{ viewer { ... on Participant { id } } }');
  },
  access: async ({ name }) => {
    return () => callerOf(servers[0]).ask(`{ access(roomName: "${name}") { level } }`);
  },
};

const walks: Readonly<Record<'knock' | 'deliver' | 'join' | 'admit', Scene>> = {
  knock: async (room) => () => room.knocker(),
  deliver: async (room) => {
    const owner = await room.owner();
    await room.knocker();
    const following = callerOf(servers[1], owner.sessionToken).ws();
    const waiting = await following.subscribe('subscription { knockRequested { id status } }');
    await waiting.next();
    return () => Promise.all([waiting.next(), room.knocker()]);
  },
  join: async (room) => {
    const { jwt } = await room.token();
    return () => room.join({ token: jwt });
  },
  admit: async (room) => {
    const owner = await room.owner();
    const { knockId } = await room.knocker();
    const decide = `mutation { admitKnock(input: { knockId: "${knockId}" }) { ... on KnockRequest { id decidedBy { name } } } }`;
    return () => owner.ask(decide);
  },
};

/** The files that a section lists, in its order, without those that are not judged. */
async function listed(heading: string): Promise<readonly string[]> {
  const document = await readDocument('docs/architecture.md');
  const section = document.split(`\n${heading}\n`)[1]?.split(/^#+ /m)[0] ?? '';
  const paths = [...section.matchAll(/`((?:src|schema)\/[\w/-]+\.ts)`/g)].map(([, path = '']) => path);
  return paths.filter((path) => !isAside(path));
}

describe('docs/architecture.md', () => {
  test('lists what every operation passes', async () => {
    expect((await listed('### Every operation')).toSorted()).toEqual([...ground].toSorted());
  });

  test.each([
    ['### Every operation', 8],
    ['### A knock, from the schema to the row', 42],
    ['### The row, to a subscriber', 9],
    ['### joinRoom', 55],
    ['### admitKnock', 37],
  ])('%s: a reader opens no more than %i files', async (heading, most) => {
    const document = await readDocument('docs/architecture.md');
    const section = document.split(`\n${heading}\n`)[1]?.split(/^#+ /m)[0] ?? '';
    const paths = section.match(/`(?:src|schema)\/[\w/-]+\.ts`/g) ?? [];
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.length).toBeLessThanOrEqual(most);
  });

  test.each([
    ['knock', '### A knock, from the schema to the row'],
    ['join', '### joinRoom'],
    ['admit', '### admitKnock'],
  ] as const)('lists what runs for a command, once each, besides that and the delivery: %s', async (name, heading) => {
    const run = [...(await filesOf(walks[name]))].filter((path) => !ground.has(path) && !isDelivery(path));
    expect((await listed(heading)).toSorted()).toEqual(run.toSorted());
  });

  test('lists what brings a row to a subscriber of another process', async () => {
    const knocking = new Set([...ground, ...(await listed('### A knock, from the schema to the row'))]);
    const run = [...(await filesOf(walks.deliver))].filter((path) => isDelivery(path) || !knocking.has(path));
    expect((await listed('### The row, to a subscriber')).toSorted()).toEqual(run.toSorted());
  });
});
