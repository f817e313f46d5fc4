import { z } from 'zod';
import * as operations from '../support/generated/operations.ts';
import type { Variables } from '../support/graphql-client.ts';
import { bootstrapApiKey } from '../support/server.ts';
import { until, upTo } from './fault-kit.ts';
import type { Fleet } from './fleet.ts';

/** People who come in and who are turned away, one after the other, until it is over. */
export type Load = {
  /** Until it went on for a while. */
  readonly goOn: () => Promise<void>;
  /** Done when the last one is through: what went wrong. */
  readonly end: () => Promise<readonly string[]>;
};

/** So many stories are a while: each step is asked of each process many times. */
const aWhile = 12;
const lanes = 4;

/** Somebody comes in with a token, others knock and are decided on: each step of a story is asked of the next process. */
export function startLoad(fleet: Fleet, roomName: string): Load {
  const stories = [comeInByToken, comeInByKnock, beTurnedAway];
  const failures: string[] = [];
  let told = 0;
  let isOver = false;
  const tell = async (lane: number) => {
    for (let turn = lane; !isOver && failures.length < 10; turn += 1) {
      const story = stories[turn % stories.length] ?? comeInByToken;
      await story(fleet, roomName).catch((error: unknown) => failures.push(String(error)));
      told += 1;
    }
  };
  const all = Promise.all(upTo(lanes).map(tell));
  return {
    goOn: async () => {
      const enough = told + aWhile;
      await until(
        async () => told,
        (sofar) => sofar >= enough || failures.length > 0,
        60_000,
      );
    },
    end: async () => {
      isOver = true;
      await all;
      return failures;
    },
  };
}

const joined = z.object({ data: z.object({ joinRoom: z.object({ sessionToken: z.string() }) }) });
const issued = z.object({ data: z.object({ createMeetingToken: z.object({ jwt: z.string() }) }) });
const knocked = z.object({
  data: z.object({ knock: z.object({ knockToken: z.string(), knockRequest: z.object({ id: z.string() }) }) }),
});
const decided = z.object({
  data: z.record(z.string(), z.object({ __typename: z.literal('KnockRequest'), status: z.string() })),
});
const seen = z.object({ data: z.object({ viewer: z.object({ __typename: z.string() }) }) });

/** What was answered, if it is what is expected; else the test is told what came. */
async function expectOf<Out>(shape: z.ZodType<Out>, answer: Promise<unknown>): Promise<Out> {
  const told = await answer;
  const read = shape.safeParse(told);
  if (read.success) return read.data;
  throw new Error(`answered with ${JSON.stringify(told)}`);
}

async function join(fleet: Fleet, input: Variables): Promise<void> {
  const { data } = await expectOf(joined, fleet.ask(operations.JoinRoomDocument, { input }));
  const { sessionToken } = data.joinRoom;
  await expectOf(seen, fleet.ask('{ viewer { __typename ... on Participant { id } } }', {}, sessionToken));
  const left = await fleet.ask(operations.LeaveRoomDocument, {}, sessionToken);
  await expectOf(z.object({ data: z.object({ leaveRoom: z.object({ id: z.string() }) }) }), Promise.resolve(left));
}

async function comeInByToken(fleet: Fleet, roomName: string): Promise<void> {
  const asked = fleet.ask(operations.CreateMeetingTokenDocument, { input: { roomName } }, bootstrapApiKey);
  const { data } = await expectOf(issued, asked);
  await join(fleet, { roomName, token: data.createMeetingToken.jwt });
}

async function knock(fleet: Fleet, roomName: string) {
  const { data } = await expectOf(
    knocked,
    fleet.ask(operations.KnockDocument, { input: { roomName, userName: 'Nora' } }),
  );
  return data.knock;
}

async function comeInByKnock(fleet: Fleet, roomName: string): Promise<void> {
  const { knockRequest, knockToken } = await knock(fleet, roomName);
  await expectOf(decided, fleet.ask(operations.AdmitKnockDocument, { id: knockRequest.id }, bootstrapApiKey));
  await join(fleet, { roomName, knockToken });
}

async function beTurnedAway(fleet: Fleet, roomName: string): Promise<void> {
  const { knockRequest } = await knock(fleet, roomName);
  await expectOf(decided, fleet.ask(operations.DenyKnockDocument, { id: knockRequest.id }, bootstrapApiKey));
}
