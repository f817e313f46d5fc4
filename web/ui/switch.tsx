import { useId, useState } from 'preact/hooks';

interface SwitchProps {
  readonly label: string;
  readonly hint?: string;
  readonly isOn: boolean;
  readonly isDisabled?: boolean;
  /** The state comes from outside: the switch moves when that has changed. */
  readonly onChange: (isOn: boolean) => unknown;
}

export function Switch({ label, hint, isOn, isDisabled = false, onChange }: SwitchProps) {
  const id = useId();
  const [isBusy, setBusy] = useState(false);
  const change = async () => {
    if (isBusy || isDisabled) return;
    setBusy(true);
    await onChange(!isOn);
    setBusy(false);
  };
  return (
    <div class="switch-row">
      <div>
        <span id={`${id}-label`} class="switch-label">
          {label}
        </span>
        {hint === undefined ? null : (
          <p id={`${id}-hint`} class="field-hint">
            {hint}
          </p>
        )}
      </div>
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked={isOn}
        aria-labelledby={`${id}-label`}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        aria-disabled={isDisabled}
        onClick={change}
      >
        <span class="switch-thumb" />
      </button>
    </div>
  );
}
