import { createApp, defineComponent, h, unref, watchEffect } from 'vue';
import * as hooks from '../../../packages/client/src/vue.ts';
import type { Opener, Opening, Shown } from './shown.ts';

/** What a composable gives, as it is now. */
function now<Given extends object>(
  given: Given,
): { [Name in keyof Given]: Given[Name] extends { readonly value: infer Value } ? Value : Given[Name] };
function now(given: object): object {
  return Object.fromEntries(Object.entries(given).map(([name, one]) => [name, unref(one)]));
}

function everything({ holding, show }: Opening) {
  return defineComponent(() => {
    const join = hooks.useJoin(holding);
    const access = hooks.useAccess();
    const knock = hooks.useKnock();
    const waitingList = hooks.useWaitingList();
    const participants = hooks.useParticipants();
    const room = hooks.useRoom();
    const myPermissions = hooks.useMyPermissions();
    const mediaRequests = hooks.useMediaRequests();
    const connection = hooks.useConnection();
    watchEffect(() => {
      const shown: Shown = {
        access: now(access),
        join: now(join),
        knock: now(knock),
        waitingList: now(waitingList),
        participants: now(participants),
        room: now(room),
        myPermissions: now(myPermissions),
        mediaRequests: now(mediaRequests),
        connection: connection.value,
      };
      show(shown);
    });
    return () => h('p', join.phase.value);
  });
}

export const openInVue: Opener = (opening) => {
  const { root, client, options } = opening;
  const app = createApp(
    defineComponent(() => {
      hooks.provideVisit(client, options);
      return () => h(everything(opening));
    }),
  );
  app.mount(root);
  return () => app.unmount();
};
