/** What is passed over as a whole: comments, block strings and strings, the last two also where they never end. */
const passedOver = /#[^\n\r]*|"""(?:\\"""|[\s\S])*?(?:"""|$)|"(?:\\.|[^"\\\n\r])*"?/g;
const brackets = /[{}[\]()]/g;

/** How deep the brackets of a document stand in each other. Parsing goes down one call for each, and no text may exhaust its stack. */
export function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.replaceAll(passedOver, '').matchAll(brackets)) {
    depth += '{[('.includes(bracket) ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
