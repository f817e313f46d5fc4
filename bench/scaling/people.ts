import type { Service } from '../ground.ts';
import { LiveSocket } from '../live-socket.ts';
import { inParallel, range, until } from '../pace.ts';
import { type Joined, operations, ServiceClient } from '../service-client.ts';
import type { Meters } from './meters.ts';
import { type Cost, perUse } from './per-use.ts';

const documents = {
  leave: 'mutation { leaveRoom { __typename ... on Participant { id } ... on Refusal { code message } } }',
  update:
    'mutation ($input: UpdateRoomInput!) { updateRoom(input: $input) { __typename ... on Refusal { code message } } }',
} as const;

const lanes = 8;
const rooms = 20;

/** What people cost from the making of their rooms until they leave. */
export interface PeopleCosts {
  readonly room: Cost;
  readonly token: Cost;
  readonly join: Cost;
  readonly joinsPerSecond: number;
  readonly attendance: Cost;
  readonly delivery: Cost;
  readonly leave: Cost;
  readonly faults: readonly string[];
}

/** Makes rooms and tokens, lets `people` join with them, come with a socket, hear events, go and leave. */
export async function meterPeople(meters: Meters, service: Service, people: number): Promise<PeopleCosts> {
  const client = new ServiceClient(service, lanes);
  // The rooms beyond those that are used are there for the measurement: it counts in hundredths of a second.
  const made = await meters.during(() =>
    inParallel(range(rooms * 10), lanes, (index) => client.createRoom(`people-${index}`, { privacy: 'PRIVATE' })),
  );
  const tokens = await meters.during(() =>
    inParallel(range(people), lanes, (index) =>
      client.createToken(`people-${index % rooms}`, { userName: `guest-${index}` }),
    ),
  );
  const joining = await meters.during(() =>
    inParallel(tokens.made, lanes, (token, index) => client.join({ roomName: `people-${index % rooms}`, token })),
  );
  const attending = await meters.during(() => attend(service, joining.made));
  const hearing = await meterDeliveries(meters, service, client, joining.made);
  const leaving = await meters.during(() =>
    inParallel(joining.made, lanes, ({ sessionToken }) => client.post(documents.leave, {}, sessionToken)),
  );
  client.close();
  const left = leaving.made.filter(({ body }) => body.includes('"Participant"')).length;
  return {
    room: perUse(made.spent, rooms * 10),
    token: perUse(tokens.spent, people),
    join: perUse(joining.spent, people),
    joinsPerSecond: people / joining.spent.seconds,
    attendance: perUse(attending.spent, people),
    delivery: hearing.cost,
    leave: perUse(leaving.spent, people),
    faults: [...hearing.faults, ...(left === people ? [] : [`${people - left} of ${people} could not leave`])],
  };
}

/** Each comes with a socket, follows the room, and goes: connecting, attaching, detaching. */
async function attend(service: Service, people: readonly Joined[]): Promise<void> {
  await inParallel(people, lanes, async ({ sessionToken }) => {
    const socket = await LiveSocket.open(service.url, sessionToken);
    socket.subscribe(operations.roomEvents, {}, { next: () => undefined });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await socket.close();
  });
  // Who is gone is written a moment later.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}

const updates = 20;

/** One change of each room after the other, delivered to everybody in it. What the change itself costs is counted with it. */
async function meterDeliveries(meters: Meters, service: Service, client: ServiceClient, people: readonly Joined[]) {
  let heard = 0;
  const sockets = await inParallel(people, lanes, async ({ sessionToken }) => {
    const socket = await LiveSocket.open(service.url, sessionToken);
    const next = (text: string) => {
      if (text.includes('"heard-')) heard += 1;
    };
    socket.subscribe(operations.roomEvents, {}, { next });
    return socket;
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const due = updates * people.length;
  const { made, spent } = await meters.during(async () => {
    for (const update of range(updates)) {
      const settings = { lobbyMessage: `heard-${update}` };
      await inParallel(range(rooms), lanes, (index) =>
        client.post(documents.update, { input: { roomName: `people-${index}`, settings } }, service.apiKey),
      );
    }
    return until(() => heard >= due, 5_000);
  });
  await Promise.all(sockets.map((socket) => socket.close()));
  await new Promise((resolve) => setTimeout(resolve, 500));
  // What is written belongs to the change; only the sending is a delivery's.
  const cost = { ...perUse(spent, due), postgresUs: 0, wal: 0, stored: 0 };
  return { cost, faults: made && heard === due ? [] : [`${heard} events were delivered where ${due} were due`] };
}
