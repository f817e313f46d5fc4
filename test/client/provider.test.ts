import { createElement, type FunctionComponent, useState } from 'react';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type ClientOptions,
  createClient,
  createEntry,
  createVisit,
  type JoinView,
  type VisitOptions,
} from '../../packages/client/src/index.ts';
import { useJoin, useKnock, useParticipants, useVisit, VestibuleProvider } from '../../packages/client/src/react.ts';
import { openDomain } from '../support/domain.ts';
import type { RoomSeed, Seed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import { createStorage, follow } from './client-kit.ts';
import { renderPage } from './page.ts';

// Parts of a page that come and go with what they show, as apps draw them.

let server: TestServer & { readonly domain: string };
let backend: Seed;

beforeAll(async () => {
  ({ server, backend } = await openDomain());
});

const button = (label: string, onClick: () => unknown) =>
  createElement('button', { type: 'button', onClick: () => void onClick() }, label);

const makeClient = (options: Partial<ClientOptions> = {}) =>
  createClient({ url: server.url, domain: server.domain, ...options });

/** What has happened in a room so far, by name: who joined, who left. */
async function readComings({ name }: RoomSeed): Promise<readonly string[]> {
  type Answer = { readonly room: { readonly events: { readonly nodes: readonly { readonly __typename: string }[] } } };
  const query = 'query ($name: String!) { room(name: $name) { events(first: 100) { nodes { __typename } } } }';
  const { body } = await backend.ask<Answer>(query, { name });
  const told = body.data?.room.events.nodes.map(({ __typename }) => __typename) ?? [];
  return told.filter((event) => /^Participant(Joined|Left)$/.test(event));
}

const admit = (knockId: string | undefined) =>
  backend.ask('mutation ($input: KnockDecisionInput!) { admitKnock(input: $input) { __typename } }', {
    input: { knockId },
  });

/** Holds each answer back in which this is asked, until it is let go; `asked` comes with the first. */
function holdBack(operation: string) {
  const [asked, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const answer = await globalThis.fetch(url, init);
    if (!String(init?.body).includes(operation)) return answer;
    asked.resolve();
    await letGo.promise;
    return answer;
  };
  return { fetch, asked: asked.promise, letGo: letGo.resolve };
}

test.each([true, false, undefined])('a component that joins hidden (%s) asks for just that', async (hidden) => {
  const room = await backend.room();
  const asked: unknown[] = [];
  const fetch: typeof globalThis.fetch = (url, init) => {
    const { query, variables } = JSON.parse(String(init?.body));
    if (query.includes('joinRoom')) asked.push(variables.input.hidden);
    return globalThis.fetch(url, init);
  };
  const Inside = () => createElement('p', null, useJoin(hidden === undefined ? {} : { hidden }).phase);
  const token = (await room.token({ isOwner: true, userName: 'Olga' })).jwt;
  const place = { client: makeClient({ fetch }), roomName: room.name, token, storage: null };
  const page = await renderPage(() => createElement(VestibuleProvider, place, createElement(Inside)), {});
  await page.until((text) => text.includes('JOINED'));
  expect(asked).toEqual([hidden]);
});

describe('a form that is drawn only while nobody has joined', () => {
  const Words = () => {
    const [name, setName] = useState('');
    const { join } = useJoin({ auto: false, userName: name });
    const { canKnock } = useKnock();
    return createElement(
      'p',
      null,
      `form ${name} ${canKnock}.`,
      button('type', () => setName((before) => `${before}a`)),
      button('join', join),
    );
  };

  const open = async (room: RoomSeed, of = makeClient()) => {
    const phases: JoinView['phase'][] = [];
    const Room = () => {
      const { phase, error } = useJoin({ auto: false });
      const { join } = useVisit();
      if (phases.length === 0) {
        phases.push(phase);
        // A page that went round for ever would not come to its end by itself.
        join.view.subscribe(() => {
          phases.push(join.view.get().phase);
          if (phases.length > 50) throw new Error(`round and round: ${phases.join(' ')}`);
        });
      }
      return phase === 'IDLE' ? createElement(Words) : createElement('p', null, `${phase} ${error?.code ?? ''}`);
    };
    const place = { client: of, roomName: room.name, storage: null };
    const page = await renderPage(() => createElement(VestibuleProvider, place, createElement(Room)), {});
    // The form of before the look is another one.
    await page.until((text) => phases.length === 3 && text.includes('form  true.'));
    return { page, phases };
  };

  test('stays once it was looked for a session of before, keeps what is typed, and joins with that', async () => {
    const room = await backend.room();
    const { page, phases } = await open(room);
    for (const typed of ['a', 'aa']) {
      page.click('type');
      await page.until((text) => text.includes(`form ${typed} true.`));
    }
    expect(phases).toEqual(['IDLE', 'JOINING', 'IDLE']);
    page.click('join');
    await page.until((text) => text.includes('JOINED'));
  });

  test('comes back where the service cannot be asked, which is then not asked all the time', async () => {
    const room = await backend.room();
    let asked = 0;
    const fetch: typeof globalThis.fetch = async () => {
      asked += 1;
      return Response.json({ errors: [{ message: 'No.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
    };
    const { page, phases } = await open(room, createClient({ url: server.url, fetch }));
    page.click('join');
    await page.until(() => phases.length > 3);
    await page.until((text) => text.includes('form'));
    expect([phases, asked]).toEqual([['IDLE', 'JOINING', 'IDLE', 'JOINING', 'IDLE'], 1]);
  });
});

/** A provider whose token is another one at each press. */
const openAs = (room: RoomSeed, tokens: readonly (string | undefined)[]) => {
  const [client, storage] = [makeClient(), createStorage()];
  const Inside = () => {
    const { phase, leaveReason } = useJoin({ userName: 'Guest' });
    const { me } = useParticipants();
    return createElement('p', null, `${phase} ${leaveReason ?? ''} ${me?.userName ?? ''}, owner: ${me?.isOwner}.`);
  };
  const Page = () => {
    const [time, setTime] = useState(0);
    const place = { client, roomName: room.name, storage, token: tokens[time] };
    return createElement(
      'main',
      null,
      createElement(VestibuleProvider, place, createElement(Inside)),
      button('next', () => setTime(time + 1)),
    );
  };
  return renderPage(Page, {});
};

test('whoever signs out in a page has left, and whoever goes on there without a token is a guest', async () => {
  const room = await backend.room();
  const { jwt } = await room.token({ userName: 'Olga', isOwner: true });
  const page = await openAs(room, [jwt, undefined, jwt]);
  await page.until((text) => text.startsWith('JOINED  Olga, owner: true.'));
  page.click('next');
  await page.until((text) => text.startsWith('JOINED  Guest, owner: false.'));
  await expect.poll(async () => (await readComings(room)).length).toBe(3);
  page.click('next');
  await page.until((text) => text.startsWith('JOINED  Olga, owner: true.'));
  const comings = ['ParticipantJoined', 'ParticipantJoined', 'ParticipantJoined', 'ParticipantLeft', 'ParticipantLeft'];
  await expect.poll(async () => (await readComings(room)).toSorted()).toEqual(comings);
});

describe('a provider that comes as another one goes', () => {
  const Inside = () => {
    const { phase, leaveReason, error } = useJoin({ userName: 'Gustav' });
    const { me } = useVisit().participants.view.get();
    return createElement('p', null, `${phase} ${leaveReason ?? error?.code ?? ''} ${me?.userName ?? ''}.`);
  };

  /** A page whose provider is another one each time that it is moved: of these options, with a client that was made anew. */
  const open = async (roomName: string, options: (time: number) => Partial<VisitOptions>, client = makeClient) => {
    const Page: FunctionComponent = () => {
      const [time, setTime] = useState(0);
      const [of, setOf] = useState(() => client());
      const move = () => {
        setTime(time + 1);
        setOf(makeClient());
      };
      const place = { key: time, client: of, roomName, ...options(time) };
      return createElement(
        'main',
        null,
        `${time} `,
        createElement(VestibuleProvider, place, createElement(Inside)),
        button('move', move),
      );
    };
    return renderPage(Page, {});
  };

  test('goes on with the stay: nobody leaves, and nobody joins again', async () => {
    const room = await backend.room();
    const storage = createStorage();
    const page = await open(room.name, () => ({ storage }));
    await page.until((text) => text.startsWith('0 JOINED'));
    for (const time of [1, 2]) {
      page.click('move');
      await page.until((text) => text.startsWith(`${time} JOINED`));
    }
    // A refresh goes on as well: what is kept was not forgotten.
    const again = createVisit(makeClient(), { roomName: room.name, storage });
    const letGo = again.hold({ leaves: false });
    await follow(again.join.view).until(({ phase }) => phase === 'JOINED');
    letGo();
    expect(await readComings(room)).toEqual(['ParticipantJoined']);
  });

  test('goes on with a join that is under way', async () => {
    const room = await backend.room();
    const storage = createStorage();
    const { fetch, asked, letGo } = holdBack('joinRoom');
    const page = await open(
      room.name,
      () => ({ storage }),
      () => makeClient({ fetch }),
    );
    await asked;
    page.click('move');
    await page.until((text) => text.startsWith('1 JOINED'));
    letGo();
    // What comes late is looked at before this is answered.
    await readComings(room);
    await page.until((text) => text.startsWith('1 JOINED'));
    expect(await readComings(room)).toEqual(['ParticipantJoined']);
  });

  test('as somebody else forgets nothing of what that one has begun', async () => {
    const room = await backend.room();
    const storage = createStorage();
    const tokens = [await room.token({ userName: 'First' }), await room.token({ userName: 'Second' })];
    const { fetch, asked } = holdBack('joinRoom');
    const options = (time: number) => ({ storage, token: tokens[time]?.jwt });
    const Page = () => {
      const [time, setTime] = useState(0);
      const [clients] = useState(() => [makeClient(), makeClient({ fetch })]);
      const place = { client: clients[time] ?? makeClient(), roomName: room.name, ...options(time) };
      return createElement(
        'main',
        null,
        createElement(VestibuleProvider, place, createElement(Inside)),
        button('move', () => setTime(1)),
      );
    };
    const page = await renderPage(Page, {});
    await page.until((text) => text.startsWith('JOINED'));
    page.click('move');
    await asked;
    // A refresh in that moment.
    const again = createVisit(makeClient(), { roomName: room.name, ...options(1) });
    again.hold({ leaves: false });
    await follow(again.join.view).until(({ phase }) => phase === 'JOINED');
    expect((await readComings(room)).filter((event) => event === 'ParticipantJoined')).toHaveLength(2);
  });
});

test('a session that ends between the two questions of a refresh tells how it ended', async () => {
  const room = await backend.room();
  const guest = await room.guest();
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const answer = await globalThis.fetch(url, init);
    if (String(init?.body).includes('viewer')) await guest.ask('mutation { leaveRoom { __typename } }');
    return answer;
  };
  expect(await makeClient({ fetch }).goOn(guest.sessionToken)).toEqual({
    ...{ kind: 'LEFT', leaveReason: 'LEFT', roomName: room.name },
  });
});

describe('whoever goes', () => {
  const knockAt = async (room: RoomSeed, fetch: typeof globalThis.fetch) => {
    const visit = createVisit(makeClient({ fetch }), { roomName: room.name, storage: createStorage() });
    const letGo = visit.hold();
    const knock = follow(visit.knock.view);
    await follow(visit.join.view).until(({ phase }) => phase === 'MUST_KNOCK');
    await visit.knock.actions.knock({ userName: 'Gustav' });
    const { knockRequest } = await knock.until(({ phase }) => phase === 'WAITING');
    return { visit, letGo, knock, knockId: knockRequest?.id };
  };

  test('while their admission is used leaves again, and comes in without a knock when they are back', async () => {
    const room = await backend.waitingRoom();
    const gate = holdBack('"knockToken":');
    const { visit, letGo, knock, knockId } = await knockAt(room, gate.fetch);
    await admit(knockId);
    await gate.asked;
    knock.stop();
    letGo();
    await follow(visit.join.view).until(({ phase }) => phase === 'IDLE');
    gate.letGo();
    await expect.poll(() => readComings(room)).toEqual(['ParticipantJoined', 'ParticipantLeft']);
    expect(visit.knock.view.get()).toMatchObject({ phase: 'IDLE', session: null });
    const letGoAgain = visit.hold();
    await follow(visit.join.view).until(({ phase }) => phase === 'JOINED');
    letGoAgain();
  });

  test('on with another knock is not inside for a knock of before', async () => {
    const room = await backend.waitingRoom();
    const gate = holdBack('joinRoom');
    const client = makeClient({ fetch: gate.fetch });
    const entry = createEntry(client, { roomName: room.name, storage: null });
    const view = follow(entry.view);
    await entry.knock({ userName: 'Gustav' });
    const { knockRequest } = await view.until(({ phase }) => phase === 'WAITING');
    await admit(knockRequest?.id);
    await gate.asked;
    const other = await client.knock({ roomName: room.name, userName: 'Another' });
    if (!other.isDone) throw new Error(other.refusal.code);
    entry.goOn(other.value);
    gate.letGo();
    await expect.poll(() => readComings(room)).toEqual(['ParticipantJoined', 'ParticipantLeft']);
    view.stop();
  });
});
