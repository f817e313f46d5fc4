import { beforeAll, describe, expect, test } from 'vitest';
import { type DomainSeed, openDomain } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf, inputOf, type RoomSeed, type Seed } from '../support/seed.ts';
import { documentFor } from './every-operation.ts';

let server: DomainSeed['server'];
let backend: Seed;
let room: RoomSeed;
let knockId: string;

beforeAll(async () => {
  ({ server, backend } = await openDomain());
  room = await backend.waitingRoom();
  knockId = (await room.knocker()).knockId;
});

const hostile: readonly (readonly [string, string])[] = [
  ['10,000 characters', 'x'.repeat(10_000)],
  ['an override of direction', 'Ann\u202egnp.exe'],
  ['an isolate of direction', '\u2066Ann\u2069'],
  ['only what shows nothing', '\u200b\u200b'],
  ['only a soft hyphen', '\u00ad'],
  ['only a filler', '\uffa0'],
  ['only tags', '\u{e0041}'],
  ['a mark on nothing', '\u0301'],
  ['a flood of marks', `Zoe${'\u0301\u0316'.repeat(30)}`],
  ['a mark of direction within', 'Ann\u061cBo'],
  ['what is no character', 'a\uffff'],
  ['a NUL', 'Ann\u0000'],
  ['half a surrogate pair', 'Ann\ud83d'],
  ['an escape', 'Ann\u001b[31m'],
];
const blank: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['spaces', '  \t\u3000 '],
];
const onlyInNames: readonly (readonly [string, string])[] = [['a second line', 'Ann\r\nX-Admin: true']];

type Place = readonly [what: string, field: string, input: (text: string) => Variables];
const names: readonly Place[] = [
  ['the name of a knocker', 'knock', (userName) => ({ roomName: room.name, userName })],
  ['the name in a token', 'createMeetingToken', (userName) => ({ roomName: room.name, userName })],
  ['the user id in a token', 'createMeetingToken', (userId) => ({ roomName: room.name, userId })],
  ['the name of a key', 'createApiKey', (name) => ({ name, scopes: ['READ'] })],
];
/** An empty one is none. */
const titles: readonly Place[] = [
  ['the title of a room', 'updateRoom', (title) => ({ roomName: room.name, settings: { title } })],
];
const messages: readonly Place[] = [
  ['the message of a knocker', 'knock', (message) => ({ roomName: room.name, userName: 'Ann', message })],
  ['the reply of an owner', 'replyToKnock', (reply) => ({ knockId, reply })],
  ['the message of a lobby', 'updateRoom', (lobbyMessage) => ({ roomName: room.name, settings: { lobbyMessage } })],
];

const combine = (places: readonly Place[], texts: readonly (readonly [string, string])[]) =>
  places.flatMap(([place, field, input]) => texts.map(([what, text]) => ({ place, what, field, input, text })));

const anyone = new Set(['knock']);

async function send(field: string, input: Variables) {
  const caller = anyone.has(field) ? callerOf(server) : backend;
  const { body } = await caller.ask<Record<string, Record<string, unknown>>>(documentFor(field, { depth: 1 }), {
    input: inputOf(caller, field, input),
  });
  return { result: body.data?.[field], body };
}

describe('text that harms', () => {
  test.each([
    ...combine(names, [...hostile, ...blank, ...onlyInNames]),
    ...combine(titles, [...hostile, ...onlyInNames]),
    ...combine(messages, hostile),
  ])('$place: $what is refused, and named', async ({ field, input, text }) => {
    const { result, body } = await send(field, input(text));
    const code = result?.code ?? body.errors?.map(({ extensions }) => extensions?.code).join();
    expect(code).toMatch(/^(?:INVALID_INPUT|BAD_REQUEST)$/);
    if (text.trim() !== '') expect(JSON.stringify(body)).not.toContain(JSON.stringify(text).slice(1, -1));
  });
});

describe('text that only looks like code', () => {
  test.each(
    combine(
      [...names.filter(([what]) => !what.includes('id')), ...messages],
      [
        ['markup', '<img src=x onerror=alert(1)>'],
        ['a template', `{{7*7}} \${7*7} %s`],
        ['SQL', `'; drop table rooms; --`],
        ['a formula', '=1+1'],
        ['a name of many scripts', 'Zoë 王小明 نسيم 👩‍👩‍👧'],
      ],
    ),
  )('$place: $what comes back as it was, as data', async ({ field, input, text }) => {
    const { result, body } = await send(field, input(text));
    expect(body.errors ?? [], JSON.stringify(body)).toEqual([]);
    expect(JSON.stringify(result)).toContain(JSON.stringify(text).slice(1, -1));
  });

  test('answers are JSON that no browser takes for anything else', async () => {
    const { headers } = await backend.ask('{ room(name: "<script>") { id } }');
    expect(headers.get('content-type')).toMatch(/^application\/(?:graphql-response\+)?json/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
