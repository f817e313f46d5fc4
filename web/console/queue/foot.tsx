import { type RoomTexts, useRoomTexts } from '../../texts/room-texts.ts';
import { leadFocus } from '../../ui/page-focus.ts';
import type { Desk } from './desk.ts';
import { pressForSeveral } from './press.ts';
import { isOpen, isUndoable, type Queue, type Row, selectedIn } from './queue.ts';
import { UndoClock } from './undo-clock.tsx';

interface FootProps {
  readonly queue: Queue;
  readonly desk: Desk;
  /** Those whom a search has found, or all: nobody else is turned away by a button for all. */
  readonly shown: readonly Row[];
}

/** What was decided last, and what can be done with several at once. It keeps its height, so that nothing above it moves. */
export function PanelFoot({ queue, desk, shown }: FootProps) {
  const texts = useRoomTexts();
  const last = new Set(queue.lastDecided);
  const undoable = queue.rows.filter((row) => last.has(row.knock.id) && isUndoable(row));
  if (queue.rows.length === 0) return null;
  return (
    <div class="panel-foot">
      <div class={`toast${undoable.length === 0 ? ' is-empty' : ''}`} role="status">
        {undoable.length === 0 ? null : <Last rows={undoable} desk={desk} texts={texts} />}
      </div>
      <Together {...{ queue, desk, shown }} />
    </div>
  );
}

function Last({
  rows,
  desk,
  texts,
}: {
  readonly rows: readonly Row[];
  readonly desk: Desk;
  readonly texts: RoomTexts;
}) {
  const [first] = rows;
  if (first === undefined || !('until' in first.standing)) return null;
  const isDenial = first.standing.is === 'DENYING';
  const { userName } = first.knock;
  const one = isDenial ? texts.queue.nameDenying(userName) : texts.queue.nameAdmitted(userName);
  const many = isDenial ? texts.queue.manyDenying(rows.length) : texts.queue.manyAdmitted(rows.length);
  return (
    <>
      <span class="grow toast-text">{rows.length === 1 ? one : many}</span>
      <UndoClock until={first.standing.until} undoMs={desk.queue.get().undoMs} />
      <button
        type="button"
        class="button"
        aria-keyshortcuts="z"
        onClick={(event) =>
          desk.undo(
            rows.map(({ knock }) => knock.id),
            pressForSeveral(event),
          )
        }
      >
        {texts.queue.undo}
      </button>
    </>
  );
}

function Together({ queue, desk, shown }: FootProps) {
  const texts = useRoomTexts();
  const selected = selectedIn(queue);
  const open = shown.filter(isOpen).map(({ knock }) => knock.id);
  if (selected.length > 0)
    return (
      <div class="row" key="selected">
        <button
          type="button"
          class="button main grow"
          onClick={(event) => {
            if (desk.admit(selected, pressForSeveral(event))) leaveFocus(event.currentTarget);
          }}
        >
          {texts.queue.admitSelected(selected.length)}
        </button>
        <button
          type="button"
          class="button"
          onClick={(event) => {
            if (desk.deny(selected, pressForSeveral(event))) leaveFocus(event.currentTarget);
          }}
        >
          {texts.queue.denySelected(selected.length)}
        </button>
      </div>
    );
  // Another element, and not the same with another meaning: the next press of a key is not for it.
  return (
    <div class="row" key="all">
      <button
        type="button"
        class="button quiet"
        aria-disabled={open.length === 0}
        onClick={(event) => desk.deny(open, pressForSeveral(event))}
      >
        {texts.queue.denyAll(open.length)}
      </button>
    </div>
  );
}

/** The button goes with its decision, and the focus to the head of the list. */
function leaveFocus(button: HTMLElement): void {
  if (button === document.activeElement) leadFocus(button.closest('section')?.querySelector('h2'));
}
