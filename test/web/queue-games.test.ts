import { expect, test } from 'vitest';
import { chanceFrom } from '../support/chance.ts';
import type { KnockerSeed } from '../support/seed.ts';
import { openPageHouse, shown } from './page-house.ts';
import { type Visitor, visit } from './visitor.ts';

// A host at the page, people who come and go under the pointer, and another host: by seeds, in a real browser. The pure list is played
// a thousand times as long in queue.test.ts.

const { backend, browser } = await openPageHouse({ rateLimits: false });

type Way = 'POINTER' | 'KEYS';

async function aimAt({ page }: Visitor, name: string, way: Way): Promise<() => Promise<void>> {
  const button = page.getByRole('button', { name: `Admit ${name}`, exact: true });
  if (way === 'POINTER') {
    await button.hover();
    return async () => {
      await page.mouse.down();
      await page.mouse.up();
    };
  }
  await page.keyboard.press('Shift');
  await button.focus();
  return () => page.keyboard.press('Enter');
}

const games = Array.from({ length: 20 }, (_, index) => [20_261 + index, index % 2 === 0 ? 'POINTER' : 'KEYS'] as const);

test.each(games)('in game %i, by %s, nobody is let in who was not meant', async (gameSeed, way) => {
  const chance = chanceFrom(gameSeed);
  const pick = <Item>(items: readonly Item[]): Item =>
    items[Math.floor(chance() * items.length)] ?? expect.unreachable('there is one');
  const room = await backend.waitingRoom();
  const host = await visit(browser, (await room.token({ isOwner: true, userName: 'Olga' })).joinUrl ?? '');
  const other = await room.owner({ userName: 'Otto' });
  await host.page.evaluate(() => localStorage.setItem('vestibule undo', '30000'));
  await host.button('Join').click();
  await host.page.getByText('Nobody is waiting').waitFor(shown);
  const waiting = new Map<string, KnockerSeed>();
  let count = 0;
  const comes = async () => {
    count += 1;
    const userName = `Guest ${String(count).padStart(2, '0')}`;
    waiting.set(userName, await room.knocker({ userName }));
    await host.page
      .locator('[data-knock]')
      .filter({ hasText: userName })
      .waitFor({ ...shown, state: 'attached' });
  };
  for (let guest = 0; guest < 5; guest++) await comes();
  const goes = async (name: string) => {
    const knocker = waiting.get(name);
    waiting.delete(name);
    await knocker?.ask('mutation { cancelKnock { __typename } }');
    await host.button(`Admit ${name}`).waitFor({ ...shown, state: 'detached' });
  };
  const isDecidedBy = async (name: string) => {
    const decide = 'mutation ($input: KnockDecisionInput!) { admitKnock(input: $input) { __typename } }';
    await other.ask(decide, { input: { knockId: waiting.get(name)?.knockId } });
    waiting.delete(name);
    await host.button(`Admit ${name}`).waitFor({ ...shown, state: 'detached' });
  };
  const meant: string[] = [];
  for (let round = 0; round < 3; round++) {
    const target = pick([...waiting.keys()]);
    const press = await aimAt(host, target, way);
    const others = [...waiting.keys()].filter((name) => name !== target);
    for (let news = 0; news < 2; news++) {
      const what = chance();
      const [someone] = others.splice(Math.floor(chance() * others.length), 1);
      if (what < 0.3 || someone === undefined) await comes();
      else if (what < 0.8) await goes(someone);
      else await isDecidedBy(someone);
    }
    meant.push(target);
    waiting.delete(target);
    const admits = host.button(`Admit ${target}`);
    // Whoever has come or moved a moment ago takes no press yet: then it is pressed again, at the same place.
    await expect
      .poll(
        async () => {
          if ((await admits.count()) > 0) await press();
          return admits.count();
        },
        { ...shown, interval: 200 },
      )
      .toBe(0);
    await host.page.getByText(`${target} is let in.`).waitFor(shown);
  }
  const read =
    'query ($name: String!) { room(name: $name) { knockRequests(first: 100, status: [ADMITTED]) { nodes { userName decidedBy { name } } } } }';
  type Read = { room: { knockRequests: { nodes: { userName: string; decidedBy: { name: string } }[] } } };
  const { body } = await backend.ask<Read>(read, { name: room.name });
  const admitted = (body.data?.room.knockRequests.nodes ?? []).filter(({ decidedBy }) => decidedBy.name === 'Olga');
  expect(admitted.map(({ userName }) => userName).toSorted()).toEqual(meant.toSorted());
  // Each of them can be taken back.
  const last = meant.at(-1) ?? '';
  await host.button(`Undo: ${last}`).press('Enter');
  await host.page.locator('[data-knock]').filter({ hasText: last }).getByText('Undone').waitFor(shown);
  expect(host.complaints).toEqual([]);
});
