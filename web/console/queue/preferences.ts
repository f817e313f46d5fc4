import { undoTimes } from './queue.ts';

// What a host has chosen in this browser. A browser that keeps nothing goes by what everybody has.

const names = { keys: 'vestibule keys', undo: 'vestibule undo' } as const;

/** Single keys are on, unless switched off: whoever speaks to the machine, or touches keys by chance, must be able to. */
export function areKeysOn(): boolean {
  return read(names.keys) !== 'off';
}

export function setKeysOn(isOn: boolean): void {
  keep(names.keys, isOn ? 'on' : 'off');
}

/** For how long a decision can be taken back, in milliseconds. */
export function readUndoMs(): number {
  const chosen = Number(read(names.undo));
  return undoTimes.find((time) => time === chosen) ?? undoTimes[0];
}

export function setUndoMs(undoMs: number): void {
  keep(names.undo, String(undoMs));
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // It counts until the page is closed.
  }
}
