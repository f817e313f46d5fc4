import { ownSegments } from '../rules/own-paths.ts';

// What stands behind the origin in the address of a room page: /{domain}/{room}, and how people and programs write it otherwise.

/** A place that may have a page. */
export interface RoomAddress {
  readonly domain: string;
  readonly roomName: string;
}

export type ReadAddress =
  | PlacedAddress
  /** The same room, written as it should be. */
  | { readonly kind: 'MOVED'; readonly to: string };

export interface PlacedAddress {
  /** NO_NAME: no room can have this name. */
  readonly kind: 'ROOM' | 'NO_NAME';
  readonly address: RoomAddress;
}

const name = /^[A-Za-z0-9_-]{1,128}$/;

/** What a sentence, a list or a mail leaves at the end of an address that was copied out of it. */
const leftovers = /(?:[\s\p{C}.,;:!?'"’”»)\]}>*]|\/)+$/u;

/** Null: no room is meant. Paths with a first part of the service's own never mean one. */
export function readRoomAddress(pathname: string): ReadAddress | null {
  const [, domain = '', ...rest] = pathname.split('/');
  if (rest.length === 0 || !name.test(domain) || ownSegments.has(domain)) return null;
  const written = rest.join('/');
  if (name.test(written)) return { kind: 'ROOM', address: { domain, roomName: written } };
  const lookedFor = decode(written);
  const meant = lookedFor.replace(leftovers, '');
  if (name.test(meant)) return { kind: 'MOVED', to: `/${domain}/${meant}` };
  // With more parts than two, or with none behind the domain, nobody looked for a room.
  return meant === '' || meant.includes('/') ? null : { kind: 'NO_NAME', address: { domain, roomName: meant } };
}

function decode(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
