import type { Poster } from '../egress/poster.ts';
import type { LivekitServer } from '../rules/media-server.ts';
import type { MediaServerNews, StoredMediaServer } from '../storage/media-server.ts';
import { createLiveKit } from './livekit.ts';
import { type MediaServerOpener, openMediaServer } from './open-servers.ts';

/**
 * Asks a media server one question, to see whether it answers and accepts the key.
 * @throws where its secret does not open
 */
export function createQuestion(poster: Poster, opener: MediaServerOpener) {
  return async (server: LivekitServer & StoredMediaServer): Promise<MediaServerNews> => {
    const { url, apiUrl, apiKey } = server;
    const { secret: apiSecret } = openMediaServer(server, opener);
    const answer = await createLiveKit({ url: apiUrl ?? url, apiKey, apiSecret, poster }).greet();
    if (answer.outcome === 'DONE') return { state: 'OK', lastError: null };
    return { state: answer.outcome, lastError: answer.error };
  };
}
