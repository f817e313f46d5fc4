import { WebhookReceiver } from 'livekit-server-sdk';
import type { LiveKitKey } from './livekit-calls.ts';

/** Clocks differ. Seconds. */
const leewaySeconds = 60;

/**
 * Reads what a LiveKit server tells: which room, and the id by which the same is told again. Null: it did not sign these very bytes with
 * this key in the last minutes, or they tell of nothing that has a room.
 */
export async function readLiveKitWebhook(
  { apiKey, apiSecret }: LiveKitKey,
  body: string,
  authorization: string,
): Promise<{ readonly id: string; readonly room: string } | null> {
  try {
    const receiver = new WebhookReceiver(apiKey, apiSecret);
    const { id, room, egressInfo } = await receiver.receive(body, authorization, false, leewaySeconds);
    return { id, room: room?.name ?? egressInfo?.roomName ?? '' };
  } catch {
    return null;
  }
}
