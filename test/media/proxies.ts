import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProxyName, replaceAll, runProxy } from '../support/proxy-program.ts';
import { findFreePort } from '../support/server.ts';

export type GateProxy = {
  /** host:port, where LiveKit is reached by way of the gate. */
  readonly host: string;
  /** From now on these are behind it. */
  readonly turnTo: (behind: Behind) => Promise<void>;
};

export type Behind = {
  /** host:port of the service. */
  readonly vestibule: string;
  readonly livekit: string;
};

const examples = join(import.meta.dirname, '../../examples/livekit');

/**
 * Starts the real program on a free port, with the example's own configuration: only addresses and certificates are others.
 * @param certificate nginx alone; without one it speaks no TLS
 */
export async function startProxy(
  program: string,
  name: ProxyName,
  behind: Behind,
  certificate: { readonly cert: string; readonly key: string } | null = null,
): Promise<GateProxy> {
  const host = `127.0.0.1:${await findFreePort()}`;
  const text = await example(name === 'nginx' ? 'nginx.conf' : 'Caddyfile');
  const confOf = (those: Behind) =>
    name === 'nginx' ? nginxServer(text, host, those, certificate) : caddySite(text, host, those);
  const proxy = await runProxy(program, name, confOf(behind), host);
  return { host, turnTo: (those) => proxy.reload(confOf(those)) };
}

const example = (file: string) => readFile(join(examples, file), 'utf8');

function nginxServer(
  conf: string,
  host: string,
  { vestibule, livekit }: Behind,
  certificate: { readonly cert: string; readonly key: string } | null,
): string {
  const [cert, key] = [
    'ssl_certificate /etc/ssl/livekit.example.com.pem;',
    'ssl_certificate_key /etc/ssl/livekit.example.com.key;',
  ];
  return replaceAll(conf, {
    'vestibule:4000': vestibule,
    'livekit:7880': livekit,
    'listen 443 ssl': `listen ${host}${certificate === null ? '' : ' ssl'}`,
    [cert]: certificate === null ? '' : `ssl_certificate ${certificate.cert};`,
    [key]: certificate === null ? '' : `ssl_certificate_key ${certificate.key};`,
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
