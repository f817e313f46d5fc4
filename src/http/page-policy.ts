import { createHash } from 'node:crypto';
import type { PageLook } from '../rules/page-data.ts';
import type { HeaderFields } from './answer.ts';

// What the browser is told that a page of the service may do: its own files and the API, and what its domain adds.

/** What a room page shows that the service does not have itself. */
export interface PageNeeds {
  readonly look: Pick<PageLook, 'logoUrl' | 'frameOrigins'>;
  readonly media: { readonly kind: 'LIVEKIT' | 'JITSI'; readonly url: string } | null;
}

/** The scripts and styles that are written in a page by whoever made it, as a policy allows them. */
export interface WrittenIn {
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
}

/** @param written what the built page and the service write: a script that came into the page in another way is not allowed */
export function roomPageHeaders(
  written: WrittenIn,
  { look, media }: PageNeeds,
  ownOrigins: readonly string[],
): HeaderFields {
  const mediaOrigin = media === null ? null : httpOrigin(media.url);
  const framed = media?.kind === 'JITSI' ? mediaOrigin : null;
  const connected = media?.kind === 'LIVEKIT' && mediaOrigin !== null ? [toSocket(mediaOrigin), mediaOrigin] : [];
  const policy = [
    "default-src 'none'",
    `script-src ${["'self'", ...written.scripts].join(' ')}`,
    `style-src ${["'self'", ...written.styles].join(' ')}`,
    `img-src ${["'self'", ...(look.logoUrl === null ? [] : [new URL(look.logoUrl).origin])].join(' ')}`,
    "font-src 'self'",
    `connect-src ${["'self'", ...nameable(ownOrigins).map(toSocket), ...nameable(connected)].join(' ')}`,
    ...(framed === null ? [] : [`frame-src ${framed}`]),
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${look.frameOrigins.length === 0 ? "'none'" : look.frameOrigins.join(' ')}`,
    "require-trusted-types-for 'script'",
  ];
  return { 'content-security-policy': policy.join('; '), 'permissions-policy': permissionsFor(media, framed) };
}

/** Camera, microphone and screen are for the page of a domain with a media server, and for the meeting that the page frames. */
function permissionsFor(media: PageNeeds['media'], framed: string | null): string {
  const allowed = media === null ? '()' : framed === null ? '(self)' : `(self "${framed}")`;
  const captured = ['camera', 'microphone', 'display-capture'].map((name) => `${name}=${allowed}`);
  return [...captured, 'geolocation=()'].join(', ');
}

/** Of each element of this kind in HTML that nobody but the project has written: what a policy may allow in place of all. */
export function hashesOf(html: string, tag: 'script' | 'style'): readonly string[] {
  return [...html.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))].map(([, source = '']) => {
    return `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
  });
}

/** A policy cannot name IPv6 addresses. In all newer browsers, 'self' allows the page's own socket. */
function nameable(origins: readonly string[]): readonly string[] {
  return origins.filter((origin) => !origin.includes('['));
}

function httpOrigin(url: string): string {
  return new URL(url.replace(/^ws/, 'http')).origin;
}

function toSocket(origin: string): string {
  return origin.replace(/^http/, 'ws');
}
