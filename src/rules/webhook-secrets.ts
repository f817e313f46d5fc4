/** How long a signing secret of a webhook is, in bytes. */
export const webhookSecretBytes = 32;

/** A webhook's secrets are rotated by hand: more than these within a day end the oldest. */
const maxReplaced = 8;

/** The secrets that go on to sign beside a new one, newest first, one behind the other: so they are sealed as one. */
export function joinReplaced(current: Uint8Array, replacedBefore: Uint8Array | null): Buffer {
  const all = Buffer.concat([current, replacedBefore ?? Buffer.alloc(0)]);
  return all.subarray(0, maxReplaced * webhookSecretBytes);
}

/** The secrets that were joined. */
export function splitReplaced(joined: Uint8Array): readonly Uint8Array[] {
  const starts = Array.from(
    { length: Math.ceil(joined.length / webhookSecretBytes) },
    (_, n) => n * webhookSecretBytes,
  );
  return starts.map((start) => joined.subarray(start, start + webhookSecretBytes));
}
