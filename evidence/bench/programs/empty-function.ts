/** The baseline of cold starts: it answers, and imports nothing. */
export const handler = async () => ({ statusCode: 204, body: "" });
