import { useEffect, useRef } from 'preact/hooks';
import { usePart } from '../../store.ts';
import { type RoomTexts, useRoomTexts } from '../../texts/room-texts.ts';
import { formatDuration } from '../../texts/times.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { whenChanged } from '../../ui/when-changed.tsx';
import type { Desk } from './desk.ts';
import { keyOf } from './letters.ts';
import { areKeysOn, setKeysOn, setUndoMs } from './preferences.ts';
import { isUndoable, undoTimes } from './queue.ts';

type Panel = { readonly current: HTMLElement | null };

/** Single letters, for whoever answers many: never while somebody types, and never with another key held. */
export function useShortcuts(panel: Panel, desk: Desk, onHelp: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.repeat) return holdBack(event, panel.current);
      if (!isPlainKey(event)) return;
      if (!carryOut(keyOf(event), panel.current, desk, onHelp)) return;
      event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [panel, desk, onHelp]);
}

/** A key that is held down decides one person and not all who come after. */
function holdBack(event: KeyboardEvent, panel: HTMLElement | null): void {
  const isOnButton = event.target instanceof HTMLButtonElement && panel?.contains(event.target) === true;
  if (isOnButton && event.key === 'Enter') event.preventDefault();
}

/** May this key mean something by itself? */
export function isPlainKey(event: KeyboardEvent): boolean {
  const isWithAnother = event.ctrlKey || event.metaKey || event.altKey || event.getModifierState('AltGraph');
  if (isWithAnother || event.defaultPrevented || isTyping(event.target)) return false;
  return areKeysOn() && document.querySelector('dialog[open]') === null;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const isField = target instanceof HTMLInputElement && target.type !== 'checkbox' && target.type !== 'radio';
  return (
    isField || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
  );
}

/** Answers whether the key means something here. */
function carryOut(key: string, panel: HTMLElement | null, desk: Desk, onHelp: () => void): boolean {
  switch (key) {
    case '?':
      onHelp();
      return true;
    case 'z':
      return undoLast(desk);
    case '/':
      return focusOn(panel?.querySelector<HTMLElement>('[data-search]'));
    case 'w':
      return focusOn(panel?.querySelector<HTMLElement>('[data-admit]') ?? panel?.querySelector<HTMLElement>('h2'));
    default:
      return pressInRow(key, panel);
  }
}

function undoLast(desk: Desk): boolean {
  const { rows, lastDecided } = desk.queue.get();
  const last = new Set(lastDecided);
  const ids = rows.filter((row) => last.has(row.knock.id) && isUndoable(row)).map(({ knock }) => knock.id);
  desk.undo(ids, 'KEY');
  return ids.length > 0;
}

function focusOn(element: HTMLElement | null | undefined): boolean {
  element?.focus();
  return element !== null && element !== undefined;
}

/** A, D, R and X are for the row that has the focus. */
function pressInRow(key: string, panel: HTMLElement | null): boolean {
  const row = document.activeElement?.closest<HTMLElement>('[data-knock]') ?? null;
  if (row === null || !panel?.contains(row)) return false;
  const parts: Readonly<Record<string, string>> = {
    a: '[data-admit]',
    d: '[data-deny]',
    r: '[data-reply]',
    x: 'input[type=checkbox]',
  };
  const part = parts[key];
  const button = part === undefined ? null : row.querySelector<HTMLElement>(part);
  if (button === null) return false;
  button.click();
  return true;
}

/** A key, and what it does. */
export type KeyLine = readonly [key: string, does: string];

interface ShortcutsProps {
  /** Null: whoever looks answers nobody. */
  readonly desk: Desk | null;
  /** What is there besides the list of who waits has keys too. */
  readonly moreKeys?: readonly KeyLine[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export const noKeys: readonly KeyLine[] = [];

/** The list of the keys, and how long a decision can be taken back. */
export const Shortcuts = whenChanged(function Shortcuts({ desk, moreKeys = noKeys, isOpen, onClose }: ShortcutsProps) {
  const { queue, common } = useRoomTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const keys = [...moreKeys, ...(desk === null ? [] : deskKeys(queue)), ['?', queue.keys] as const];
  return (
    <Dialog box={dialog} isOpen={isOpen} onClose={onClose} labelledBy="keys-title">
      <h2 id="keys-title">{queue.keys}</h2>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="choice">
        <input
          type="checkbox"
          defaultChecked={areKeysOn()}
          onChange={(event) => setKeysOn(event.currentTarget.checked)}
        />
        {queue.keysOn}
      </label>
      {desk === null ? null : <UndoTime desk={desk} />}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {common.close}
        </button>
      </div>
    </Dialog>
  );
});

function deskKeys(queue: RoomTexts['queue']): readonly KeyLine[] {
  return [
    ['W', queue.keyWaiting],
    ['A', queue.admit],
    ['D', queue.deny],
    ['R', queue.reply],
    ['X', queue.keySelect],
    ['Z', queue.undo],
    ['/', queue.find],
  ];
}

function UndoTime({ desk }: { readonly desk: Desk }) {
  const { queue } = useRoomTexts();
  const undoMs = usePart(desk.queue, (now) => now.undoMs);
  return (
    <label class="field">
      <span class="label">{queue.undoFor}</span>
      <span class="pick">
        <select
          class="input"
          value={undoMs}
          onChange={(event) => {
            const chosen = Number(event.currentTarget.value);
            setUndoMs(chosen);
            desk.take({ is: 'UNDO_TIME', undoMs: chosen });
          }}
        >
          {undoTimes.map((time) => (
            <option key={time} value={time}>
              {formatDuration(time)}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
}
