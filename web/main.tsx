import './styles/index.css';
import { render } from 'preact';
import { createClient, patiently } from '../packages/client/src/index.ts';
import { linkNameOf } from '../src/rules/page-data.ts';
import { alerts } from './alerts.ts';
import { App } from './app.tsx';
import { look, wear } from './brand.ts';
import { devices, readWishes } from './devices/devices.ts';
import { isPlaced, knockAtOnce, rememberSession, talkToParent } from './frame.ts';
import { createKept, type Kept } from './kept.ts';
import { tell } from './notices.ts';
import { pageData, readPageData } from './page-data.ts';
import { readPlace } from './place.ts';
import { problemText } from './screens/refusal-texts.ts';
import { goBy } from './store.ts';
import { startLanguage, textsNow } from './texts/language.ts';
import { readClaims } from './token-claims.ts';
import { Visit } from './visit/visit.ts';

readPageData();
const place = readPlace(location.pathname);
const kept = createKept(location.pathname, isPlaced);
const speaking = startLanguage(location.search, readClaims(kept.get('token')).lang);
alerts.listen();
devices.remember(readWishes(kept.get('media')), (wishes) => kept.set('media', JSON.stringify(wishes)));

// If the service cannot be reached, forms say so at once; all other requests try again by themselves.
const { client, session } = rememberSession(
  createClient({
    url: location.origin,
    domain: place.domain,
    attempts: 1,
    longestPauseMs: 8_000,
    serviceTime: pageData.get().access?.now,
  }),
);
goBy(client.clock);
const visit = new Visit(client, place, kept);
const say = talkToParent({
  phase: visit.phase,
  look,
  session,
  withdraw: () => visit.withdraw(),
  giveUp: () => visit.giveUp(),
});
const root = document.getElementById('app');
visit.begin(pageData.get());
const linkName = linkNameOf(location.search);
knockAtOnce(visit.phase, readClaims(kept.get('token')).userName ?? linkName, async (name) => {
  const problem = await visit.knock({ name, message: '' });
  if (problem === null) return;
  tell(problemText(textsNow(), problem), 'bad');
  say({ vestibule: 'error', detail: { code: problem.code } });
});
const handedOver = pageData.get().look;
if (handedOver !== null) wear(handedOver);
else
  void patiently(() => client.doorPage()).then(
    (page) => wear(page ?? look.get()),
    () => undefined,
  );
// Not awaited: a script that is awaited could not hold what other parts of the page share with it.
void speaking.then(() => {
  if (root !== null) {
    keepTyped(root, kept);
    render(<App visit={visit} place={place} kept={kept} linkName={linkName} />, root);
  }
  document.documentElement.classList.remove('is-known');
  // What `npm run bench` measures: from now on the form does what it says.
  performance.mark('usable');
});

/** Somebody may have begun to write before this script was here. */
function keepTyped(screen: HTMLElement, { set }: Kept): void {
  for (const [field, name] of [
    ['userName', 'name'],
    ['message', 'message'],
  ] as const) {
    const typed = screen.querySelector<HTMLInputElement | HTMLTextAreaElement>(`[name="${field}"]`)?.value ?? '';
    if (typed !== '') set(name, typed);
  }
}
