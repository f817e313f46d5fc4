import { useEffect, useRef, useState } from 'preact/hooks';
import type { Ban, Store } from '../../packages/client/src/index.ts';
import { usePart } from '../store.ts';
import { useRoomTexts } from '../texts/room-texts.ts';
import { setApart } from '../texts/speak.ts';
import { formatMoment } from '../texts/times.ts';
import { confirm } from '../ui/confirm.tsx';
import { useKeptFocus } from '../ui/kept-focus.ts';
import type { PeopleActions } from '../visit/actions/people-actions.ts';
import type { StayState } from '../visit/stay-state.ts';

interface BannedProps {
  readonly state: Store<Pick<StayState, 'banCount'>>;
  readonly actions: PeopleActions;
}

const togetherMs = 600;
/** Where the line is lost the list is read again so much later. Milliseconds. */
const againMs = 5_000;

/** The people who are banned, each with a button that lifts the ban. */
export function Banned({ state, actions }: BannedProps) {
  const texts = useRoomTexts();
  const banCount = usePart(state, (now) => now.banCount);
  const [bans, setBans] = useBans(actions, banCount);
  const [box, title] = [useRef<HTMLElement>(null), useRef<HTMLHeadingElement>(null)];
  useKeptFocus(box, title, bans);
  if (bans.length === 0) return null;
  const lift = async (ban: Ban) => {
    if (await actions.liftBan(ban)) setBans((shown) => shown.filter(({ id }) => id !== ban.id));
  };
  const ask = (ban: Ban) => {
    const name = ban.userName ?? texts.common.somebody;
    const whom = ban.network ? `${setApart(name)} ${texts.ban.withNetwork}` : setApart(name);
    const text = `${whom} · ${formatMoment(ban.createdAt)}`;
    confirm({ title: texts.person.liftName(name), text, yes: texts.person.lift, onYes: () => void lift(ban) });
  };
  return (
    <section ref={box} class="panel" aria-labelledby="banned-title">
      <h2 ref={title} id="banned-title" tabIndex={-1}>
        {texts.person.banned}
      </h2>
      <ul class="banned">
        {bans.map((ban) => {
          const name = ban.userName ?? texts.common.somebody;
          return (
            <li key={ban.id}>
              <span>
                <bdi>{name}</bdi>
                {ban.network ? <span class="quiet"> {texts.ban.withNetwork}</span> : null}
              </span>
              <span class="quiet">{formatMoment(ban.createdAt)}</span>
              <button type="button" class="button" aria-label={texts.person.liftName(name)} onClick={() => ask(ban)}>
                {texts.person.lift}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Read when somebody may have been banned, and when somebody comes back to the page: nothing tells that another host has lifted a ban. */
function useBans(actions: PeopleActions, banCount: number) {
  const [bans, setBans] = useState<readonly Ban[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is read again when somebody may have been banned.
  useEffect(() => {
    let isWanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Many events at once lead to one read.
    const readIn = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => void read(), ms);
    };
    const read = async () => {
      const found = await actions.readBans().catch(() => null);
      if (!isWanted) return;
      if (found === null) readIn(againMs);
      else setBans(found);
    };
    const look = () => {
      if (!document.hidden) readIn(togetherMs);
    };
    readIn(togetherMs);
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      isWanted = false;
      clearTimeout(timer);
      removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, [actions, banCount]);
  return [bans, setBans] as const;
}
