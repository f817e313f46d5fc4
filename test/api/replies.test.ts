import { getNamedType, isInputObjectType } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { type DomainSeed, openDomain } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf, type KnockerSeed, type RoomSeed } from '../support/seed.ts';
import { read } from './admission-kit.ts';
import { change } from './room-kit.ts';

// Whoever waits reads what an owner writes, whichever mutation brought it.

let house: DomainSeed;

beforeAll(async () => {
  house = await openDomain();
});

type Scene = { readonly room: RoomSeed; readonly knocker: KnockerSeed };

/** The input beside the reply, and the bearer of whoever waits then, if it is not the knocker. */
const inputs: Readonly<Record<string, (scene: Scene) => Promise<Variables & { readonly bearer?: string }>>> = {
  admitKnock: async ({ knocker: { knockId } }) => ({ knockId }),
  denyKnock: async ({ knocker: { knockId } }) => ({ knockId }),
  replyToKnock: async ({ knocker: { knockId } }) => ({ knockId }),
  admitKnocks: async ({ room, knocker: { knockId } }) => ({ roomName: room.name, knockIds: [knockId] }),
  denyKnocks: async ({ room, knocker: { knockId } }) => ({ roomName: room.name, knockIds: [knockId] }),
  recallAdmission: async ({ knocker }) => {
    await change(house.backend, 'admitKnock', { knockId: knocker.knockId });
    return { knockId: knocker.knockId };
  },
  returnToLobby: async ({ knocker }) => {
    await change(house.backend, 'admitKnock', { knockId: knocker.knockId });
    const { id, sessionToken } = await knocker.enter();
    return { participantId: id, bearer: sessionToken };
  },
};

const withReply = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(({ args }) =>
  args.some(({ type }) => {
    const named = getNamedType(type);
    return isInputObjectType(named) && 'reply' in named.getFields();
  }),
);

async function begin(mutation: string) {
  const room = await house.backend.waitingRoom();
  const scene = { room, knocker: await room.knocker() };
  const prepare = inputs[mutation];
  if (prepare === undefined) throw new Error(`say here what ${mutation} is given beside the reply`);
  const { bearer = scene.knocker.knockToken, ...input } = await prepare(scene);
  return { room, bearer, input };
}

test.each(withReply.map(({ name }) => name))('%s', async (mutation) => {
  const { room, bearer, input } = await begin(mutation);
  const reply = `a word by ${mutation}`;
  await change(house.backend, mutation, { ...input, reply });
  const query = '{ viewer { ... on KnockRequest { reply } } }';
  type Viewer = { readonly viewer: { readonly reply: string | null } };
  expect(await read<Viewer>(callerOf(house.server, bearer), query)).toEqual({ viewer: { reply } });
  const { room: shown } = await read<{ room: { knockRequests: { nodes: { reply: string | null }[] } } }>(
    house.backend,
    'query ($name: String!) { room(name: $name) { knockRequests { nodes { reply } } } }',
    { name: room.name },
  );
  expect(shown.knockRequests.nodes).toContainEqual({ reply });
});

const blanks = ['', ' ', '\n\t '];

test.each(withReply.map(({ name }) => name))('%s: a reply of blanks is none', async (mutation) => {
  for (const reply of blanks) {
    const { bearer, input } = await begin(mutation);
    const answer = await change(house.backend, mutation, { ...input, reply });
    // What does nothing but reply has nothing to do then.
    expect(answer.code).toBe(mutation === 'replyToKnock' ? 'INVALID_INPUT' : undefined);
    const query = '{ viewer { ... on KnockRequest { reply } } }';
    expect(await read(callerOf(house.server, bearer), query)).toEqual({ viewer: { reply: null } });
  }
});

test('a message of blanks is none', async () => {
  const room = await house.backend.waitingRoom();
  for (const message of blanks) {
    const { knockToken } = await room.knocker({ message });
    const query = '{ viewer { ... on KnockRequest { message } } }';
    expect(await read(callerOf(house.server, knockToken), query)).toEqual({ viewer: { message: '' } });
  }
});
