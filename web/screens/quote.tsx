/** What somebody wrote, and who. Always text, never markup. */
export function Quote({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <figure class="quote">
      <figcaption>
        <span>{label}</span>
      </figcaption>
      <blockquote dir="auto">{text}</blockquote>
    </figure>
  );
}
