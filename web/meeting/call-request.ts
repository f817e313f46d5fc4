import type { RoomEvent } from '../../packages/client/src/index.ts';
import { type CallRequest, isHeldBack } from './call-state.ts';
import type { OwnMediaView } from './own-media.ts';

const nothing = { audio: false, video: false, screenShare: false } as const;

/** What is asked for after this event: what is asked twice is asked once. */
export function requestAfter(request: CallRequest | null, event: RoomEvent): CallRequest | null {
  if (event.__typename !== 'MediaRequested') return request;
  const before = request ?? nothing;
  return {
    audio: event.audio || before.audio,
    video: event.video || before.video,
    screenShare: event.screenShare || before.screenShare,
    by: event.by?.kind === 'PARTICIPANT' ? event.by.name : null,
  };
}

/**
 * What is on by now needs no asking, and what may not be sent any more is asked in vain. What the system holds back is asked for until the system
 * gives it again: the others take it for muted.
 */
export function openRequest(request: CallRequest | null, own: OwnMediaView): CallRequest | null {
  return partOf(request, (name) => own[name].isAllowed && (own[name].state === 'off' || isHeldBack(own[name])));
}

/** What is kept of it: while a line is made anew, or something begins, it is not known yet whether the system holds it back. */
export function keptRequest(request: CallRequest | null, own: OwnMediaView): CallRequest | null {
  return partOf(request, (name) => own[name].isAllowed && own[name].state !== 'on');
}

function partOf(request: CallRequest | null, isOpen: (name: keyof OwnMediaView) => boolean): CallRequest | null {
  if (request === null) return null;
  const audio = request.audio && isOpen('microphone');
  const video = request.video && isOpen('camera');
  const screenShare = request.screenShare && isOpen('screen');
  return audio || video || screenShare ? { ...request, audio, video, screenShare } : null;
}

/** A screen is asked for apart, after what its words name: the browser has a question of its own for it. */
export function requestAfterAnswer(request: CallRequest | null): CallRequest | null {
  if (!request?.screenShare || !(request.audio || request.video)) return null;
  return { ...request, audio: false, video: false };
}
