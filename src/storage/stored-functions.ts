import { insertApiKey, revokeApiKey } from './domain.ts';
import { insertToken, revokeTokens } from './meeting-token.ts';
import type { StoredFunction } from './postgres/stored-function.ts';
import { insertRoom } from './room.ts';
import { writeRoom } from './room-write.ts';
import { createWebhook, updateWebhook } from './webhook.ts';

/** Every function that this code calls. */
export const storedFunctions: readonly StoredFunction[] = [
  writeRoom,
  insertRoom,
  insertToken,
  revokeTokens,
  createWebhook,
  updateWebhook,
  insertApiKey,
  revokeApiKey,
];
