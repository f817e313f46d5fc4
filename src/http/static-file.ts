import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { HeaderFields, WholeAnswer } from './answer.ts';

/** A file as it was read: packed where the build has laid that beside it, best first, and last as it is. */
export interface StaticFile {
  readonly headers: HeaderFields;
  readonly forms: readonly [...FileForm[], FileForm];
}

interface FileForm {
  readonly encoding: string;
  readonly body: Uint8Array;
  /** Of these very bytes: the same file has another one when it is packed. */
  readonly etag: string;
}

/** The names under which `vite.config.ts` lays a packed file beside the plain one. */
export const packings = { br: '.br', gzip: '.gz' } as const;

export async function readStaticFile(path: string, headers: HeaderFields): Promise<StaticFile> {
  const packed = Object.entries(packings).map(async ([encoding, ending]) => {
    const body = await readFile(`${path}${ending}`).catch(() => null);
    return body === null ? [] : [toForm(encoding, body)];
  });
  return { headers, forms: [...(await Promise.all(packed)).flat(), toForm('identity', await readFile(path))] };
}

function toForm(encoding: string, body: Uint8Array): FileForm {
  return { encoding, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

/** The answer to GET and HEAD: the file, a part of it, or that whoever asks has it already. */
export function answerWithFile(file: StaticFile, { method, headers: asked }: AskedFor): WholeAnswer {
  const { encoding, body, etag } = choose(file.forms, asked['accept-encoding'] ?? '');
  const headers = {
    ...file.headers,
    ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
    vary: 'Accept-Encoding',
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

/** The form that the client likes best, and of equal ones the smallest. One that takes nothing gets the file as it is. */
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

/** Whoever has the same bytes says so with or without the mark of a weak tag. */
function holds(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.trim() === '*' || [...ifNoneMatch.matchAll(/"[^"]*"/g)].some(([tag]) => tag === etag);
}

/** One range. Several, other units, and what is none count as not asked for: the whole file is an answer to them as well. */
function readRange(text: string, size: number): { readonly start: number; readonly end: number } | 'NOWHERE' | null {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(text.trim()) ?? [];
  if (from === '' && to === '') return null;
  if (from !== '' && to !== '' && Number(to) < Number(from)) return null;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
  return start < end ? { start, end } : 'NOWHERE';
}
