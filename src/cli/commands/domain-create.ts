import { encodeId } from '../../rules/ids.ts';
import { ownSegments } from '../../rules/own-paths.ts';
import { isRoomName } from '../../rules/text.ts';
import { makeDomain } from '../../services/bootstrap.ts';
import { CliError, type Command, usageError } from '../command.ts';
import { withInstallation } from '../installation.ts';

export const domainCreate: Command = {
  name: 'domain create',
  parameters: ['NAME'],
  summary: 'Create a tenant with its own rooms, keys and webhooks.',
  about: `Creates a domain. No other domain can see anything of it. The URLs of its rooms contain its name, and callers without a
credential send the name as "domain". It has no key yet: create one with vestibule key create --domain NAME.`,
  options: [],
  examples: ['vestibule domain create acme', 'vestibule key create --domain acme --scope ADMIN'],
  run: async (call) => {
    const [name = ''] = call.parameters;
    if (!isRoomName(name)) {
      throw usageError(
        `"${name}" cannot be a domain's name.`,
        'Use 1 to 128 characters from A-Z a-z 0-9 - _, for example acme.',
      );
    }
    if (ownSegments.has(name)) {
      throw usageError(
        `"${name}" cannot be a domain's name, because the service answers at /${name} itself.`,
        'Choose another name, for example acme.',
      );
    }
    await withInstallation(call, async ({ storage, secrets, clock }) => {
      const domain = await makeDomain({ storage: storage.domains, secrets, clock }, name);
      if (domain === null) {
        throw new CliError(
          'NAME_TAKEN',
          `The domain "${name}" already exists.`,
          'Choose another name, or use that domain.',
        );
      }
      const id = encodeId('Domain', domain.id);
      call.output.result({ text: `Created the domain ${name} (${id}).`, json: { id, name } });
      call.output.progress(`Next, create a key for its backend: vestibule key create --domain ${name}`);
    });
  },
};
