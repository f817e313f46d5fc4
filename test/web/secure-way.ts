import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeAfterwards } from '../support/closers.ts';
import { ownAuthority } from '../support/own-authority.ts';
import { replaceAll, runProxy } from '../support/proxy-program.ts';
import { findFreePort } from '../support/server.ts';

/** TLS in front of everything, as in production, by an authority that only this service and this browser trust. */
export interface SecureWay {
  /** What the service is told. */
  readonly env: Readonly<Record<string, string>>;
  /** What the browser is told. */
  readonly flags: readonly string[];
  readonly certificate: Certificate;
  /** Stands before the service from now on, by the example's own configuration. */
  readonly standBefore: (nginx: string, serviceUrl: string) => Promise<unknown>;
}

/** Files for localhost and 127.0.0.1. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export async function openSecureWay(): Promise<SecureWay> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-secure-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const certificate = {
    cert: await write('cert.pem', ownAuthority.good),
    key: await write('key.pem', ownAuthority.key),
  };
  const host = `127.0.0.1:${await findFreePort()}`;
  return {
    env: { PUBLIC_URL: `https://${host}`, NODE_EXTRA_CA_CERTS: await write('ca.pem', ownAuthority.ca) },
    flags: [`--ignore-certificate-errors-spki-list=${fingerprintOf(ownAuthority.good)}`],
    certificate,
    standBefore: async (nginx, serviceUrl) =>
      runProxy(nginx, 'nginx', await confOf(host, new URL(serviceUrl).host, certificate), host),
  };
}

async function confOf(host: string, service: string, { cert, key }: Certificate): Promise<string> {
  const example = await readFile(join(import.meta.dirname, '../../examples/operating/nginx.conf'), 'utf8');
  return replaceAll(example, {
    'server 10.0.0.11:4000 max_fails=0;': `server ${service} max_fails=0;`,
    'server 10.0.0.12:4000 max_fails=0;': '',
    'listen 443 ssl': `listen ${host} ssl`,
    '/etc/ssl/meet.example.com.pem': cert,
    '/etc/ssl/meet.example.com.key': key,
  });
}

function fingerprintOf(certificate: string): string {
  const spki = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64');
}
