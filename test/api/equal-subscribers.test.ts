import { beforeAll, describe, expect, test } from 'vitest';
import type { Variables } from '../support/graphql-client.ts';
import { type Caller, callerOf, type KnockerSeed, type ParticipantSeed, type RoomSeed } from '../support/seed.ts';
import { type House, openHouse, openOtherDomain } from './admission-kit.ts';
import { type Heard, readTo, type Subscriber, subscribeAll, subscriptionFields } from './equal-subscribers-kit.ts';
import { change, cursorOf } from './room-kit.ts';

// Answers are made once for all who ask the same. Whoever sends the same text and the same variables as somebody else gets what is
// theirs all the same: just what they would get if nobody else asked, and nothing that only the other may see.

type Knocker = Pick<KnockerSeed, 'knockId'> & Caller;

/** A room with people in it, who have its mark in their names. */
type People = {
  readonly mark: string;
  readonly backend: Caller;
  readonly roomName: string;
  readonly knockers: readonly [Knocker, Knocker];
};
type Inside = Readonly<Record<'owner' | 'hidden' | 'guest' | 'other' | 'admin' | 'unseen', ParticipantSeed>>;

let house: House;
let a: People & Inside & { readonly before: string };
let b: People & Inside;
/** A room of the same name as A, in another domain. */
let elsewhere: People;
let keys: Readonly<Record<'read' | 'admission', Caller>>;

beforeAll(async () => {
  house = await openHouse();
  const { backend } = house;
  const room = await backend.waitingRoom();
  const before = await cursorOf(backend, room.name);
  a = { ...(await inhabit('A', room)), before };
  b = await inhabit('B', await backend.waitingRoom());
  elsewhere = await inhabitElsewhere(room.name);
  keys = { read: await backend.key(['READ']), admission: await backend.key(['ADMISSION']) };
});

async function inhabit(mark: string, room: RoomSeed): Promise<People & Inside> {
  const named = (who: string) => ({ userName: `${who} of ${mark}`, userId: `${who} of ${mark}` });
  const { jwt } = await room.token({ isOwner: true, ...named('Hedda') });
  return {
    mark,
    backend: room.backend,
    roomName: room.name,
    owner: await room.owner(named('Olga')),
    hidden: await room.join({ token: jwt, hidden: true }),
    guest: await room.guest(named('Gustav')),
    other: await room.guest(named('Otto')),
    admin: await room.guest({ ...named('Ada'), permissions: { canAdmin: ['PARTICIPANTS'] } }),
    unseen: await room.guest({ ...named('Uwe'), permissions: { hasPresence: false } }),
    knockers: [
      await room.knocker({ userName: `Nora of ${mark}`, message: `Note of ${mark}` }),
      await room.knocker({ userName: `Kim of ${mark}` }),
    ],
  };
}

async function inhabitElsewhere(roomName: string): Promise<People> {
  const backend = await openOtherDomain(house);
  await change(backend, 'createRoom', { name: roomName, settings: { privacy: 'PRIVATE', enableKnocking: true } });
  const knock = async (who: string): Promise<Knocker> => {
    const input = { roomName, domain: 'elsewhere', userName: `${who} of elsewhere` };
    const shown = '... on Knocked { knockToken knockRequest { id } }';
    type Knocked = { readonly knockToken: string; readonly knockRequest: { readonly id: string } };
    const { knockToken, knockRequest } = await change<Knocked>(house.anybody, 'knock', input, shown);
    return { ...callerOf(house.server, knockToken), knockId: knockRequest.id };
  };
  return { mark: 'elsewhere', backend, roomName, knockers: [await knock('Nora'), await knock('Kim')] };
}

type Listener = Subscriber & {
  /** With these ends the last that it is told of a step. */
  readonly hears: readonly string[];
  readonly sees: RegExp;
  readonly never: RegExp;
};

const listener = (
  who: string,
  caller: Caller,
  of: People,
  sees: RegExp,
  never: RegExp,
  variables: Variables = {},
): Listener => ({
  who: `${who} of ${of.mark}${Object.keys(variables)
    .map((name) => ` with ${name}`)
    .join('')}`,
  caller,
  variables,
  hears: [`of ${of.mark}`],
  sees,
  never: new RegExp(
    [never.source, ...['A', 'B', 'elsewhere'].filter((mark) => mark !== of.mark).map((mark) => `of ${mark}`)].join('|'),
  ),
});

/** Whoever may follow each subscription, in every way that two of them can be alike and still not be the same. */
const listeners: Readonly<Record<string, () => readonly Listener[]>> = {
  roomEvents: () => {
    const asGuest = /Hedda|Uwe|Nora|Kim/;
    const alike = (people: People & Inside) => [
      listener('guest', people.guest, people, /MediaRequested/, asGuest),
      listener('other guest', people.other, people, /Gustav/, /MediaRequested|Hedda|Uwe|Nora|Kim/),
      listener('owner', people.owner, people, /Nora.*Hedda/s, /MediaRequested|Uwe/),
      listener('hidden owner', people.hidden, people, /Nora.*Hedda/s, /MediaRequested|Uwe/),
      listener('admin', people.admin, people, /Nora.*Hedda/s, /MediaRequested|Uwe/),
      listener('one without presence', people.unseen, people, /Uwe/, /MediaRequested|Hedda|Nora|Kim/),
    ];
    const { roomName, before: after } = a;
    return [
      ...alike(a),
      ...alike(b),
      listener('guest', a.guest, a, /MediaRequested/, asGuest, { roomName }),
      listener('guest', a.guest, a, /MediaRequested/, asGuest, { after }),
      listener('key READ', keys.read, a, /MediaRequested.*Hedda/s, /Nora|Kim/, { roomName }),
      listener('key READ', keys.read, a, /MediaRequested.*Hedda/s, /Nora|Kim/, { roomName, after }),
      listener('key READ', keys.read, b, /MediaRequested.*Hedda/s, /Nora|Kim/, { roomName: b.roomName }),
      listener('key ADMISSION', keys.admission, a, /Nora/, /^$/, { roomName }),
      listener('key', elsewhere.backend, elsewhere, /Nora/, /^$/, { roomName }),
    ];
  },
  knockRequested: () => {
    const alike = (people: People & Inside) =>
      (['owner', 'hidden', 'admin'] as const).map((who) => listener(who, people[who], people, /Nora.*Kim/s, /^$/));
    const { roomName } = a;
    return [
      ...alike(a),
      ...alike(b),
      listener('owner', a.owner, a, /Nora.*Kim/s, /^$/, { roomName }),
      listener('key ADMISSION', keys.admission, a, /Nora/, /^$/, { roomName }),
      listener('key ADMISSION', keys.admission, b, /Nora/, /^$/, { roomName: b.roomName }),
      {
        ...listener('key ADMISSION', keys.admission, a, /of A.*of B/s, /^$/),
        hears: ['of A', 'of B'],
        never: /elsewhere/,
      },
      listener('key', elsewhere.backend, elsewhere, /Nora/, /^$/, { roomName }),
      listener('key', elsewhere.backend, elsewhere, /Nora/, /^$/),
    ];
  },
  myKnock: () =>
    [a, b, elsewhere].flatMap((people) => [
      listener('first knocker', people.knockers[0], people, /Nora/, /Kim/),
      {
        ...listener('second knocker', people.knockers[1], people, /Kim/, /Nora|Note/),
        hears: [`to Kim of ${people.mark}`],
      },
    ]),
};

/** What happens in a room, so that each of its readers finds something that others do not; the step is the last of it that each is told. */
async function act({ backend, roomName, mark, knockers, ...inside }: People & Partial<Inside>, step: string) {
  const { hidden, owner, guest, unseen } = inside;
  if (guest && unseen && owner && hidden) {
    await change(guest, 'updateMyMedia', { audio: step.length % 2 === 0 });
    await change(unseen, 'updateMyMedia', { audio: step.length % 2 === 0 });
    await change(owner, 'updateParticipant', { participantId: guest.id, setVideo: true });
  }
  const says = `${step} of ${mark}`;
  const [nora, kim] = knockers;
  await change(backend, 'replyToKnock', { knockId: kim.knockId, reply: `${step} to Kim of ${mark}` });
  const isOfRoom = step.startsWith('roomEvents');
  const reply = isOfRoom ? `${step} to Nora of ${mark}` : says;
  await change(backend, 'replyToKnock', { knockId: nora.knockId, reply });
  // Whoever follows knocks is shown the room's message as it is now, however soon after.
  if (isOfRoom) await change(hidden ?? backend, 'updateRoom', { roomName, settings: { lobbyMessage: says } });
}

async function actEverywhere(step: string) {
  for (const people of [a, b, elsewhere]) await act(people, step);
}

/** A stream of knocks tells states, and may pass over one; a room's events are told one by one. */
const compared = (field: string, texts: readonly string[], step: string) =>
  field === 'roomEvents' ? texts : texts.filter((text) => text.includes(step)).toSorted();

async function hear(field: string, heard: readonly Heard[], all: readonly Listener[], step: string) {
  return Promise.all(
    heard.map(async ({ together, alone }, index) => {
      const says = all[index]?.hears.map((end) => `${step} ${end}`) ?? [];
      const [first, second] = await Promise.all([readTo(together, says), readTo(alone, says)]);
      return [compared(field, first, step), compared(field, second, step)] as const;
    }),
  );
}

describe('those who send the same text', () => {
  test('are known for every subscription, and for every argument two who differ in it alone', () => {
    expect(Object.keys(listeners).sort()).toEqual(Object.keys(subscriptionFields).sort());
    for (const [field, { args }] of Object.entries(subscriptionFields)) {
      const all = listeners[field]?.() ?? [];
      for (const { name } of args) {
        const beside = ({ caller, variables }: Listener) =>
          [caller, JSON.stringify({ ...variables, [name]: 0 })] as const;
        const pair = all.filter((one) =>
          all.some((two) => {
            const [[caller, rest], [caller2, rest2]] = [beside(one), beside(two)];
            return caller === caller2 && rest === rest2 && one.variables[name] !== two.variables[name];
          }),
        );
        expect(pair.length, `${field}(${name}:)`).toBeGreaterThan(1);
      }
    }
  });

  test.each(Object.keys(subscriptionFields))(
    'to %s get what each would get alone, and what they may see',
    async (field) => {
      const all = listeners[field]?.() ?? [];
      const heard = await subscribeAll(field, all);
      const isOpen = () => heard.every(({ together, alone }) => together.unread > 0 && alone.unread > 0);
      for (let time = 1; time < 20 && (time === 1 || !isOpen()); time += 1)
        await actEverywhere(`${field} opens ${time}`);
      await actEverywhere(`${field} begins`);
      await hear(field, heard, all, `${field} begins`);
      for (const step of [`${field} goes on`, `${field} goes on and on`]) {
        await actEverywhere(step);
        const told = await hear(field, heard, all, step);
        for (const [index, { who, sees, never }] of all.entries()) {
          const [together, alone] = told[index] ?? [];
          expect([who, together]).toEqual([who, alone]);
          const text = together?.join('\n') ?? '';
          expect([who, text]).toEqual([who, expect.stringMatching(sees)]);
          expect([who, never.exec(text)?.[0]]).toEqual([who, undefined]);
          expect(new Set(text.match(/"grantOf":"[^"]*"/g)).size).toBeLessThan(2);
        }
      }
    },
  );
});
