import { reseal } from '../../tokens/reseal.ts';
import { CliError, type Command } from '../command.ts';
import { withInstallation } from '../installation.ts';

export const keyRotateMaster: Command = {
  name: 'key rotate-master',
  parameters: [],
  summary: 'Seal every secret with a new MASTER_KEY.',
  about: `Seals all secrets that MASTER_KEY_PREVIOUS sealed with MASTER_KEY: signing keys, the shared secrets of self-signing keys and
webhooks, and the installation's own keys. Afterwards the service does not need the other keys any more. The service can run
at the same time. If the command is interrupted, run it again: it seals each secret separately.

Run it after every process has the new MASTER_KEY. A process with the old key would still seal new secrets with that key.`,
  options: [{ name: 'dry-run', value: null, about: 'Only say how many secrets are sealed with another key.' }],
  examples: ['vestibule key rotate-master --dry-run', 'MASTER_KEY=… MASTER_KEY_PREVIOUS=… vestibule key rotate-master'],
  run: (call) =>
    withInstallation(call, async ({ storage, box }) => {
      const isDryRun = call.isGiven('dry-run');
      const { resealed, unchanged, unopened } = await reseal(storage.sealed, box, isDryRun);
      if (unopened > 0) {
        throw new CliError(
          'SECRETS_LOCKED',
          `Secrets that were sealed with an unknown master key: ${unopened}. Other secrets that ${isDryRun ? 'can be' : 'were'} sealed again: ${resealed}.`,
          'Add that key to MASTER_KEY_PREVIOUS, and run the command again.',
        );
      }
      const text = isDryRun
        ? `Secrets sealed with another key: ${resealed}; with MASTER_KEY: ${unchanged}.`
        : `Sealed again: ${resealed} secrets; already sealed with MASTER_KEY: ${unchanged}.`;
      return call.output.result({ text, json: { resealed, unchanged } });
    }),
};
