import { spawn } from 'node:child_process';
import { createApp, explainStartFailure } from './app.ts';
import { parseConfig } from './config.ts';
import { withEnvFile } from './env-file.ts';
import { secretSettings, withoutSecrets } from './setting-secrets.ts';

// The process and nothing else: settings, signals, exit code.

/** A stop that takes longer than this after the drain is cut. Milliseconds. */
const patienceMs = 9_500;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** As it was at start, with what `.env` says of what it leaves out. */
const environment = readEnvironment();

function readEnvironment(): ReturnType<typeof withEnvFile> {
  try {
    return withEnvFile(process.env, '.env');
  } catch (error) {
    // Nothing of what it holds is in the message.
    process.stderr.write(`${explainStartFailure(error)}\n`);
    process.exit(1);
  }
}

/** Tells systemd, where a unit of Type=notify has started this process. Node has no datagram sockets on this machine, so a program does it. */
function tellSystemd(what: 'READY=1' | 'STOPPING=1'): void {
  if (!environment.NOTIFY_SOCKET) return;
  const { PATH, NOTIFY_SOCKET } = environment;
  spawn('systemd-notify', [what], { env: { PATH, NOTIFY_SOCKET }, stdio: 'ignore' }).on('error', () => undefined);
}

/** Errors carry what they were about, and Node.js shows all of it: of this process, nobody is shown a setting's secret. */
function fail(error: unknown): never {
  process.stderr.write(`${withoutSecrets(explainStartFailure(error), environment)}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const config = parseConfig(environment);
  // Neither programs that are started nor diagnostic reports have them from here.
  for (const name of secretSettings) delete process.env[name];
  const app = await createApp(config, fail);
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    tellSystemd('STOPPING=1');
    setTimeout(() => process.exit(1), config.drainSeconds * 1000 + patienceMs).unref();
    void app.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // The terminal was closed.
  process.on('SIGHUP', stop);
  await app.start().catch((error: unknown) => {
    const key = app.firstApiKey();
    if (key !== null)
      say(`The domain's first API key was made before the start failed. It is shown only once:\n\n  ${key}\n`);
    throw error;
  });
  tellSystemd('READY=1');
  say(`Vestibule is at ${app.url} (GraphQL at ${app.url}/graphql).`);
  const key = app.firstApiKey();
  if (key !== null) say(greeting(app.url, key, config.hasLanding));
}

/** Shown once, on the very first start. */
function greeting(url: string, key: string, hasLanding: boolean): string {
  const query =
    '{"query":"mutation { createRoom(input: { settings: { privacy: PRIVATE, enableKnocking: true } }) { ... on Room { name url } ... on Refusal { code message } } }"}';
  return `
This is the domain's first API key. It is shown only once:

  ${key}

To create a private room with knocking:

  curl ${url}/graphql -H 'authorization: Bearer ${key}' -H 'content-type: application/json' \\
    -d '${query}'
${hasLanding ? `\nIn a browser, ${url}/ leads on: it makes a room that you can open at once, and has the guide.\n` : ''}`;
}

process.on('uncaughtException', fail);
main().catch(fail);
