import { type CSSProperties, createElement, type ReactNode, useCallback, useEffect, useState } from 'react';
import type { Client } from './client.ts';
import type { Handover } from './handover.ts';
import { VestibuleProvider } from './react-provider.ts';

/** What the page in a frame has told last. */
export interface RoomFrameView {
  /** LOADING: nothing was told yet, as where `frameOrigins` of the domain does not list this page. ERROR: `reason` is the code. */
  readonly phase: 'LOADING' | 'READY' | 'KNOCKING' | 'ADMITTED' | 'JOINED' | 'DENIED' | 'LEFT' | 'ERROR';
  /** With JOINED: the session, to go on with in this page. */
  readonly handover: (Handover & { readonly meetingUrl: string | null }) | null;
  /** With LEFT, DENIED and ERROR: why. Of a denial, what the host wrote. */
  readonly reason: string | null;
}

/** As much of the element as is needed: the types of a server and of a phone know no elements. */
export interface RoomElement {
  addEventListener(name: string, hear: (event: object) => void): void;
  removeEventListener(name: string, hear: (event: object) => void): void;
  leave?(): Promise<void>;
}

/** The state of a frame, and the means to act on it. Hand it to `VestibuleRoom` as `frame`. */
export interface RoomFrame extends RoomFrameView {
  /** For the element itself. */
  readonly ref: (element: RoomElement | null) => void;
  /** Leaves the room, or takes the knock back. Settles once that is so, or after five seconds: until then the element must stay in the page. */
  readonly leave: () => Promise<void>;
  /** The script of the element did not come. */
  readonly onScriptError: () => void;
}

const phases = {
  ready: 'READY',
  knocking: 'KNOCKING',
  admitted: 'ADMITTED',
  joined: 'JOINED',
  denied: 'DENIED',
  left: 'LEFT',
  error: 'ERROR',
} as const;

const loading: RoomFrameView = { phase: 'LOADING', handover: null, reason: null };

/** Follows the room page in a frame of this page, and can leave. */
export function useRoomFrame(): RoomFrame {
  const [element, setElement] = useState<RoomElement | null>(null);
  const [view, setView] = useState(loading);
  useEffect(() => {
    if (element === null) return;
    // What another frame has told before is not this one's.
    setView(loading);
    const ends = Object.entries(phases).map(([name, phase]) => {
      const hear = (event: object) => setView(readEvent(phase, event));
      element.addEventListener(name, hear);
      return () => element.removeEventListener(name, hear);
    });
    return () => {
      for (const end of ends) end();
    };
  }, [element]);
  const leave = useCallback(async () => element?.leave?.(), [element]);
  const onScriptError = useCallback(() => setView({ ...loading, phase: 'ERROR', reason: 'NETWORK' }), []);
  return { ...view, ref: setElement, leave, onScriptError };
}

/** What the element tells: `embed.js` has taken it from the service's page and from nobody else. */
interface Told {
  readonly session?: string;
  readonly grant?: string;
  readonly media?: Handover['media'];
  readonly meetingUrl?: string | null;
  readonly reason?: string;
  readonly reply?: string | null;
  readonly code?: string;
}

function detailOf(event: object): Told {
  return 'detail' in event && typeof event.detail === 'object' ? (event.detail ?? {}) : {};
}

function readEvent(phase: RoomFrameView['phase'], event: object): RoomFrameView {
  const told = detailOf(event);
  const { session, grant = null, media = null, meetingUrl = null } = told;
  return {
    phase,
    handover: session === undefined ? null : { sessionToken: session, mediaGrant: grant, media, meetingUrl },
    reason: told.reason ?? told.reply ?? told.code ?? null,
  };
}

/** The room page in a frame, and what comes after it. */
export interface VestibuleRoomProps {
  /** Where the service is. The origin of this page must be among the `frameOrigins` of the domain. */
  readonly url: string;
  readonly room: string;
  /** Left out: `default`. */
  readonly domain?: string;
  /** A meeting token. It is handed over behind the # of the frame's address, which no server sees. */
  readonly token?: string | null | undefined;
  readonly name?: string;
  readonly lang?: string;
  /** For a host, beside a meeting that is elsewhere: the list of who waits by itself. */
  readonly view?: 'console';
  /** With a name: knocks at once, where the room takes knocks. */
  readonly knock?: boolean;
  readonly style?: CSSProperties;
  readonly title?: string;
  /** From `useRoomFrame`, for whoever wants to know or do more. */
  readonly frame?: RoomFrame;
  /** With a client: once somebody is in, this takes the place of the frame, within a provider that goes on with the session. */
  readonly children?: ReactNode;
  readonly client?: Client;
}

/**
 * Shows the door, the waiting and the room in a frame of this page. Another room is another visit, which begins at the door; so is
 * another token, as long as nobody is in. Where the token goes away, whoever came with it is gone.
 */
export function VestibuleRoom(props: VestibuleRoomProps) {
  const { url, domain, room, token } = props;
  const [{ last, signedOut }, setVisit] = useState({ last: token, signedOut: 0 });
  if (last !== token) setVisit({ last: token, signedOut: signedOut + (last && !token ? 1 : 0) });
  return createElement(OneVisit, { key: JSON.stringify([url, domain, room, signedOut]), ...props });
}

function OneVisit({ frame, ...props }: VestibuleRoomProps) {
  const { url, client, children, room, domain, token, name, lang, view, knock, style, title } = props;
  const own = useRoomFrame();
  const { ref: setOwn, handover, onScriptError } = own;
  const setShown = frame?.ref;
  const ref = useCallback(
    (element: RoomElement | null) => {
      setOwn(element);
      setShown?.(element);
    },
    [setOwn, setShown],
  );
  const onMissing = frame?.onScriptError ?? onScriptError;
  useEffect(() => loadElement(url, onMissing), [url, onMissing]);
  if (client !== undefined && children !== undefined && handover !== null) {
    const { sessionToken } = handover;
    const place = { client, roomName: room, ...(domain === undefined ? {} : { domain }), sessionToken };
    return createElement(VestibuleProvider, place, children);
  }
  const attributes = { room, domain, token, name, lang, view, knock: knock ? '' : undefined, style, title };
  return createElement('vestibule-room', { ref, ...attributes });
}

/** Once for a page: a script that is there already is left alone. */
function loadElement(url: string, onError: () => void): void {
  const src = `${url.trim().replace(/(?:\/graphql)?\/*$/, '')}/embed.js`;
  if (customElements.get('vestibule-room') || [...document.scripts].some((one) => one.src === src)) return;
  const script = document.createElement('script');
  script.src = src;
  script.onerror = () => {
    // The next one tries again.
    script.remove();
    onError();
  };
  document.head.append(script);
}
