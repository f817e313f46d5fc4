export type StartRefusalCode =
  | 'NOT_A_FOLDER'
  | 'NOT_A_FILE'
  | 'OTHER_OWNER'
  | 'OPEN_TO_OTHERS'
  | 'SILENT'
  | 'RESERVED_NAME';

/** The service does not start because of something on this machine that the operator can mend. Nothing was changed. */
export class StartRefusal extends Error {
  override readonly name = 'StartRefusal';
  readonly code: StartRefusalCode;
  /** What mends it or shows more, for a shell. */
  readonly command: string;

  constructor(
    code: StartRefusalCode,
    says: { readonly found: string; readonly needed: string; readonly command: string },
  ) {
    super(`${says.found}. ${says.needed}: ${says.command}`);
    this.code = code;
    this.command = says.command;
  }
}
