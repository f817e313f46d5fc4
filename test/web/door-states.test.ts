import { describe, expect, test } from 'vitest';
import type { RoomSeed } from '../support/seed.ts';
import { expectPlaceAtEverySize, expectStill } from './every-size.ts';
import { openPageHouse, shown } from './page-house.ts';
import { type Visitor, visit } from './visitor.ts';

const { backend, browser } = await openPageHouse();

const hour = 3600 * 1000;
const later = (ms: number) => new Date(Date.now() + ms).toISOString();

interface State {
  readonly what: string;
  readonly heading: string;
  readonly open: () => Promise<Visitor>;
  /** How one goes on: a button, or what happens by itself. */
  readonly on: string | RegExp;
}

const come = async (room: Pick<RoomSeed, 'url'>) => visit(browser, room.url);

async function knockAt(room: RoomSeed, name = 'Wanda'): Promise<Visitor> {
  const guest = await come(room);
  await guest.page.getByLabel('Your name').fill(name);
  await guest.button('Ask to join').click();
  await guest.page.getByText('Waiting since').waitFor(shown);
  return guest;
}

async function enter(room: RoomSeed): Promise<Visitor> {
  const guest = await visit(browser, (await room.token({ userName: 'Gus', userId: 'gus' })).joinUrl ?? '');
  await guest.button('Join').click();
  await guest.heading('People').waitFor(shown);
  return guest;
}

async function decide(room: RoomSeed, decision: 'admitKnock' | 'denyKnock', input: object = {}): Promise<void> {
  const read = 'query ($n: String!) { knockRequests(roomName: $n, status: [PENDING]) { nodes { id } } }';
  const { body } = await backend.ask<{ knockRequests: { nodes: { id: string }[] } }>(read, { n: room.name });
  const type = decision === 'denyKnock' ? 'DenyKnockInput' : 'KnockDecisionInput';
  const knockId = body.data?.knockRequests.nodes[0]?.id;
  await backend.ask(`mutation ($i: ${type}!) { ${decision}(input: $i) { __typename } }`, { i: { knockId, ...input } });
}

const change = (mutation: string, type: string, input: object) =>
  backend.ask(`mutation ($i: ${type}!) { ${mutation}(input: $i) { __typename } }`, { i: input });

const atTheDoor: readonly State[] = [
  {
    what: 'a door to knock at',
    heading: 'Design review',
    open: async () =>
      come(await backend.waitingRoom({ title: 'Design review', lobbyMessage: 'We start at ten past.' })),
    on: 'Ask to join',
  },
  {
    what: 'an open door, with a name of 128 letters',
    heading: 'W'.repeat(60),
    open: async () => {
      const room = await backend.room({ title: 'W'.repeat(60) });
      return come({ url: `${room.url}?name=${'N'.repeat(128)}` });
    },
    on: 'Join',
  },
  {
    what: 'an invitation with a name',
    heading: 'Ask to come in',
    open: async () => {
      const room = await backend.waitingRoom();
      const token = await room.token({ knocking: true, userName: 'N'.repeat(128), userId: 'n' });
      return come({ url: token.joinUrl ?? '' });
    },
    on: 'Ask to join',
  },
  {
    what: 'a room that opens later',
    heading: 'This room opens',
    open: async () => come(await backend.room({ nbf: later(hour) })),
    on: 'it goes on by itself',
  },
  {
    what: 'a room that there is not',
    heading: 'This room is not open to you',
    open: async () => come({ url: (await backend.room()).url.replace(/room-\w+$/, 'R'.repeat(100)) }),
    on: 'Look again',
  },
  {
    what: 'an invitation that does not work',
    heading: 'This invitation does not work',
    open: async () => come({ url: `${(await backend.room()).url}?t=abc.def.ghi` }),
    on: 'Go on without the invitation',
  },
  {
    what: 'an invitation that was used',
    heading: 'This invitation has already been used',
    open: async () => {
      const room = await backend.waitingRoom();
      const used = await room.token({ maxUses: 1 });
      await room.join({ token: used.jwt, userName: 'First' });
      return come({ url: used.joinUrl ?? '' });
    },
    on: 'Go on without the invitation',
  },
  {
    what: 'a room that is full',
    heading: 'The room is full',
    open: async () => {
      const room = await backend.room({ maxParticipants: 1 });
      await room.join({ userName: 'First' });
      return come(room);
    },
    on: 'looks again by itself',
  },
  {
    what: 'somebody who is banned',
    heading: 'You cannot come in',
    open: async () => {
      const room = await backend.room();
      const { joinUrl } = await room.token({ userName: 'Gus', userId: 'gus' });
      await change('ejectParticipants', 'EjectParticipantsInput', { roomName: room.name, userIds: ['gus'], ban: true });
      return come({ url: joinUrl ?? '' });
    },
    on: 'Look again',
  },
];

const afterwards: readonly State[] = [
  {
    what: 'waiting, with long words of the host',
    heading: 'You are next',
    open: async () => {
      const room = await backend.waitingRoom({ title: 'Design review', lobbyMessage: 'x'.repeat(300) });
      return knockAt(room, 'N'.repeat(128));
    },
    on: 'Withdraw',
  },
  {
    what: 'let in, and the room is full',
    heading: 'You are let in, but the room is full',
    open: async () => {
      const room = await backend.waitingRoom({ maxParticipants: 1 });
      await room.guest();
      const guest = await knockAt(room);
      await decide(room, 'admitKnock');
      return guest;
    },
    on: 'looks for a free place by itself',
  },
  {
    what: 'denied, with words',
    heading: 'Not this time',
    open: async () => {
      const room = await backend.waitingRoom({ knockCooldownSeconds: 600 });
      const guest = await knockAt(room);
      await decide(room, 'denyKnock', { reply: 'Come on Thursday.' });
      return guest;
    },
    on: /^Ask again in \d+:\d\d$/,
  },
  {
    what: 'denied for good',
    heading: 'Not this time',
    open: async () => {
      const room = await backend.waitingRoom();
      const guest = await knockAt(room);
      await decide(room, 'denyKnock', { ban: true });
      return guest;
    },
    on: 'Look again',
  },
  {
    what: 'withdrawn',
    heading: 'Request withdrawn',
    open: async () => {
      const guest = await knockAt(await backend.waitingRoom());
      await guest.button('Withdraw').click();
      return guest;
    },
    on: 'Ask again',
  },
  {
    what: 'inside, where the meeting is elsewhere',
    heading: 'The meeting itself is elsewhere',
    open: async () => enter(await backend.room({ title: 'Design review' })),
    on: 'Leave',
  },
  {
    what: 'gone by oneself',
    heading: 'You have left',
    open: async () => {
      const guest = await enter(await backend.room());
      await guest.button('Leave').click();
      return guest;
    },
    on: 'Come back',
  },
  {
    what: 'removed',
    heading: 'You were removed',
    open: async () => {
      const room = await backend.room();
      const guest = await enter(room);
      await change('ejectParticipants', 'EjectParticipantsInput', { roomName: room.name, userIds: ['gus'] });
      return guest;
    },
    on: 'Ask to come back',
  },
  {
    what: 'the room is closed',
    heading: 'The meeting is over',
    open: async () => {
      const room = await backend.room();
      const guest = await enter(room);
      await change('deleteRoom', 'DeleteRoomInput', { roomName: room.name });
      return guest;
    },
    on: 'Look again',
  },
  {
    what: 'the service cannot be reached',
    heading: 'We cannot reach the meeting',
    open: async () => {
      const { joinUrl } = await (await backend.room()).token();
      const guest = await visit(browser, 'about:blank');
      await guest.page.route('**/graphql*', (route) => route.abort());
      await guest.page.goto(joinUrl ?? '');
      return guest;
    },
    on: 'Try again',
  },
];

describe.each([...atTheDoor, ...afterwards])('$what', ({ heading, open, on }) => {
  test('has one heading, a way on, and its place at every size, dark, mirrored and spaced', async () => {
    const guest = await open();
    const { page } = guest;
    await guest.heading(heading).first().waitFor(shown);
    await page.getByText(on).first().waitFor(shown);
    await expectStill(guest);
    await expectPlaceAtEverySize(guest);
    const own = guest.complaints.filter((complaint) => !complaint.includes('net::ERR_FAILED'));
    expect(own).toEqual([]);
  });
});
