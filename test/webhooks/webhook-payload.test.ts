import { describe, expect, test } from 'vitest';
import type { RoomFacts } from '../../src/rules/facts.ts';
import type { KnockId } from '../../src/rules/ids.ts';
import { goneOf, knockIn } from '../rules/facts-kit.ts';
import { by, events, factsWith, ids, knock, now, participant, secrets, webhookOf } from './event-kit.ts';

describe('what is told of what', () => {
  test.each(events)('case %$: %o', (event, expected) => {
    const news = webhookOf(event, factsWith([knock]), now);
    expect(news?.event ?? null).toBe(expected);
    if (news === null) return;
    expect(news.data).toMatchObject({ type: expected, timestamp: now.toISOString(), data: { domain: 'acme' } });
    const text = JSON.stringify(news.data);
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(news.data.text).not.toBe('');
  });
});

describe('KNOCK_REQUESTED', () => {
  const tell = (message: string | null, facts: RoomFacts, userName = 'Nora') =>
    webhookOf({ type: 'KnockRequested', by, knock: { ...knock, message, userName } }, facts, now)?.data;

  test('says room, name, message, how many wait, and that no owner is there', () => {
    // Made up here; ids are texts with a name.
    const other = { ...knock, id: 'b0000000-0000-4000-8000-000000000002' as KnockId };
    const decided = knockIn('DENIED', { ...knock, id: 'b0000000-0000-4000-8000-000000000003' as KnockId });
    const letIn = knockIn('ADMITTED', { ...knock, id: 'b0000000-0000-4000-8000-000000000004' as KnockId });
    const payload = tell('It is me', factsWith([knock, other, decided, letIn]));
    expect(payload?.data).toMatchObject({
      room: { id: `Room:${ids.room}`, name: 'standup', url: 'https://meet.example.com/acme/standup' },
      knock: {
        id: `KnockRequest:${ids.knock}`,
        userName: 'Nora',
        verified: true,
        message: 'It is me',
        status: 'PENDING',
      },
      waiting: 2,
      ownerPresent: false,
    });
    expect(payload?.text).toBe(
      'Nora knocks at standup: “It is me” (2 waiting, nobody is there to answer) https://meet.example.com/acme/standup',
    );
  });

  test('an owner who is there is told of, a hidden one too', () => {
    const hidden = { ...participant, hidden: true };
    expect(tell(null, factsWith([knock], [hidden]))?.data.ownerPresent).toBe(true);
    expect(tell(null, factsWith([knock], [goneOf('LEFT', participant)]))?.data.ownerPresent).toBe(false);
  });

  test('nobody who knocks writes commands, links or lines into a chat', () => {
    const payload = tell('<!channel> a & b\nfake line', factsWith([knock]), '<https://evil.example|Boss>');
    expect(payload?.text).toContain('&lt;https://evil.example|Boss&gt; knocks');
    expect(payload?.text).toContain('“&lt;!channel&gt; a &amp; b fake line”');
    expect(payload?.data.knock).toMatchObject({ message: '<!channel> a & b\nfake line' });
  });
});
