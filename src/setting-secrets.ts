/** Settings as the process was given them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Those that hold a secret, or a URL with one in it. Wherever a text might quote them, `withoutSecrets` takes them out. */
export const secretSettings = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'MASTER_KEY',
  'MASTER_KEY_PREVIOUS',
  'BOOTSTRAP_API_KEY',
  'EVENTS_URL',
] as const;

/** A text that somebody is shown, without what the environment has of secrets: values, and passwords within them in each spelling. */
export function withoutSecrets(text: string, environment: Environment): string {
  const secrets = secretSettings.flatMap((name) => {
    const value = environment[name]?.trim() ?? '';
    // Not by a URL parser: a database may have several hosts.
    const [, user = '', written = ''] = /^[a-z]+:\/\/([^:/?#@]*)(?::([^/?#]*))?@/i.exec(value) ?? [];
    // NATS takes a user without a password for a token.
    const password = written || (name === 'EVENTS_URL' ? user : '');
    return [value, password, decoded(password), ...(name === 'MASTER_KEY_PREVIOUS' ? itemsOf(value) : [])];
  });
  return secrets.filter((secret) => secret !== '').reduce((left, secret) => left.replaceAll(secret, '…'), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The items of a list with commas. */
export function itemsOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
