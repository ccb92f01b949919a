/** An error as AWS's JSON protocols word it: `__type` and `message`, status 400. */
export class AwsFault extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}
