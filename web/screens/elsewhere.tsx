import { useTexts } from '../texts/language.ts';
import { Icon } from '../ui/icons.tsx';
import type { OwnActions } from '../visit/actions/own-actions.ts';

/** This page carries no sound and no picture, so nothing here claims any. */
export function Elsewhere({ actions }: { readonly actions: OwnActions }) {
  const { elsewhere, room } = useTexts();
  return (
    <section class="elsewhere" aria-labelledby="elsewhere-title">
      <Icon name="elsewhere" />
      <div class="grow">
        <h2 id="elsewhere-title">{elsewhere.title}</h2>
        <p>{elsewhere.text}</p>
      </div>
      <button type="button" class="button grave" onClick={() => actions.leave()}>
        <Icon name="leave" />
        {room.leave}
      </button>
    </section>
  );
}
