import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { after, type Happening } from '../../web/console/queue/after.ts';
import {
  type Answer,
  countOpen,
  isUndoable,
  nextDue,
  settleMs,
  toldMs,
  undoTimes,
} from '../../web/console/queue/queue.ts';
import { Sayings, togetherMs } from '../../web/console/queue/said.ts';
import { wholeEnglish } from '../../web/texts/en-whole.ts';
import { speakPart } from '../../web/texts/speak.ts';
import { admission, answered, deny, done, listed, lost, play, press, standingOf, start } from './queue-story.ts';

// Answers that are lost, and what is told of what failed.

const [undoMs] = undoTimes;
const refused: Answer = { is: 'FAILED', trouble: 'REFUSED' };

describe('an admission that was done, while its answer was lost', () => {
  const asked = [listed('ada', 'ben'), settleMs, press('ADMIT', 'ada')] as const;
  const fails = answered(admission('ada'), lost);
  const unlisted = listed('ben');
  const event = { is: 'TOLD', id: 'ada', outcome: 'ADMITTED', by: 'Olga', isMine: true } as const;
  const missed = [...asked, fails, unlisted] as const;

  test.each([
    ['the list, then the event', [fails, unlisted, event]],
    ['both before the answer is given up', [unlisted, event, fails]],
    ['one before and one after', [unlisted, fails, event]],
    ['an answer after all', [unlisted, event, answered(admission('ada'), done)]],
    ['another list meanwhile', [fails, unlisted, 100, unlisted, event]],
    ['where it is about to be denied instead', [fails, settleMs, deny('ada'), unlisted, event]],
  ])('can be taken back: %s', (_what, order) => {
    const { queue } = play(...asked, ...order, settleMs);
    expect(queue.rows.filter(isUndoable)).toMatchObject([{ knock: { id: 'ada' }, standing: { is: 'ADMITTED' } }]);
  });

  test('is asked for once more where no event tells of it, and is nobody to let in meanwhile', () => {
    const { queue, sends } = play(...missed, settleMs, press('ADMIT', 'ada'));
    expect([sends, countOpen(queue), nextDue(queue)]).toEqual([[admission('ada')], 1, start + settleMs + toldMs]);
    const again = [...missed, toldMs, { is: 'TIME' } as const, { is: 'TIME' } as const] as const;
    expect(play(...again).sends).toEqual([admission('ada'), admission('ada')]);
    expect(play(...again, answered(admission('ada'), done)).queue.rows.filter(isUndoable)).toHaveLength(1);
    const withdrew: Answer = { is: 'TAKEN', outcome: 'WITHDREW', by: null };
    expect(play(...again, answered(admission('ada'), withdrew)).names).toEqual(['ben']);
  });

  test('is found out of each of those about whom an answer for several says nothing', () => {
    const both = admission('ada', 'ben');
    const twice = [
      ...[listed('ada', 'ben'), settleMs, { is: 'HELD' } as const, press('ADMIT', 'ada', 'ben')],
      ...[answered(both, lost), settleMs, press('ADMIT', 'ada', 'ben')],
      { is: 'ANSWERED', send: both, answers: new Map() } as const,
    ] as const;
    expect(play(...twice).queue.rows.map(({ standing }) => standing.is)).toEqual(['MISSED', 'MISSED']);
    expect(play(...twice, event).queue.rows.map(isUndoable)).toEqual([true, false]);
    expect(play(...twice, toldMs, { is: 'TIME' }).sends.slice(2)).toEqual([admission('ada'), admission('ben')]);
  });

  test('who is on the list again waits', () => {
    expect(standingOf(play(...missed, listed('ada', 'ben')), 'ada')).toEqual({ is: 'WAITING', trouble: 'UNSURE' });
  });
});

describe('a ban whose answer was lost', () => {
  const ban = { ban: true, banNetwork: true } as const;
  const bans = { is: 'DENY', ids: ['ada'], denial: ban, press: 'KEY' } as const;
  const sent = { send: 'DENY', ids: ['ada'], denial: ban } as const;
  const time = { is: 'TIME' } as const;
  const fails = [listed('ada', 'ben'), settleMs, bans, undoMs, time, answered(sent, lost), settleMs] as const;
  const rowOf = ({ queue }: ReturnType<typeof play>) => queue.rows.find(({ knock }) => knock.id === 'ada');

  test('is a ban where Deny is pressed once more, and says so', () => {
    const again = play(...fails, deny('ada'), undoMs, time);
    expect(rowOf(play(...fails, deny('ada')))).toMatchObject({ standing: { is: 'DENYING' }, denial: ban });
    expect(again.sends).toEqual([sent, sent]);
  });

  test('is a ban where the service is asked what came of it, and when they are listed again after that', () => {
    expect(play(...fails, listed('ben'), toldMs, time).sends).toEqual([sent, sent]);
    const back = [listed('ben'), listed('ada', 'ben'), settleMs, deny('ada'), undoMs, time] as const;
    expect(play(...fails, ...back).sends).toEqual([sent, sent]);
  });

  test('is what became of them where the event says that it was done', () => {
    const told = { is: 'TOLD', id: 'ada', outcome: 'DENIED', by: null, isMine: true } as const;
    expect(rowOf(play(...fails, { is: 'HELD' }, told))).toMatchObject({ standing: { is: 'OVER' }, denial: ban });
  });

  const told = { is: 'TOLD', id: 'ada', outcome: 'DENIED', by: null, isMine: true } as const;
  test.each([
    ['told by an event, a ban', true, { ...told, isBan: true }],
    ['told by an event, no ban', false, { ...told, isBan: false }],
    ['answered, a ban', true, answered(sent, { is: 'DONE', isBan: true })],
    ['answered, no ban', false, answered(sent, { is: 'DONE', isBan: false })],
  ] as const)('is shown as the service has it, and not as it was wanted: %s', (_how, isBan, happening) => {
    const row = rowOf(play(listed('ada', 'ben'), settleMs, bans, undoMs, time, { is: 'HELD' }, happening));
    expect(row).toMatchObject({ standing: { is: 'OVER', outcome: 'DENIED' }, denial: isBan ? ban : null });
  });

  test('is none any more once it was taken back, or they were let in instead', () => {
    const plain = [deny('ada'), undoMs, time] as const;
    const sends = (...more: Parameters<typeof play>) => play(...fails, ...more, settleMs, ...plain).sends.slice(1);
    expect(sends(deny('ada'), settleMs, press('UNDO', 'ada'))).toEqual([{ ...sent, denial: {} }]);
    const letIn = [press('ADMIT', 'ada'), answered(admission('ada'), lost)] as const;
    expect(sends(...letIn)).toEqual([admission('ada'), { ...sent, denial: {} }]);
  });
});

test('of those who are taken back together, those for whom it failed can be tried again together', () => {
  const both = admission('ada', 'ben');
  const undoing = [
    ...[listed('ada', 'ben', 'cyd'), settleMs, press('ADMIT', 'ada', 'ben'), answered(both, done), settleMs],
    ...[press('UNDO', 'ada', 'ben'), answered({ send: 'RECALL', ids: ['ada'] }, lost)],
    answered({ send: 'RECALL', ids: ['ben'] }, lost),
  ] as const;
  expect(play(...undoing).queue.lastDecided).toEqual(['ada', 'ben']);
  expect(play(...undoing.slice(0, -1), deny('cyd'), ...undoing.slice(-1)).queue.lastDecided).toEqual(['cyd']);
});

describe('a screen reader is told', () => {
  const texts = speakPart(wholeEnglish, {}, 'en');
  const both = admission('ada', 'ben');
  const heard: string[] = [];
  const sayings = new Sayings(
    (text) => heard.push(text.replaceAll(/[\u2066-\u2069]/g, '')),
    () => texts,
  );
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    sayings.stop();
    vi.useRealTimers();
  });
  /** What is said of the last of these. Each number is a time that passes. */
  const said = (...happenings: (Happening | number)[]) => {
    heard.length = 0;
    const { queue: before, now } = play(...happenings.slice(0, -1));
    const last = happenings.at(-1);
    if (last === undefined || typeof last === 'number') return expect.unreachable('something happens at last');
    sayings.take(last, before, after(before, last, now).queue);
    return heard.length > 1 ? heard : (heard[0] ?? null);
  };
  const asked = [listed('ada', 'ben'), settleMs, press('ADMIT', 'ada', 'ben')] as const;

  test('what failed, once for all whom it is about', () => {
    const unsure = texts.queue.unsure;
    expect(said(...asked, answered(both, lost))).toBe(`ada and 1 more: ${unsure}`);
    expect(said(listed('ada'), settleMs, press('ADMIT', 'ada'), answered(admission('ada'), lost))).toBe(
      `ada: ${unsure}`,
    );
    expect(said(...asked, answered(both, done))).toBeNull();
    expect(said(...asked)).toBeNull();
  });

  test('whom somebody else has decided a moment before, and no second time where an event has said so', () => {
    const one = [listed('ada'), settleMs, { is: 'HELD' }, press('ADMIT', 'ada')] as const;
    const taken = answered(admission('ada'), { is: 'TAKEN', outcome: 'DENIED', by: 'Otto' });
    expect(said(...one, taken)).toBe(`ada: ${texts.queue.deniedBy('Otto', 'ada').replaceAll(/[\u2066-\u2069]/g, '')}`);
    const event = { is: 'TOLD', id: 'ada', outcome: 'DENIED', by: 'Otto', isMine: false } as const;
    expect(said(...one, event, taken)).toBeNull();
  });

  test('what could not be taken back, once for all whom it is about, and nothing once the host has left', () => {
    const names = ['ada', 'ben', 'cyd'];
    const undoing = [
      ...[listed(...names), settleMs, press('ADMIT', ...names), answered(admission(...names), done), settleMs],
      press('UNDO', ...names),
    ] as const;
    const answers = names.map((name, place) => answered({ send: 'RECALL', ids: [name] }, place === 1 ? refused : lost));
    for (const [place, answer] of answers.entries()) {
      const before = [...undoing, ...answers.slice(0, place)];
      expect(said(...before, answer)).toBeNull();
      vi.advanceTimersByTime(togetherMs / 8);
    }
    vi.advanceTimersByTime(togetherMs);
    expect(heard).toEqual([`ada and 1 more: ${texts.queue.unsureUndo}`, `ben: ${texts.queue.refusedUndo}`]);
    const [first] = answers;
    said(...undoing, first ?? expect.unreachable('there is one'));
    sayings.stop();
    vi.advanceTimersByTime(togetherMs);
    expect(heard).toEqual([]);
  });

  test('what was taken back', () => {
    const undo = [listed('ada', 'ben'), settleMs, deny('ada', 'ben'), settleMs] as const;
    expect(said(...undo, press('UNDO', 'ada', 'ben'))).toBe('Undo: ada and 1 more');
    expect(said(...undo, undoMs, { is: 'TIME' }, press('UNDO', 'ada'))).toBeNull();
  });
});
