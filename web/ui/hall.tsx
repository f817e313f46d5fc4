import type { ComponentChildren } from 'preact';
import { type Look, look } from '../brand.ts';
import { pageData } from '../page-data.ts';
import { useStore } from '../store.ts';
import { chooseLanguage, speech, useTexts } from '../texts/language.ts';
import { SmallArch } from './doorway.tsx';
import { Icon } from './icons.tsx';

/** The page of whoever is not inside: whose it is at the top, and where else to go at the foot. */
export function Hall(props: {
  readonly hasTwo?: boolean;
  /** A word about the address, and not about the room. */
  readonly aside?: string | undefined;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="hall">
      <Top />
      <main class={props.hasTwo ? 'two' : undefined}>{props.children}</main>
      {props.aside === undefined ? null : <aside class="under note">{props.aside}</aside>}
      <Foot />
    </div>
  );
}

/** A card by itself, below the doorway. */
export function Solo(props: {
  readonly door: 'open' | 'ajar' | 'shut';
  readonly aside?: string | undefined;
  readonly children: ComponentChildren;
}) {
  return (
    <Hall aside={props.aside}>
      <div class="solo">
        <SmallArch state={props.door} />
        <section class="card centre">{props.children}</section>
      </div>
    </Hall>
  );
}

export function Top() {
  const worn = useStore(look);
  return (
    <header class="top">
      <Brand {...worn} />
      <Tongue />
    </header>
  );
}

function Brand(worn: Look) {
  const isOwn = worn.brandName === null && worn.logoUrl === null;
  return (
    <span class="brand">
      <Logo {...worn} />
      <span dir="auto">{isOwn ? 'Vestibule' : worn.brandName}</span>
    </span>
  );
}

export function Logo({ brandName, logoUrl }: Look) {
  if (logoUrl !== null) return <img src={logoUrl} alt="" referrerpolicy="no-referrer" onError={hide} />;
  return brandName === null ? <Mark /> : null;
}

/** A picture that does not come leaves no hole. */
function hide({ currentTarget }: { readonly currentTarget: HTMLElement }): void {
  currentTarget.hidden = true;
}

/** The service's own mark, for a domain that has none. */
function Mark() {
  return (
    <svg viewBox="0 0 36 36" aria-hidden="true" focusable="false">
      <rect class="mark-wall" width="36" height="36" rx="9" />
      <path class="mark-light" d="M9 29.2V16.9a9 9 0 0 1 18 0v12.3z" />
      <path class="mark-wall" d="M13.5 29.2V17.4a4.5 4.5 0 0 1 9 0v11.8z" />
    </svg>
  );
}

/** Which language the page speaks. */
export function Tongue() {
  const texts = useTexts();
  const spokenNow = useStore(speech).language;
  return (
    <label class="tongue">
      <Icon name="globe" />
      <span class="unseen">{texts.common.languageLabel}</span>
      <select value={spokenNow} onChange={(event) => chooseLanguage(event.currentTarget.value)}>
        {useStore(pageData).languages.map(({ tag, name }) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Foot() {
  const { common } = useTexts();
  const { brandName, logoUrl, links } = useStore(look);
  const isBranded = brandName !== null || logoUrl !== null;
  return (
    <footer class="foot">
      {links.length === 0 ? null : (
        <ul aria-label={common.links}>
          {links.map(({ label, url }) => (
            <li key={url + label}>
              <a href={url} target="_blank" rel="noopener noreferrer" dir="auto">
                {label}
              </a>
            </li>
          ))}
        </ul>
      )}
      {isBranded ? <span class="runs-on">{common.runsOn}</span> : null}
    </footer>
  );
}
