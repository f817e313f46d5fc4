import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { HeaderFields, WholeAnswer } from './answer.ts';

/** The forms of a file: the packed ones that the build made, the smallest first, and then the file itself. */
export interface StaticFile {
  readonly headers: HeaderFields;
  readonly forms: readonly [...FileForm[], FileForm];
}

interface FileForm {
  readonly encoding: string;
  readonly body: Uint8Array;
  /** The tag of these bytes: each form of a file has its own. */
  readonly etag: string;
}

/** The endings that `vite.config.ts` gives to packed files. */
export const packings = { br: '.br', gzip: '.gz' } as const;

export async function readStaticFile(path: string, headers: HeaderFields): Promise<StaticFile> {
  const packed = Object.entries(packings).map(async ([encoding, ending]) => {
    const body = await readFile(`${path}${ending}`).catch(() => null);
    return body === null ? [] : [toForm(encoding, body)];
  });
  return { headers, forms: [...(await Promise.all(packed)).flat(), toForm('identity', await readFile(path))] };
}

const packers = {
  br: (body: Uint8Array, isKept: boolean) =>
    promisify(brotliCompress)(body, {
      params: { [constants.BROTLI_PARAM_QUALITY]: isKept ? constants.BROTLI_MAX_QUALITY : 5 },
    }),
  gzip: (body: Uint8Array) => promisify(gzip)(body),
} as const satisfies Record<keyof typeof packings, unknown>;

/**
 * A file that is made while the service runs, packed as this client may want it.
 * @param acceptEncoding left out: it is kept for many clients, so each form is made, and as small as can be
 */
export async function makeStaticFile(
  content: string | Uint8Array,
  headers: HeaderFields,
  acceptEncoding?: string,
): Promise<StaticFile> {
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  const wanted = (['br', 'gzip'] as const).filter(
    (name) => [undefined, '*'].includes(acceptEncoding) || acceptEncoding?.toLowerCase().includes(name),
  );
  const packed = wanted.map(async (name) => toForm(name, await packers[name](body, acceptEncoding === undefined)));
  return { headers, forms: [...(await Promise.all(packed)), toForm('identity', body)] };
}

function toForm(encoding: string, body: Uint8Array): FileForm {
  return { encoding, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

/** The answer to GET and HEAD: the file, a part of it, or 304 if the client has it already. */
export function answerWithFile(file: StaticFile, { method, headers: asked }: AskedFor): WholeAnswer {
  const { encoding, body, etag } = choose(file.forms, asked['accept-encoding'] ?? '');
  const headers = {
    ...file.headers,
    ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
    vary: file.headers.vary ?? 'Accept-Encoding',
    etag,
    'accept-ranges': 'bytes',
  };
  if (holds(asked['if-none-match'] ?? '', etag)) return { status: 304, headers, body: '' };
  const isOfThese = asked['if-range'] === undefined || asked['if-range'] === etag;
  const part = method === 'GET' && isOfThese ? readRange(asked.range ?? '', body.length) : null;
  if (part === null) return { status: 200, headers, body };
  if (part === 'NOWHERE')
    return { status: 416, headers: { ...headers, 'content-range': `bytes */${body.length}` }, body: '' };
  const range = `bytes ${part.start}-${part.end - 1}/${body.length}`;
  return { status: 206, headers: { ...headers, 'content-range': range }, body: body.subarray(part.start, part.end) };
}

export type AskedFor = Pick<IncomingMessage, 'method' | 'headers'>;

/** The form that the client prefers, or the smallest of equal ones. A client that accepts none gets the plain file. */
function choose([first, ...others]: readonly [...FileForm[], FileForm], acceptEncoding: string): FileForm {
  const weights = new Map(acceptEncoding.toLowerCase().split(',').map(readWeight));
  const weightOf = ({ encoding }: FileForm) =>
    weights.get(encoding) ?? (encoding === 'identity' ? 0 : (weights.get('*') ?? -1));
  return others.reduce((best, form) => (weightOf(form) > weightOf(best) || weightOf(best) <= 0 ? form : best), first);
}

function readWeight(range: string): readonly [string, number] {
  const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  return [name, q === undefined ? 1 : Number(q.slice(2)) || 0];
}

/** Does the client have these bytes? It may send the tag with or without the mark of a weak tag. */
function holds(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.trim() === '*' || [...ifNoneMatch.matchAll(/"[^"]*"/g)].some(([tag]) => tag === etag);
}

/** Reads one range. Several ranges, other units and malformed ranges are ignored: the whole file is a valid answer to them too. */
function readRange(text: string, size: number): { readonly start: number; readonly end: number } | 'NOWHERE' | null {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(text.trim()) ?? [];
  if (from === '' && to === '') return null;
  if (from !== '' && to !== '' && Number(to) < Number(from)) return null;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
  return start < end ? { start, end } : 'NOWHERE';
}
