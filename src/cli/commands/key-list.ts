import type { ApiKey } from '../../rules/domain.ts';
import { encodeId } from '../../rules/ids.ts';
import { listApiKeys } from '../api-keys.ts';
import type { Command } from '../command.ts';
import { getDomain, withInstallation } from '../installation.ts';

export const keyList: Command = {
  name: 'key list',
  parameters: [],
  summary: "List a domain's API keys, newest first.",
  about: `Lists the API keys of a domain: id, first characters, scopes, last use and end, and name. Keys that have expired or were revoked stay
on record, and are shown as such.`,
  options: [{ name: 'domain', value: 'NAME', about: 'The domain of the keys (default: the domain "default").' }],
  examples: ['vestibule key list', 'vestibule key list --domain acme --json'],
  run: (call) =>
    withInstallation(call, async (installation) => {
      const domain = await getDomain(installation, call.text('domain') ?? 'default');
      const keys = await listApiKeys(installation, domain.id);
      const now = installation.clock.now();
      call.output.result({ text: keys.map((key) => line(key, now)).join('\n'), json: keys.map(toJson) });
    }),
};

function line(key: ApiKey, now: Date): string {
  return [encodeId('ApiKey', key.id), key.prefix, key.scopes.join(','), stateOf(key, now), key.name].join('  ');
}

function stateOf({ revokedAt, exp, lastUsedAt }: ApiKey, now: Date): string {
  if (revokedAt !== null) return `revoked ${revokedAt.toISOString()}`;
  if (exp !== null && exp <= now) return `expired ${exp.toISOString()}`;
  const used = lastUsedAt === null ? 'never used' : `used ${lastUsedAt.toISOString()}`;
  return exp === null ? used : `${used}, expires ${exp.toISOString()}`;
}

function toJson({ domainId: _domainId, id, ...key }: ApiKey) {
  return { id: encodeId('ApiKey', id), ...key };
}
