import { useId } from 'preact/hooks';

/** The doorway of the vestibule: open, ajar or shut, depending on what the visitor may do. Its two leaves slide. */
export function Arch({ state }: { readonly state: 'open' | 'ajar' | 'shut' }) {
  const clip = useId();
  return (
    <svg class={`arch arch-${state}`} viewBox="0 0 220 160" aria-hidden="true" focusable="false">
      <clipPath id={clip}>
        <path d="M72 160V81a38 38 0 0 1 76 0v79z" />
      </clipPath>
      <path class="arch-wall" d="M40 160V80a70 70 0 0 1 140 0v80z" />
      <path class="arch-inner" d="M56 160V80a54 54 0 0 1 108 0v80z" />
      <g clip-path={`url(#${clip})`}>
        <path class="arch-light" d="M72 160V40h76v120z" />
        <path class="arch-leaf arch-left" d="M72 160V40h38v120z" />
        <path class="arch-leaf arch-right" d="M110 160V40h38v120z" />
        <circle class="arch-knob arch-left" cx="104" cy="112" r="2.6" />
        <circle class="arch-knob arch-right" cx="116" cy="112" r="2.6" />
        <path class="arch-seam" d="M110 40v120" />
      </g>
    </svg>
  );
}
