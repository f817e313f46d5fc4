import { describe, expect, test } from 'vitest';
import { theService } from '../../src/rules/actor.ts';
import type { RoomFacts } from '../../src/rules/facts.ts';
import type { KnockId } from '../../src/rules/ids.ts';
import { decisionOn } from '../../src/rules/knock-request.ts';
import type { NewRoomEvent } from '../../src/rules/room-event.ts';
import { webhookEventTypes } from '../../src/rules/webhook.ts';
import { goneOf, knockIn } from '../rules/facts-kit.ts';
import {
  by,
  events,
  factsWith,
  ids,
  knock,
  liveStream,
  now,
  participant,
  room,
  secrets,
  webhookOf,
} from './event-kit.ts';

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

/** Each thing with a value of its own in every field, as a webhook shows it, at `hour` o'clock where it has a time. */
const told = {
  room: {
    id: `Room:${ids.room}`,
    name: 'standup',
    url: 'https://meet.example.com/acme/standup',
    privacy: 'PRIVATE',
    enableKnocking: true,
    nbf: hour(1),
    exp: hour(2),
    closedAt: hour(3),
    closedBy: 'DELETED',
  },
  by: { kind: 'KNOCKER', name: 'Nora', userId: 'n-1' },
  knock: {
    id: `KnockRequest:${ids.knock}`,
    userName: 'Kim',
    userId: 'k-1',
    verified: true,
    message: 'It is me',
    status: 'PENDING',
    reason: null,
    reply: 'A moment',
    requestedAt: hour(4),
    decidedAt: null,
  },
  participant: {
    id: `Participant:${ids.participant}`,
    userName: 'Olga',
    userId: 'o-1',
    verified: false,
    isOwner: true,
    joinedAt: hour(5),
    leftAt: null,
    leaveReason: null,
  },
  liveStream: {
    id: `LiveStream:${ids.stream}`,
    status: 'FAILED',
    startedAt: hour(6),
    endedAt: hour(7),
    error: 'no route',
  },
} as const;

function hour(hours: number): string {
  return new Date(Date.UTC(2030, 0, 2, hours)).toISOString();
}

/** What happened, and what stands beside room, domain and who did it. */
function happenings(): readonly (readonly [NewRoomEvent, object])[] {
  const at = (hours: number) => new Date(hour(hours));
  const shown = { ...knock, userName: 'Kim', userId: 'k-1', reply: 'A moment', requestedAt: at(4) };
  const inside = { ...participant, userId: 'o-1', verified: false, joinedAt: at(5) };
  const stream = { ...liveStream, status: 'FAILED', startedAt: at(6), endedAt: at(7), error: 'no route' } as const;
  const decided = knockStatuses.map((status): readonly [NewRoomEvent, object] => {
    const after = knockIn(status, shown, now);
    const { at: decidedAt, reason } = decisionOn(after) ?? {};
    const knockTold = { ...told.knock, status, reason, decidedAt: decidedAt?.toISOString() };
    return [{ type: 'KnockChanged', by, knock: after }, { knock: knockTold }];
  });
  return [
    [{ type: 'RoomCreated', by }, {}],
    [{ type: 'RoomUpdated', by }, {}],
    [{ type: 'RoomClosed', by }, {}],
    [
      { type: 'KnockRequested', by, knock: shown },
      { knock: told.knock, waiting: 1, ownerPresent: true },
    ],
    ...decided,
    [{ type: 'ParticipantJoined', by, participant: inside }, { participant: told.participant }],
    [
      {
        type: 'ParticipantLeft',
        by,
        participant: { ...goneOf('EJECTED', inside), left: { at: at(8), reason: 'EJECTED' } },
      },
      { participant: { ...told.participant, leftAt: hour(8), leaveReason: 'EJECTED' } },
    ],
    [{ type: 'LiveStreamChanged', by, liveStream: stream }, { liveStream: told.liveStream }],
  ];
}

const knockStatuses = ['ADMITTED', 'DENIED', 'CANCELLED', 'EXPIRED'] as const;

describe('a payload has every field, with its own value', () => {
  const facts = factsWith([knock], [participant]);
  const end = {
    nbf: new Date(hour(1)),
    exp: new Date(hour(2)),
    closedAt: new Date(hour(3)),
    closedBy: 'DELETED',
  } as const;

  test('of every event that webhooks hear of', () => {
    const heard = new Set(happenings().map(([event]) => webhookOf(event, facts, now)?.event));
    expect([...heard].sort()).toEqual([...webhookEventTypes].sort());
  });

  test.each(happenings())('case %$: %o', (event, subject) => {
    const payload = webhookOf(event, { ...facts, room: { ...room, ...end } }, now)?.data;
    expect(payload?.data).toStrictEqual({ domain: 'acme', room: told.room, by: told.by, ...subject });
  });

  test('and nobody where nobody in particular did it', () => {
    expect(webhookOf({ type: 'RoomUpdated', by: null }, facts, now)?.data.data.by).toBeNull();
  });
});

describe('the line that people read', () => {
  const url = 'https://meet.example.com/acme/standup';
  /** Everything that webhooks hear of, done to and by people of these names. */
  const happened = (knocker: string, guest: string, host: string): readonly (readonly [NewRoomEvent, string])[] => {
    const olga = { kind: 'PARTICIPANT', name: host, userId: null } as const;
    const shown = { ...knock, userName: knocker };
    const inside = { ...participant, userName: guest };
    const decidedAs = (status: (typeof knockStatuses)[number]): NewRoomEvent => ({
      type: 'KnockChanged',
      by: olga,
      knock: knockIn(status, shown, now),
    });
    return [
      [
        { type: 'KnockRequested', by: olga, knock: shown },
        `${knocker} knocks at standup: “It is me” (1 waiting, nobody is there to answer) ${url}`,
      ],
      [decidedAs('ADMITTED'), `${knocker} was admitted to standup by ${host}`],
      [decidedAs('DENIED'), `${knocker} was not let into standup by ${host}`],
      [decidedAs('CANCELLED'), `${knocker} no longer waits at standup`],
      [decidedAs('EXPIRED'), `${knocker} no longer waits at standup`],
      [{ type: 'ParticipantJoined', by: olga, participant: inside }, `${guest} joined standup ${url}`],
      [{ type: 'ParticipantLeft', by: olga, participant: goneOf('LEFT', inside) }, `${guest} left standup`],
      [{ type: 'RoomCreated', by: olga }, `Room standup was created ${url}`],
      [{ type: 'RoomUpdated', by: olga }, 'Room standup was changed'],
      [{ type: 'RoomClosed', by: olga }, 'Room standup is closed'],
      [{ type: 'LiveStreamChanged', by: olga, liveStream }, 'Live stream of standup: live'],
    ];
  };
  const lineOf = (event: NewRoomEvent) => webhookOf(event, factsWith([knock]), now)?.data.text;

  test('is there for each event', () => {
    const heard = happened('Nora', 'Gus', 'Olga').map(([event]) => webhookOf(event, factsWith([knock]), now)?.event);
    expect(new Set(heard)).toEqual(new Set(webhookEventTypes));
  });

  test.each(happened('Nora', 'Gus', 'Olga'))('case %$: %o', (event, line) => {
    expect(lineOf(event)).toBe(line);
  });

  test('names nobody where nobody in particular decided', () => {
    const event = { type: 'KnockChanged', by: theService, knock: knockIn('ADMITTED', knock, now) } as const;
    expect(lineOf(event)).toBe('Nora was admitted to standup');
  });

  const escaped = (name: string) => `&lt;!channel&gt; &amp; &lt;https://evil.example|${name}&gt;`;
  const names = ['Nora', 'Gus', 'Olga'].map((name) => `<!channel>\n& <https://evil.example|${name}>`);
  const [asked = '', joined = '', decided = ''] = names;
  const lines = happened(escaped('Nora'), escaped('Gus'), escaped('Olga')).map(([, line]) => line);
  test.each(happened(asked, joined, decided).map(([event], place) => [event, lines[place]] as const))(
    'has no command, link or line of anybody whose name is one, case %$: %o',
    (event, line) => {
      expect(lineOf(event)).toBe(line);
    },
  );
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

  test('a present owner is announced, and a hidden one too', () => {
    const hidden = { ...participant, hidden: true };
    expect(tell(null, factsWith([knock], [hidden]))?.data.ownerPresent).toBe(true);
    expect(tell(null, factsWith([knock], [goneOf('LEFT', participant)]))?.data.ownerPresent).toBe(false);
  });

  test('people who knock cannot write commands, links or lines into a chat', () => {
    const payload = tell('<!channel> a & b\nfake line', factsWith([knock]), '<https://evil.example|Boss>');
    expect(payload?.text).toContain('&lt;https://evil.example|Boss&gt; knocks');
    expect(payload?.text).toContain('“&lt;!channel&gt; a &amp; b fake line”');
    expect(payload?.data.knock).toMatchObject({ message: '<!channel> a & b\nfake line' });
  });
});
