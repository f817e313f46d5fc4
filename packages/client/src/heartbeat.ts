import { HeartbeatDocument } from './generated/graphql.ts';
import { toRefusal, VestibuleError } from './refusal.ts';
import type { Transport } from './transport.ts';

/** Keeps the place of whoever this transport's credential belongs to, and tells how they stand. @throws {VestibuleError} UNAUTHENTICATED once it is over */
export async function sendHeartbeat({ ask }: Transport) {
  const { heartbeat } = await ask(HeartbeatDocument, {});
  if ('code' in heartbeat) {
    const { code, message } = toRefusal(heartbeat);
    throw new VestibuleError(code, message);
  }
  return heartbeat;
}
