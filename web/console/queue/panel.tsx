import type { ComponentChildren, RefObject } from 'preact';
import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import type { Store } from '../../../packages/client/src/index.ts';
import { useStore } from '../../store.ts';
import { useTexts } from '../../texts/language.ts';
import type { Texts } from '../../texts/speak.ts';
import { Icon } from '../../ui/icons.tsx';
import { useKeptFocus } from '../../ui/kept-focus.ts';
import { whenChanged } from '../../ui/when-changed.tsx';
import type { QueueActions } from '../../visit/actions/queue-actions.ts';
import type { StayState } from '../../visit/stay-state.ts';
import type { Desk } from './desk.ts';
import { PanelFoot } from './foot.tsx';
import { NobodyWaits } from './nobody.tsx';
import { pressForSeveral } from './press.ts';
import { countOpen, type Queue, type Row, seenIn } from './queue.ts';
import { QueueRow } from './row.tsx';
import { useShifts } from './shifts.ts';
import { type KeyLine, noKeys, Shortcuts, useShortcuts } from './shortcuts.tsx';
import { useSteps } from './steps.ts';
import { focusAfter, useHold, useSeen } from './touch.ts';

interface PanelProps {
  readonly state: Store<Pick<StayState, 'room'>>;
  readonly desk: Desk;
  readonly actions: QueueActions;
  /** More buttons for the head of the list. */
  readonly children?: ComponentChildren;
  /** What stands beside the list has keys too. */
  readonly moreKeys?: readonly KeyLine[];
}

/** The people who wait, in a list that holds still while a host chooses. */
export function WaitingPanel({ state, desk, actions, children, moreKeys = noKeys }: PanelProps) {
  const texts = useTexts();
  const queue = useStore(desk.queue);
  const panel = useRef<HTMLElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [search, setSearch] = useState('');
  const [isHelping, setHelping] = useState(false);
  const all = useFound(queue, search);
  const { listed: shown, whole } = useSteps(list, all);
  const help = useCallback(() => setHelping(true), []);
  const closeHelp = useCallback(() => setHelping(false), []);
  useHold(panel, desk);
  useSeen(list, desk, shown);
  useShifts(list, desk, shown);
  useKeptFocus(panel, title, queue.rows);
  useShortcuts(panel, desk, help);
  const open = countOpen(queue);
  return (
    <section ref={panel} class={`panel waiting${open > 0 ? ' is-called' : ''}`} aria-labelledby="waiting-title">
      <header class="panel-head">
        <h2 ref={title} id="waiting-title" tabIndex={-1}>
          {texts.queue.title}
          {open > 0 ? <span class="count">{open}</span> : null}
        </h2>
        <button
          type="button"
          class="button quiet only"
          aria-label={texts.queue.keys}
          title={texts.queue.keys}
          onClick={help}
        >
          <Icon name="keys" />
        </button>
        {children}
      </header>
      {queue.rows.length === 0 ? (
        <NobodyWaits state={state} />
      ) : (
        <>
          <Tools queue={queue} desk={desk} shown={all} search={search} onSearch={setSearch} />
          <Rows {...{ list, shown, whole, desk, actions, texts }} />
          {all.length === 0 ? <p class="note">{texts.queue.notFound(search)}</p> : null}
        </>
      )}
      <PanelFoot queue={queue} desk={desk} shown={all} />
      <Shortcuts {...{ desk, moreKeys }} isOpen={isHelping} onClose={closeHelp} />
    </section>
  );
}

/**
 * Rows with these letters in the name or the message, in whatever case. While the list holds still it also holds whoever was found, and
 * whoever writes what is looked for comes among them after that.
 */
function useFound({ rows, isHeld, releaseAt }: Queue, search: string): readonly Row[] {
  const wanted = search.trim().toLocaleLowerCase();
  const before = useRef<{ readonly wanted: string; readonly found: readonly Row[] } | null>(null);
  const found = useMemo(() => {
    if (wanted === '') return rows;
    const isHolding = (isHeld || releaseAt !== null) && before.current?.wanted === wanted;
    const held = (isHolding ? before.current?.found : null) ?? [];
    const ids = new Set(held.map(({ knock }) => knock.id));
    const end = rows.findLastIndex(({ knock }) => ids.has(knock.id));
    return rows.filter(({ knock: { id, userName, message } }, place) =>
      place <= end ? ids.has(id) : `${userName}\n${message}`.toLocaleLowerCase().includes(wanted),
    );
  }, [rows, wanted, isHeld, releaseAt]);
  before.current = { wanted, found };
  return found;
}

interface ToolsProps {
  readonly queue: Queue;
  readonly desk: Desk;
  readonly shown: readonly Row[];
  readonly search: string;
  readonly onSearch: (text: string) => void;
}

function Tools({ queue, desk, shown, search, onSearch }: ToolsProps) {
  const texts = useTexts();
  const listed = new Set(shown.map(({ knock }) => knock.id));
  // Nobody is let in whom the host has not had before them.
  const seen = seenIn(queue).filter((id) => listed.has(id));
  return (
    <div class="waiting-tools">
      <label class="search">
        <Icon name="search" />
        <input
          class="input"
          type="search"
          data-search
          placeholder={texts.queue.find}
          aria-label={texts.queue.find}
          value={search}
          onInput={(event) => onSearch(event.currentTarget.value)}
        />
      </label>
      <button
        type="button"
        class="button"
        aria-disabled={seen.length === 0}
        onClick={(event) => desk.admit(seen, pressForSeveral(event))}
      >
        {texts.queue.admitSeen(seen.length)}
      </button>
    </div>
  );
}

interface RowsProps {
  readonly list: RefObject<HTMLUListElement | null>;
  readonly shown: readonly Row[];
  readonly whole: ReadonlySet<string>;
  readonly desk: Desk;
  readonly actions: QueueActions;
  readonly texts: Texts;
}

/** Hundreds of rows are not even compared where only what stands around them has changed. */
const Rows = whenChanged(function Rows({ list, shown, whole, desk, actions, texts }: RowsProps) {
  const firstLate = shown.findIndex(({ isLate }) => isLate);
  return (
    <ul class="queue" ref={list} aria-labelledby="waiting-title">
      {shown.flatMap((row, place) => [
        place === firstLate ? (
          <li class="newline" key="late">
            <Icon name="knock" />
            {texts.queue.late}
          </li>
        ) : null,
        <QueueRow
          key={row.knock.id}
          isWhole={whole.has(row.knock.id)}
          onDecided={focusAfter}
          {...{ row, desk, actions, texts }}
        />,
      ])}
    </ul>
  );
});
