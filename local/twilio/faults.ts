/** A refusal in the shape of Twilio's API. https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions */
export class TwilioFault extends Error {
  readonly status: number;
  readonly code: number;

  constructor(code: number, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }

  toJSON(): unknown {
    const { code, message, status } = this;
    return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
  }
}
