import { useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { asks, pendingOf } from '../../console/asks.ts';
import { useStore } from '../../store.ts';
import { speech } from '../../texts/language.ts';
import type { StayState } from '../../visit/stay-state.ts';
import type { Call } from '../call.ts';
import type { CallPerson, CallState, PictureKey } from '../call-state.ts';
import type { Size } from '../layout/grid.ts';
import { hasRoom, measuresFor, type Plan, planAudience, planGrid, planScreen } from '../layout/stage.ts';
import { heldStill, picturesOf, type StageView, speakerAmong, viewOf } from '../layout/view.ts';
import { useSize } from './hooks.ts';
import { MeetingIcon } from './icons.tsx';
import { MenuContext } from './menu.tsx';
import { hasDeeds } from './person-deeds.tsx';
import { SharedScreen } from './shared-screen.tsx';
import type { ChosenSharing } from './sharing.ts';
import { useFront } from './speaker-first.ts';
import { useMeetingTexts } from './texts.ts';
import { standAt, Tile } from './tile.tsx';

interface StageProps {
  readonly call: Call;
  readonly state: StayState;
  /** The media server is lost, and is looked for: pictures stand still. */
  readonly isStill: boolean;
  readonly sharing: ChosenSharing;
  /** Pictures that are shown somewhere else as well, as in a small window. */
  readonly elsewhere: readonly PictureKey[];
}

/** The pictures: a grid, or a shared screen with people beside it. Nothing stands over them but names. */
export function Stage({ call, state, isStill, sharing, elsewhere }: StageProps) {
  const now = useStore(call.state);
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const [asked, setPage] = useState(0);
  const view = useView(now, { isBroadcast: state.room.ownerOnlyBroadcast, ...sharing });
  const { ordered, isFrontHeld } = useFront(box, view, speakerAmong(now.speaking, view.people));
  const plan = planOf(view, ordered.length, size, asked, now.isAudience);
  const shown = ordered.slice(plan.from, plan.from + plan.places.length);
  const placed = hasRoom(size) ? shown.map((person, index) => ({ person, place: plan.places[index] })) : [];
  useShown(call, [...picturesOf(shown, view.front), ...elsewhere]);
  const all = useStore(asks);
  // In the order in which they came, wherever each stands: a picture that is moved in the page would stop.
  const inPage = placed.toSorted((one, other) => view.people.indexOf(one.person) - view.people.indexOf(other.person));
  return (
    <div class="stage-box" ref={box}>
      {view.front === null || plan.front === null || !hasRoom(size) ? null : (
        <SharedScreen call={call} view={view} place={plan.front} isStill={isStill} onChoose={sharing.choose} />
      )}
      {inPage.map(({ person, place }) =>
        place === undefined ? null : (
          <Tile
            key={person.id}
            {...{ call, person, place, isStill }}
            hasMenu={hasDeeds(state, person)}
            pending={pendingOf(all, person)}
          />
        ),
      )}
      {plan.pager === null || !hasRoom(size) ? null : (
        <Pager
          plan={plan}
          count={ordered.length}
          onTurn={setPage}
          elsewhere={speaksElsewhere(now, view, shown, isFrontHeld)}
        />
      )}
      <Nobody view={view} isAudience={now.isAudience} />
    </div>
  );
}

function planOf({ front }: StageView, count: number, size: Size, page: number, isAudience: boolean): Plan {
  const measures = measuresFor(innerWidth);
  if (front !== null) return planScreen(count, size, page, measures);
  return isAudience ? planAudience(count, size, page, measures) : planGrid(count, size, page, measures);
}

/** Who is shown, and whose screen; held still while something of somebody's is being chosen. */
function useView({ people }: CallState, showing: Parameters<typeof viewOf>[1]): StageView {
  const { open } = useContext(MenuContext);
  const held = useRef<readonly CallPerson[] | null>(null);
  const view = viewOf(people, showing);
  const isHeld = open?.name === 'person';
  held.current = isHeld ? (held.current ?? view.people) : null;
  return { ...view, people: heldStill(view.people, held.current) };
}

/** Tells the call which pictures are on screen, whenever these are others. */
function useShown(call: Call, keys: readonly PictureKey[]): void {
  const wanted = [...new Set(keys)].sort();
  const name = wanted.join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the name says all of them.
  useEffect(() => call.show(wanted), [call, name]);
}

/** Who speaks on another page. Null: whoever speaks is in sight. */
function speaksElsewhere(
  { speaking }: CallState,
  view: StageView,
  shown: readonly CallPerson[],
  isFrontHeld: boolean,
): string | null {
  const speaker = speakerAmong(speaking, view.people);
  const isInSight = speaker === null || shown.some(({ id }) => id === speaker.id);
  return isInSight || (view.front !== null && !isFrontHeld) ? null : speaker.name;
}

interface PagerProps {
  readonly plan: Plan;
  readonly count: number;
  readonly elsewhere: string | null;
  readonly onTurn: (page: number) => void;
}

function Pager({ plan, count, elsewhere, onTurn }: PagerProps) {
  const { pageOf, earlier, later, speaks } = useMeetingTexts();
  const { language } = useStore(speech);
  const numbers = useMemo(() => new Intl.NumberFormat(language), [language]);
  if (plan.pager === null) return null;
  const last = plan.from + plan.places.length;
  const [from, to, all] = [plan.from + 1, last, count].map((number) => numbers.format(number));
  const isUpright = plan.pager.width < plan.pager.height;
  // In a strip that goes down, the next ones are below.
  const isDown = plan.front !== null && !isUpright;
  const turns = [
    { label: earlier, page: plan.page - 1, icon: isDown ? 'up' : 'before' },
    { label: later, page: plan.page + 1, icon: isDown ? 'down' : 'after' },
  ] as const;
  const [back, on] = turns.map(({ label, page, icon }) => (
    <button
      key={label}
      type="button"
      class="button quiet only"
      aria-label={label}
      aria-disabled={page < 0 || page >= plan.pages}
      onClick={() => onTurn(Math.min(Math.max(0, page), plan.pages - 1))}
    >
      <MeetingIcon name={icon} />
    </button>
  ));
  return (
    <div class={`pager${isUpright ? ' is-upright' : ''}`} style={standAt(plan.pager)}>
      {back}
      <p class="num">
        <span role="status">{pageOf(from ?? '', to ?? '', all ?? '')}</span>
        {elsewhere === null ? null : <span class="pager-speaks clip">{speaks(elsewhere)}</span>}
      </p>
      {on}
    </div>
  );
}

function Nobody({ view, isAudience }: { readonly view: StageView; readonly isAudience: boolean }) {
  const { noHostYet, alone } = useMeetingTexts();
  if (view.people.length > 0) return null;
  return <p class="stage-empty">{isAudience ? noHostYet : alone}</p>;
}
