import { type Refusal, type Session, VestibuleError } from '../../packages/client/src/index.ts';
import { devices } from '../devices/devices.ts';

// What whoever goes in needs from the page.

export type OpenRoom = Awaited<ReturnType<typeof loadInside>>['openRoom'];

/** @throws {VestibuleError} where it does not come, and another attempt may help */
export async function loadInside() {
  try {
    return await import('../inside.tsx');
  } catch {
    throw new VestibuleError('NETWORK', 'A part of the page did not come.');
  }
}

/** A refusal that passes by itself, as what another attempt helps. */
export function asPassing({ message, retryAfterSeconds }: Refusal): VestibuleError {
  return new VestibuleError('RATE_LIMITED', message, retryAfterSeconds);
}

/** What somebody chose in the mirror holds inside, as far as they may send it. Where it cannot be said, it is as the room says. */
export async function sayWishes(session: Session): Promise<void> {
  const { wishes } = devices;
  const { audio, video } = session.participant;
  if (wishes === null || (wishes.audio === audio && wishes.video === video)) return;
  await session.updateMyMedia(wishes).catch(() => null);
}
