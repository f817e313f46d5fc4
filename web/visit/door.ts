import type { Client, Joining, Knock, Outcome } from '../../packages/client/src/index.ts';
import type { Kept } from '../kept.ts';
import type { Place } from '../place.ts';

export interface JoinForm {
  readonly name: string;
  readonly isHidden: boolean;
}

export interface KnockForm {
  readonly name: string;
  readonly message: string;
}

/** The requests at a room's door, with what this tab keeps. */
export function createDoor(client: Client, place: Place, kept: Kept) {
  const common = () => {
    const token = kept.get('token');
    return { roomName: place.roomName, domain: place.domain, ...(token === null ? {} : { token }) };
  };
  /** A request without an answer is repeated with the same key, until an answer comes. */
  const attempt = async <Result>(send: (idempotencyKey: string) => Promise<Result>): Promise<Result> => {
    const key = kept.attempt;
    const result = await send(key);
    kept.answered(key);
    return result;
  };
  return {
    look: () => client.access(common()),
    join({ name, isHidden }: JoinForm): Promise<Joining> {
      const input = { ...common(), ...(name === '' ? {} : { userName: name }), ...(isHidden ? { hidden: true } : {}) };
      return attempt((idempotencyKey) => client.join({ ...input, idempotencyKey }));
    },
    joinAsAdmitted: (knockToken: string) => client.join({ roomName: place.roomName, domain: place.domain, knockToken }),
    resume: (sessionToken: string) => client.resume(place.roomName, sessionToken),
    knock({ name, message }: KnockForm): Promise<Outcome<Knock>> {
      const input = { ...common(), userName: name, ...(message === '' ? {} : { message }) };
      return attempt((idempotencyKey) => client.knock({ ...input, idempotencyKey }));
    },
  };
}

export type Door = ReturnType<typeof createDoor>;
