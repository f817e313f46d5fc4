export interface Streams {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

export interface Output {
  /** The command's result, on stdout: text for people, or one JSON value where `--json` was given. */
  readonly result: (result: { readonly text: string; readonly json: unknown }) => void;
  /** What goes on meanwhile, and what to do next, on stderr: never part of a result that is piped on. Silent with `--json`. */
  readonly progress: (line: string) => void;
  /** A failure, on stderr; one JSON value where `--json` was given. */
  readonly failure: (failure: { readonly code: string; readonly message: string; readonly hint: string }) => void;
}

export function createOutput({ stdout, stderr }: Streams, { isJson }: { readonly isJson: boolean }): Output {
  return {
    result: ({ text, json }) => stdout(`${isJson ? JSON.stringify(json) : text}\n`),
    progress: (line) => {
      if (!isJson) stderr(`${line}\n`);
    },
    failure: ({ code, message, hint }) => {
      const text = hint === '' ? message : `${message}\n${hint}`;
      stderr(`${isJson ? JSON.stringify({ error: { code, message, hint } }) : text}\n`);
    },
  };
}
