import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { RoomEvent } from '../../packages/client/src/index.ts';
import { tell } from '../notices.ts';
import { useStore } from '../store.ts';
import { textsNow } from '../texts/language.ts';
import { formatClock } from '../texts/times.ts';
import { Pace } from '../ui/pace.ts';
import type { RoomRecord } from '../visit/record.ts';
import { recordLine } from './record-line.ts';
import { type RecordTexts, useRecordTexts } from './record-texts.ts';

interface Line {
  readonly cursor: string;
  readonly at: string;
  readonly text: string;
}

const none: readonly RoomEvent[] = [];

/** So many more lines are drawn with one frame, at least and at most: where sixty knock at once, the page goes on answering. */
const linesAtLeast = 1;
const linesAtMost = 8;

/** What happened in the room, the newest first. */
export function RecordPanel({ record }: { readonly record: RoomRecord }) {
  const texts = useRecordTexts();
  const state = useStore(record.state);
  const [isBusy, setBusy] = useState(false);
  const read = async () => {
    if (isBusy) return;
    setBusy(true);
    await record.read().catch(() => tell(textsNow().refusedActions.NETWORK, 'bad'));
    setBusy(false);
  };
  const lines = useLines(state?.events ?? none, texts);
  const drawn = useDrawn(lines);
  // A line that is drawn once is not even compared: there are hundreds, and one comes.
  const made = useMemo(() => new WeakMap<Line, VNode>(), []);
  const entryOf = (line: Line): VNode => {
    const entry = made.get(line) ?? <Entry key={line.cursor} line={line} />;
    made.set(line, entry);
    return entry;
  };
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
          {drawn.toReversed().map(entryOf)}
        </ol>
      )}
    </section>
  );
}

/** What there is to read. A line of which nothing has changed is the object of before: the record is long, and grows by one. */
function useLines(events: readonly RoomEvent[], texts: RecordTexts): readonly Line[] {
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was said in one language is not what is said in another.
  const known = useMemo(() => new WeakMap<RoomEvent, Line | null>(), [texts]);
  return useMemo(() => {
    const lineOf = (event: RoomEvent): Line | null => {
      const text = recordLine(event, texts);
      return text === null ? null : { cursor: event.cursor, at: event.at, text };
    };
    return events.flatMap((event) => {
      const line = known.get(event) ?? lineOf(event);
      known.set(event, line);
      return line ?? [];
    });
  }, [events, texts, known]);
}

/** The lines that are drawn by now. What is new comes first, and what was before it follows little by little. */
function useDrawn(lines: readonly Line[]): readonly Line[] {
  const before = useRef({ from: 0, to: 0 });
  const [, redraw] = useState({});
  const pace = useMemo(() => new Pace(linesAtLeast, linesAtMost), []);
  const isAnew = before.current.to === 0 || before.current.to > lines.length;
  const { from: first, to: last } = isAnew ? { from: lines.length, to: lines.length } : before.current;
  const to = Math.min(lines.length, last + pace.count);
  const from = to > last ? first : Math.max(0, first - pace.count);
  if (from !== first || to !== last) pace.take();
  before.current = { from, to };
  useEffect(() => {
    if (from > 0 || to < lines.length) redraw({});
  });
  return useMemo(() => lines.slice(from, to), [lines, from, to]);
}

function Entry({ line: { at, text } }: { readonly line: Line }) {
  return (
    <li>
      <time dateTime={at}>{formatClock(at)}</time>
      <span>{text}</span>
    </li>
  );
}
