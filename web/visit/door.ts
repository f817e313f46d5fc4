import { AskError, ask, isRefusal, perform } from '../api/ask.ts';
import * as documents from '../api/documents.ts';
import type { Access, Joined, Knocked, MustKnock, OwnKnock, Participant, Refusal } from '../api/shapes.ts';
import { type Kept, newAttempt } from '../kept.ts';
import type { Place } from '../place.ts';
import type { Problem } from './phase.ts';

export interface JoinForm {
  readonly name: string;
  readonly isHidden: boolean;
}

export interface KnockForm {
  readonly name: string;
  readonly message: string;
}

/** What one may ask at a room's door, with what this tab keeps. */
export function createDoor(place: Place, kept: Kept) {
  const common = () => {
    const token = kept.get('token');
    return { roomName: place.roomName, domain: place.domain, ...(token === null ? {} : { token }) };
  };
  /** A request whose answer is lost is sent again as the same one; an answer ends it. */
  const attempt = async <Result>(send: (idempotencyKey: string) => Promise<Result>): Promise<Result> => {
    const key = kept.get('attempt') ?? newAttempt();
    kept.set('attempt', key);
    const result = await send(key);
    kept.set('attempt', null);
    return result;
  };
  const send = (input: object, bearer?: string) =>
    perform<Joined | MustKnock>('joinRoom', documents.joinRoom, { input }, bearer);
  return {
    async look(): Promise<Access> {
      const { access } = await ask<{ access: Access | null }>(documents.access, common());
      if (access === null) throw new AskError('UNAVAILABLE');
      return access;
    },
    join({ name, isHidden }: JoinForm) {
      const input = { ...common(), ...(name === '' ? {} : { userName: name }), ...(isHidden ? { hidden: true } : {}) };
      return attempt((idempotencyKey) => send({ ...input, idempotencyKey }));
    },
    joinAsAdmitted: (knockToken: string) => send({ roomName: place.roomName, domain: place.domain, knockToken }),
    resume: (sessionToken: string) => send({ roomName: place.roomName, domain: place.domain }, sessionToken),
    knock({ name, message }: KnockForm) {
      const input = { ...common(), userName: name, ...(message === '' ? {} : { message }) };
      return attempt((idempotencyKey) =>
        perform<Knocked>('knock', documents.knockAtDoor, { input: { ...input, idempotencyKey } }),
      );
    },
    /** Null: nobody knows this credential any more. */
    async whoIs(bearer: string): Promise<Participant | OwnKnock | null> {
      try {
        return (await ask<{ viewer: Participant | OwnKnock | null }>(documents.viewer, {}, bearer)).viewer;
      } catch (error) {
        if (error instanceof AskError && error.code === 'UNAUTHENTICATED') return null;
        throw error;
      }
    },
    async withdraw(knockToken: string): Promise<void> {
      const result = await perform<{ readonly __typename: string }>(
        'cancelKnock',
        documents.cancelKnock,
        {},
        knockToken,
      );
      if (isRefusal(result) && result.code !== 'KNOCK_ALREADY_DECIDED') throw new AskError(result.code);
    },
  };
}

export type Door = ReturnType<typeof createDoor>;

export function problemOf(problem: AskError | Refusal): Problem {
  const path = 'issues' in problem ? problem.issues?.[0]?.path : undefined;
  const field = path?.includes('userName') ? 'name' : path?.includes('message') ? 'message' : null;
  return { code: problem.code, field, retryAfterSeconds: problem.retryAfterSeconds ?? null };
}
