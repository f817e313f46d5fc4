import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProxyName, replaceAll, runProxy } from '../support/proxy-program.ts';
import { findFreePort } from '../support/server.ts';

export type GateProxy = {
  /** host:port, where LiveKit is reached by way of the gate. */
  readonly host: string;
};

type Behind = {
  /** host:port of the service. */
  readonly vestibule: string;
  readonly livekit: string;
};

const examples = join(import.meta.dirname, '../../examples/livekit');

/** Starts the real program on a free port, with the example's own configuration: only addresses and certificates are others. */
export async function startProxy(program: string, name: ProxyName, behind: Behind): Promise<GateProxy> {
  const host = `127.0.0.1:${await findFreePort()}`;
  const conf =
    name === 'nginx'
      ? nginxServer(await example('nginx.conf'), host, behind)
      : caddySite(await example('Caddyfile'), host, behind);
  await runProxy(program, name, conf, host);
  return { host };
}

const example = (file: string) => readFile(join(examples, file), 'utf8');

function nginxServer(conf: string, host: string, { vestibule, livekit }: Behind): string {
  return replaceAll(conf, {
    'vestibule:4000': vestibule,
    'livekit:7880': livekit,
    'listen 443 ssl': `listen ${host}`,
    'ssl_certificate /etc/ssl/livekit.example.com.pem;': '',
    'ssl_certificate_key /etc/ssl/livekit.example.com.key;': '',
  });
}

function caddySite(file: string, host: string, { vestibule, livekit }: Behind): string {
  const [site = ''] = file.split('meet.example.com');
  return replaceAll(site, {
    'vestibule:4000': vestibule,
    'livekit:7880': livekit,
    'livekit.example.com {': `http://${host} {`,
  });
}
