import type { Clock } from '../room/clock.ts';
import { inEachRoom } from '../room/many-rooms.ts';
import type { RoomWriter } from '../room/writer.ts';
import type { Actor } from '../rules/actor.ts';
import { type Caller, requireBackend } from '../rules/caller.ts';
import type { DomainId } from '../rules/ids.ts';
import { isRefusal, type Unavailable, unavailable } from '../rules/refusal.ts';
import type { EndedKey, SigningKey } from '../rules/signing-key.ts';
import { endVouching, type VouchingKey } from '../rules/vouching.ts';
import type { KnockStorage } from '../storage/knock-request.ts';
import type { MeetingTokenStorage } from '../storage/meeting-token.ts';
import type { DomainDirectory } from './domain-directory.ts';

interface VouchingDeps {
  readonly knocks: Pick<KnockStorage, 'findRoomsVouchedFor'>;
  readonly writer: RoomWriter;
}

export interface SigningKeyDeps extends VouchingDeps {
  readonly meetingTokens: Pick<MeetingTokenStorage, 'revokeOwn'>;
  readonly directory: DomainDirectory;
  readonly replaceLeaked: (
    domainId: DomainId,
    now: Date,
  ) => Promise<{ readonly key: SigningKey; readonly ended: readonly EndedKey[] }>;
  readonly clock: Clock;
}

export type SigningKeyService = ReturnType<typeof createSigningKeyService>;

/** The service's own signing keys of a domain. Only the command line asks. */
export function createSigningKeyService(deps: SigningKeyDeps) {
  return {
    /**
     * A key has leaked: all end at once, with every meeting token and media grant that they signed, on record or not, and with whatever
     * rests on such a token but being inside. A second call makes one more key, and takes up what the first may have left.
     */
    replaceLeaked: async (caller: Caller) => {
      const backend = requireBackend(caller, 'ADMIN');
      if (isRefusal(backend)) return backend;
      const { domainId, actor } = backend;
      const now = deps.clock.now();
      const { key, ended } = await deps.replaceLeaked(domainId, now);
      deps.directory.forget(domainId);
      for (const one of ended) {
        const refusal = await endWhatItVouchedFor(deps, domainId, { ...one, selfSigned: false }, actor);
        if (refusal !== null) return refusal;
      }
      // For lists alone: their keys have ended.
      await deps.meetingTokens.revokeOwn(domainId, now);
      return { key, ended };
    },
  };
}

/** The key has ended: nobody new can wait on the strength of it, so whoever is found waiting now is everybody. */
export async function endWhatItVouchedFor(
  { knocks, writer }: VouchingDeps,
  domainId: DomainId,
  { id, kid, selfSigned }: VouchingKey,
  by: Actor,
): Promise<Unavailable | null> {
  const signer = { id, kid, selfSigned };
  const rooms = await knocks.findRoomsVouchedFor(domainId, signer);
  const written = await inEachRoom(rooms, (roomId) =>
    writer.submit(
      { domainId, roomId },
      { by: null, keys: { admissions: true }, decide: (facts, now) => endVouching(facts, signer, by, now) },
    ),
  );
  return written.some((one) => isRefusal(one) && one.refusal === 'Unavailable') ? unavailable() : null;
}
