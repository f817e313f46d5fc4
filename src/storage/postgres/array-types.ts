// Arrays as PostgreSQL writes them. The driver can find out their types by itself, but it asks on each new connection and lets
// nobody handle that question's error: a connection that ends in that moment would take the whole process with it.

/** One-dimensional array types, as the driver takes them. Elements come as texts, those of whole numbers as numbers. */
export const arrayTypes = {
  texts: arrayType([1009, 1015, 2951], (text) => text),
  numbers: arrayType([1005, 1007, 1016], Number),
};

function arrayType(oids: readonly number[], parseElement: (text: string) => unknown) {
  return {
    to: oids[0] ?? 0,
    from: [...oids],
    // The query builder has written its arrays already.
    serialize: (value: unknown) => (Array.isArray(value) ? writeArray(value) : value),
    parse: (text: string) => readArray(text).map((element) => (element === null ? null : parseElement(element))),
  };
}

/** `{"a","b\"c",NULL}`: every element in quotes, which every type takes. */
export function writeArray(elements: readonly unknown[]): string {
  const written = elements.map((element) =>
    element === null ? 'NULL' : `"${String(element).replaceAll(/["\\]/g, (special) => `\\${special}`)}"`,
  );
  return `{${written.join(',')}}`;
}

const element = /"((?:[^"\\]|\\.)*)"|([^,{}]+)/gs;

/** Reads what PostgreSQL has written: elements with or without quotes, and NULL. */
export function readArray(text: string): readonly (string | null)[] {
  return [...text.matchAll(element)].map(([, quoted, bare]) => {
    if (quoted !== undefined) return quoted.replaceAll(/\\(.)/gs, '$1');
    return bare === undefined || bare === 'NULL' ? null : bare;
  });
}
