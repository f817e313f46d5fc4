import { mount, unmount } from 'svelte';
import Everything from './everything.svelte';
import type { Opener } from './shown.ts';

export const openInSvelte: Opener = ({ root, client, options, holding, show }) => {
  const component = mount(Everything, { target: root, props: { client, options, holding, show } });
  return () => void unmount(component);
};
