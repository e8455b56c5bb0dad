/** Something a person wrote is wrong. Says where, what, and what to do. */
export class InputError extends Error {
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "InputError";
    this.path = path;
  }
}
