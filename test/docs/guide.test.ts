import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isEnumType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { schema } from '../../schema/index.ts';
import { createTestDatabase } from '../support/database.ts';
import type { Subscription } from '../support/graphql-client.ts';
import { type Caller, callerOf, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { blocksOf, firstColumn, readDocument, readGuide } from './markdown.ts';

type Step = { readonly who: string; readonly text: string; readonly variables: string };
type Data = Readonly<Record<string, unknown>>;

let server: TestServer;
let steps: ReadonlyMap<string, Step>;
const done = new Set<string>();
/** What stands for the guide's `<placeholders>`, as it becomes known. */
const known: Record<string, string> = { '22 random characters or more': randomBytes(18).toString('base64url') };

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  steps = readSteps((await readGuide()).map(({ text }) => text).join('\n'));
});

function readSteps(guide: string): ReadonlyMap<string, Step> {
  const blocks = blocksOf(guide);
  return new Map(
    blocks.flatMap(({ language, info, text }, index) => {
      const name = /^(?:query|mutation|subscription) (\w+)/.exec(text)?.[1];
      const next = blocks[index + 1];
      const variables = next?.language === 'json' ? next.text : '{}';
      return language === 'graphql' && name !== undefined ? [[name, { who: info, text, variables }]] : [];
    }),
  );
}

function take(name: string, who: string) {
  const step = steps.get(name);
  if (step?.who !== who) throw new Error(`the guide has no operation ${name} for ${who}`);
  done.add(name);
  const filled = step.variables.replaceAll(/<([^>]+)>/g, (_whole, key: string) => known[key] ?? `<${key}>`);
  return { text: step.text, variables: z.record(z.string(), z.unknown()).parse(JSON.parse(filled)) };
}

/** Runs the guide's operation as it stands, and gives what its one field answered. */
async function run(name: string, who: string, caller: Caller): Promise<Data> {
  const { text, variables } = take(name, who);
  const { body } = await caller.ask<Data>(text, variables);
  expect(body.errors, name).toBeUndefined();
  return z.record(z.string(), z.unknown()).parse(Object.values(body.data ?? {})[0]);
}

async function follow(name: string, who: string, caller: Caller): Promise<Subscription<Data>> {
  const { text, variables } = take(name, who);
  return caller.ws().subscribe<Data>(text, variables);
}

/** Reads on until the stream says something like this. */
const hear = async (stream: Subscription<Data>, wanted: Data) => {
  const message = await stream.find(({ data }) => {
    const said = Object.values(data ?? {})[0];
    return Object.entries(wanted).every(([key, value]) => z.looseObject({}).parse(said)[key] === value);
  });
  return z.looseObject({}).parse(Object.values(message.data ?? {})[0]);
};

const joined = z.object({
  sessionToken: z.string(),
  participant: z.object({ id: z.string(), userName: z.string() }),
  room: z.object({ cursor: z.string() }),
});

describe('the guide, word for word', () => {
  const backend = () => seed(server);
  const anybody = () => callerOf(server);
  let owner: Caller;
  let guest: Caller;

  test('a private room keeps out people with neither a token nor an admission', async () => {
    expect(await run('MakeRoom', 'backend', backend())).toMatchObject({ name: 'weekly', privacy: 'PRIVATE' });
    expect(await run('MayIComeIn', 'anybody', anybody())).toEqual({
      level: 'NONE',
      refusal: expect.objectContaining({ code: 'ENTRY_NOT_ALLOWED' }),
    });
    expect(await run('OpenTheLobby', 'backend', backend())).toMatchObject({ enableKnocking: true });
    expect(await run('MayIComeIn', 'anybody', anybody())).toMatchObject({ level: 'LOBBY' });
  });

  test('a meeting token lets in, and the room can be followed', async () => {
    known.jwt = String((await run('InviteTheOwner', 'backend', backend())).jwt);
    const session = joined.parse(await run('ComeIn', 'anybody', anybody()));
    known.cursor = session.room.cursor;
    owner = callerOf(server, session.sessionToken);
    const events = await follow('FollowTheRoom', 'participant', owner);
    await events.stop();
    expect(await run('WhyNot', 'backend', backend())).toMatchObject({ access: { level: 'FULL' } });
  });

  test('a knock is seen, answered, and comes in', async () => {
    const whoWaits = await follow('WhoWaits', 'participant', owner);
    const knocked = await run('KnockAtTheDoor', 'anybody', anybody());
    const { knockToken, knockRequest } = z
      .object({ knockToken: z.string(), knockRequest: z.object({ id: z.string() }) })
      .parse(knocked);
    Object.assign(known, { knockToken, knockId: knockRequest.id });
    const knocker = callerOf(server, knockToken);
    const answer = await follow('WaitForTheAnswer', 'knocker', knocker);
    await hear(answer, { status: 'PENDING' });
    expect(await hear(whoWaits, { status: 'PENDING' })).toMatchObject({ userName: 'Nora', verified: false });
    expect(await run('WhoWaitsAnywhere', 'backend', backend())).toMatchObject({ totalCount: 1 });
    expect(await run('LetIn', 'participant', owner)).toMatchObject({ __typename: 'KnockRequest', status: 'ADMITTED' });
    expect(await hear(answer, { status: 'ADMITTED' })).toMatchObject({ reply: 'Welcome, Nora' });
    const session = joined.parse(await run('ComeInAtLast', 'knocker', knocker));
    expect(session.participant.userName).toBe('Nora');
    known.participantId = session.participant.id;
    guest = callerOf(server, session.sessionToken);
  });

  test('owners mute, send back and put out', async () => {
    const events = await follow('FollowTheRoom', 'participant', owner);
    expect(await run('OnlyOwnersSpeak', 'participant', owner)).toEqual({ ownerOnlyBroadcast: true });
    await hear(events, { __typename: 'RoomUpdated' });
    expect(await run('Mute', 'participant', owner)).toEqual({ id: known.participantId, audio: false });
    expect(await run('BackToTheLobby', 'participant', owner)).toMatchObject({ status: 'PENDING' });
    await hear(events, { __typename: 'ParticipantLeft', leaveReason: 'RETURNED_TO_LOBBY' });
    expect((await guest.ask('{ viewer { __typename } }')).body.data).toBeDefined();
    const { jwt } = z.object({ jwt: z.string() }).parse(await run('InviteTheOwner', 'backend', backend()));
    known.jwt = jwt;
    known.otherParticipantId = joined.parse(await run('ComeIn', 'anybody', anybody())).participant.id;
    expect(await run('PutOut', 'participant', owner)).toEqual({
      participants: [{ id: known.otherParticipantId, leaveReason: 'BANNED' }],
    });
    expect(await run('Leave', 'participant', owner)).toMatchObject({ leaveReason: 'LEFT' });
    expect(await run('TakeTokensBack', 'backend', backend())).toEqual({ count: expect.any(Number) });
    expect(await run('WhyNot', 'backend', backend())).toMatchObject({
      access: { level: 'NONE', refusal: { code: 'TOKEN_REVOKED' } },
    });
  });

  test('a domain has a look, its sites show the door, and a room has a meeting elsewhere', async () => {
    expect(await run('OurDoor', 'backend', backend())).toEqual({
      doorPage: { brandName: 'Acme Meetings', accentColor: '#0b6e4f' },
    });
    expect(await run('OurSite', 'backend', backend())).toEqual({
      doorPage: { frameOrigins: ['https://app.acme.example'] },
    });
    expect(await run('OurMeeting', 'backend', backend())).toEqual({
      name: 'weekly',
      meetingUrl: 'https://app.acme.example/call/{room}#{credentials}',
    });
  });

  afterAll(() => {
    expect([...steps.keys()].filter((name) => !done.has(name))).toEqual([]);
  });
});

test('the guide lists every scope that a key may have', async () => {
  const scopes = schema.getType('ApiKeyScope');
  const names = isEnumType(scopes) ? scopes.getValues().map(({ name }) => name) : [];
  expect(names.length).toBeGreaterThan(5);
  expect(firstColumn(await readDocument('docs/guide/first-question.md'), '## Scopes').toSorted()).toEqual(
    names.toSorted(),
  );
});

test('the files that the guide shows are those of the examples, which are type-checked and run', async () => {
  const shown = (await readGuide()).flatMap(({ text }) =>
    blocksOf(text).filter(({ language }) => ['tsx', 'js'].includes(language)),
  );
  const files = ['main.tsx', 'meeting.tsx', 'knock-button.tsx', 'owners-list.tsx', 'vite.config.js', 'inside.tsx'];
  expect(shown.length).toBe(files.length);
  for (const [index, file] of files.entries()) {
    const source = await readFile(join(import.meta.dirname, '../../examples/client-react', file), 'utf8');
    expect(source, file).toBe(shown[index]?.text);
  }
});

/** What the one page had before it became a page a task, and others may have linked. */
const oldAnchors = [
  'before-you-begin',
  '1-a-private-room',
  '2-a-meeting-token',
  '3-a-knock',
  '4-in-the-room',
  '5-in-a-web-page',
  '6-with-apollo-client-urql-or-relay',
  '7-three-ways-to-use-the-door',
  'as-it-is',
  'in-front-of-your-own-meeting',
  'inside-your-own-page',
];

test('the guide leads to each of its pages, and whoever comes by an old link finds the way', async () => {
  const opening = await readDocument('docs/guide.md');
  for (const { file } of await readGuide()) expect(opening, file).toContain(`](${file.replace('docs/', '')})`);
  const anchors = [...opening.matchAll(/^##+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(/\s/g, '-'),
  );
  expect(anchors).toEqual(expect.arrayContaining(oldAnchors));
});
