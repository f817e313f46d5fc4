import { reseal as resealSecrets } from '../../tokens/reseal.ts';
import { CliError, type Command } from '../command.ts';
import { withInstallation } from '../installation.ts';

export const reseal: Command = {
  name: 'reseal',
  parameters: [],
  summary: 'Seal every secret with MASTER_KEY, after it was changed.',
  about: `Seals anew what OTHER_MASTER_KEYS sealed: signing keys, shared secrets of self-signing keys and webhooks, and the installation's
own keys. Afterwards the other keys are not needed any more. The service may run meanwhile, and the command may be interrupted
and run again; each secret is changed by itself.

Run it when every process has the new MASTER_KEY: one that still seals with the key before would leave secrets behind.`,
  options: [{ name: 'dry-run', value: null, about: 'Only tell how many secrets are sealed with another key.' }],
  examples: ['vestibule reseal --dry-run', 'MASTER_KEY=… OTHER_MASTER_KEYS=… vestibule reseal'],
  run: (call) =>
    withInstallation(call, async ({ storage, box }) => {
      const isTrial = call.isGiven('dry-run');
      const { resealed, unchanged, unopened } = await resealSecrets(storage.sealed, box, isTrial);
      if (unopened > 0) {
        throw new CliError(
          'SECRETS_LOCKED',
          `${unopened} secrets were sealed with a master key that is not given; ${resealed} others ${isTrial ? 'can be' : 'were'} sealed anew.`,
          'Add that key to OTHER_MASTER_KEYS and run this again.',
        );
      }
      const text = isTrial
        ? `${resealed} secrets are sealed with another key, ${unchanged} with MASTER_KEY.`
        : `Sealed ${resealed} secrets anew; ${unchanged} were sealed with MASTER_KEY before.`;
      return call.output.result({ text, json: { resealed, unchanged } });
    }),
};
