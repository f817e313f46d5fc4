import {
  cleanFrameOrigin,
  exitPlaceholders,
  findAddressProblem,
  findPictureProblem,
  findTemplateProblem,
  meetingPlaceholders,
} from './page-address.ts';
import type { InputIssue, Maybe } from './refusal.ts';
import { cleanText } from './text.ts';

/** How a domain's pages look, and where they lead. Null and empty: the service's own. */
export interface DoorPage {
  readonly brandName: string | null;
  readonly logoUrl: string | null;
  /** `#rrggbb`, in lower case. */
  readonly accentColor: string | null;
  readonly frameOrigins: readonly string[];
  /** With placeholders; whoever is not in never learns it. */
  readonly meetingUrl: string | null;
  readonly exitUrl: string | null;
  readonly links: readonly PageLink[];
}

export interface PageLink {
  readonly label: string;
  readonly url: string;
}

/** What a domain has set; the rest is the service's own. */
export type DoorPagePatch = Partial<DoorPage>;

/** As a client writes it: left out stays as it is, null resets. */
export type DoorPageInput = { readonly [Field in keyof DoorPage]?: Maybe<DoorPage[Field]> };

/** The service's own look. */
export const plainDoorPage: DoorPage = {
  brandName: null,
  logoUrl: null,
  accentColor: null,
  frameOrigins: [],
  meetingUrl: null,
  exitUrl: null,
  links: [],
};

const maxFrameOrigins = 50;
const maxPageLinks = 6;
const maxBrandCharacters = 64;
const maxLabelCharacters = 40;

export function layDoorPage(set: DoorPagePatch | null): DoorPage {
  return { ...plainDoorPage, ...set };
}

export interface CheckedDoorPage {
  /** Null: everything is reset. */
  readonly patch: DoorPagePatch | null;
  readonly issues: readonly InputIssue[];
}

/** Reads what a client wrote. Whatever is not as it must be is an issue at its own path. */
export function checkDoorPage(input: Maybe<DoorPageInput>, path: readonly string[]): CheckedDoorPage {
  if (!input) return { patch: null, issues: [] };
  const issues: InputIssue[] = [];
  const say: Say = (place, message) => issues.push({ path: [...path, ...place], message });
  const read = <Field extends keyof DoorPage>(field: Field, clean: Clean<Field>): DoorPagePatch => {
    const given: Maybe<DoorPage[Field]> = input[field];
    if (given === undefined) return {};
    return { [field]: given === null ? plainDoorPage[field] : clean(given, [field], say) };
  };
  const patch: DoorPagePatch = {
    ...read('brandName', (given, place) => textOf(given, maxBrandCharacters, place, say)),
    ...read('logoUrl', pictureOf),
    ...read('accentColor', colorOf),
    ...read('frameOrigins', originsOf),
    ...read('meetingUrl', (given, place) => templateOf(given, meetingPlaceholders, place, say)),
    ...read('exitUrl', (given, place) => templateOf(given, exitPlaceholders, place, say)),
    ...read('links', linksOf),
  };
  return { patch, issues };
}

type Clean<Field extends keyof DoorPage> = (
  given: NonNullable<DoorPage[Field]>,
  place: readonly string[],
  say: Say,
) => DoorPage[Field];

type Say = (place: readonly string[], message: string) => void;

function textOf(given: string, maxCharacters: number, place: readonly string[], say: Say): string {
  const text = cleanText(given, maxCharacters);
  if (text.ok) return text.value;
  say(place, text.problem);
  return given;
}

function addressOf(given: string, place: readonly string[], say: Say): string {
  const problem = findAddressProblem(given);
  if (problem !== null) say(place, problem);
  return given;
}

function pictureOf(given: string, place: readonly string[], say: Say): string {
  const problem = findPictureProblem(given);
  if (problem !== null) say(place, problem);
  return given;
}

function templateOf(given: string, allowed: readonly string[], place: readonly string[], say: Say): string {
  const problem = findTemplateProblem(given, allowed);
  if (problem !== null) say(place, problem);
  return given;
}

function colorOf(given: string, place: readonly string[], say: Say): string {
  if (!/^#[0-9a-f]{6}$/i.test(given)) say(place, 'must be a colour such as #1a6b4f');
  return given.toLowerCase();
}

function originsOf(given: readonly string[], place: readonly string[], say: Say): readonly string[] {
  if (given.length > maxFrameOrigins) say(place, `must contain at most ${maxFrameOrigins} origins`);
  const origins = given.map((one, index) => {
    const cleaned = cleanFrameOrigin(one);
    if (cleaned.ok) return cleaned.value;
    say([...place, String(index)], cleaned.problem);
    return one;
  });
  return [...new Set(origins)];
}

function linksOf(given: readonly PageLink[], place: readonly string[], say: Say): readonly PageLink[] {
  if (given.length > maxPageLinks) say(place, `must contain at most ${maxPageLinks} links`);
  return given.map(({ label, url }, index) => {
    const at = [...place, String(index)];
    if (/[<>]/.test(label)) say([...at, 'label'], 'must not contain < or >');
    return {
      label: textOf(label, maxLabelCharacters, [...at, 'label'], say),
      url: addressOf(url, [...at, 'url'], say),
    };
  });
}
