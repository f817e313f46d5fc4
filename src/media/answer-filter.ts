/*
 * What a media server answers is read as it comes, and only what is asked for is kept of it. Whoever is in a room fills parts of the room's
 * list as they like: a track has a name and layers of its sender's choice, without a limit. Kept, they would make the list too long to be
 * read, and nobody would be put out of that room any more. What is kept is bounded: whoever runs the media server may answer anything.
 */

/** What an answer may cost this process at most: whoever runs the media server of one domain must hold up no other domain. */
export interface AnswerBounds {
  /** The members of objects that are kept, at whatever depth; of all others the value is null. Left out: all of them. */
  readonly members?: ReadonlySet<string>;
  /** What is read at most, and what is kept of it. */
  readonly readBytes: number;
  readonly bytes: number;
  /** Objects and lists that are kept. What they cost is not seen by the bytes: two of them make an empty object. */
  readonly parts: number;
}

export interface AnswerFilter {
  readonly take: (chunk: Buffer) => void;
  /** What was kept, as JSON where the answer was JSON. Null: it was more than the bounds allow. */
  readonly end: () => string | null;
}

const of = (text: string) => text.charCodeAt(0);
const [quote, backslash, colon, comma] = [of('"'), of('\\'), of(':'), of(',')];
const [openBrace, closeBrace, openBracket, closeBracket] = [of('{'), of('}'), of('['), of(']')];
/** No member that is kept has a longer name. */
const maxNameBytes = 64;
const nothing = Buffer.from('null');

export function createAnswerFilter({ members, bytes, parts }: Omit<AnswerBounds, 'readBytes'>): AnswerFilter {
  const kept = createCopy(bytes);
  let keptParts = 0;
  /** The text that was read last, where it may be a name. */
  let name: number[] = [];
  let [isText, isEscaped] = [false, false];
  /** How deep within a value that is not kept; null: what is read is kept. */
  let skipped: number | null = null;

  const isOver = () => kept.isOver() || keptParts > parts;
  const readText = (byte: number) => {
    if (isEscaped) isEscaped = false;
    else if (byte === backslash) isEscaped = true;
    else if (byte === quote) isText = false;
    if (isText && name.length <= maxNameBytes) name.push(byte);
  };
  /** Is this the byte at which a value ends that is not kept? */
  const endsSkipped = (byte: number, depth: number): boolean => {
    if (byte === openBrace || byte === openBracket) skipped = depth + 1;
    else if (byte === closeBrace || byte === closeBracket || byte === comma) {
      if (depth === 0) return true;
      if (byte !== comma) skipped = depth - 1;
    }
    return false;
  };
  const isLeftOut = (byte: number) =>
    byte === colon && members !== undefined && !members.has(String.fromCharCode(...name));

  return {
    take: (chunk) => {
      let from = 0;
      for (let at = 0; at < chunk.length && !isOver(); at += 1) {
        const byte = chunk[at] ?? 0;
        if (isText) {
          readText(byte);
        } else if (byte === quote) {
          [isText, name] = [true, []];
        } else if (skipped !== null) {
          if (endsSkipped(byte, skipped)) [skipped, from] = [null, at];
        } else if (isLeftOut(byte)) {
          kept.add(chunk.subarray(from, at + 1));
          kept.add(nothing);
          skipped = 0;
        } else if (byte === openBrace || byte === openBracket) {
          keptParts += 1;
        }
      }
      if (skipped === null && !isOver()) kept.add(chunk.subarray(from));
    },
    end: () => (isOver() ? null : kept.text()),
  };
}

/**
 * Copies what is kept into one piece of memory: a part of a chunk, however short, would hold the whole chunk. So what a member costs of which
 * the value is left out is its name and `null`.
 */
function createCopy(most: number) {
  let copy: Buffer = Buffer.alloc(0);
  let length = 0;
  return {
    add: (piece: Buffer) => {
      const needed = length + piece.length;
      if (needed > copy.length && needed <= most) {
        const larger = Buffer.alloc(Math.min(most, Math.max(needed, copy.length * 2)));
        copy.copy(larger, 0, 0, length);
        copy = larger;
      }
      if (needed <= most) piece.copy(copy, length);
      length = needed;
    },
    isOver: () => length > most,
    text: () => copy.toString('utf8', 0, length),
  };
}
