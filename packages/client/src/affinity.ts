/**
 * Sixteen hex digits of SHA-256 of `domain/room`: sent as `?a=` with each request, socket and event stream, so that a load
 * balancer can keep a room on one process, and no log holds the room's name. A wrong one costs time and nothing else.
 */
export function affinityOf(domain: string, roomName: string): string {
  return hashOf(`${domain}/${roomName}`);
}

/**
 * The first sixteen hex digits of SHA-256. Written out here, since the platform's own answers later, and in pages that came by
 * plain http not at all.
 */
export function hashOf(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const blocks = new DataView(new ArrayBuffer((((bytes.length + 8) >> 6) + 1) * 64));
  bytes.forEach((byte, index) => void blocks.setUint8(index, byte));
  blocks.setUint8(bytes.length, 0x80);
  blocks.setUint32(blocks.byteLength - 4, bytes.length * 8);
  const state = new DataView(new ArrayBuffer(32));
  constants().first.forEach((word, index) => void state.setUint32(index * 4, word));
  for (let start = 0; start < blocks.byteLength; start += 64) addBlock(state, blocks, start);
  return [state.getUint32(0), state.getUint32(4)].map((word) => word.toString(16).padStart(8, '0')).join('');
}

/** FIPS 180-4, 6.2.2. */
function addBlock(state: DataView, blocks: DataView, start: number): void {
  const schedule = new DataView(new ArrayBuffer(256));
  const at = (index: number) => schedule.getUint32(index * 4);
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = wordsOf(state);
  constants().rounds.forEach((constant, round) => {
    const word = round < 16 ? blocks.getUint32(start + round * 4) : mixed(at, round);
    schedule.setUint32(round * 4, word);
    const first = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + constant + at(round);
    const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  });
  const added = [a, b, c, d, e, f, g, h];
  wordsOf(state).forEach((word, index) => void state.setUint32(index * 4, word + (added[index] ?? 0)));
}

function mixed(at: (index: number) => number, round: number): number {
  const [early, late] = [at(round - 15), at(round - 2)];
  const spread = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
  return at(round - 16) + spread + at(round - 7) + (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10));
}

function turn(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function wordsOf(state: DataView): readonly number[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((index) => state.getUint32(index * 4));
}

let known: { readonly first: readonly number[]; readonly rounds: readonly number[] } | null = null;

/** The fractions of the square and cube roots of the first primes. */
function constants() {
  if (known !== null) return known;
  const primes: number[] = [];
  for (let number = 2; primes.length < 64; number += 1) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  const fraction = (root: number) => ((root % 1) * 2 ** 32) | 0;
  known = {
    first: primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))),
    rounds: primes.map((prime) => fraction(Math.cbrt(prime))),
  };
  return known;
}
