/** What somebody wrote, and who. Always text, never markup. */
export function Quote({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <figure class="quote">
      <figcaption>{label}</figcaption>
      <blockquote>{text}</blockquote>
    </figure>
  );
}
