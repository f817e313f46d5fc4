import { z } from 'zod';
import { graphqlClient } from '../support/graphql-client.ts';
import type { RoomSeed, Seed } from '../support/seed.ts';
import { type Attempt, anybodyAt, attempt, backendOf, mutations } from './fault-kit.ts';
import type { Operation } from './linearizable.ts';
import type { Call, Output } from './room-model.ts';

/** What a player is told to do; whom it concerns is found when its time has come. */
export type Move = {
  readonly kind: Exclude<Call['kind'], 'look'> | 'open' | 'close';
  readonly person: number;
  readonly ban: boolean;
};

const spokenOf = z.looseObject({
  knockToken: z.string().optional(),
  sessionToken: z.string().optional(),
  knockRequest: z.looseObject({ id: z.string(), status: z.string() }).optional(),
  participant: z.looseObject({ id: z.string() }).optional(),
  id: z.string().optional(),
  status: z.string().optional(),
});

type Spoken = z.infer<typeof spokenOf>;

/** One room, the persons who have to do with it, and all that was done. */
export class Game {
  readonly history: Operation<Call, Output>[] = [];
  readonly #room: Pick<RoomSeed, 'name'>;
  readonly #persons: readonly Person[];
  readonly #expire: () => Promise<void>;
  #hasExpired = false;

  constructor(room: Pick<RoomSeed, 'name'>, persons: readonly Person[], expire: () => Promise<void>) {
    this.#room = room;
    this.#persons = persons.map(({ userId, jwt }) => ({ userId, jwt, knock: null, session: null }));
    this.#expire = expire;
  }

  /** Plays one player's moves, one after the other, through one process. Moves that make no sense yet are left out. */
  async play(url: () => string, moves: readonly Move[]): Promise<void> {
    for (const move of moves) {
      const person = this.#persons[move.person % this.#persons.length];
      if (person !== undefined) await this.#move(url(), move, person);
    }
  }

  /** What was there in the end: the last operation of every history. */
  end(seen: readonly string[]): void {
    const now = performance.now();
    this.history.push({
      call: { kind: 'look' },
      begunAt: now,
      endedAt: now,
      output: { said: 'OK', seen: [...seen].sort() },
    });
  }

  async #move(url: string, { kind, ban }: Move, person: Person): Promise<void> {
    const roomName = this.#room.name;
    const { userId, knock, session } = person;
    const backend = backendOf({ url });
    const as = (bearer: string) => graphqlClient(url, bearer);
    switch (kind) {
      case 'knock': {
        const input = { roomName, userName: userId, token: person.jwt };
        const { spoken, index } = await this.#record({ kind, person: userId }, () =>
          attempt(anybodyAt({ url }), mutations.knock, { input }),
        );
        if (spoken?.knockToken && spoken.knockRequest)
          person.knock = { id: spoken.knockRequest.id, bearer: spoken.knockToken, token: index };
        return;
      }
      case 'admit':
        if (knock)
          await this.#record({ kind, knock: knock.id }, () => attempt(backend, mutations.admit, { id: knock.id }));
        return;
      case 'deny':
        if (knock)
          await this.#record({ kind, knock: knock.id, ban }, () =>
            attempt(backend, mutations.deny, { id: knock.id, ban }),
          );
        return;
      case 'cancel':
        if (knock)
          await this.#record({ kind, knock: knock.id, token: knock.token }, () =>
            attempt(as(knock.bearer), mutations.cancel),
          );
        return;
      case 'join': {
        if (!knock) return;
        const input = { roomName, knockToken: knock.bearer };
        const call = { kind, knock: knock.id, token: knock.token } as const;
        const { spoken } = await this.#record(call, () => attempt(anybodyAt({ url }), mutations.join, { input }));
        if (spoken?.sessionToken && spoken.participant)
          person.session = { id: spoken.participant.id, bearer: spoken.sessionToken };
        return;
      }
      case 'leave':
        if (session)
          await this.#record({ kind, participant: session.id }, () => attempt(as(session.bearer), mutations.leave));
        return;
      case 'eject': {
        const input = { roomName, userIds: [userId], ban };
        await this.#record({ kind, person: userId, ban }, () => attempt(backend, mutations.eject, { input }));
        return;
      }
      case 'open':
      case 'close':
      case 'privacy': {
        const privacy = kind === 'open' ? 'PUBLIC' : 'PRIVATE';
        await this.#record({ kind: 'privacy', privacy }, () =>
          attempt(backend, mutations.privacy, { input: { roomName, privacy } }),
        );
        return;
      }
      case 'delete':
        await this.#record({ kind }, () => attempt(backend, mutations.remove, { input: { roomName } }));
        return;
      case 'expire':
        if (this.#hasExpired) return;
        this.#hasExpired = true;
        await this.#record({ kind }, async () => {
          await this.#expire();
          return { __typename: 'Clock' };
        });
        return;
      default:
        kind satisfies never;
    }
  }

  async #record(
    call: Call,
    ask: () => Promise<Attempt>,
  ): Promise<{ readonly spoken: Spoken | null; readonly index: number }> {
    const index = this.history.length;
    const begunAt = performance.now();
    // It has its place from the beginning, so that what it gives out can name it.
    this.history.push({ call, begunAt, endedAt: Number.POSITIVE_INFINITY, output: null });
    const outcome = await ask();
    if (outcome === 'LOST') return { spoken: null, index };
    const spoken = spokenOf.parse(outcome);
    this.history[index] = { call, begunAt, endedAt: performance.now(), output: outputOf(outcome, spoken) };
    return { spoken, index };
  }
}

type Person = {
  readonly userId: string;
  readonly jwt: string;
  knock: { readonly id: string; readonly bearer: string; readonly token: number } | null;
  session: { readonly id: string; readonly bearer: string } | null;
};

/** Persons with a token of their own, good for every room, that vouches for them and lets nobody in. */
export function makePersons(backend: Seed, count: number): Promise<readonly Person[]> {
  const issue = `mutation ($input: CreateMeetingTokenInput!) { createMeetingToken(input: $input) { __typename ... on IssuedMeetingToken { jwt } } }`;
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const userId = `person-${index}`;
      const input = { anyRoom: true, knocking: true, userId, userName: userId };
      const { jwt } = z.looseObject({ jwt: z.string() }).parse(await attempt(backend.ask, issue, { input }));
      return { userId, jwt, knock: null, session: null };
    }),
  );
}

function outputOf(outcome: Exclude<Attempt, 'LOST'>, spoken: Spoken): Output {
  const { code } = outcome;
  const knock = spoken.knockRequest?.id ?? spoken.id;
  const status = spoken.knockRequest?.status ?? spoken.status;
  const said = code === undefined ? 'OK' : code === 'KNOCK_ALREADY_DECIDED' ? 'DECIDED' : code;
  return {
    said,
    ...(knock === undefined ? {} : { knock }),
    ...(status === undefined ? {} : { status }),
    ...(spoken.participant === undefined ? {} : { participant: spoken.participant.id }),
  };
}
