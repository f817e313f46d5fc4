/** What the doctor says of one thing. */
export interface Finding {
  readonly what: string;
  readonly state: 'OK' | 'WARNING' | 'PROBLEM' | 'SKIPPED';
  readonly found: string;
  /** What to do; empty where there is nothing. */
  readonly hint: string;
}

export type Tell = (finding: Finding) => void;

export const well = (what: string, found: string): Finding => ({ what, state: 'OK', found, hint: '' });
