/** A test or a group of tests, as vitest has collected it. */
export type Titled = { readonly name: string; readonly tasks?: readonly Titled[] };

/** What a title holds where it was to say its case and does not: a place that was not filled in, or a value without a text of its own. */
const unsaid = /%[sdifjoc]|%\d+\$|\[object \w+\]/;

/** Titles under which a failed test could not be told from another: unsaid ones, and those that two of a group have. */
export function findBadTitles({ tasks = [] }: Titled): readonly string[] {
  const names = tasks.map(({ name }) => name);
  const own = names.filter((name, index) => unsaid.test(name) || names.indexOf(name) !== index);
  return [...own, ...tasks.flatMap(findBadTitles)];
}
