import { describe, expect, test } from 'vitest';
import { DenyKnocksDocument } from '../../packages/client/src/generated/graphql.ts';
import { after, type Happening } from '../../web/console/queue/after.ts';
import { isMeantAlone } from '../../web/console/queue/press.ts';
import {
  type Answer,
  countOpen,
  emptyQueue,
  isOpen,
  isUndoable,
  nextDue,
  releaseMs,
  type Send,
  seenIn,
  selectedIn,
  settleMs,
  undoTimes,
} from '../../web/console/queue/queue.ts';

const [undoMs] = undoTimes;

import { chanceFrom } from '../support/chance.ts';
import { knockOf, QueuePlay } from './queue-play.ts';
import { admission, answered, deny, done, listed, lost, play, press, standingOf, waiting } from './queue-story.ts';

describe('the list holds still while somebody is about to choose', () => {
  const held = [listed('ada', 'ben', 'cyd'), settleMs, { is: 'HELD' } as const] as const;

  test('who withdrew stays in place, and cannot be decided', () => {
    const withdrew: Happening = { is: 'TOLD', id: 'ada', outcome: 'WITHDREW', by: null, isMine: false };
    const { names, sends, queue } = play(...held, listed('ben', 'cyd'), withdrew, press('ADMIT', 'ada'));
    expect([names, sends]).toEqual([['ada', 'ben', 'cyd'], []]);
    expect(queue.rows[0]?.standing).toEqual({ is: 'OVER', outcome: 'WITHDREW', by: null });
  });

  test('who comes stands below the others, also who waited longer', () => {
    const earlier = [...waiting('ada', 'ben', 'cyd'), knockOf('sent back', -5)];
    const { names, queue } = play(...held, { is: 'LISTED', waiting: earlier });
    expect(names).toEqual(['ada', 'ben', 'cyd', 'sent back']);
    expect(queue.rows.map(({ isLate }) => isLate)).toEqual([false, false, false, true]);
  });

  test('for a second more than somebody points at it', () => {
    const gone = [...held, listed('ben', 'cyd'), { is: 'LET_GO' } as const] as const;
    expect(play(...gone, releaseMs - 1, { is: 'TIME' }).names).toEqual(['ada', 'ben', 'cyd']);
    expect(play(...gone, releaseMs, { is: 'TIME' }).names).toEqual(['ben', 'cyd']);
    expect(play(...gone, 500, { is: 'HELD' }, releaseMs, { is: 'TIME' }).names).toEqual(['ada', 'ben', 'cyd']);
  });

  test('what moved a moment ago takes no press of a pointer, and every press of a key', () => {
    const moved = [listed('ada', 'ben'), settleMs, listed('ben'), settleMs - 1] as const;
    expect(play(...moved, press('ADMIT', 'ben')).sends).toEqual([]);
    expect(play(...moved, 1, press('ADMIT', 'ben')).sends).toEqual([admission('ben')]);
    expect(play(...moved, { is: 'ADMIT', ids: ['ben'], press: 'KEY' }).sends).toEqual([admission('ben')]);
  });
});

test('a look that finds everybody as they were draws nobody again, wherever they stand in the line', () => {
  const before = play(listed('ada', 'ben'), settleMs);
  const look: Happening = {
    is: 'LISTED',
    waiting: waiting('ada', 'ben').map((knock) => ({ ...knock, position: (knock.position ?? 0) + 1 })),
  };
  expect(before.names).toEqual(['ada', 'ben']);
  // The same object: whoever follows the list is told of nothing.
  expect(after(before.queue, look, before.now).queue).toBe(before.queue);
  const verified = waiting('ada', 'ben').map((knock) => ({ ...knock, verified: !knock.verified }));
  const shown = play(listed('ada', 'ben'), settleMs, { is: 'LISTED', waiting: verified }).queue.rows;
  expect(shown.map(({ knock }) => knock)).toEqual(verified);
});

describe('a pointer that was on its way', () => {
  const three = [listed('ada', 'ben', 'cyd'), settleMs] as const;
  const writes = (name: string, more: object): Happening => ({
    is: 'LISTED',
    waiting: waiting('ada', 'ben', 'cyd').map((knock) => (knock.userName === name ? { ...knock, ...more } : knock)),
  });
  const several = (is: 'ADMIT' | 'DENY', press: 'TOGETHER' | 'KEY_TOGETHER', ...ids: string[]): Happening =>
    is === 'ADMIT' ? { is, ids, press } : { is, ids, denial: {}, press };
  const shifted = { is: 'SHIFTED', ids: ['ben'] } as const;
  const denied = ({ queue }: ReturnType<typeof play>) =>
    queue.rows.filter(({ standing }) => standing.is === 'DENYING').map(({ knock }) => knock.id);
  const withdrew = (id: string): Happening => ({ is: 'TOLD', id, outcome: 'WITHDREW', by: null, isMine: false });

  test('a row that is higher than before may have moved those below it', () => {
    const moved = [...three, { is: 'HELD' } as const, shifted] as const;
    for (const id of ['ben', 'cyd']) {
      expect(play(...moved, press('ADMIT', id)).sends).toEqual([]);
      expect(play(...moved, settleMs, press('ADMIT', id)).sends).toEqual([admission(id)]);
    }
    expect(play(...moved, press('ADMIT', 'ada')).sends).toEqual([admission('ada')]);
    expect(play(...three, { is: 'SHIFTED', ids: ['nobody'] }, press('ADMIT', 'cyd')).sends).toHaveLength(1);
  });

  test.each([
    ['another name', { userName: 'Ben' }],
    ['a message', { message: 'I am the new one.' }],
    ['a reply of another host', { reply: 'One moment.' }],
    ['a connection that is lost', { connection: 'DISCONNECTED' }],
  ])('with %s a row is not the one that it meant', (_what, more) => {
    const named = [...three, { is: 'HELD' } as const, writes('ben', more)] as const;
    expect(play(...named, press('ADMIT', 'ben')).sends).toEqual([]);
    expect(play(...named, settleMs, press('ADMIT', 'ben')).sends).toEqual([admission('ben')]);
    expect(play(...named, press('ADMIT', 'cyd')).sends).toEqual([admission('cyd')]);
  });

  test('a row that was selected is not meant by a press on another one', () => {
    const ticked = [...three, { is: 'SELECTED', id: 'ben', isSelected: true } as const, shifted] as const;
    expect(play(...ticked, press('ADMIT', 'ben')).sends).toEqual([]);
  });

  test('a press that meant something else, which lay there, means nobody', () => {
    for (const happening of [press('ADMIT', 'ada'), deny('ada'), several('DENY', 'TOGETHER', 'ada')])
      expect(play(...three, { ...happening, press: 'STRAY' } as Happening)).toMatchObject(play(...three));
    const { queue, now } = play(...three);
    expect(queue.rows.filter(isMeantAlone('STRAY', now))).toEqual([]);
  });

  test('a tick of what has just moved is not meant, but by a key', () => {
    const { queue, now } = play(...three, shifted);
    const meant = (by: 'POINTER' | 'KEY') => queue.rows.filter(isMeantAlone(by, now)).map(({ knock }) => knock.id);
    expect([meant('POINTER'), meant('KEY')]).toEqual([['ada'], ['ada', 'ben', 'cyd']]);
  });

  test('whoever has left a list may have moved all of it, as where it was scrolled to its end', () => {
    const left = [...three, listed('ada', 'ben'), withdrew('cyd')] as const;
    expect(play(...left, press('ADMIT', 'ada')).sends).toEqual([]);
    expect(play(...left, settleMs, press('ADMIT', 'ada')).sends).toEqual([admission('ada')]);
  });

  test('the line above late rows moves them as it goes', () => {
    const late = [
      ...three,
      { is: 'HELD' } as const,
      listed('ada', 'ben', 'cyd', 'dan'),
      { is: 'LET_GO' } as const,
    ] as const;
    const ordered = [...late, releaseMs, { is: 'TIME' } as const] as const;
    expect(play(...ordered, press('ADMIT', 'dan')).sends).toEqual([]);
    expect(play(...ordered, settleMs, press('ADMIT', 'dan')).sends).toEqual([admission('dan')]);
  });

  test('several: whoever came on screen a moment ago is not among them', () => {
    const seen = [
      ...three,
      { is: 'SEEN', ids: ['ada'] } as const,
      settleMs,
      { is: 'SEEN', ids: ['ben'] } as const,
    ] as const;
    expect(play(...seen, several('ADMIT', 'TOGETHER', 'ada', 'ben')).sends).toEqual([admission('ada')]);
    expect(play(...seen, settleMs, several('ADMIT', 'TOGETHER', 'ada', 'ben')).sends).toEqual([
      admission('ada', 'ben'),
    ]);
  });

  test('the selected: where the last of them has gone the buttons for all stand, and are not meant', () => {
    const held = { is: 'HELD' } as const;
    const gone = [...three, held, { is: 'SELECTED', id: 'ada', isSelected: true } as const, withdrew('ada')] as const;
    expect(denied(play(...gone, several('DENY', 'TOGETHER', 'ben', 'cyd')))).toEqual([]);
    expect(denied(play(...gone, settleMs, several('DENY', 'TOGETHER', 'ben', 'cyd')))).toHaveLength(2);
  });

  test.each(['TOGETHER', 'KEY_TOGETHER'] as const)(
    '%s on all: its number did not count whoever has just come',
    (how) => {
      const come = [...three, listed('ada', 'ben', 'cyd', 'dan')] as const;
      const all = several('DENY', how, 'ada', 'ben', 'cyd', 'dan');
      expect(denied(play(...come, all))).toEqual(['ada', 'ben', 'cyd']);
      expect(denied(play(...come, settleMs, all))).toHaveLength(4);
      // Where they stand does not matter to it.
      expect(denied(play(...come, settleMs, shifted, all))).toHaveLength(4);
    },
  );
});

describe('an admission', () => {
  const asked = [listed('ada', 'ben'), settleMs, press('ADMIT', 'ada')] as const;
  const recall: Send = { send: 'RECALL', ids: ['ada'] };

  test('is sent at once and only once', () => {
    expect(play(...asked, settleMs, press('ADMIT', 'ada')).sends).toEqual([admission('ada')]);
  });

  test('can be taken back for its time from the answer on', () => {
    const admitted = [...asked, 3_000, answered(admission('ada'), done)] as const;
    expect(play(...admitted, undoMs - 1, press('UNDO', 'ada')).sends).toEqual([admission('ada'), recall]);
    expect(play(...admitted, undoMs, { is: 'TIME' }, press('UNDO', 'ada')).sends).toEqual([admission('ada')]);
  });

  test('is not taken back by the second press of a double click', () => {
    expect(play(...asked, 100, answered(admission('ada'), done), 50, press('UNDO', 'ada')).sends).toEqual([
      admission('ada'),
    ]);
  });

  test('is not taken back by the press that comes with its answer', () => {
    const answer = [...asked, 3_000, answered(admission('ada'), done)] as const;
    expect(play(...answer, settleMs - 1, press('UNDO', 'ada')).sends).toHaveLength(1);
    expect(play(...answer, settleMs, press('UNDO', 'ada')).sends).toHaveLength(2);
  });

  test('can still be taken back together with others after such a press', () => {
    const { queue } = play(...asked, answered(admission('ada'), done), 50, press('UNDO', 'ada'));
    expect(queue.lastDecided).toEqual(['ada']);
  });

  test('that was taken back is told so, whichever comes first, the event or the answer', () => {
    const undoing = [
      ...asked,
      { is: 'HELD' },
      answered(admission('ada'), done),
      settleMs,
      press('UNDO', 'ada'),
    ] as const;
    const event: Happening = { is: 'TOLD', id: 'ada', outcome: 'GONE', by: null, isMine: false };
    expect(standingOf(play(...undoing, event, answered(recall, done)), 'ada')).toMatchObject({ outcome: 'TAKEN_BACK' });
  });

  test('that fails leaves the person where they were, with what is known', () => {
    const unsure = [...asked, answered(admission('ada'), lost)] as const;
    expect(standingOf(play(...unsure), 'ada')).toEqual({ is: 'WAITING', trouble: 'UNSURE' });
    // The answer was lost, and the event says what came of it.
    const told = play(...unsure, { is: 'TOLD', id: 'ada', outcome: 'ADMITTED', by: 'Ira', isMine: true });
    expect(told.queue.rows.map(isUndoable)).toEqual([true, false]);
  });

  test('of somebody whom another host decided first says who it was', () => {
    const taken: Answer = { is: 'TAKEN', outcome: 'DENIED', by: 'Mara' };
    const story = play(...asked, { is: 'HELD' }, answered(admission('ada'), taken));
    expect(standingOf(story, 'ada')).toEqual({ is: 'OVER', outcome: 'DENIED', by: 'Mara' });
  });

  test('that was taken back, or cannot be, is shown so', () => {
    const undoing = [
      ...asked,
      { is: 'HELD' },
      answered(admission('ada'), done),
      settleMs,
      press('UNDO', 'ada'),
    ] as const;
    expect(standingOf(play(...undoing, answered(recall, done)), 'ada')).toMatchObject({ outcome: 'TAKEN_BACK' });
    const lost = play(...undoing, answered(recall, { is: 'FAILED', trouble: 'UNSURE' }));
    expect(standingOf(lost, 'ada')).toEqual({ is: 'ADMITTED', until: lost.now + undoMs, trouble: 'UNSURE' });
  });

  test('of many goes in requests that the service takes, and says of each what came of it', () => {
    const names = Array.from({ length: 501 }, (_, place) => `guest ${place}`);
    const { sends } = play(listed(...names), settleMs, press('ADMIT', ...names));
    expect(sends.map(({ ids }) => ids.length)).toEqual([500, 1]);
    const some = new Map([['ada', done]]);
    const both = admission('ada', 'ben');
    const story = play(...[listed('ada', 'ben'), settleMs, { is: 'HELD' } as const, press('ADMIT', 'ada', 'ben')], {
      is: 'ANSWERED',
      send: both,
      answers: some,
    });
    expect(story.queue.rows.map(({ standing }) => standing.is)).toEqual(['ADMITTED', 'OVER']);
  });
});

test('who is decided by another host of the same name was not decided here', () => {
  const other: Happening = { is: 'TOLD', id: 'ada', outcome: 'ADMITTED', by: 'Ira', isMine: true };
  const story = play(listed('ada', 'ben'), settleMs, { is: 'HELD' }, other);
  expect(standingOf(story, 'ada')).toEqual({ is: 'OVER', outcome: 'ADMITTED', by: 'Ira' });
});

describe('a denial', () => {
  const asked = [listed('ada', 'ben'), settleMs, deny('ada')] as const;
  const denial: Send = { send: 'DENY', ids: ['ada'], denial: {} };

  test('is sent only after its time, once', () => {
    expect(play(...asked, undoMs - 1, { is: 'TIME' }).sends).toEqual([]);
    expect(play(...asked, undoMs, { is: 'TIME' }, { is: 'TIME' }).sends).toEqual([denial]);
  });

  test('that is taken back was never sent', () => {
    const { sends, queue } = play(...asked, settleMs, press('UNDO', 'ada'), undoMs, { is: 'TIME' });
    expect([sends, countOpen(queue)]).toEqual([[], 2]);
  });

  test('goes out at once on leaving', () => {
    expect(play(...asked, { is: 'LEAVING' }, undoMs, { is: 'TIME' }).sends).toEqual([{ ...denial, isLast: true }]);
  });

  test('of a crowd goes out at once as well, and no more is asked to outlive the page than a browser takes', () => {
    const names = Array.from({ length: 2_600 }, (_, place) => `knock_${String(place).padStart(32, '0')}`);
    const { sends } = play(listed(...names), settleMs, deny(...names), { is: 'LEAVING' });
    expect(sends.flatMap(({ ids }) => ids)).toEqual(names);
    const last = sends.filter((send) => 'isLast' in send && send.isLast);
    expect(last.length).toBeGreaterThan(0);
    const bodies = last.map(({ ids }) => {
      const input = { roomName: 'x'.repeat(128), knockIds: ids, reply: null };
      return JSON.stringify({ query: DenyKnocksDocument, variables: { input } });
    });
    expect(bodies.join('').length).toBeLessThanOrEqual(64 * 1024);
  });

  test.each([
    ['decides', { is: 'TOLD', id: 'ada', outcome: 'ADMITTED', by: 'Mara', isMine: false }],
    ['withdraws', listed('ben')],
  ] as const)('is never sent where somebody else %s meanwhile', (_what, happening) => {
    expect(play(...asked, happening, undoMs, { is: 'TIME' }).sends).toEqual([]);
  });

  test('with a ban is a request of its own', () => {
    const ban = { ban: true, banNetwork: false } as const;
    const both: Happening = { is: 'DENY', ids: ['ben'], denial: ban, press: 'POINTER' };
    expect(play(...asked, both, undoMs, { is: 'TIME' }).sends).toEqual([
      denial,
      { send: 'DENY', ids: ['ben'], denial: ban },
    ]);
  });
});

test('who was decided does not come back by an older list', () => {
  const story = play(listed('ada', 'ben'), settleMs, press('ADMIT', 'ada'), answered(admission('ada'), done), undoMs, {
    is: 'TIME',
  });
  expect(story.names).toEqual(['ben']);
  const later = after(story.queue, listed('ada', 'ben', 'cyd'), story.now);
  expect(later.queue.rows.map(({ knock }) => knock.userName)).toEqual(['ben', 'cyd']);
});

test('the second press of a double click is not for the button for several that comes there', () => {
  const all: Happening = { is: 'DENY', ids: ['ada', 'ben'], denial: {}, press: 'TOGETHER' };
  const first = [listed('ada', 'ben', 'cyd'), settleMs, press('ADMIT', 'cyd')] as const;
  expect(play(...first, 100, all).queue.rows.filter(isUndoable)).toEqual([]);
  expect(play(...first, settleMs, all).queue.rows.filter(isUndoable)).toHaveLength(2);
});

test('whoever was selected was meant, although they have just come; of all the others nobody who has', () => {
  const both = (isSelected: boolean) =>
    play(...[listed('ada'), settleMs, listed('ada', 'ben'), { is: 'SELECTED', id: 'ben', isSelected } as const], {
      is: 'ADMIT',
      ids: ['ada', 'ben'],
      press: 'TOGETHER',
    }).sends;
  expect([both(true), both(false)]).toEqual([[admission('ada', 'ben')], [admission('ada')]]);
});

test('only those who wait can be selected or count as seen', () => {
  const { queue } = play(
    ...[listed('ada', 'ben', 'cyd'), settleMs, { is: 'SEEN', ids: ['ada', 'ben'] } as const],
    ...[{ is: 'SELECTED', id: 'ada', isSelected: true } as const, press('ADMIT', 'ada')],
  );
  expect([seenIn(queue), selectedIn(queue)]).toEqual([['ben'], []]);
});

test('who needs longer to take something back chooses so', () => {
  const longer: Happening = { is: 'UNDO_TIME', undoMs: 30_000 };
  const asked = [longer, listed('ada'), settleMs, deny('ada')] as const;
  expect(play(...asked, undoMs, { is: 'TIME' }).sends).toEqual([]);
  expect(play(...asked, 30_000, { is: 'TIME' }).sends).toHaveLength(1);
});

test('it says when it next changes by itself', () => {
  expect(nextDue(emptyQueue)).toBeNull();
  const { queue, now } = play(listed('ada'), settleMs, deny('ada'), { is: 'HELD' }, { is: 'LET_GO' });
  expect(nextDue(queue)).toBe(now + releaseMs);
});

describe('whatever happens between looking and pressing', () => {
  const playBySeed = (seed: number, rules?: ConstructorParameters<typeof QueuePlay>[1]) => {
    const game = new QueuePlay(chanceFrom(seed), rules);
    for (let turn = 0; turn < 120; turn++) game.turn();
    game.end();
    return game.faults.map((fault) => `${fault} (game ${seed})`);
  };
  const games = Array.from({ length: 1_000 }, (_, index) => 20_261 + index);

  test('nobody is decided who was not meant, nothing is sent twice, and everybody is shown in the end', () => {
    expect(games.flatMap((seed) => playBySeed(seed))).toEqual([]);
  });

  test('the game notices a list that moves under the pointer', () => {
    const faults = games.slice(0, 60).flatMap((seed) => playBySeed(seed, { isHolding: false, isSettling: false }));
    expect(faults.some((fault) => fault.startsWith('meant'))).toBe(true);
  });

  test('a row that is open or undoable is one of both', () => {
    const { queue } = play(listed('ada', 'ben'), settleMs, deny('ada'));
    expect(queue.rows.map((row) => [isOpen(row), isUndoable(row)])).toEqual([
      [false, true],
      [true, false],
    ]);
  });
});
