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
  /** Whoever comes in is further than the copies of this tab: those that slept are told once they wake. */
  const goFurther = async (joining: Promise<Joining>): Promise<Joining> => {
    const { attempt: key } = kept;
    const joined = await joining;
    if (joined.kind === 'JOINED') kept.answered(key);
    return joined;
  };
  return {
    look: () => client.access(common()),
    join({ name, isHidden }: JoinForm): Promise<Joining> {
      const input = { ...common(), ...(name === '' ? {} : { userName: name }), ...(isHidden ? { hidden: true } : {}) };
      return attempt((idempotencyKey) => client.join({ ...input, idempotencyKey }));
    },
    joinAsAdmitted: (knockToken: string) =>
      goFurther(client.join({ roomName: place.roomName, domain: place.domain, knockToken })),
    resume: (sessionToken: string) => goFurther(client.resume(place.roomName, sessionToken)),
    knock({ name, message }: KnockForm): Promise<Outcome<Knock>> {
      const input = { ...common(), userName: name, ...(message === '' ? {} : { message }) };
      return attempt((idempotencyKey) => client.knock({ ...input, idempotencyKey }));
    },
  };
}

export type Door = ReturnType<typeof createDoor>;
