import { expect, test } from 'vitest';
import { CliError } from '../../src/cli/command.ts';
import { granted } from '../../src/cli/failure.ts';
import { invalidInput } from '../../src/rules/refusal.ts';

test('what is wrong with a field is told with the name that the field has on the command line', () => {
  const refusal = invalidInput([
    { path: ['input', 'name'], message: 'must not be empty' },
    { path: ['input', 'settings', 'exp'], message: 'must be in the future' },
  ]);
  let told: unknown;
  try {
    granted(refusal, 'A hint.');
  } catch (error) {
    told = error;
  }
  expect(told).toBeInstanceOf(CliError);
  expect(told).toMatchObject({
    message: 'name must not be empty.\nsettings.exp must be in the future.',
    hint: 'A hint.',
  });
});
