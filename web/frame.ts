import { type Client, createStore, type Session, type Source, type Store } from '../packages/client/src/index.ts';
import { isAmong } from './frame-origins.ts';
import type { Phase } from './visit/phase.ts';

// What the page says to the page around it, and hears from it: /embed.js is the other side.

/** What happened, in words that stay: the names of the events of <vestibule-room>. */
export type FrameEvent =
  | { readonly vestibule: 'ready' | 'knocking' | 'admitted' }
  | { readonly vestibule: 'joined'; readonly detail: Handed }
  | {
      readonly vestibule: 'denied';
      readonly detail: { readonly reply: string | null; readonly knockAgainAt: string | null };
    }
  | { readonly vestibule: 'left'; readonly detail: { readonly reason: string } }
  | { readonly vestibule: 'error'; readonly detail: { readonly code: string } };

/** What the page around needs to go on with the meeting itself. */
type Handed = {
  readonly session: string;
  readonly grant: string;
  readonly media: Session['media'];
  readonly meetingUrl: string | null;
};

/** Stands this page in a frame? Then it leads nowhere, and whoever is around hears what happens. */
export const isFramed = window.parent !== window;

/** What the page around asked for, behind the # of the address. */
const asked = new URLSearchParams(location.hash.slice(1));

/** Does an element of the page around show this page, which says each time who comes? */
export const isPlaced = isFramed && asked.has('frame');

/** Does the page around want a guest who has a name to knock at once? */
export const knocksAtOnce = isFramed && asked.has('knock');

const mostUnsaid = 20;

interface FrameParts {
  readonly phase: Store<Phase>;
  readonly look: Store<{ readonly frameOrigins: readonly string[] }>;
  readonly session: Store<Session | null>;
  readonly withdraw: () => unknown;
  readonly giveUp: () => unknown;
}

/** The client, and the session that it came by last. */
export function rememberSession(client: Client): { readonly client: Client; readonly session: Store<Session | null> } {
  const session: Source<Session | null> = createStore<Session | null>(null);
  const remember = <Answer extends { readonly session?: Session } | object | null>(answer: Answer): Answer => {
    if (answer !== null && 'session' in answer && answer.session !== undefined) session.set(answer.session);
    return answer;
  };
  return {
    session,
    client: {
      ...client,
      join: async (input) => remember(await client.join(input)),
      resume: async (roomName, token) => remember(await client.resume(roomName, token)),
      goOn: async (token) => remember(await client.goOn(token)),
    },
  };
}

/**
 * Tells the page around of each step, and leaves when it says so. It names its origin itself, and is believed only where the
 * domain's `frameOrigins` has it: then everything goes to that exact origin, and nothing is taken from any other. Without a
 * match the page works, and says nothing. The answer tells it of more than steps.
 */
export function talkToParent({ phase, look, session, withdraw, giveUp }: FrameParts): (event: FrameEvent) => void {
  const origin = asked.get('frame');
  if (!isFramed || origin === null) return () => undefined;
  const isKnown = () => isAmong(origin, look.get().frameOrigins);
  /** What happened before the page knew who may hear it. */
  let unsaid: FrameEvent[] = [];
  const flush = () => {
    // Where nobody may hear it, no more is kept than somebody could use who is named a moment later.
    if (!isKnown()) {
      unsaid = unsaid.slice(-mostUnsaid);
      return;
    }
    for (const event of unsaid) window.parent.postMessage(event, origin);
    unsaid = [];
  };
  let isReady = false;
  let last: string | null = null;
  const tell = () => {
    const now = phase.get();
    if (now.at !== 'arriving' && !isReady) unsaid.push({ vestibule: 'ready' });
    isReady ||= now.at !== 'arriving';
    const event = eventOf(now, session.get());
    const words = event === null ? null : wordsOf(event);
    if (event !== null && words !== last) unsaid.push(event);
    last = words;
    flush();
  };
  phase.subscribe(tell);
  let unfollow = () => {};
  session.subscribe(() => {
    unfollow();
    unfollow = session.get()?.meeting.subscribe(tell) ?? (() => {});
  });
  look.subscribe(flush);
  const leave = leaverOf({ phase, session, withdraw, giveUp });
  addEventListener('message', ({ source, origin: from, data }) => {
    if (source === window.parent && from === origin && isKnown() && data?.vestibule === 'leave') leave();
  });
  tell();
  return (event) => {
    unsaid.push(event);
    flush();
  };
}

/** Leaves from wherever somebody is. Whoever is on the way in leaves once they are in. */
function leaverOf({ phase, session, withdraw, giveUp }: Omit<FrameParts, 'look'>): () => void {
  let shouldLeave = false;
  /** A host may let somebody in at the same moment: then they leave once they are in. */
  let hasWithdrawn = false;
  const leave = () => {
    shouldLeave = false;
    void session
      .get()
      ?.leave()
      .catch(() => undefined);
  };
  const lookWhere = () => {
    const now = phase.get();
    shouldLeave &&= isOnTheWay(now);
    if (shouldLeave && now.at === 'inside') {
      shouldLeave = false;
      void now.inside.leave();
    }
    hasWithdrawn &&= shouldLeave;
    if (shouldLeave && now.at === 'waiting' && !hasWithdrawn) {
      hasWithdrawn = true;
      withdraw();
    }
    // There is no session to wait for, and no place to be taken from others.
    if (shouldLeave && now.at === 'entering' && now.isFull) giveUp();
  };
  phase.subscribe(lookWhere);
  session.subscribe(() => {
    if (shouldLeave && session.get() !== null) leave();
  });
  return () => {
    const now = phase.get();
    if (now.at === 'inside') void now.inside.leave();
    else shouldLeave = isOnTheWay(now);
    lookWhere();
  };
}

/** May somebody come in, or wait, without another press? */
function isOnTheWay({ at }: Phase): boolean {
  return at === 'arriving' || at === 'trouble' || at === 'entering' || at === 'inside' || at === 'waiting';
}

/** By which the same event is told once. What opens the meeting is made anew again and again: where it is decides. */
function wordsOf(event: FrameEvent): string {
  if (event.vestibule !== 'joined') return JSON.stringify(event);
  const { session, media, meetingUrl } = event.detail;
  return JSON.stringify([session, meetingUrl, media?.kind, media?.url, media?.room]);
}

/** Null: nothing that is told. */
function eventOf(phase: Phase, session: Session | null): FrameEvent | null {
  switch (phase.at) {
    case 'waiting':
      return { vestibule: 'knocking' };
    case 'entering':
      if (phase.isLetIn) return { vestibule: 'admitted' };
      return phase.isFull ? { vestibule: 'error', detail: { code: 'ROOM_FULL' } } : null;
    case 'inside':
      return session && { vestibule: 'joined', detail: handedBy(session) };
    case 'turnedAway': {
      const { status, reply, knockAgainAt } = phase.knock;
      return status === 'DENIED'
        ? { vestibule: 'denied', detail: { reply, knockAgainAt } }
        : { vestibule: 'left', detail: { reason: status } };
    }
    case 'gone':
      return { vestibule: 'left', detail: { reason: phase.reason } };
    case 'shut':
      return { vestibule: 'error', detail: { code: phase.refusal.code } };
    case 'misnamed':
      return { vestibule: 'error', detail: { code: 'INVALID_INPUT' } };
    case 'trouble':
      return { vestibule: 'error', detail: { code: 'NETWORK' } };
    case 'otherTab':
      return { vestibule: 'error', detail: { code: 'OTHER_TAB' } };
    case 'arriving':
    case 'door':
      return null;
    default:
      return phase satisfies never;
  }
}

function handedBy({ sessionToken, meeting }: Session): Handed {
  const { mediaGrant, media, meetingUrl } = meeting.get();
  return { session: sessionToken, grant: mediaGrant, media, meetingUrl };
}

/**
 * A guest who has a name already knocks once at once, where the page around asks for it: people miss the second click. Where the room does not
 * take knocks yet, they knock as soon as it does. Whoever presses anything before goes on by themselves.
 */
export function knockAtOnce(phase: Store<Phase>, name: string, knock: (name: string) => unknown): void {
  if (!knocksAtOnce || name === '') return;
  const stop = () => {
    unfollow();
    for (const press of presses) removeEventListener(press, stop);
  };
  const look = () => {
    const now = phase.get();
    if (mayTakeKnocks(now)) return;
    stop();
    if (now.at === 'door' && now.access.level === 'LOBBY') knock(name);
  };
  const unfollow = phase.subscribe(look);
  for (const press of presses) addEventListener(press, stop, { passive: true });
  // The page may have come with its door.
  look();
}

const presses = ['pointerdown', 'keydown'] as const;

/** Nothing is known yet, or the door opens later. */
function mayTakeKnocks(now: Phase): boolean {
  if (now.at === 'door') return now.access.level === 'LOBBY' && now.access.knockAgainAt !== null;
  return now.at === 'arriving' || now.at === 'trouble' || now.at === 'shut';
}
