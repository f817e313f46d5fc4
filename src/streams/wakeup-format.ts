import type { DomainId, RoomId } from '../rules/ids.ts';
import type { Wakeup } from './wakeups.ts';

/** A message between processes: who sent it, and the rooms that got further. */
export function writeWakeups(sender: string, wakeups: readonly Wakeup[]): string {
  return [sender, ...wakeups.map(({ domainId, roomId, seq }) => `${domainId}/${roomId}/${seq}`)].join(' ');
}

/** The wake-ups of a message that somebody else sent; what cannot be read is passed over. */
export function readWakeups(receiver: string, message: string): readonly Wakeup[] {
  const [sender, ...rooms] = message.split(' ');
  return sender === receiver ? [] : rooms.flatMap(parse);
}

function parse(text: string): readonly Wakeup[] {
  const [domainId, roomId, seq] = text.split('/');
  if (domainId === undefined || roomId === undefined || !Number.isSafeInteger(Number(seq))) return [];
  // Only processes of this service write to the channel.
  return [{ domainId: domainId as DomainId, roomId: roomId as RoomId, seq: Number(seq) }];
}
