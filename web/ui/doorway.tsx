type DoorState = 'open' | 'ajar' | 'shut';

/** The two leaves of the door: shut means not now, ajar that one waits, open that one goes in. */
function Leaves({ state }: { readonly state: DoorState }) {
  return (
    <div class={`leaves ${state}`}>
      <i />
      <i />
    </div>
  );
}

/** The doorway above a card. Only decoration, because the card says the same. */
export function SmallArch({ state }: { readonly state: DoorState }) {
  return (
    <div class="frame small-arch" aria-hidden="true">
      <Leaves state={state} />
    </div>
  );
}

/** The doorway beside a card, where one's own picture stood before one asked. */
export function Doorway({ state }: { readonly state: DoorState }) {
  return (
    <div class="doorway">
      <div class="frame low" aria-hidden="true">
        <Leaves state={state} />
      </div>
    </div>
  );
}
