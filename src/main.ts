import { createApp, explainStartFailure } from './app.ts';
import { parseConfig } from './config.ts';

// The process and nothing else: settings, signals, exit code.

/** A stop that takes longer than this is cut. Milliseconds. */
const patienceMs = 9_500;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<void> {
  const app = await createApp(parseConfig(process.env));
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), patienceMs).unref();
    void app.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await app.start();
  say(`Vestibule is at ${app.url} (GraphQL at ${app.url}/graphql).`);
  const key = app.firstApiKey();
  if (key !== null) say(greeting(app.url, key));
}

/** Shown once, on the very first start. */
function greeting(url: string, key: string): string {
  const query =
    '{"query":"mutation { createRoom(input: { settings: { privacy: PRIVATE, enableKnocking: true } }) { ... on Room { name url } ... on Refusal { code message } } }"}';
  return `
This is the domain's first API key. It is shown only this once:

  ${key}

A private room with knocking, to begin with:

  curl ${url}/graphql -H 'authorization: Bearer ${key}' -H 'content-type: application/json' \\
    -d '${query}'
`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${explainStartFailure(error)}\n`);
  process.exit(1);
});
