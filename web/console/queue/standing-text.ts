import type { RoomTexts } from '../../texts/room-texts.ts';
import type { Denial, Row, Standing } from './queue.ts';

/** How somebody stands, in words; null: they wait, and nothing is to be said of it. */
export function standingText({ knock, standing, denial, unsure }: Row, texts: RoomTexts): string | null {
  const { queue } = texts;
  switch (standing.is) {
    case 'WAITING':
      if (standing.trouble === null) return null;
      return standing.trouble === 'UNSURE' ? queue.unsure : queue.refused;
    case 'DENYING':
      return denialText(denial, [queue.denying, queue.banning, queue.banningNetwork]);
    case 'SENT':
      return standing.decision === 'ADMIT' ? queue.admitting : queue.sendingDenial;
    case 'MISSED':
      return unsure === 'DENY' ? queue.sendingDenial : queue.admitting;
    case 'ADMITTED':
      if (standing.trouble === null) return queue.admitted;
      return standing.trouble === 'UNSURE' ? queue.unsureUndo : queue.refusedUndo;
    case 'UNDOING':
      return queue.undoing;
    case 'OVER':
      return standing.outcome === 'DENIED' && standing.by === null
        ? denialText(denial, [queue.denied, queue.banned, queue.bannedNetwork])
        : overText(standing, knock.userName, texts);
    default:
      return standing satisfies never;
  }
}

/** The first where nobody is banned, the second with this person, the third with everybody from their network. */
function denialText(denial: Denial | null, [alone, banned, withNetwork]: readonly [string, string, string]): string {
  if (denial?.ban !== true) return alone;
  return denial.banNetwork === true ? withNetwork : banned;
}

function overText({ outcome, by }: Extract<Standing, { is: 'OVER' }>, name: string, { queue }: RoomTexts): string {
  switch (outcome) {
    case 'ADMITTED':
      return by === null ? queue.admitted : queue.admittedBy(by, name);
    case 'DENIED':
      return by === null ? queue.denied : queue.deniedBy(by, name);
    case 'TAKEN_BACK':
      return by === null ? queue.takenBack : queue.takenBackBy(by, name);
    case 'PUT_OUT':
      return queue.putOut;
    case 'WITHDREW':
      return queue.withdrew;
    case 'GONE':
      return queue.gone;
    default:
      return outcome satisfies never;
  }
}
