import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findMigrationsFolder } from '../../storage/postgres/migrate.ts';
import type { Command } from '../command.ts';
import { readSettings, settingsTable } from '../settings-table.ts';

export const settingsPrint: Command = {
  name: 'settings print',
  parameters: [],
  summary: 'Print every setting with its default.',
  about:
    'Prints every environment setting with its default and a short explanation. Use the output as a settings file.',
  options: [{ name: 'markdown', value: null, about: 'Print a Markdown table.' }],
  examples: ['vestibule settings print > vestibule.env', 'vestibule serve --settings vestibule.env'],
  run: async (call) => {
    // It lies beside the migrations, in the sources as in the package.
    const text = await readFile(join(dirname(findMigrationsFolder()), '.env.example'), 'utf8');
    const settings = readSettings(text);
    call.output.result({
      text: call.isGiven('markdown') ? settingsTable(settings) : text.trimEnd(),
      json: settings,
    });
  },
};
