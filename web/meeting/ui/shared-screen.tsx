import { useTexts } from '../../texts/language.ts';
import { Icon } from '../../ui/icons.tsx';
import type { Call } from '../call.ts';
import type { Place } from '../layout/grid.ts';
import type { StageView } from '../layout/view.ts';
import { useMeetingTexts } from './texts.ts';
import { Picture, standAt } from './tile.tsx';

interface SharedScreenProps {
  readonly call: Call;
  readonly view: StageView;
  readonly place: Place;
  readonly isStill: boolean;
  readonly onChoose: (id: string) => void;
}

/** A screen that somebody shares, whole. Where others share theirs too, each is a press away. */
export function SharedScreen({ call, view, place, isStill, onChoose }: SharedScreenProps) {
  const { common } = useTexts();
  const meeting = useMeetingTexts();
  const { front, otherScreens } = view;
  if (front === null || front.screen === null) return null;
  return (
    <section
      class={`shared${isStill ? ' is-still' : ''}`}
      style={standAt(place)}
      aria-label={meeting.screenOf(front.name)}
    >
      <Picture call={call} picture={front.screen} />
      {front.screen.isShown ? null : <p class="shared-waits">{common.loading}</p>}
      {otherScreens.length === 0 ? null : (
        <p class="other-screens">
          {otherScreens.map(({ id, name }) => (
            <button key={id} type="button" class="button" onClick={() => onChoose(id)}>
              <Icon name="screen" />
              {meeting.showScreen(name)}
            </button>
          ))}
        </p>
      )}
    </section>
  );
}
