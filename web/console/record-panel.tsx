import { useState } from 'preact/hooks';
import { tell } from '../notices.ts';
import { useStore } from '../store.ts';
import { textsNow, useTexts } from '../texts/language.ts';
import { formatClock } from '../texts/times.ts';
import type { RoomRecord } from '../visit/record.ts';
import { recordLine } from './record-line.ts';

/** What happened in the room, the newest first. */
export function RecordPanel({ record }: { readonly record: RoomRecord }) {
  const texts = useTexts();
  const state = useStore(record.state);
  const [isBusy, setBusy] = useState(false);
  const read = async () => {
    if (isBusy) return;
    setBusy(true);
    await record.read().catch(() => tell(textsNow().refusedActions.NETWORK, 'bad'));
    setBusy(false);
  };
  const lines = (state?.events ?? []).flatMap((event) => {
    const text = recordLine(event, texts);
    return text === null ? [] : [{ cursor: event.cursor, at: event.at, text }];
  });
  return (
    <section class="panel" aria-labelledby="record-title">
      <h2 id="record-title">{texts.record.title}</h2>
      {state === null || state.hasMore ? (
        <button type="button" class="button" aria-disabled={isBusy} onClick={() => void read()}>
          {state === null ? texts.record.show : texts.record.more}
        </button>
      ) : null}
      {state !== null && lines.length === 0 ? <p class="note">{texts.record.empty}</p> : null}
      {lines.length === 0 ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reached by the keyboard.
        <ol class="record" tabIndex={0} aria-label={texts.record.title}>
          {lines.toReversed().map(({ cursor, at, text }) => (
            <li key={cursor}>
              <time dateTime={at}>{formatClock(at)}</time>
              <span>{text}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
