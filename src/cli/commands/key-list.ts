import type { ApiKey } from '../../rules/domain.ts';
import { encodeId } from '../../rules/ids.ts';
import type { Command } from '../command.ts';
import { getDomain, withInstallation } from '../installation.ts';

export const keyList: Command = {
  name: 'key list',
  parameters: [],
  summary: "List a domain's API keys, newest first.",
  about: 'Lists the newest 100 API keys of a domain: id, first characters, scopes, last use or revocation, and name.',
  options: [{ name: 'domain', value: 'NAME', about: 'The domain of the keys (default: the domain "default").' }],
  examples: ['vestibule key list', 'vestibule key list --domain acme --json'],
  run: (call) =>
    withInstallation(call, async (installation) => {
      const domain = await getDomain(installation, call.text('domain') ?? 'default');
      const page = { limit: 100, direction: 'FORWARD', from: null } as const;
      const { rows } = await installation.storage.domains.listApiKeys(domain.id, page);
      call.output.result({ text: rows.map(line).join('\n'), json: rows.map(toJson) });
    }),
};

function line(key: ApiKey): string {
  const used = key.lastUsedAt === null ? 'never used' : `used ${key.lastUsedAt.toISOString()}`;
  const state = key.revokedAt === null ? used : `revoked ${key.revokedAt.toISOString()}`;
  return [encodeId('ApiKey', key.id), key.prefix, key.scopes.join(','), state, key.name].join('  ');
}

function toJson({ domainId: _domainId, id, ...key }: ApiKey) {
  return { id: encodeId('ApiKey', id), ...key };
}
