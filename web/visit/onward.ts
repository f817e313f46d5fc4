import { fillCredentials, type KnockRequest, type LeaveReason, type Session } from '../../packages/client/src/index.ts';
import { look } from '../brand.ts';
import { isFramed } from '../frame.ts';
import type { Place } from '../place.ts';
import { isConsole } from '../view.ts';

// Where the page leads on: to a meeting elsewhere, and from the end to where the domain wants people to go.

/** The address of the meeting, with the credentials that it asks for behind its `#`. Null: the meeting is here. */
export function meetingAddress(session: Session): string | null {
  // A page within another one leads nowhere: the one around it hears what happens. A console stays beside the meeting.
  return isFramed || isConsole ? null : fillCredentials(session);
}

export type Ending = 'left' | 'denied' | 'ejected' | 'banned' | 'expired' | 'closed';

const endings: Readonly<Partial<Record<LeaveReason, Ending>>> = {
  LEFT: 'left',
  EJECTED: 'ejected',
  BANNED: 'banned',
  TOKEN_EXPIRED: 'expired',
  TIME_ELAPSED: 'expired',
  ROOM_EXPIRED: 'expired',
  ROOM_DELETED: 'closed',
};

/** How it ended for good. Null: one may go on here. */
export function endingOf(reason: LeaveReason): Ending | null {
  return endings[reason] ?? null;
}

/** How a knock ended that let nobody in. Null: one may ask again here. */
export function endingOfKnock({ status, reason, knockAgainAt }: KnockRequest): Ending | null {
  if (status === 'DENIED') return knockAgainAt === null ? 'banned' : 'denied';
  return reason === 'ROOM_CLOSED' ? 'closed' : null;
}

/** Where the domain wants people to go at this end. Null: they stay. */
export function exitAddress({ domain, roomName }: Place, outcome: Ending): string | null {
  const { exitUrl } = look.get();
  if (exitUrl === null || isFramed) return null;
  const filled = exitUrl
    .replaceAll('{domain}', encodeURIComponent(domain))
    .replaceAll('{room}', encodeURIComponent(roomName));
  const address = new URL(filled);
  address.searchParams.set('outcome', outcome);
  return address.href;
}
