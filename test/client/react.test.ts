import {
  createElement,
  type FunctionComponent,
  type ReactNode,
  StrictMode,
  Suspense,
  startTransition,
  use,
  useState,
} from 'react';
import { renderToString } from 'react-dom/server';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Client, createClient, type VisitOptions } from '../../packages/client/src/index.ts';
import * as hooks from '../../packages/client/src/react.ts';
import { createTestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { createStorage, followLeaving } from './client-kit.ts';
import { renderPage } from './page.ts';

const {
  VestibuleProvider,
  useAccess,
  useConnection,
  useJoin,
  useKnock,
  useMediaRequests,
  useMyPermissions,
  useParticipants,
  useRoom,
  useWaitingList,
} = hooks;

let server: TestServer;
let backend: Seed;
let client: Client;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
  client = createClient({ url: server.url });
});

const button = (label: string, onClick: () => unknown) =>
  createElement('button', { type: 'button', key: label, onClick: () => void onClick() }, label);

const names = (people: readonly { readonly userName: string }[]) => people.map(({ userName }) => userName).join('+');

/** A page of these components within a provider, in StrictMode. */
function within(components: readonly FunctionComponent[], options: VisitOptions, of = client): FunctionComponent {
  const children = components.map((component, index) => createElement(component, { key: index }));
  return () =>
    createElement(
      StrictMode,
      null,
      createElement(VestibuleProvider, { client: of, ...options }, children as ReactNode),
    );
}

function Owner() {
  const { waiting, admit, admitAll, denyAll, recall, ban } = useWaitingList();
  const { participants } = useParticipants();
  const [last, setLast] = useState('');
  const [said, setSaid] = useState('');
  const first = waiting[0]?.id ?? '';
  return createElement('div', null, [
    `waiting: ${names(waiting)} inside: ${names(participants)}. ${said}`,
    button('admit', async () => {
      setLast(first);
      await admit(first);
    }),
    button('admit all', () => admitAll()),
    button('deny all', () => denyAll('Not today')),
    button('ban', () => ban(first)),
    button('recall', async () => {
      const done = await recall(last);
      setSaid(done.isDone ? done.value.status : done.refusal.code);
    }),
  ]);
}

function Inside() {
  const { phase, leave, leaveReason, refusal } = useJoin({ userName: 'Gustav' });
  return createElement('p', null, `join: ${phase} ${leaveReason ?? refusal?.code ?? ''}`, button('leave', leave));
}

async function countPeople(room: RoomSeed): Promise<number> {
  const { body } = await backend.ask<{ room: { events: { nodes: readonly { __typename: string }[] } } }>(
    'query ($name: String!) { room(name: $name) { events(first: 100) { nodes { __typename } } } }',
    { name: room.name },
  );
  return body.data?.room.events.nodes.filter(({ __typename }) => __typename === 'ParticipantJoined').length ?? 0;
}

describe('useJoin', () => {
  test('in StrictMode joins once and uses its token once, however many components use it', async () => {
    const room = await backend.waitingRoom();
    const { jwt } = await room.token({ userName: 'Gustav', maxUses: 1 });
    const page = await renderPage(
      within([Inside, Inside, Owner], { roomName: room.name, token: jwt, storage: null }),
      {},
    );
    await page.until((text) => text.split('join: JOINED').length === 3 && text.includes('inside: Gustav.'));
    expect(await countPeople(room)).toBe(1);
  });

  test('leaves when it goes, and not before', async () => {
    const room = await backend.room();
    const Switch = () => {
      const [isShown, setShown] = useState(true);
      return createElement(
        'div',
        null,
        isShown ? createElement(Inside) : 'away',
        button('away', () => setShown(false)),
      );
    };
    const page = await renderPage(within([Switch], { roomName: room.name, storage: null }), {});
    await page.until((text) => text.includes('join: JOINED'));
    const witness = await room.guest();
    const events = await followLeaving(witness, room);
    page.click('away');
    // Whether they are there may be told before.
    const left = await events.find(({ data }) => data?.roomEvents.leaveReason !== undefined);
    expect(left).toEqual({ data: { roomEvents: { leaveReason: 'LEFT' } } });
  });

  test('goes on after a refresh as the same participant', async () => {
    const room = await backend.room();
    const storage = createStorage();
    const { jwt } = await room.token({ userName: 'Gustav', maxUses: 1 });
    for (let time = 0; time < 3; time += 1) {
      const page = await renderPage(within([Inside], { roomName: room.name, token: jwt, storage }), {});
      await page.until((text) => text.includes('join: JOINED'));
    }
    expect(await countPeople(room)).toBe(1);
  });

  test('tells why one is out, and comes in again only where that is asked for', async () => {
    const room = await backend.room();
    const owner = await room.owner();
    const page = await renderPage(within([Inside, Owner], { roomName: room.name, storage: createStorage() }), {});
    await page.until((text) => text.includes('inside: Olga Owner+Gustav.'));
    const { body } = await owner.ask<{ room: { participants: { nodes: { id: string }[] } } }>(
      '{ room(name: "ROOM") { participants { nodes { id } } } }'.replace('ROOM', room.name),
    );
    const participantIds = body.data?.room.participants.nodes.map(({ id }) => id).filter((id) => id !== owner.id);
    await owner.ask('mutation ($input: EjectParticipantsInput!) { ejectParticipants(input: $input) { __typename } }', {
      input: { roomName: room.name, participantIds },
    });
    await page.until((text) => text.includes('join: LEFT EJECTED') && text.includes('inside: .'));
  });

  test('a refusal is told, and a full room is entered once there is a place', async () => {
    const room = await backend.room({ maxParticipants: 1 });
    const guest = await room.guest();
    const page = await renderPage(within([Inside], { roomName: room.name, storage: null }), {});
    await page.until((text) => text.includes('join: REFUSED ROOM_FULL'));
    await guest.ask('mutation { leaveRoom { __typename } }');
    await page.until((text) => text.includes('join: JOINED'));
  });
});

describe('useWaitingList', () => {
  test('follows the room: people go from waiting to inside, and a mistake is undone', async () => {
    const room = await backend.waitingRoom();
    const { jwt } = await room.token({ isOwner: true, userName: 'Olga' });
    const page = await renderPage(within([Inside, Owner], { roomName: room.name, token: jwt, storage: null }), {});
    const first = await room.knocker({ userName: 'First' });
    await page.until((text) => text.includes('waiting: First inside: Olga.'));
    page.click('admit');
    await page.until((text) => text.includes('waiting:  inside: Olga.'));
    page.click('recall');
    await page.until((text) => text.includes('EXPIRED'));
    const second = await room.knocker({ userName: 'Second' });
    await page.until((text) => text.includes('waiting: Second'));
    page.click('admit');
    await page.until((text) => text.includes('waiting:  inside: Olga.'));
    await second.enter();
    await page.until((text) => text.includes('inside: Olga+Second.'));
    page.click('recall');
    await page.until((text) => text.includes('CONFLICT'));
    for (const userName of ['Third', 'Fourth']) await room.knocker({ userName });
    await page.until((text) => text.includes('waiting: Third+Fourth'));
    page.click('admit all');
    await page.until((text) => text.includes('waiting:  inside'));
    await room.knocker({ userName: 'Fifth' });
    await page.until((text) => text.includes('waiting: Fifth'));
    page.click('ban');
    await page.until((text) => text.includes('waiting:  inside'));
    const statuses = ['ADMITTED', 'ADMITTED', 'ADMITTED', 'DENIED', 'EXPIRED'];
    expect((await readKnocks(room)).map(({ status }) => status).toSorted()).toEqual(statuses);
    expect(
      (await first.ask<{ viewer: { status: string } }>('{ viewer { ... on KnockRequest { status } } }')).body.data,
    ).toEqual({
      viewer: { status: 'EXPIRED' },
    });
  });
});

async function readKnocks(room: RoomSeed) {
  const { body } = await backend.ask<{
    knockRequests: { nodes: readonly { id: string; status: string; message: string }[] };
  }>('query ($roomName: String) { knockRequests(roomName: $roomName) { nodes { id status message } } }', {
    roomName: room.name,
  });
  return body.data?.knockRequests.nodes ?? [];
}

function Door() {
  const { phase, knockRequest, refusal, canKnock, knockAgainAt, knock, cancel } = useKnock();
  const said = [phase, knockRequest?.status, knockRequest?.reply, refusal?.code, canKnock ? 'can' : 'cannot'];
  return createElement('p', null, [
    `${said.filter(Boolean).join(' ')} ${knockAgainAt === null ? '' : 'cooling'}.`,
    button('knock', () => knock({ userName: 'Nora', message: 'first' })),
    button('say more', () => knock({ userName: 'Nora', message: 'second' })),
    button('cancel', cancel),
  ]);
}

describe('useKnock', () => {
  test('knocks, says more, hears the owner, and is inside once somebody said yes; useJoin beside it says the same', async () => {
    const room = await backend.waitingRoom();
    const owner = await room.owner();
    const page = await renderPage(within([Door, Inside, Owner], { roomName: room.name, storage: null }), {});
    await page.until((text) => text.includes('join: MUST_KNOCK') && text.includes('IDLE can'));
    page.click('knock');
    await page.until((text) => text.includes('WAITING PENDING'));
    page.click('say more');
    await expect.poll(async () => (await readKnocks(room)).map(({ message }) => message)).toEqual(['second']);
    const [knock] = await readKnocks(room);
    const input = { knockId: knock?.id, reply: 'One moment' };
    await owner.ask('mutation ($input: ReplyToKnockInput!) { replyToKnock(input: $input) { __typename } }', { input });
    await page.until((text) => text.includes('One moment'));
    await owner.ask('mutation ($input: KnockDecisionInput!) { admitKnock(input: $input) { __typename } }', {
      input: { knockId: knock?.id },
    });
    await page.until((text) => text.includes('JOINED ADMITTED') && text.includes('join: JOINED'));
    expect(await countPeople(room)).toBe(2);
  });

  test('after a denial waits for as long as the service says, and may then knock again', async () => {
    const room = await backend.waitingRoom({ knockCooldownSeconds: 2 });
    const page = await renderPage(within([Door], { roomName: room.name, storage: null }), {});
    await page.until((text) => text.includes('IDLE'));
    page.click('knock');
    await page.until((text) => text.includes('WAITING'));
    const [knock] = await readKnocks(room);
    await backend.ask('mutation ($input: DenyKnockInput!) { denyKnock(input: $input) { __typename } }', {
      input: { knockId: knock?.id },
    });
    await page.until((text) => text.includes('ENDED DENIED') && text.includes('cannot cooling'));
    await page.until((text) => text.includes('ENDED DENIED') && text.includes('can .'));
    page.click('knock');
    await page.until((text) => text.includes('WAITING'));
    page.click('cancel');
    await page.until((text) => text.includes('ENDED CANCELLED can'));
  });

  test('after a denial for good offers no other knock', async () => {
    const room = await backend.waitingRoom();
    const page = await renderPage(within([Door], { roomName: room.name, storage: null }), {});
    await page.until((text) => text.includes('IDLE'));
    page.click('knock');
    await page.until((text) => text.includes('WAITING'));
    const [knock] = await readKnocks(room);
    await backend.ask('mutation ($input: DenyKnockInput!) { denyKnock(input: $input) { __typename } }', {
      input: { knockId: knock?.id, ban: true },
    });
    await page.until((text) => text.includes('ENDED DENIED cannot .'));
  });

  test('tells why a knock was refused', async () => {
    const room = await backend.room({ privacy: 'PRIVATE', enableKnocking: false });
    const page = await renderPage(within([Door], { roomName: room.name, storage: null }), {});
    await page.until((text) => text.includes('IDLE'));
    page.click('knock');
    await page.until((text) => text.includes('ENTRY_NOT_ALLOWED'));
  });

  test('joins where the room takes no knocks any more, since it was opened to all', async () => {
    const room = await backend.room();
    const page = await renderPage(within([Door], { roomName: room.name, storage: null }), {});
    await page.until((text) => text.includes('IDLE'));
    page.click('knock');
    await page.until((text) => text.includes('JOINED cannot .'));
    expect(await countPeople(room)).toBe(1);
  });

  test('whoever was let in to a full room waits for a place until they say that they do not want one', async () => {
    const room = await backend.waitingRoom({ maxParticipants: 1 });
    const owner = await room.owner();
    const page = await renderPage(within([Door], { roomName: room.name, storage: null }), {});
    await page.until((text) => text.includes('IDLE'));
    page.click('knock');
    await page.until((text) => text.includes('WAITING'));
    const [knock] = await readKnocks(room);
    await owner.ask('mutation ($input: KnockDecisionInput!) { admitKnock(input: $input) { __typename } }', {
      input: { knockId: knock?.id },
    });
    await page.until((text) => text.includes('JOINING ADMITTED ROOM_FULL'));
    page.click('cancel');
    await page.until((text) => text.includes('IDLE can .'));
  });
});

describe('the other hooks', () => {
  function All() {
    const { level, connection } = useAccess();
    const { room } = useRoom();
    const { permissions, isOwner } = useMyPermissions();
    const { request, accept, decline } = useMediaRequests();
    const { way } = useConnection();
    const { me } = useParticipants();
    const said = [level, connection, way, room?.lobbyMessage, isOwner ? 'owner' : 'guest', permissions?.canSend.length];
    return createElement('p', null, [
      `${said.join(' ')} ${request?.audio ? `asked by ${request.by?.name}` : 'not asked'} ${me?.audio ? 'audible' : 'silent'}.`,
      button('accept', accept),
      button('decline', decline),
    ]);
  }

  test('follow the door, the room, one’s own rights, and what owners ask for', async () => {
    const room = await backend.waitingRoom({ startAudioOff: true });
    const owner = await room.owner();
    const { jwt } = await room.token({ userName: 'Gustav' });
    const page = await renderPage(within([Inside, All], { roomName: room.name, token: jwt, storage: null }), {});
    await page.until((text) => text.includes('FULL OPEN WEBSOCKET') && text.includes('guest 6 not asked silent.'));
    const update = 'mutation ($input: UpdateRoomInput!) { updateRoom(input: $input) { __typename } }';
    const set = (settings: object) => owner.ask(update, { input: { roomName: room.name, settings } });
    await set({ lobbyMessage: 'Welcome' });
    await page.until((text) => text.includes('WEBSOCKET Welcome'));
    const gustav = (await readPeople(room)).find(({ userName }) => userName === 'Gustav');
    const wish = () =>
      owner.ask('mutation ($input: UpdateParticipantInput!) { updateParticipant(input: $input) { __typename } }', {
        input: { participantId: gustav?.id, setAudio: true },
      });
    await wish();
    await page.until((text) => text.includes('asked by Olga Owner silent'));
    page.click('decline');
    await page.until((text) => text.includes('not asked silent'));
    await wish();
    await page.until((text) => text.includes('asked by'));
    page.click('accept');
    await page.until((text) => text.includes('not asked audible'));
    await set({ ownerOnlyBroadcast: true });
    await page.until((text) => text.includes('guest 0'));
  });

  test('a wish to unmute ends with the right to send', async () => {
    const room = await backend.room({ startAudioOff: true });
    const owner = await room.owner();
    const page = await renderPage(within([Inside, All], { roomName: room.name, storage: null }), {});
    await page.until((text) => text.includes('guest 6'));
    const gustav = (await readPeople(room)).find(({ userName }) => userName === 'Gustav');
    await owner.ask('mutation ($input: UpdateParticipantInput!) { updateParticipant(input: $input) { __typename } }', {
      input: { participantId: gustav?.id, setAudio: true },
    });
    await page.until((text) => text.includes('asked by'));
    await owner.ask('mutation ($input: UpdateRoomInput!) { updateRoom(input: $input) { __typename } }', {
      input: { roomName: room.name, settings: { ownerOnlyBroadcast: true } },
    });
    await page.until((text) => text.includes('guest 0 not asked'));
  });
});

async function readPeople(room: RoomSeed) {
  const { body } = await backend.ask<{
    room: { participants: { nodes: readonly { id: string; userName: string }[] } };
  }>('query ($name: String!) { room(name: $name) { participants { nodes { id userName } } } }', { name: room.name });
  return body.data?.room.participants.nodes ?? [];
}

/** What each hook that shows something says of errors. */
const shown = {
  useAccess,
  useJoin,
  useKnock,
  useWaitingList,
  useParticipants,
  useRoom,
  useMyPermissions,
  useMediaRequests,
};

describe.each(Object.entries(shown))('whatever is wrong, %s', (_name, useHook) => {
  const Errors = () => {
    const { error, connection } = useHook();
    return createElement('p', null, `${connection} ${error?.code ?? 'fine'}`);
  };

  test('renders on a server, which asks and keeps nothing', () => {
    const Page = within([Errors], { roomName: 'weekly' });
    expect(renderToString(createElement(Page))).toContain('CONNECTING fine');
  });

  test('outside of a provider tells so, and throws nothing', async () => {
    const page = await renderPage(
      () =>
        createElement(
          'div',
          null,
          createElement(Errors),
          createElement(() => `${useJoin().phase}`),
        ),
      {},
    );
    await page.until((text) => text.includes('CLOSED NO_PROVIDER'));
  });

  test('tells that the address is none, and throws nothing', async () => {
    const nowhere = createClient({ url: 'meet.example.com' });
    const page = await renderPage(within([Errors, Inside], { roomName: 'weekly', storage: null }, nowhere), {});
    await page.until((text) => text.includes('CLOSED INVALID_URL'));
  });

  test('tells that the service cannot be reached', async () => {
    const away = createClient({ url: 'http://127.0.0.1:1' });
    const page = await renderPage(within([Errors, Inside], { roomName: 'weekly', storage: null }, away), {});
    await page.until((text) => text.includes('RECONNECTING NETWORK'));
  });
});

test('concurrent rendering shows every part of the page the same moment, and a page that is given up joins nobody', async () => {
  const room = await backend.room();
  const gate = Promise.withResolvers<string>();
  const Slow = () => createElement('i', null, `${use(gate.promise)} ${useJoin().phase}.`);
  const Switch = () => {
    const [isSlow, setSlow] = useState(false);
    return createElement('div', null, [
      isSlow ? createElement(Suspense, { key: 's', fallback: 'loading' }, createElement(Slow)) : 'fast',
      button('go', () => startTransition(() => setSlow(true))),
    ]);
  };
  const page = await renderPage(within([Switch], { roomName: room.name, storage: null }), {});
  await page.until((text) => text.includes('fast'));
  page.click('go');
  await page.until((text) => text.includes('loading') || text.includes('fast'));
  expect(await countPeople(room)).toBe(0);
  gate.resolve('slow');
  await page.until((text) => text.includes('slow JOINED.'));
  expect(await countPeople(room)).toBe(1);
});
