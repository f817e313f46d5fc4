import type { RoomTexts } from '../texts/room-texts.ts';
import { confirm } from '../ui/confirm.tsx';
import type { Denial } from './queue/queue.ts';

interface Whom {
  readonly name: string;
  /** The text of the button that confirms. */
  readonly yes: string;
  readonly isVerified: boolean;
  /** Nothing but the network tells this guest apart. */
  readonly isNameless?: boolean;
  /** How many others who wait a ban of the network would also shut out. Null: not known. */
  readonly meets: number | null;
}

/** Asks whom to ban, and first says whom the ban would shut out. */
export function askForBan({ ban }: RoomTexts, whom: Whom, onYes: (choice: Denial) => void): void {
  const { name, yes, isVerified, isNameless = false, meets } = whom;
  const title = ban.title(name);
  if (isVerified || isNameless) {
    const text = isVerified ? ban.text(name) : ban.nameless(name);
    const hint = isVerified ? undefined : ban.networkHint;
    confirm({ title, text, yes, hint, onYes: () => onYes({ ban: true, banNetwork: !isVerified }) });
    return;
  }
  const networkHint = meets === null || meets === 0 ? ban.networkHint : ban.networkMeets(meets);
  confirm({
    title,
    text: ban.text(name),
    yes,
    choice: {
      label: ban.whom,
      options: [
        { value: 'person', label: ban.onlyPerson(name), hint: ban.onlyPersonHint },
        { value: 'network', label: ban.network, hint: networkHint },
      ],
    },
    onYes: (value) => onYes({ ban: true, banNetwork: value === 'network' }),
  });
}
