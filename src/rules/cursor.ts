import type { RoomId } from './ids.ts';

/** Where a reader of a room's events stands: everything up to and with `seq` has been read. */
export interface Cursor {
  readonly roomId: RoomId;
  readonly seq: number;
}

/** A cursor as clients hold it: the room's id as 32 hex figures, a dot, the seq. One of another room can be told at once. */
export function encodeCursor(roomId: RoomId, seq: number): string {
  return `${roomId.replaceAll('-', '')}.${seq}`;
}

const form = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\.(0|[1-9][0-9]{0,15})$/;

/** Null: it is not a cursor of this service. Whether the room exists, and has come so far, is not looked at. */
export function decodeCursor(text: string): Cursor | null {
  const match = form.exec(text);
  if (match === null) return null;
  const seq = Number(match[6]);
  // A parsed border: the form was checked, so this is a room's id as storage writes it.
  return Number.isSafeInteger(seq) ? { roomId: match.slice(1, 6).join('-') as RoomId, seq } : null;
}
