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
  /** Of these it is told as soon as it follows. */
  readonly opensWith: readonly string[];
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
  opensWith: readonly string[] = [],
): Listener => ({
  who: `${who} of ${of.mark}${Object.keys(variables)
    .map((name) => ` with ${name}`)
    .join('')}`,
  caller,
  variables,
  opensWith,
  hears: [`of ${of.mark}`],
  sees,
  never: new RegExp(
    [never.source, ...['A', 'B', 'elsewhere'].filter((mark) => mark !== of.mark).map((mark) => `of ${mark}`)].join('|'),
  ),
});

/** For whoever may see all that there is of a room. */
const nothing = /(?!)/;

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
      listener('key ADMISSION', keys.admission, a, /Nora/, nothing, { roomName }),
      listener('key', elsewhere.backend, elsewhere, /Nora/, nothing, { roomName }),
    ];
  },
  knockRequested: () => {
    const waiting = (of: People) => ['Nora', 'Kim'].map((who) => `${who} of ${of.mark}`);
    const follower = (who: string, caller: Caller, of: People, variables: Variables = {}) =>
      listener(who, caller, of, /Nora.*Kim|Kim.*Nora/s, nothing, variables, waiting(of));
    const alike = (people: People & Inside) =>
      (['owner', 'hidden', 'admin'] as const).map((who) => follower(who, people[who], people));
    const { roomName } = a;
    return [
      ...alike(a),
      ...alike(b),
      follower('owner', a.owner, a, { roomName }),
      follower('key ADMISSION', keys.admission, a, { roomName }),
      follower('key ADMISSION', keys.admission, b, { roomName: b.roomName }),
      {
        ...follower('key ADMISSION', keys.admission, a),
        opensWith: [...waiting(a), ...waiting(b)],
        sees: /of A.*of B/s,
        hears: ['of A', 'of B'],
        never: /elsewhere/,
      },
      follower('key', elsewhere.backend, elsewhere, { roomName }),
      follower('key', elsewhere.backend, elsewhere),
    ];
  },
  myKnock: () =>
    [a, b, elsewhere].flatMap((people) => [
      listener('first knocker', people.knockers[0], people, /Nora/, /Kim/, {}, [`Nora of ${people.mark}`]),
      {
        ...listener('second knocker', people.knockers[1], people, /Kim/, /Nora|Note/, {}, [`Kim of ${people.mark}`]),
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

type Told = { readonly listener: Listener; readonly together: readonly string[]; readonly alone: readonly string[] };

/** What each hears until it has come to each of these texts: nothing of anybody else's, whichever of the two it is. */
async function hear(
  heard: readonly Heard[],
  all: readonly Listener[],
  until: (listener: Listener) => readonly string[],
): Promise<readonly Told[]> {
  const told = await Promise.all(
    all.map(async (listener, index): Promise<Told> => {
      const read = (stream: Heard['alone'] | undefined) => (stream ? readTo(stream, until(listener)) : []);
      const [together, alone] = await Promise.all([read(heard[index]?.together), read(heard[index]?.alone)]);
      return { listener, together, alone };
    }),
  );
  for (const { listener, together, alone } of told) {
    for (const text of [together.join('\n'), alone.join('\n')]) {
      expect([listener.who, listener.never.exec(text)?.[0]]).toEqual([listener.who, undefined]);
      expect(new Set(text.match(/"grantOf":"[^"]*"/g)).size).toBeLessThan(2);
    }
  }
  return told;
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
    'to %s get what each would get alone from the first word on, and what they may see',
    async (field) => {
      const all = listeners[field]?.() ?? [];
      const heard = await subscribeAll(field, all);
      for (const { listener, together, alone } of await hear(heard, all, ({ opensWith }) => opensWith)) {
        expect([listener.who, together.toSorted()]).toEqual([listener.who, alone.toSorted()]);
      }
      const isOpen = () => heard.every(({ together, alone }) => together.unread > 0 && alone.unread > 0);
      for (let time = 1; time < 20 && (time === 1 || !isOpen()); time += 1)
        await actEverywhere(`${field} opens ${time}`);
      for (const step of ['begins', 'goes on', 'goes on and on'].map((word) => `${field} ${word}`)) {
        await actEverywhere(step);
        const told = await hear(heard, all, ({ hears }) => hears.map((end) => `${step} ${end}`));
        // Where they begin is not the same instant for two who follow.
        for (const { listener, together, alone } of step.endsWith('begins') ? [] : told) {
          const { who, sees } = listener;
          expect([who, compared(field, together, step)]).toEqual([who, compared(field, alone, step)]);
          expect([who, compared(field, together, step).join('\n')]).toEqual([who, expect.stringMatching(sees)]);
        }
      }
      for (const { few } of heard) {
        const shown = await few.next();
        expect(Object.values(shown.data ?? {})).toEqual([{ __typename: expect.any(String) }]);
      }
    },
  );
});
