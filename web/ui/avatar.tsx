const hues = 8;

/** Initials on a colour that belongs to the name. Only decoration, because the name is next to it. */
export function Avatar({ name, isFaded = false }: { readonly name: string; readonly isFaded?: boolean }) {
  const sum = Array.from(name).reduce((total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7);
  return (
    <span class={`avatar hue-${sum % hues}${isFaded ? ' is-faded' : ''}`} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words.slice(0, 1);
  const letters = ends.map((word) => word?.match(/[\p{L}\p{N}]/u)?.[0] ?? '').join('');
  return letters.toUpperCase() || '·';
}
