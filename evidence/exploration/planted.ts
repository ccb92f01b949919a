/**
 * Classic bugs, each planted in the domain by one replacement in one of its files, and nowhere but in the process that looks for it. Each is
 * known from other products: a check that compares before it counts, a right code that is used twice, a turn that is given back for a message that went out.
 */

export type Planted = {
  readonly name: string;
  /** In functions/verification. */
  readonly file: string;
  readonly text: string;
  readonly instead: string;
};

export const PLANTED: readonly Planted[] = [
  {
    name: "a check compares with the item that it read before it counts",
    file: "check.ts",
    text: "  const write = await deps.verifications.check({",
    instead: `  const peek = await deps.verifications.read(keyOf(request.id));
  const early = peek && sentCode(peek, guess);
  if (early) return approve(deps, request, { ...peek, tried: new Set([guess]), checkedAt: now }, early);
  const write = await deps.verifications.check({`,
  },
  {
    name: "a code that has ended approves all the same",
    file: "check.ts",
    text: `? checked(item, "code-expired", now)`,
    instead: "? approved(deps, request, { ...item, tried: new Set([guess]), checkedAt: now })",
  },
  {
    name: "an approval is answered again to a caller who types its code",
    file: "check.ts",
    text: "isApproving && item.lastCheckKey === requestKey && endsAt > now",
    instead: "isApproving && endsAt > now",
  },
  {
    name: "a wrong code is not counted on the number",
    file: "check.ts",
    text: "  await deps.numbers.addFailure(verification.number, now);",
    instead: "",
  },
  {
    name: "a cancel answers that it canceled an approved verification",
    file: "cancel.ts",
    text: "return isApproved(item)",
    instead: "return false",
  },
  {
    name: "a resend gives its turn back although its message went out",
    file: "send.ts",
    text: "    : { outcome: sending.done(outcome) };",
    instead: `    : { outcome: sending.done(outcome), end: "provider refusal" };`,
  },
  {
    name: "a resend sends although its write was refused",
    file: "resend.ts",
    text: `  if (write.kind === "refused") return { kind: "lost", outcome: lostRace(plan, write.item) };`,
    instead: `  if (write.item === undefined) return { kind: "lost", outcome: lostRace(plan, write.item) };`,
  },
  {
    name: "a refused turn is taken for a turn",
    file: "send.ts",
    text: `  if (turn.kind === "refused" || stored === undefined)`,
    instead: "  if (turn.item === undefined || stored === undefined)",
  },
  {
    name: "a start gives its claim up as soon as it is done",
    file: "start.ts",
    text: `isStarted = outcome.kind === "started";`,
    instead: "",
  },
];
