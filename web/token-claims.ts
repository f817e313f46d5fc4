/** Reads a meeting token, only to show what it says. The service decides whether it is valid. */
export interface ShownClaims {
  readonly userName: string | null;
  readonly isOwner: boolean;
  readonly lang: string | null;
  /** Until when it is good. */
  readonly exp: Date | null;
}

const nothing: ShownClaims = { userName: null, isOwner: false, lang: null, exp: null };

export function readClaims(token: string | null): ShownClaims {
  const [, payload] = token?.split('.') ?? [];
  if (payload === undefined) return nothing;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof claims !== 'object' || claims === null) return nothing;
    const read = Object.entries(claims);
    // The second name is the short form, which tokens signed by a backend may use.
    const find = (...names: string[]): unknown => read.find(([name]) => names.includes(name))?.[1];
    return {
      userName: textOf(find('user_name', 'u')),
      isOwner: find('is_owner', 'o') === true,
      lang: textOf(find('lang', 'uil')),
      exp: dateOf(find('exp')),
    };
  } catch {
    return nothing;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** From seconds since 1970. */
function dateOf(value: unknown): Date | null {
  const date = new Date(typeof value === 'number' ? value * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}
