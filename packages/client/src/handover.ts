import type { MediaAccess } from './meeting.ts';
import type { Session } from './session.ts';

// How a door and the page of a meeting elsewhere hand a session over, in the part of an address that no server sees.

/**
 * The address of the meeting with the credentials that it asks for: in place of `{credentials}`, which stands behind `#`, where no
 * server sees it. Go there with `location.replace`, so that the address with them is not in the history. Null: the meeting is
 * nowhere else.
 */
export function fillCredentials({ sessionToken, meeting }: Pick<Session, 'sessionToken' | 'meeting'>): string | null {
  const { mediaGrant, media, meetingUrl } = meeting.get();
  const parts = [
    ['session', sessionToken],
    ['grant', mediaGrant],
    ['media', media === null ? '' : toBase64Url(JSON.stringify(media))],
  ];
  const credentials = parts
    .filter(([, value]) => value)
    .map(([name, value = '']) => `${name}=${encodeURIComponent(value)}`);
  return meetingUrl?.replaceAll('{credentials}', () => credentials.join('&')) ?? null;
}

/** What a door has handed over to the page of the meeting. */
export interface Handover {
  readonly sessionToken: string;
  /** Null: none was handed over. */
  readonly mediaGrant: string | null;
  /** As the address says. Anybody may have written that: camera and microphone go where the service says, by the visit's own `media`. */
  readonly media: MediaAccess | null;
}

/**
 * On the page of the meeting: takes what was handed over out of the address, so that nothing that is loaded afterwards sees it, and
 * no bookmark holds it. Call it before anything else. Null: nothing was handed over, or there is no page here.
 */
export function takeHandover(): Handover | null {
  const { location, history } = globalThis as Partial<Pick<typeof globalThis, 'location' | 'history'>>;
  const given = new Map((location?.hash ?? '').slice(1).split('&').map(readPart));
  const sessionToken = given.get('session');
  if (location === undefined || !sessionToken) return null;
  history?.replaceState(history.state, '', location.pathname + location.search);
  return { sessionToken, mediaGrant: given.get('grant') || null, media: readMedia(given.get('media')) };
}

function readPart(part: string): readonly [string, string] {
  const [name = '', value = ''] = part.split('=', 2);
  try {
    return [name, decodeURIComponent(value)];
  } catch {
    return [name, ''];
  }
}

const mediaFields = ['kind', 'url', 'room', 'token', 'exp'] as const;

function readMedia(text: string | undefined): MediaAccess | null {
  try {
    const media: MediaAccess | null = text ? JSON.parse(fromBase64Url(text)) : null;
    return mediaFields.every((field) => typeof media?.[field] === 'string') ? media : null;
  } catch {
    return null;
  }
}

function toBase64Url(text: string): string {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): string {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(bytes, (letter) => letter.charCodeAt(0)));
}
