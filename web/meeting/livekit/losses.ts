import { ConnectionError, ConnectionErrorReason, DisconnectReason } from 'livekit-client';
import { troubleOf } from '../../devices/capture.ts';
import type { OwnMediumName } from '../call.ts';
import type { CallLoss } from '../call-state.ts';
import type { NotSent } from '../line.ts';

const byReason: Readonly<Partial<Record<DisconnectReason, CallLoss>>> = {
  [DisconnectReason.DUPLICATE_IDENTITY]: 'takenOver',
  [DisconnectReason.PARTICIPANT_REMOVED]: 'removed',
  [DisconnectReason.ROOM_DELETED]: 'closed',
  [DisconnectReason.ROOM_CLOSED]: 'closed',
  [DisconnectReason.CONNECTION_TIMEOUT]: 'blocked',
  [DisconnectReason.MEDIA_FAILURE]: 'blocked',
};

/** Why a line that was there is gone. Without a reason: it was tried again, and in vain. */
export function lossBy(reason: DisconnectReason | undefined): CallLoss {
  return (reason === undefined ? undefined : byReason[reason]) ?? 'away';
}

/**
 * Why there is no line at all.
 * @param hasAnswered did the media server answer, so that it is sound and picture that do not get through?
 */
export function lossAtConnecting(error: unknown, hasAnswered: boolean): CallLoss {
  if (!(error instanceof ConnectionError)) return hasAnswered ? 'blocked' : 'away';
  switch (error.reason) {
    case ConnectionErrorReason.NotAllowed:
      // A room that is not there is made by the service in a moment.
      return error.status === 404 ? 'away' : 'refused';
    case ConnectionErrorReason.LeaveRequest:
      return lossBy(error.context as DisconnectReason);
    default:
      return hasAnswered ? 'blocked' : 'away';
  }
}

/** Why a device or a screen is not sent. */
export function whyNotSent(error: unknown, medium: OwnMediumName): NotSent {
  // Everything else that goes wrong has gone wrong after the browser has shared it.
  if (!(error instanceof DOMException)) return { kind: 'failed' };
  if (medium === 'screen') return whyNoScreen(error);
  const trouble = troubleOf(error, medium === 'camera' ? 'video' : 'audio');
  return { kind: trouble === 'noCamera' || trouble === 'noMic' ? 'missing' : trouble };
}

/** Whoever closes the browser's question has thought better of it; where the system forbids it, the browser says so. */
function whyNoScreen({ name, message }: DOMException): NotSent {
  if (name === 'NotAllowedError' || name === 'AbortError')
    return { kind: /system/i.test(message) ? 'refused' : 'none' };
  return { kind: name === 'NotFoundError' ? 'missing' : 'busy' };
}
