import { z } from 'zod';

export interface HouseRoom {
  readonly name: string;
  readonly url: string;
}

export type House = ReturnType<typeof createHouse>;

type Variables = Readonly<Record<string, unknown>>;

const refusal = '... on Refusal { code message }';

/** Rooms and people for pictures, made by the public API as a backend would. */
export function createHouse({ url, apiKey }: { readonly url: string; readonly apiKey: string }) {
  const call = async (query: string, variables: Variables = {}, bearer: string | null = apiKey): Promise<unknown> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const { data } = z.object({ data: z.record(z.string(), z.unknown()) }).parse(await response.json());
    return Object.values(data)[0];
  };
  const mutate = (field: string, type: string, input: Variables, selection: string, bearer?: string | null) =>
    call(
      `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ${selection} ${refusal} } }`,
      { input },
      bearer,
    );
  const disconnect = () => call('mutation { removeMediaServer { __typename } }');
  return { disconnect, ...rooms(mutate), ...people(call, mutate) };
}

type Call = (query: string, variables?: Variables, bearer?: string | null) => Promise<unknown>;
type Mutate = (
  field: string,
  type: string,
  input: Variables,
  selection: string,
  bearer?: string | null,
) => Promise<unknown>;

function rooms(mutate: Mutate) {
  const link = async (room: HouseRoom, claims: Variables) => {
    const input = { roomName: room.name, ...claims };
    const made = await mutate(
      'createMeetingToken',
      'CreateMeetingTokenInput',
      input,
      '... on IssuedMeetingToken { joinUrl }',
    );
    return z.object({ joinUrl: z.string() }).parse(made).joinUrl;
  };
  return {
    /** How the pages look from now on; null: as the service comes. */
    wear: (doorPage: Variables | null) =>
      mutate('updateDomain', 'UpdateDomainInput', { doorPage }, '... on Domain { id }'),
    async room(name: string, settings: Variables): Promise<HouseRoom> {
      const made = await mutate('createRoom', 'CreateRoomInput', { name, settings }, '... on Room { name url }');
      return z.object({ name: z.string(), url: z.string() }).parse(made);
    },
    /** The meeting is on this page from now on. */
    connect: (input: Variables) =>
      mutate('setMediaServer', 'SetMediaServerInput', input, '... on MediaServer { __typename }'),
    ownerLink: (room: HouseRoom, userName: string) => link(room, { isOwner: true, userName }),
    guestLink: (room: HouseRoom, userName: string) => link(room, { userName }),
  };
}

const knocks = z.object({ nodes: z.array(z.object({ id: z.string(), userName: z.string() })) });
const inside = z.object({ participants: knocks });

function people(call: Call, mutate: Mutate) {
  const knockOf = async (room: HouseRoom, name: string) => {
    const query = 'query ($roomName: String!) { knockRequests(roomName: $roomName) { nodes { id userName } } }';
    return findId(knocks.parse(await call(query, { roomName: room.name })).nodes, name);
  };
  const personOf = async (room: HouseRoom, name: string) => {
    const query = 'query ($name: String!) { room(name: $name) { participants { nodes { id userName } } } }';
    return findId(inside.parse(await call(query, { name: room.name })).participants.nodes, name);
  };
  const join = async (room: HouseRoom, claims: Variables, media: Variables) => {
    const issued = await mutate(
      'createMeetingToken',
      'CreateMeetingTokenInput',
      { roomName: room.name, ...claims },
      '... on IssuedMeetingToken { jwt }',
    );
    const input = { roomName: room.name, token: z.object({ jwt: z.string() }).parse(issued).jwt };
    const joined = await mutate('joinRoom', 'JoinRoomInput', input, '... on Joined { sessionToken }', null);
    const { sessionToken } = z.object({ sessionToken: z.string() }).parse(joined);
    await mutate('updateMyMedia', 'UpdateMyMediaInput', media, '... on Participant { id }', sessionToken);
  };
  const knock = (room: HouseRoom, input: Variables) =>
    mutate('knock', 'KnockInput', { roomName: room.name, ...input }, '... on Knocked { knockToken }', null);
  const fillWaiting = async (room: HouseRoom) => {
    const token = await mutate(
      'createMeetingToken',
      'CreateMeetingTokenInput',
      { roomName: room.name, userName: 'Sofia Marino', userId: 'sofia', knocking: true },
      '... on IssuedMeetingToken { jwt }',
    );
    const { jwt } = z.object({ jwt: z.string() }).parse(token);
    await knock(room, { userName: 'Sofia Marino', token: jwt, message: 'Design review, second half. Thanks!' });
    await knock(room, { userName: 'Amira Haddad', message: 'I am the new contractor: Mara knows me.' });
    await knock(room, { userName: 'bernd_77' });
  };
  return {
    async reply(room: HouseRoom, name: string, reply: string) {
      const input = { knockId: await knockOf(room, name), reply };
      await mutate('replyToKnock', 'ReplyToKnockInput', input, '... on KnockRequest { id }');
    },
    async deny(room: HouseRoom, name: string) {
      const input = { knockId: await knockOf(room, name), reply: 'Please book a new appointment for tomorrow.' };
      await mutate('denyKnock', 'DenyKnockInput', input, '... on KnockRequest { id }');
    },
    async eject(room: HouseRoom, name: string) {
      const input = { roomName: room.name, participantIds: [await personOf(room, name)] };
      await mutate('ejectParticipants', 'EjectParticipantsInput', input, '... on ParticipantsEjected { __typename }');
    },
    /** Some who are in, some who wait. */
    async fill(room: HouseRoom) {
      await join(room, { userName: 'Tomasz Nowak', isOwner: true }, { audio: true, video: true });
      await join(room, { userName: 'Chidi Okafor' }, { audio: true, video: true });
      await join(room, { userName: 'Yuki Tanaka' }, { video: true, screenShare: true });
      await join(room, { userName: 'Léa Fontaine', permissions: { canSend: [] } }, {});
      await fillWaiting(room);
    },
    fillWaiting,
    /** So many who watch and listen. */
    async listeners(room: HouseRoom, count: number) {
      for (let place = 0; place < count; place += 1) await join(room, { userName: `Guest ${place + 1}` }, {});
    },
  };
}

function findId(found: readonly { readonly id: string; readonly userName: string }[], name: string): string {
  const one = found.find(({ userName }) => userName === name);
  if (one === undefined) throw new Error(`${name} is not there`);
  return one.id;
}
