import type { LivekitServer, MediaServerState } from '../rules/media-server.ts';
import type { MediaServerNews, MediaServerStorage } from '../storage/media-server.ts';
import type { MediaFailure } from './port.ts';
import type { MediaReports } from './reports.ts';

/** What did not change is written down so often at most. Milliseconds. */
const sameAgainMs = 30_000;

/** Writes down what media servers answer, and tells of changes. */
export function createStateNotes(
  storage: Pick<MediaServerStorage, 'noteAnswer'>,
  reports: Pick<MediaReports, 'changed' | 'troubled'>,
): (record: LivekitServer, answer: { readonly outcome: 'DONE' } | MediaFailure) => void {
  const noted = new Map<string, { readonly news: MediaServerNews; readonly at: number }>();
  return (record, answer) => {
    const news = newsOf(answer);
    const before = noted.get(record.id);
    const isSame = before?.news.state === news.state && before.news.lastError === news.lastError;
    // Another process may have written something else meanwhile, which is older.
    const isKnown = isSame && record.state === news.state;
    if (isKnown && performance.now() - before.at < sameAgainMs) return;
    noted.set(record.id, { news, at: performance.now() });
    if (record.state !== news.state) {
      const { domainId, id: mediaServerId } = record;
      reports.changed({ domainId, mediaServerId, state: news.state, error: news.lastError });
    }
    storage.noteAnswer(record.domainId, record.id, news).catch((error: unknown) => {
      noted.delete(record.id);
      reports.troubled(error);
    });
  };
}

const states: Readonly<Record<MediaFailure['outcome'] | 'DONE', MediaServerState>> = {
  DONE: 'OK',
  UNREACHABLE: 'UNREACHABLE',
  REFUSED: 'REFUSED',
};

/** How a media server stands after an answer. */
export function newsOf(answer: { readonly outcome: 'DONE' } | MediaFailure): MediaServerNews {
  return { state: states[answer.outcome], lastError: answer.outcome === 'DONE' ? null : answer.error };
}
