import type { ComponentChildren, RefObject, VNode } from 'preact';
import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import type { KnockRequest, Store } from '../../../packages/client/src/index.ts';
import { useStore } from '../../store.ts';
import { type RoomTexts, useRoomTexts } from '../../texts/room-texts.ts';
import { Icon } from '../../ui/icons.tsx';
import { useKeptFocus } from '../../ui/kept-focus.ts';
import { whenChanged } from '../../ui/when-changed.tsx';
import type { QueueActions } from '../../visit/actions/queue-actions.ts';
import type { StayState } from '../../visit/stay-state.ts';
import { type Batch, Batches } from './batches.ts';
import type { Desk } from './desk.ts';
import { PanelFoot } from './foot.tsx';
import { NobodyWaits } from './nobody.tsx';
import { pressForSeveral } from './press.ts';
import { countOpen, type Queue, type Row, seenIn } from './queue.ts';
import { QueueRow } from './row.tsx';
import { RowElements } from './row-elements.ts';
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
  const texts = useRoomTexts();
  const queue = useStore(desk.queue);
  const panel = useRef<HTMLElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [search, setSearch] = useState('');
  const [isHelping, setHelping] = useState(false);
  const all = useFound(queue, search);
  const elements = useMemo(() => new RowElements(), []);
  const { listed: shown, whole } = useSteps(list, elements, all);
  const help = useCallback(() => setHelping(true), []);
  const closeHelp = useCallback(() => setHelping(false), []);
  useHold(panel, desk);
  useSeen(elements, desk);
  useShifts(list, elements, desk, shown);
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
          <Rows {...{ list, elements, shown, desk, actions, texts }} whole={whole.ids} wholeCount={whole.count} />
          {all.length === 0 ? <p class="note">{texts.queue.notFound(search)}</p> : null}
        </>
      )}
      <PanelFoot queue={queue} desk={desk} shown={all} />
      <Shortcuts {...{ desk, moreKeys }} isOpen={isHelping} onClose={closeHelp} />
    </section>
  );
}

/** What is looked for in a knock, in small letters: it is the same at each letter that somebody types, and for whoever comes meanwhile. */
const lowered = new WeakMap<KnockRequest, string>();

function wordsOf(knock: KnockRequest): string {
  const words = lowered.get(knock) ?? `${knock.userName}\n${knock.message}`.toLocaleLowerCase();
  lowered.set(knock, words);
  return words;
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
    return rows.filter(({ knock }, place) => (place <= end ? ids.has(knock.id) : wordsOf(knock).includes(wanted)));
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
  const texts = useRoomTexts();
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
  readonly list: RefObject<HTMLDivElement | null>;
  readonly elements: RowElements;
  readonly shown: readonly Row[];
  readonly whole: ReadonlySet<string>;
  /** Says that there are more of them, which the set does not. */
  readonly wholeCount: number;
  readonly desk: Desk;
  readonly actions: QueueActions;
  readonly texts: RoomTexts;
}

/** Hundreds of rows are not even compared where only what stands around them has changed. */
const Rows = whenChanged(function Rows({ list, elements, shown, whole, desk, actions, texts }: RowsProps) {
  const batches = useMemo(() => new Batches(), []);
  const firstLate = shown.find(({ isLate }) => isLate);
  // What was made for a row is as good as long as the row is the same, and so with a batch of them: it is not even compared.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is made has all of these in it.
  const made = useMemo(
    () => ({ rows: new WeakMap<Row, Made>(), batches: new WeakMap<Batch, Made>() }),
    [elements, desk, actions, texts],
  );
  const rowOf = (row: Row): VNode => {
    const isWhole = whole.has(row.knock.id);
    return kept(made.rows, row, `${isWhole}`, () => (
      <QueueRow key={row.knock.id} onDecided={focusAfter} {...{ row, isWhole, desk, elements, actions, texts }} />
    ));
  };
  const batchOf = (batch: Batch): VNode => {
    const late = firstLate === undefined ? -1 : batch.rows.indexOf(firstLate);
    const wholes = batch.rows.filter(({ knock }) => whole.has(knock.id)).length;
    return kept(made.batches, batch, `${wholes} ${late}`, () => (
      <div key={batch.id} class="batch" role="presentation" style={sizeOf(batch)}>
        {batch.rows.flatMap((row, place) => [
          place === late ? <LateLine key="late" texts={texts} /> : null,
          rowOf(row),
        ])}
      </div>
    ));
  };
  return (
    // Not a `ul`, which may have nothing between itself and its items.
    // biome-ignore lint/a11y/useSemanticElements: see above.
    <div class="queue" role="list" ref={list} aria-labelledby="waiting-title">
      {batches.of(shown).map(batchOf)}
    </div>
  );
});

/** What was drawn, and of what: for the same again it is not drawn anew. */
interface Made {
  readonly of: string;
  readonly node: VNode;
}

function kept<Key extends object>(all: WeakMap<Key, Made>, key: Key, of: string, make: () => VNode): VNode {
  const before = all.get(key);
  if (before?.of === of) return before.node;
  const node = make();
  all.set(key, { of, node });
  return node;
}

/** As high as this it counts while it is not drawn, as nobody has had it on screen. */
function sizeOf({ rows }: Batch) {
  return { '--rows': rows.length, '--messages': rows.filter(({ knock }) => knock.message !== '').length };
}

function LateLine({ texts }: { readonly texts: RoomTexts }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as are the rows.
    <div class="newline" role="listitem">
      <Icon name="knock" />
      {texts.queue.late}
    </div>
  );
}
