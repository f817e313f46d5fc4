import { LRUCache } from 'lru-cache';

const offered = ['application/graphql-response+json', 'application/json'] as const;

export type MediaType = (typeof offered)[number];

/** The forms in which a client accepts an answer. */
export interface Accepted {
  /** A single result as JSON: the first of the two types in the header, or `application/json` for a wildcard. Null: not accepted. */
  readonly json: MediaType | null;
  /** Server-sent events: the one form of a subscription, and good for a single result. */
  readonly events: boolean;
  /** A single result in parts. */
  readonly multipart: boolean;
}

const known = new LRUCache<string, Accepted>({ max: 200 });

/** Reads an Accept header; Node joins several into one. Types with q=0, or with another charset than UTF-8, are not accepted. */
export function readAccept(accept: string | undefined): Accepted {
  const header = accept === undefined || accept === '' ? '*/*' : accept;
  const found = known.get(header);
  if (found !== undefined) return found;
  const read = readTypes(header);
  // Clients send a handful of different headers, and none of them is long.
  if (header.length < 200) known.set(header, read);
  return read;
}

function readTypes(header: string): Accepted {
  const ranges = header.replaceAll(/\s/g, '').toLowerCase().split(',').map(readRange);
  const isTaken = new Map(ranges.toReversed().map((range) => [range.type, range.isTaken]));
  // Of the ranges that match a type, the narrowest decides.
  const takes = (type: string) =>
    [type, `${type.split('/', 1)[0]}/*`, '*/*'].map((range) => isTaken.get(range)).find((taken) => taken !== undefined);
  const json = ranges.flatMap((range) => (range.isTaken ? jsonWithin(range.type) : [])).find(takes);
  return {
    json: json ?? null,
    events: takes('text/event-stream') === true,
    multipart: takes('multipart/mixed') === true,
  };
}

function readRange(range: string): { readonly type: string; readonly isTaken: boolean } {
  const [type = '', ...parameters] = range.split(';');
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  return { type, isTaken: isUtf8 && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter)) };
}

/** For a wildcard, the plainer type comes first. */
function jsonWithin(range: string): readonly MediaType[] {
  if (range === '*/*' || range === 'application/*') return offered.toReversed();
  return offered.filter((type) => type === range);
}
