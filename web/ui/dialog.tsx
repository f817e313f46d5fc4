import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { noteUncovered } from './uncovered.ts';

interface DialogProps {
  readonly box: RefObject<HTMLDialogElement | null>;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly labelledBy: string;
  readonly describedBy?: string;
  readonly children: ComponentChildren;
}

/** A box over the page, beside which nothing can be done until it is closed. Escape closes it, and nothing around it. */
export function Dialog({ box, isOpen, onClose, labelledBy, describedBy, children }: DialogProps) {
  useLayoutEffect(() => {
    const dialog = box.current;
    if (!isOpen) return undefined;
    dialog?.showModal();
    return () => closeDialog(dialog);
  }, [box, isOpen]);
  return (
    <dialog
      ref={box}
      class="dialog"
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onCancel={() => noteUncovered(box.current)}
      onClose={() => {
        // It may be open again by now, with another question.
        if (box.current?.open !== true) onClose();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.stopPropagation();
      }}
    >
      {children}
    </dialog>
  );
}

/** Closes it at once: the focus is back where it was before anything else happens. */
export function closeDialog(dialog: HTMLDialogElement | null): void {
  if (dialog?.open !== true) return;
  noteUncovered(dialog);
  dialog.close();
}
