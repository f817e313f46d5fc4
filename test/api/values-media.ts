import type { Seed } from '../support/seed.ts';
import type { NodeType } from './fields-policy.ts';
import { change } from './room-kit.ts';

type Thing = readonly [string, NodeType, () => Promise<string>, object];

/** A media server that is never asked, and how it is shown. */
export const mediaServerThing = (backendOf: () => Seed): Thing => [
  'a media server',
  'MediaServer',
  async () => {
    const input = {
      ...{ kind: 'JITSI', url: 'https://meet.example/', apiKey: 'the-application', tenant: 'the-tenant' },
      apiSecret: 'a-secret-of-at-least-32-characters',
    };
    return (await change<{ id: string }>(backendOf(), 'setMediaServer', input, '... on MediaServer { id }')).id;
  },
  {
    ...{ kind: 'JITSI', url: 'https://meet.example', apiKey: 'the-application' },
    ...{ state: 'NOT_ASKED', lastError: null, checkedAt: null },
    ...{ webhookUrl: null, gateUrl: null, gate: false, gateHolds: null },
  },
];
