import type { Texts } from '../../texts/speak.ts';
import type { Happening } from './after.ts';
import type { Queue, Row } from './queue.ts';
import { standingText } from './standing-text.ts';

/** What a screen reader is told, once however many it is about: what failed, and what was taken back. Null: nothing. */
export function saidOf(happening: Happening, before: Queue, { rows }: Queue, texts: Texts): string | null {
  if (happening.is === 'UNDO') {
    const stood = new Map(before.rows.map(({ knock, standing }) => [knock.id, standing]));
    const undone = rows.filter(({ knock, standing }) => stood.get(knock.id) !== standing);
    return undone.length === 0 ? null : texts.queue.undoName(namesOf(undone, texts));
  }
  if (happening.is !== 'ANSWERED') return null;
  const ids = new Set(happening.send.ids);
  const isFailed = ({ standing }: Row) => 'trouble' in standing && standing.trouble !== null;
  // Somebody else was faster, and the event that says so is still on its way.
  const wasOver = new Set(before.rows.flatMap(({ knock, standing }) => (standing.is === 'OVER' ? [knock.id] : [])));
  const { answers } = happening;
  const isTaken = ({ knock: { id }, standing }: Row) =>
    standing.is === 'OVER' && answers.get(id)?.is === 'TAKEN' && !wasOver.has(id);
  const failed = rows.filter((row) => ids.has(row.knock.id) && (isFailed(row) || isTaken(row)));
  const [first] = failed;
  return first === undefined ? null : `${namesOf(failed, texts)}: ${standingText(first, texts) ?? ''}`;
}

function namesOf([first, ...others]: readonly Row[], { common }: Texts): string {
  const name = first?.knock.userName ?? '';
  return others.length === 0 ? name : `${name} ${common.andMore(others.length)}`;
}
