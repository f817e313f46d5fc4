export interface Setting {
  readonly name: string;
  /** As the environment would hold it; empty: left out. */
  readonly default: string;
  readonly about: string;
}

/** Reads the settings out of a file of `NAME=default` lines, each below a comment that says what it is for. */
export function readSettings(text: string): readonly Setting[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const [, name, value = ''] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    const about = (lines[index - 1] ?? '').replace(/^# /, '');
    return name === undefined ? [] : [{ name, default: value, about }];
  });
}

/** The settings as a Markdown table. */
export function settingsTable(settings: readonly Setting[]): string {
  const rows = settings.map((setting) => {
    const value = setting.default === '' ? '—' : `\`${setting.default}\``;
    return `| \`${setting.name}\` | ${value} | ${setting.about.replaceAll('|', '\\|')} |`;
  });
  return ['| setting | default | what it is for |', '| --- | --- | --- |', ...rows].join('\n');
}
