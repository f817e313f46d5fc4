import { createHash, randomUUID } from 'node:crypto';
import { createSecretBox } from '../../src/tokens/secret-box.ts';
import type { TestDatabase } from '../support/database.ts';
import { liveKitKey } from './livekit-server.ts';

// The master key of the tests' servers.
const box = createSecretBox(createHash('sha256').update('master key of the tests').digest());

/** Puts a LiveKit server on record as the only domain's, as `setMediaServer` does. */
export async function connectLiveKit({ sql }: Pick<TestDatabase, 'sql'>, apiUrl: string): Promise<string> {
  const id = randomUUID();
  const [domain] = await sql`select id from domains`;
  const place = { purpose: 'media-server', domainId: domain?.id, keyId: id } as const;
  const sealed = box.seal(Buffer.from(liveKitKey.apiSecret), place);
  await sql`insert into media_servers (domain_id, id, kind, url, api_key, secret_sealed, state, created_at)
    values (${domain?.id}, ${id}, 'LIVEKIT', ${apiUrl.replace('http', 'ws')}, ${liveKitKey.apiKey}, ${sealed}, 'OK', now())`;
  await sql`update domains set media_server = ${sql.json({ id, kind: 'LIVEKIT' })}, version = version + 1`;
  return id;
}
