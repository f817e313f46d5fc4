import type { Press } from './after.ts';

/** How a click came about: keys and screen readers click without a pointer. */
export function pressOf({ detail }: UIEvent, pointer: 'POINTER' | 'TOGETHER' = 'POINTER'): Press {
  return detail > 0 ? pointer : 'KEY';
}
