import { type Outcome, settled } from './refusal.ts';
import type { Actor, Participant, RoomEvent } from './room-view.ts';
import type { Session } from './session.ts';
import { createStore, type Store } from './store.ts';

type Medium = 'audio' | 'video' | 'screenShare';

/** What an owner asks this participant to switch on. Nothing is switched on before the participant says so. */
export interface MediaWish {
  readonly audio: boolean;
  readonly video: boolean;
  readonly screenShare: boolean;
  /** Who asks. */
  readonly by: Actor | null;
}

export interface MediaWishes {
  readonly view: Store<{ readonly request: MediaWish | null }>;
  /** Follows what is asked in this session. The answer ends it. */
  readonly attach: (session: Session) => () => void;
  /** Says that all of it is on now. Null: nothing is asked. It never throws. */
  readonly accept: () => Promise<Outcome<Participant> | null>;
  readonly decline: () => void;
}

const sentAs = { audio: 'AUDIO', video: 'VIDEO', screenShare: 'SCREEN_VIDEO' } as const;
const media = Object.keys(sentAs).filter((name): name is Medium => name in sentAs);

export function createMediaWishes(): MediaWishes {
  const view = createStore<{ readonly request: MediaWish | null }>({ request: null });
  let session: Session | null = null;
  const show = (request: MediaWish | null) => view.set({ request });
  const hear = (event: RoomEvent) => {
    const { request } = view.get();
    if (event.__typename === 'MediaRequested') {
      const { audio, video, screenShare, by } = event;
      const before = request ?? { audio: false, video: false, screenShare: false };
      show({
        audio: audio || before.audio,
        video: video || before.video,
        screenShare: screenShare || before.screenShare,
        by,
      });
    } else if (request !== null && session !== null) show(stillOpen(request, session.view.get().me));
  };
  return {
    view,
    attach: (joined) => {
      session = joined;
      show(null);
      const stop = joined.onEvent(hear);
      return () => {
        stop();
        session = null;
        show(null);
      };
    },
    accept: async () => {
      const { request } = view.get();
      if (session === null || request === null) return null;
      const wanted = media.filter((name) => request[name]).map((name) => [name, true]);
      const done = await settled(session.updateMyMedia(Object.fromEntries(wanted)));
      if (done.isDone) show(null);
      return done;
    },
    decline: () => show(null),
  };
}

/** What is on by now needs no asking, and what may not be sent any more is asked in vain. */
function stillOpen(request: MediaWish, me: Participant): MediaWish | null {
  const isOpen = (name: Medium) => request[name] && !me[name] && me.permissions.canSend.includes(sentAs[name]);
  if (!media.some(isOpen)) return null;
  if (media.every((name) => isOpen(name) === request[name])) return request;
  return { ...request, audio: isOpen('audio'), video: isOpen('video'), screenShare: isOpen('screenShare') };
}
