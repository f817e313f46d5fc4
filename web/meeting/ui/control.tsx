import type { ComponentChildren } from 'preact';
import { useTexts } from '../../texts/language.ts';
import type { OwnMedium } from '../call-state.ts';

interface MediumControlProps {
  readonly medium: OwnMedium;
  readonly label: string;
  readonly icon: ComponentChildren;
  /** Off is red: others do not hear or see this person. */
  readonly isRedWhenOff?: boolean;
  /** Why it is off, where it was not the person's own wish. */
  readonly why: string | null;
  readonly shortcut?: string;
  readonly class?: string;
  readonly onPress: () => void;
}

/**
 * One's own microphone, camera or screen: what it shows is what others get. On, off and not yet so have the same label and the same
 * width, so that the second press of two lands on the same control.
 */
export function MediumControl(props: MediumControlProps) {
  const { devices } = useTexts();
  const { medium, label, why } = props;
  const isStarting = medium.state === 'starting';
  return (
    <button
      type="button"
      class={`control${props.isRedWhenOff ? ' media' : ''} ${props.class ?? ''}`}
      aria-pressed={medium.state === 'on'}
      aria-busy={isStarting}
      aria-keyshortcuts={props.shortcut}
      title={why ?? label}
      onClick={props.onPress}
    >
      {props.icon}
      <span class="control-label">
        <span>{label}</span>
        {isStarting ? <span class="control-busy">{devices.starting}</span> : null}
      </span>
    </button>
  );
}
