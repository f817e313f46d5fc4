import { nearestLanguage } from '../../src/rules/page-texts.ts';
import { serviceNow } from '../store.ts';
import { speech } from './language.ts';

/** The page's language as it is spoken where this browser is: 24 hours in Britain, 12 in America. */
function locale(): string {
  const spoken = speech.get().language;
  return navigator.languages.find((tag) => isTag(tag) && nearestLanguage(tag, [spoken]) !== null) ?? spoken;
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
  return new Intl.NumberFormat(locale(), { minimumIntegerDigits, useGrouping: false }).format(value);
}

function formatUnit(value: number, unit: 'second' | 'minute' | 'hour'): string {
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'short' }).format(value);
}

/** The time of day; with the date where it is not today. */
export function formatMoment(instant: string | Date): string {
  const moment = new Date(instant);
  return new Intl.DateTimeFormat(locale(), {
    ...(isToday(moment) ? {} : { dateStyle: 'full' }),
    timeStyle: 'short',
  }).format(moment);
}

/** Today is what the service's clock says, where this device is. */
export function isToday(moment: Date): boolean {
  return moment.toDateString() === new Date(serviceNow()).toDateString();
}

/** The time of day with seconds, for the record. */
export function formatClock(instant: string): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'medium' }).format(new Date(instant));
}
