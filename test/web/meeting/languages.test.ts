import { readFileSync } from 'node:fs';
import { h } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Access, type Ban, createStore } from '../../../packages/client/src/index.ts';
import { Banned } from '../../../web/console/banned.tsx';
import type { Desk } from '../../../web/console/queue/desk.ts';
import { QueueRow } from '../../../web/console/queue/row.tsx';
import type { RowElements } from '../../../web/console/queue/row-elements.ts';
import { DoorForm } from '../../../web/screens/door-form.tsx';
import { People } from '../../../web/screens/people.tsx';
import { en } from '../../../web/texts/en.ts';
import { speakAs } from '../../../web/texts/language.ts';
import { roomTextsNow } from '../../../web/texts/room-texts.ts';
import { readClaims } from '../../../web/token-claims.ts';
import { ConfirmDialog } from '../../../web/ui/confirm.tsx';
import type { PeopleActions } from '../../../web/visit/actions/people-actions.ts';
import type { QueueActions } from '../../../web/visit/actions/queue-actions.ts';
import { knockOf } from '../queue-play.ts';
import { openMemoryPage } from './memory-page.ts';
import { crowd, stage } from './scene.ts';

// What components say in languages that are written from the right, or have signs of their own, in a document in memory.

const { page, show, find } = openMemoryPage();

afterEach(() => speakAs('en', en));

function speak(tag: string): void {
  const path = new URL(`../../../web/texts/packs/${tag}.json`, import.meta.url);
  speakAs(tag, JSON.parse(readFileSync(path, 'utf8')));
}

function answered(reply: string) {
  const untold = { denial: null, unsure: null, isLate: false, isSelected: false, openSince: 0, movedAt: 0 };
  return h(QueueRow, {
    row: { knock: { ...knockOf('Ada', 0), reply }, standing: { is: 'WAITING', trouble: null }, ...untold },
    isWhole: false,
    desk: {} as Desk,
    elements: { put: () => undefined } as unknown as RowElements,
    actions: {} as QueueActions,
    texts: roomTextsNow(),
    onDecided: () => undefined,
  });
}

describe('where a page is written from the right', () => {
  beforeEach(() => speak('ar'));

  test('an answer has its own signs at its end, and not at that of the words before it', async () => {
    await show(answered('Two minutes, please.'));
    expect(find('.replied bdi').textContent).toBe('Two minutes, please.');
    expect(find('.replied').getAttribute('dir')).toBeNull();
  });

  test('a name among those who are kept out does not turn its line around', async () => {
    const ban = { id: 'b', userName: 'Rude', network: true, createdAt: '2026-01-01T00:00:00Z' } as unknown as Ban;
    const actions = { readBans: async () => [ban] } as unknown as PeopleActions;
    await show([h(Banned, { actions, state: createStore({ banCount: 0 }) }), h(ConfirmDialog, {})]);
    await act(async () => {
      await vi.advanceTimersByTimeAsync(700);
    });
    expect(find('.banned bdi').textContent).toBe('Rude');
    expect(page().querySelectorAll('.banned [dir]')).toHaveLength(0);
    await act(async () => find('.banned button').click());
    expect(find('dialog').textContent).toContain(`\u2068Rude\u2069 ${roomTextsNow().ban.withNetwork}`);
  });
});

describe('Japanese has its own colon, and no full stop that the page has put there', () => {
  beforeEach(() => speak('ja'));
  const western = /[:.]/;

  test('in what was answered', async () => {
    await show(answered('はい'));
    expect(find('.replied').textContent).toMatch(/：.*はい$/);
    expect(find('.replied').textContent).not.toMatch(western);
  });

  test('in what somebody sends', async () => {
    const { room, participants } = stage({ people: crowd(2) });
    const [me] = participants;
    if (me === undefined) throw new Error('nobody is there');
    const state = createStore({ me, room, hasMedia: true, participants: [{ ...me, audio: true }], banCount: 0 });
    await show(h(People, { state: state as never, actions: {} as PeopleActions }));
    expect(find('.state').textContent).toMatch(/：/);
    expect(find('.state').textContent).not.toMatch(western);
  });

  test('in what stands against a request', async () => {
    const problem = { code: 'RATE_LIMITED', field: null, retryAfterSeconds: null } as const;
    const access = { level: 'LOBBY', ownerPresent: true, lobbyMessage: null } as unknown as Access;
    const ways = { onDraft: () => undefined, onJoin: async () => problem, onKnock: async () => problem };
    const draft = { name: 'Nora', message: '' };
    await show(h(DoorForm, { access, hint: null, claims: readClaims(null), draft, waitMs: 0, ...ways }));
    await act(async () => find('button[type=submit]').click());
    expect(find('.form-problem strong').textContent).toBe(roomTextsNow().refusals.RATE_LIMITED.title);
    expect(find('.form-problem').textContent).not.toMatch(western);
  });
});
