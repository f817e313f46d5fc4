/** What a host has begun to write to somebody who waits: it outlives a reload of the page, in this tab alone. */
const keyOf = (knockId: string) => `vestibule reply ${knockId}`;

export function readDraft(knockId: string): string {
  try {
    return sessionStorage.getItem(keyOf(knockId)) ?? '';
  } catch {
    return '';
  }
}

/** An empty draft is forgotten. */
export function keepDraft(knockId: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(keyOf(knockId));
    else sessionStorage.setItem(keyOf(knockId), text);
  } catch {
    // A browser that keeps nothing forgets it with the page.
  }
}
