import { createElement, useState } from 'react';
import { beforeAll, describe, expect, test } from 'vitest';
import { createClient, type JoinView } from '../../packages/client/src/index.ts';
import { useJoin, useKnock, useVisit, VestibuleProvider } from '../../packages/client/src/react.ts';
import { openDomain } from '../support/domain.ts';
import type { RoomSeed, Seed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import { renderPage } from './page.ts';

// Parts of a page that come and go with what they show, as apps draw them.

let server: TestServer & { readonly domain: string };
let backend: Seed;

beforeAll(async () => {
  ({ server, backend } = await openDomain());
});

const button = (label: string, onClick: () => unknown) =>
  createElement('button', { type: 'button', onClick: () => void onClick() }, label);

const makeClient = () => createClient({ url: server.url, domain: server.domain });

describe('a form that is drawn only while nobody has joined', () => {
  const Words = () => {
    const [name, setName] = useState('');
    const { join } = useJoin({ auto: false, userName: name });
    const { canKnock } = useKnock();
    return createElement(
      'p',
      null,
      `form ${name} ${canKnock}.`,
      button('type', () => setName((before) => `${before}a`)),
      button('join', join),
    );
  };

  const open = async (room: RoomSeed, of = makeClient()) => {
    const phases: JoinView['phase'][] = [];
    const Room = () => {
      const { phase, error } = useJoin({ auto: false });
      const { join } = useVisit();
      if (phases.length === 0) {
        phases.push(phase);
        // A page that went round for ever would not come to its end by itself.
        join.view.subscribe(() => {
          phases.push(join.view.get().phase);
          if (phases.length > 50) throw new Error(`round and round: ${phases.join(' ')}`);
        });
      }
      return phase === 'IDLE' ? createElement(Words) : createElement('p', null, `${phase} ${error?.code ?? ''}`);
    };
    const place = { client: of, roomName: room.name, storage: null };
    const page = await renderPage(() => createElement(VestibuleProvider, place, createElement(Room)), {});
    // The form of before the look is another one.
    await page.until((text) => phases.length === 3 && text.includes('form  true.'));
    return { page, phases };
  };

  test('stays once it was looked for a session of before, keeps what is typed, and joins with that', async () => {
    const room = await backend.room();
    const { page, phases } = await open(room);
    for (const typed of ['a', 'aa']) {
      page.click('type');
      await page.until((text) => text.includes(`form ${typed} true.`));
    }
    expect(phases).toEqual(['IDLE', 'JOINING', 'IDLE']);
    page.click('join');
    await page.until((text) => text.includes('JOINED'));
  });

  test('comes back where the service cannot be asked, which is then not asked all the time', async () => {
    const room = await backend.room();
    let asked = 0;
    const fetch: typeof globalThis.fetch = async () => {
      asked += 1;
      return Response.json({ errors: [{ message: 'No.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
    };
    const { page, phases } = await open(room, createClient({ url: server.url, fetch }));
    page.click('join');
    await page.until(() => phases.length > 3);
    await page.until((text) => text.includes('form'));
    expect([phases, asked]).toEqual([['IDLE', 'JOINING', 'IDLE', 'JOINING', 'IDLE'], 1]);
  });
});
