import { nearestLanguage } from '../../src/rules/page-texts.ts';
import { serviceNow } from '../store.ts';
import { speech } from './language.ts';

/** What was found for the language that is spoken now. */
let found: { readonly languages: readonly string[]; readonly spoken: string; readonly locale: string } | null = null;

/** The page's language as it is spoken where this browser is: 24 hours in Britain, 12 in America. */
function locale(): string {
  const { language: spoken } = speech.get();
  const { languages } = navigator;
  if (found?.languages !== languages || found.spoken !== spoken)
    found = { languages, spoken, locale: findLocale(languages, spoken) };
  return found.locale;
}

function findLocale(languages: readonly string[], spoken: string): string {
  return languages.find((tag) => isTag(tag) && nearestLanguage(tag, [spoken]) !== null) ?? spoken;
}

// To make a format takes some hundred times as long as to write by it, and a list has one on each line: each is made once for a language.
const numbers = new Map<string, Intl.NumberFormat>();
const moments = new Map<string, Intl.DateTimeFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return keptIn(numbers, JSON.stringify([locale(), options]), () => new Intl.NumberFormat(locale(), options));
}

/** A format goes by the time zone of when it was made, and a device may travel. */
function momentFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale(), new Date().getTimezoneOffset(), options]);
  return keptIn(moments, key, () => new Intl.DateTimeFormat(locale(), options));
}

function keptIn<Format>(formats: Map<string, Format>, key: string, make: () => Format): Format {
  const format = formats.get(key) ?? make();
  formats.set(key, format);
  return format;
}

/** A browser may name a language as its system does, `en-US@posix`, and formats nothing by such a name. */
function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

/** "2 min", "1 h 5 min": how long, in the page's language. Below a minute in seconds. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  if (seconds < 60) return formatUnit(seconds, 'second');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return formatUnit(minutes, 'minute');
  const rest = minutes % 60;
  const hours = formatUnit(Math.floor(minutes / 60), 'hour');
  return rest === 0 ? hours : `${hours} ${formatUnit(rest, 'minute')}`;
}

/** "4:35", "1:04:35": what one watches running out. */
export function formatLeft(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => formatDigits(part, index === 0 ? 1 : 2)).join(':');
}

function formatDigits(value: number, minimumIntegerDigits: number): string {
  return numberFormat({ minimumIntegerDigits, useGrouping: false }).format(value);
}

function formatUnit(value: number, unit: 'second' | 'minute' | 'hour'): string {
  return numberFormat({ style: 'unit', unit, unitDisplay: 'short' }).format(value);
}

/** The time of day; with the date where it is not today, in full or in short. */
export function formatMoment(instant: string | Date, dateStyle: 'full' | 'medium' = 'full'): string {
  const moment = new Date(instant);
  return momentFormat({ ...(isToday(moment) ? {} : { dateStyle }), timeStyle: 'short' }).format(moment);
}

/** Today is what the service's clock says, where this device is. */
export function isToday(moment: Date): boolean {
  return moment.toDateString() === new Date(serviceNow()).toDateString();
}

/** The time of day with seconds, for the record. */
export function formatClock(instant: string): string {
  return momentFormat({ timeStyle: 'medium' }).format(new Date(instant));
}
