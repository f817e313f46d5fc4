import type { KnockRequest, LeaveReason, RoomEvent } from '../../packages/client/src/index.ts';
import { nameOf } from '../visit/stay-news.ts';
import type { RecordTexts } from './record-texts.ts';

/** An event in a sentence. Null: nobody wants to read it afterwards, such as a microphone's switch. */
export function recordLine(event: RoomEvent, texts: RecordTexts): string | null {
  const { record } = texts;
  const by = nameOf(event.by, texts);
  switch (event.__typename) {
    case 'RoomCreated':
    case 'RoomUpdated':
    case 'RoomClosed':
      return record[event.__typename](by);
    case 'KnockRequested':
      return record.KnockRequested(event.knockRequest.userName);
    case 'KnockChanged':
      return knockLine(event, by, texts);
    case 'ParticipantJoined':
      return record.ParticipantJoined(event.participant.userName);
    case 'ParticipantLeft':
      return leavingLine(event.leaveReason, by, event.participant.userName, texts);
    case 'LiveStreamChanged':
      return record.LiveStreamChanged(texts.live.status[event.liveStreamStatus]);
    case 'ParticipantUpdated':
    case 'MediaRequested':
    case 'Resync':
      return null;
    default:
      return event satisfies never;
  }
}

function knockLine(
  { knockStatus, knockReason, knockRequest }: Extract<RoomEvent, { readonly __typename: 'KnockChanged' }>,
  by: string,
  { record }: RecordTexts,
): string | null {
  const name = knockRequest.userName;
  switch (knockStatus) {
    case 'ADMITTED':
      return knockReason === 'ROOM_OPENED' ? record.ROOM_OPENED(name) : record.ADMITTED(by, name);
    case 'DENIED':
      return record.DENIED(by, name);
    case 'CANCELLED':
      return knockReason === 'KNOCKER_LEFT' ? record.KNOCKER_LEFT(name) : record.CANCELLED(name);
    case 'EXPIRED':
      return wasAdmission(knockReason, knockRequest) ? record.RECALLED(name) : record.EXPIRED(name);
    case 'PENDING':
      return null;
    default:
      return knockStatus satisfies never;
  }
}

/** An admission that ended: of one whose time is over, who gave it stays on record, and nobody was answered by the service. */
function wasAdmission(reason: string | null, { decidedBy }: KnockRequest): boolean {
  return reason === 'RECALLED' || (reason === 'TIMED_OUT' && decidedBy !== null && decidedBy.kind !== 'SERVICE');
}

function leavingLine(reason: LeaveReason, by: string, name: string, { record }: RecordTexts): string {
  switch (reason) {
    case 'LEFT':
    case 'CONNECTION_LOST':
    case 'REPLACED':
      return record[reason](name);
    case 'EJECTED':
    case 'BANNED':
    case 'RETURNED_TO_LOBBY':
      return record[reason](by, name);
    case 'TOKEN_EXPIRED':
    case 'TIME_ELAPSED':
    case 'ROOM_EXPIRED':
    case 'ROOM_DELETED':
      return record.TIME_OVER(name);
    default:
      return reason satisfies never;
  }
}
