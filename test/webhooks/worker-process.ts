// One process that tells endpoints, as `vestibule serve` does: started by a test, which kills it.
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createWebhookOutbox } from '../../src/storage/webhook-outbox.ts';
import { createSecretBox } from '../../src/tokens/secret-box.ts';
import { createEgress } from '../../src/webhooks/egress.ts';
import { startWebhookWorker } from '../../src/webhooks/worker.ts';

const [url = '', masterKey = '', leaseSeconds = ''] = process.argv.slice(2);
const nothing = () => undefined;

startWebhookWorker({
  outbox: createWebhookOutbox(openDatabase({ url, poolSize: 3 })),
  egress: createEgress({ allowPrivate: true }),
  secretBox: createSecretBox(Buffer.from(masterKey, 'hex')),
  reports: { attempted: nothing, switchedOff: nothing, queued: nothing, troubled: nothing },
  leaseSeconds: Number(leaseSeconds),
  pollMs: 50,
  retentionDays: 30,
});
