import type { ClaimedMediaRoom, MediaRoomStorage } from '../storage/media-room.ts';

/** A room that is this process's for as long as it works on it. */
export interface Lease {
  /** Renews no more. The claim as it stands then, by which the room is given back. The second time changes nothing. */
  readonly end: () => Promise<ClaimedMediaRoom>;
}

/** Renews a short lease while the room is worked on. Where that does not work, somebody else does the same work once more. */
export function holdLease(
  claimed: ClaimedMediaRoom,
  leaseSeconds: number,
  rooms: Pick<MediaRoomStorage, 'renew'>,
  onTrouble: (error: unknown) => void,
): Lease {
  let mine = claimed;
  let renewing: Promise<void> = Promise.resolve();
  const renew = async () => {
    mine = (await rooms.renew(mine, leaseSeconds)) ?? mine;
  };
  const timer = setInterval(
    () => {
      renewing = renewing.then(renew).catch(onTrouble);
    },
    (leaseSeconds * 1000) / 3,
  );
  return {
    end: async () => {
      clearInterval(timer);
      await renewing;
      return mine;
    },
  };
}
