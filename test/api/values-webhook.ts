import { expect } from 'vitest';
import type { RoomSeed, Seed } from '../support/seed.ts';
import type { NodeType } from './fields-policy.ts';
import { change, read } from './room-kit.ts';

/** What the scene lends to those who make a thing of it. */
export type ValuesKit = {
  readonly backend: Seed;
  readonly room: () => RoomSeed;
  /** Does something at a time at which nothing else is done. */
  readonly step: <T>(name: string, act: () => Promise<T>) => Promise<T>;
};

type Thing = readonly [string, NodeType, () => Promise<string>, object];

const text = expect.stringMatching(/./);

/** An endpoint at which nobody answers. */
export function webhookThing(kit: () => ValuesKit): Thing {
  return [
    'a webhook',
    'Webhook',
    async () => {
      const { backend, room, step } = kit();
      const input = { url: 'http://127.0.0.1:9/hook', events: ['ROOM_UPDATED'], roomName: room().name };
      const { webhook } = await step('webhook made', () =>
        change<{ webhook: { id: string } }>(
          backend,
          'createWebhook',
          input,
          '... on CreatedWebhook { webhook { id } }',
        ),
      );
      return webhook.id;
    },
    {
      ...{ createdAt: 'webhook made', events: ['ROOM_UPDATED'], isActive: true, roomName: text },
      url: 'http://127.0.0.1:9/hook',
    },
  ];
}

/** What was told to it last. */
export function deliveryThing(kit: () => ValuesKit): Thing {
  return [
    'a delivery',
    'WebhookDelivery',
    async () => {
      const { backend, room, step } = kit();
      await step('webhook told', () =>
        change(backend, 'updateRoom', {
          roomName: room().name,
          settings: { maxParticipants: 43, startAudioOff: true },
        }),
      );
      type Told = { domain: { webhooks: { deliveries: { nodes: { id: string }[] } }[] } };
      const { domain } = await read<Told>(backend, '{ domain { webhooks { deliveries { nodes { id } } } } }');
      return domain.webhooks[0]?.deliveries.nodes.at(-1)?.id ?? '';
    },
    {
      attempts: expect.any(Number),
      createdAt: 'webhook told',
      event: 'ROOM_UPDATED',
      nextAttemptAt: text,
      responseStatus: null,
      status: 'PENDING',
    },
  ];
}
