/** The key by its letter; where letters of another script are typed, by its place on the keyboard. */
export function keyOf({ key, code, shiftKey }: Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>): string {
  if (/^[ -~]+$/.test(key) && key !== 'Process') return key.toLowerCase();
  if (/^\p{Script=Latin}$/u.test(key)) return key;
  if (code === 'Slash') return shiftKey ? '?' : '/';
  return /^Key(.)$/.exec(code)?.[1]?.toLowerCase() ?? key;
}
