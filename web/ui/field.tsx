import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly aside?: string;
  readonly hint?: ComponentChildren;
  readonly problem?: string | null;
  readonly children: (attributes: {
    readonly id: string;
    readonly 'aria-describedby': string | undefined;
    readonly 'aria-invalid': boolean;
  }) => ComponentChildren;
}

/** A label, an input and its error message, connected for screen readers. */
export function Field({ label, aside, hint, problem = null, children }: FieldProps) {
  const id = useId();
  const described = [hint === undefined ? null : `${id}-hint`, problem === null ? null : `${id}-problem`];
  const attributes = {
    id,
    'aria-describedby': described.filter((one) => one !== null).join(' ') || undefined,
    'aria-invalid': problem !== null,
  };
  return (
    <div class="field">
      <label for={id}>
        {label}
        {aside === undefined ? null : <span class="aside"> ({aside})</span>}
      </label>
      {children(attributes)}
      {hint === undefined ? null : (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem === null ? null : (
        <p class="field-problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}

/** What somebody writes runs as its letters do; as long as there is none, the page's own words in its place run as the page does. */
export function directionOf(written: string): 'auto' | undefined {
  return written === '' ? undefined : 'auto';
}
